"""The walls between the layers, checked on the imports. Whoever moves one moves it here, with the reason."""

from __future__ import annotations

import ast
import re
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent

# Who may import whom, besides itself, the standard library and other people's packages.
LAYERS: dict[str, frozenset[str]] = {
    place: frozenset(allowed.split())
    for place, allowed in {
        "config": "",
        "crm": "",
        "crm.clock": "",
        "crm.links": "",
        "crm.db": "",
        "crm.keyring": "",
        "crm.key_check": "crm.keyring",
        "crm.sealed": "crm.db crm.keyring crm.log",
        "crm.many": "crm.db crm.sealed",
        "crm.together": "crm.db crm.sealed",
        "crm.log": "crm.clock",
        "crm.migrating": "crm.db",
        "crm.rules": "",
        "crm.seeds": "crm.rules",
        "crm.models": "crm.rules crm.db crm.many crm.together crm.sealed crm.keyring crm.key_check",
        "crm.mail": "crm.rules crm.models crm.links",
        # the web, as far as the owner's own programs are told things
        "crm.outside": "crm.rules",
        "crm.flows": "crm.rules crm.models crm.mail crm.outside crm.seeds crm.db crm.many crm.together"
        " crm.links crm.log crm.sealed crm.keyring",
        "crm.web": "crm.flows crm.models crm.rules crm.db crm.many crm.together crm.clock crm.links crm.log",
        # crm.mail: the demo plays the mail servers of an invented past.
        "crm.demo": "crm.flows crm.models crm.mail crm.rules crm.db crm.links",
        # crm.cli: what comes before a start (migrate, plant) is the operator's own verbs, run in one process.
        "crm.local": "crm.flows crm.models crm.db crm.clock crm.log crm.app crm.cli config",
        # the whole database in one file: it asks the database for its tables, and needs nobody's verbs
        "crm.keeping": "crm.models crm.rules crm.db crm.migrating crm.log crm.key_check crm.sealed config",
        "crm.doctor": "crm.app crm.clock crm.db crm.flows crm.keeping crm.mail crm.migrating crm.models"
        " crm.outside crm.rules config",
        "worker": "crm.flows crm.outside crm.models crm.db crm.clock crm.log crm.app crm.migrating"
        " crm.keeping config",
    }.items()
}
# They put the parts together, so they may know every part, but never the worker.
COMPOSITION_ROOTS = frozenset({"crm.app", "crm.cli", "crm.wsgi", "crm.__main__"})

# Other people's packages, and the only places that may know them.
WEB_SIDE = COMPOSITION_ROOTS | {"crm.web", "crm.local", "worker"}
DOORS = {
    "flask": WEB_SIDE | {"crm.db"},
    "flask_sqlalchemy": WEB_SIDE | {"crm.db"},
    "flask_wtf": WEB_SIDE,
    "werkzeug": WEB_SIDE,
    "wtforms": WEB_SIDE,
    "smtplib": {"crm.mail"},
    "imaplib": {"crm.mail"},
    # crm.local: it asks its own web whether it answers.
    "http": {"crm.outside", "crm.local"},
    "standardwebhooks": {"crm.flows"},
    "dns": {"crm.outside"},
    "prometheus_client": {"crm.web"},
    # A calendar elsewhere is read in a process apart; ours is written by flows and mail.
    "icalendar": {"crm.outside", "crm.flows", "crm.mail"},
    "recurring_ical_events": {"crm.outside"},
    "celery": {"worker", "crm.local"},
    "kombu": {"worker", "crm.local"},
    "redis": {"worker", "crm.local", "crm.cli", "crm.doctor"},
    "cryptography": {"crm.keyring", "crm.keeping", "crm.outside", "crm.flows"},
}
ASKS_FOR_THE_TIME = {f"datetime.{verb}" for verb in ("now", "utcnow", "today")} | {"date.today", "time.time"}

LINES_OF_A_FILE, LINES_OF_A_FUNCTION = 400, 50
LONG_FILE, LONG_FUNCTION = 250, 25


@dataclass(frozen=True)
class Source:
    """One file of the product: where it lies, the place in the layer table it belongs to, and its syntax."""

    path: Path
    place: str
    tree: ast.Module

    def imports(self) -> Iterator[tuple[int, str]]:
        """Line and full dotted name; `from crm import clock` imports `crm.clock`."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                yield from ((node.lineno, name.name) for name in node.names)
            elif isinstance(node, ast.ImportFrom):
                start = "." * node.level + (node.module or "")
                yield from ((node.lineno, f"{start}.{name.name}") for name in node.names)


def sources(root: Path) -> Iterator[Source]:
    for folder in (root / "config.py", root / "crm", root / "worker"):
        for path in [folder] if folder.is_file() else sorted(folder.rglob("*.py")):
            parts = path.relative_to(root).with_suffix("").parts
            name = ".".join(parts).removesuffix(".__init__")
            yield Source(path.relative_to(root), place_of(name), ast.parse(path.read_text(encoding="utf-8")))


def place_of(name: str) -> str:
    """`crm.rules.windows` -> `crm.rules`; `crm.db.transaction` -> `crm.db`; `worker.jobs` -> `worker`."""
    parts = name.split(".")
    if parts[0] != "crm":
        return parts[0]
    return ".".join(parts[:2])


def broken_walls(root: Path) -> list[str]:
    """One line for each import that goes through a wall; empty when the house stands."""
    return [
        f"{source.path}:{line} {problem}"
        for source in sources(root)
        for line, problem in [*unknown_place(source), *wrong_imports(source), *own_clocks(source)]
    ]


def unknown_place(source: Source) -> Iterator[tuple[int, str]]:
    if source.place not in LAYERS.keys() | COMPOSITION_ROOTS:
        yield 1, f"{source.place} has no place in the layer table"


def wrong_imports(source: Source) -> Iterator[tuple[int, str]]:
    for line, name in source.imports():
        package, target = name.split(".")[0], place_of(name)
        if name.startswith("."):
            yield line, "imports relatively; name the module in full"
        elif package in {"crm", "worker", "config", "tests"}:
            if not may_import(source.place, target):
                yield line, f"{source.place} may not import {target}"
        elif source.place not in DOORS.get(package, {source.place}):
            yield line, f"{source.place} may not know {package}"
        elif source.place == "crm.rules" and package not in sys.stdlib_module_names:
            yield line, f"crm.rules knows the standard library only, not {package}"


def may_import(place: str, target: str) -> bool:
    if target == place:
        return True
    if place in COMPOSITION_ROOTS:
        return target not in {"worker", "tests"}
    return target in LAYERS.get(place, frozenset())


def own_clocks(source: Source) -> Iterator[tuple[int, str]]:
    if source.place == "crm.clock":
        return
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            called = ".".join(ast.unparse(node.func).split(".")[-2:])
            if called in ASKS_FOR_THE_TIME:
                yield node.lineno, f"asks the system for the time ({called}); crm.clock does that"


def long_ones(root: Path, file_lines: int, function_lines: int) -> list[str]:
    """Files and functions over these lines, longest first. A test may be long: it is one story."""
    paths = [
        root / "config.py",
        *(path for top in ("crm", "worker", "tests") for path in (root / top).rglob("*.py")),
    ]
    found = [
        (lines, f"{path.relative_to(root)}{name} has {lines} lines")
        for path in paths
        if path.is_file()
        for name, lines, limit in lengths(path.read_text(encoding="utf-8"), file_lines, function_lines)
        if lines > limit
    ]
    return [said for _, said in sorted(found, reverse=True)]


def lengths(text: str, file_lines: int, function_lines: int) -> Iterator[tuple[str, int, int]]:
    yield "", text.count("\n"), file_lines
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and not node.name.startswith("test_"):
            lines = (node.end_lineno or node.lineno) - node.lineno + 1
            yield f":{node.lineno} {node.name}", lines, function_lines


def test_every_import_stays_inside_its_layer() -> None:
    assert broken_walls(ROOT) == []


def test_no_file_and_no_function_is_too_long(capsys: pytest.CaptureFixture[str]) -> None:
    worth_a_look = long_ones(ROOT, LONG_FILE, LONG_FUNCTION)
    with capsys.disabled():
        print("".join(f"\n  long: {each}" for each in worth_a_look))  # noqa: T201 - advice, not a failure

    assert long_ones(ROOT, LINES_OF_A_FILE, LINES_OF_A_FUNCTION) == []


def test_every_test_file_has_a_name_of_its_own() -> None:
    names = Counter(path.name for path in (ROOT / "tests").rglob("test_*.py"))

    assert [name for name, times in names.items() if times > 1] == []  # pytest imports them by name


@pytest.mark.parametrize(
    ("path", "line", "problem"),
    [
        ("crm/rules/windows.py", "import sqlalchemy", "knows the standard library only"),
        ("crm/rules/windows.py", "from crm.db import Base", "crm.rules may not import crm.db"),
        ("crm/rules/windows.py", "from crm import clock", "crm.rules may not import crm.clock"),
        (
            "crm/models/lead.py",
            "from crm.flows.capture import capture",
            "crm.models may not import crm.flows",
        ),
        ("crm/models/lead.py", "from flask import g", "crm.models may not know flask"),
        ("crm/models/lead.py", "import crm.clock", "crm.models may not import crm.clock"),
        ("crm/mail/smtp.py", "from crm.db import transaction", "crm.mail may not import crm.db"),
        ("crm/flows/capture.py", "from crm.web import session", "crm.flows may not import crm.web"),
        ("crm/flows/capture.py", "def f():\n    from crm import clock", "crm.flows may not import crm.clock"),
        ("crm/flows/delivery.py", "import smtplib", "crm.flows may not know smtplib"),
        (
            "crm/flows/dispatching.py",
            "from http.client import HTTPConnection",
            "crm.flows may not know http",
        ),
        ("crm/web/today.py", "from crm.outside.telling import Outside", "crm.web may not import crm.outside"),
        ("crm/web/people.py", "from crm.mail.smtp import send", "crm.web may not import crm.mail"),
        ("crm/web/people.py", "from worker.tasks import drain", "crm.web may not import worker"),
        ("crm/web/people.py", "import celery", "crm.web may not know celery"),
        ("crm/web/people.py", "import redis.client", "crm.web may not know redis"),
        ("crm/app.py", "import worker", "crm.app may not import worker"),
        ("crm/local/supervisor.py", "import crm.web.today", "crm.local may not import crm.web"),
        ("worker/tasks.py", "from crm.web.today import page", "worker may not import crm.web"),
        ("worker/tasks.py", "from tests.make import lead", "worker may not import tests"),
        ("crm/log.py", "from crm.models import Lead", "crm.log may not import crm.models"),
        ("config.py", "import crm.log", "config may not import crm.log"),
        ("crm/utils.py", "", "crm.utils has no place in the layer table"),
        ("crm/services/__init__.py", "", "crm.services has no place in the layer table"),
        ("crm/flows/capture.py", "from . import follow_up", "imports relatively"),
        ("crm/flows/capture.py", "at = datetime.now(UTC)", "asks the system for the time"),
        ("worker/tasks.py", "at = datetime.datetime.now()", "asks the system for the time"),
        ("crm/rules/slots.py", "day = date.today()", "asks the system for the time"),
        (
            "crm/web/today.py",
            "if TYPE_CHECKING:\n    from worker import jobs",
            "crm.web may not import worker",
        ),
    ],
)
def test_a_broken_wall_is_found(path: str, line: str, problem: str, tmp_path: Path) -> None:
    build(tmp_path, path, line)

    [found] = broken_walls(tmp_path)

    assert found.startswith(path)
    assert problem in found


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ("crm/rules/windows.py", "from zoneinfo import ZoneInfo\nfrom crm.rules import slots"),
        (
            "crm/models/lead.py",
            "import sqlalchemy\nfrom crm.db import Base\nfrom crm.rules.stages import Stage",
        ),
        ("crm/mail/smtp.py", "import smtplib\nfrom crm.links import Links"),
        ("crm/web/today.py", "import flask\nfrom crm import clock, log\nnow = clock.now()"),
        ("crm/db.py", "from flask_sqlalchemy import SQLAlchemy"),
        ("crm/app.py", "import config\nfrom crm.mail.smtp import SmtpTransport\nfrom crm.web import today"),
        ("worker/celery_app.py", "import celery\nfrom config import Config\nfrom crm.app import create_app"),
        ("crm/flows/capture.py", "spent = time.monotonic()\nat = sa.func.now()"),
    ],
)
def test_what_the_table_allows_passes(path: str, line: str, tmp_path: Path) -> None:
    build(tmp_path, path, line)

    assert broken_walls(tmp_path) == []


FOUND_BY = r"sa\.(update|insert)\((Lead|Inquiry|Reply|Note)\b|insert_given\((Lead|Inquiry|Reply|Note)\b"
"""A statement past the unit of work on what people are found by."""


def test_whoever_writes_people_past_the_unit_of_work_refreshes_the_index() -> None:
    """The index follows sessions by itself (flows/indexing); whoever goes round them has to tell it."""
    silent = [
        str(source.path)
        for source in sources(ROOT)
        if re.search(FOUND_BY, text := (ROOT / source.path).read_text(encoding="utf-8"))
        and "indexing.refresh(" not in text
    ]

    assert silent == []


TOLD_OF = r"sa\.(update|insert)\((Lead|Event)\b|insert_given\((Lead|Event)\b"
"""A statement past the unit of work on what other programs are told of."""


def test_whoever_moves_people_or_writes_their_stories_goes_through_the_session() -> None:
    """There other programs are told (flows/outbox). Only a mail that left may go by: of that none is told."""
    past_it = [
        str(source.path)
        for source in sources(ROOT)
        if re.search(TOLD_OF, (ROOT / source.path).read_text(encoding="utf-8"))
    ]

    assert past_it == ["crm/flows/acceptance.py"]


def test_an_empty_house_has_no_broken_wall(tmp_path: Path) -> None:
    assert broken_walls(tmp_path) == []
    assert long_ones(tmp_path, 1, 1) == []


def test_length_is_measured_but_a_story_may_be_long(tmp_path: Path) -> None:
    body = "    pass\n" * 60
    build(tmp_path, "crm/flows/capture.py", f"def capture():\n{body}")
    build(tmp_path, "tests/test_capture.py", f"def test_a_long_story():\n{body}")
    build(tmp_path, "worker/tasks.py", "x = 1\n" * 401)

    assert long_ones(tmp_path, LINES_OF_A_FILE, LINES_OF_A_FUNCTION) == [
        "worker/tasks.py has 401 lines",
        "crm/flows/capture.py:1 capture has 61 lines",
    ]


def build(root: Path, path: str, text: str) -> None:
    (root / path).parent.mkdir(parents=True, exist_ok=True)
    (root / path).write_text(text, encoding="utf-8")
