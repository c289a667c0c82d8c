"""docker-compose.yml, started here service by service: what Compose would run is what was tested."""

from __future__ import annotations

import json
import re
import secrets
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic
from urllib.parse import urlsplit

import psycopg
import pytest
import yaml

from tests.conftest import POSTGRES, answers, need
from tests.local.waiting import until
from tests.system.compose import Composed, Surroundings, services
from tests.system.house import HOME, free_port
from tests.system.postoffice import Accepted, PostOffice
from tests.system.processes import ROOT, programs
from tests.system.visitor import Visitor

pytestmark = pytest.mark.system
PATIENCE = 60
PASSWORD = "a long enough password"
SAM, OWNER = "sam@example.org", "connor@springstreet.example"
FORM_SECONDS = 3.2
"""A form sent back sooner than FORM_MIN_SECONDS is kept aside."""


@contextmanager
def own_postgres() -> Iterator[tuple[str, str]]:
    """A user with a password and his database, gone afterwards: the name of both, and the password."""
    name, password = f"crm_test_{secrets.token_hex(6)}", secrets.token_hex(12)
    with psycopg.connect(f"{POSTGRES}/postgres", autocommit=True) as server:
        server.execute(f"CREATE ROLE {name} LOGIN PASSWORD '{password}'")  # type: ignore[arg-type,unused-ignore]
        try:
            server.execute(f"CREATE DATABASE {name} OWNER {name}")
            yield name, password
        finally:
            server.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
            server.execute(f"DROP ROLE {name}")


@pytest.fixture
def composed(place: Path, office: PostOffice) -> Iterator[Composed]:
    """The file for trying out laid over the real one, as its first lines tell the operator to do."""
    need("PostgreSQL on port 5432", there=answers(5432))
    for program in ("redis-server", "redis-cli", "pg_isready"):
        need(program, there=shutil.which(program) is not None)
    said = services("docker-compose.yml", "docker-compose.dev.yml")
    with own_postgres() as (name, password), programs(place) as running:
        database = f"{name}@{HOME}:5432/{name}"
        around = Surroundings(place, database, office.port, free_port(), free_port(), password)
        yield Composed(running, around, said)


def test_from_the_first_start_to_the_last_email(
    composed: Composed, office: PostOffice, tell: Callable[[str], None]
) -> None:
    began = monotonic()
    composed.up()
    assert until(lambda: composed.is_healthy("web"), PATIENCE)
    tell(f"all services up after {monotonic() - began:.1f} s")

    first, seconds = is_acknowledged(composed, office)
    tell(f"form posted -> acknowledgement accepted: {seconds:.2f} s")
    assert seconds < 30  # bench/ measures how soon, on a machine that does nothing else
    assert "988" in first.mail.as_string()
    assert "Nights are long" not in first.mail.as_string()

    person, reply, seconds = is_answered(composed, office)
    tell(f"answer sent -> accepted, with 20 s to take it back: {seconds:.1f} s")
    assert seconds >= 20
    assert "Would Thursday suit you?" in reply.mail.as_string()
    assert reply.mail["In-Reply-To"] == first.mail["Message-ID"]

    hurried = json.loads(composed.run("web", "python", "-m", "crm", "advance", "--person", str(person)))
    follow_up = arrives(office, SAM, 3)
    assert hurried["person"] == person
    assert follow_up.mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"

    assert until(lambda: states(composed)[-1] == "scheduled")
    is_stopped(str(follow_up.mail["List-Unsubscribe"]).strip("<>"))
    assert "scheduled" not in states(composed)
    assert composed.down() == dict.fromkeys(("beat", "worker", "web", "redis"), 0)
    assert len(office.to(SAM)) == 3


def is_acknowledged(composed: Composed, office: PostOffice) -> tuple[Accepted, float]:
    """The owner makes his account while somebody fills in the form; the mail, and how soon it came."""
    visitor = Visitor(composed.environment("web")["BASE_URL"])
    form, opened_at = visitor.open("/consultation"), monotonic()
    make_the_owner(composed)
    assert until(lambda: monotonic() - opened_at > FORM_SECONDS)

    posted_at = monotonic()
    thanks = visitor.submit(form, "/consultation", name="Sam Rivers", email=SAM, message="Nights are long.")

    assert thanks.url.endswith("/consultation/thanks")
    mail = arrives(office, SAM, 1)
    return mail, mail.at - posted_at


def is_answered(composed: Composed, office: PostOffice) -> tuple[int, Accepted, float]:
    """The owner signs in, reads and writes back: to whom, the mail, and how soon it came."""
    owner = Visitor(composed.environment("web")["BASE_URL"])
    today = signs_in(owner)
    assert "Nights are long." in today
    person = person_in(today)

    sent_at = monotonic()
    page, to = owner.open(f"/people/{person}"), f"/people/{person}/replies"
    owner.submit(page, to, words="Would Thursday suit you?")

    mail = arrives(office, SAM, 2)
    return person, mail, mail.at - sent_at


def is_stopped(link: str) -> None:
    """As a mail program does it by itself (RFC 8058)."""
    answer = Visitor(link).post(link, {"List-Unsubscribe": "One-Click"})

    assert (answer.status, answer.url) == (200, link)


def make_the_owner(composed: Composed) -> None:
    browser = Visitor(composed.environment("web")["BASE_URL"])
    link = urlsplit(composed.run("web", "python", "-m", "crm", "setup-link").strip()).path
    answer = browser.submit(
        browser.open(link),
        link,
        name="Connor",
        practice_name="Spring Street Therapy",
        email=OWNER,
        password=PASSWORD,
    )
    assert urlsplit(answer.url).path == "/today", answer.html


def signs_in(browser: Visitor) -> str:
    """What stands on Today then."""
    answer = browser.submit(browser.open("/today"), "/sign-in", email=OWNER, password=PASSWORD)
    assert urlsplit(answer.url).path == "/today"
    return answer.html


def person_in(html: str) -> int:
    found = re.search(r"/people/([0-9]+)", html)
    assert found
    return int(found[1])


def arrives(office: PostOffice, address: str, count: int) -> Accepted:
    """The mail to somebody that is their first, second, ..."""
    assert until(lambda: len(office.to(address)) >= count, PATIENCE)
    return office.to(address)[count - 1]


def states(composed: Composed) -> list[str]:
    """Of the emails to Sam, in order."""
    told = json.loads(composed.run("web", "python", "-m", "crm", "messages"))
    return [message["state"] for message in told if message["to"] == SAM]


def written() -> dict[str, dict[str, object]]:
    return services("docker-compose.yml")


def long_running() -> list[str]:
    return [name for name, said in written().items() if said["restart"] != "no" and "profiles" not in said]


def test_only_the_web_is_reachable_from_outside_and_by_default_only_from_this_machine() -> None:
    open_ports = {name: said["ports"] for name, said in written().items() if "ports" in said}

    assert open_ports == {"web": ["${PUBLISH:-127.0.0.1:8000}:8000"]}


@pytest.mark.parametrize("name", long_running())
def test_what_runs_for_long_is_watched_or_says_why_not(name: str) -> None:
    check = written()[name]["healthcheck"]

    assert isinstance(check, dict)
    assert check.get("test") or says_why(name), f"{name} has no healthcheck and no reason"


def says_why(name: str) -> bool:
    """A comment stands behind `disable: true` of this service."""
    text = (ROOT / "docker-compose.yml").read_text(encoding="utf-8")
    own = re.search(rf"^  {name}:\n((?:    .*\n|\n)+)", text, re.MULTILINE)
    return bool(own and re.search(r"disable: true *# \w+", own[1]))


def test_what_runs_for_long_is_started_again_and_what_runs_once_is_not() -> None:
    assert sorted(long_running()) == ["beat", "postgres", "redis", "web", "worker"]
    assert {written()[name]["restart"] for name in long_running()} == {"unless-stopped"}
    assert {written()[name]["restart"] for name in ("migrate", "plant")} == {"no"}


def test_what_must_survive_lies_in_named_volumes() -> None:
    whole = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))

    mounted = {
        place.partition(":")[0] for said in whole["services"].values() for place in said.get("volumes", ())
    }

    assert mounted == set(whole["volumes"]) == {"postgres-data", "practice-data", "practice-backups"}
    assert set(whole["secrets"]) == {"secret_key", "database_password", "smtp_password"}


def test_the_image_runs_as_nobody_special_and_carries_no_build_tools() -> None:
    stages = re.split(r"^FROM ", (ROOT / "Dockerfile").read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]
    last = stages[-1]

    assert len(stages) > 1
    assert re.findall(r"^USER (\S+)", last, re.MULTILINE)[-1:] == ["practice"]
    assert "--uid 10001" in last
    assert not re.search(r"apt-get install|build-essential|gcc|pip install", last)
    assert "pip uninstall" in last
    assert "HEALTHCHECK" in last
