"""django-post-office 3.12 on the same work: our letter is its template, filled when it goes."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic
from typing import Any

from bench.costs import Run
from bench.practices import PATIENCE, folder
from bench.sinks import Sink
from crm.mail.letters import Blanks, Frame, letter
from crm.seeds.texts import TEMPLATES
from tests.conftest import postgres_database
from tests.system.processes import ROOT

PYTHON = ROOT / ".venv-bench/bin/python"
DRIVER = ROOT / "bench/peer/drive.py"
SITE = "http://127.0.0.1:8000"


def is_there() -> bool:
    """`make bench` installs it, into an environment of its own."""
    return PYTHON.exists()


def measure(count: int, sink: Sink) -> Run:
    """With two processes, and the connections it opens by itself."""
    before = len(sink.taken())
    with postgres_database() as url, folder() as place, _driver(url, sink, place) as driver:
        assert driver.stdin is not None
        assert driver.stdout is not None
        driver.stdin.write(json.dumps(_task(range(before, before + count))) + "\n")
        driver.stdin.flush()
        if driver.stdout.readline() != "ready\n":
            raise RuntimeError("django-post-office did not start; what it said stands above")
        began = monotonic()
        driver.stdin.write("go\n")
        driver.stdin.flush()
        seconds = sink.wait_for(before + count, PATIENCE) - began
        cost = json.loads(driver.stdout.readline())
    return Run(count, seconds, cost["cpu"], cost["peak_mb"])


@contextmanager
def _driver(url: str, sink: Sink, place: Path) -> Iterator[subprocess.Popen[str]]:
    env = {"PEER_DATABASE": url.rpartition("/")[2], "PEER_SMTP_PORT": str(sink.port), "LANG": "C.UTF-8"}
    with (place / "driver.log").open("w") as log:
        driver = subprocess.Popen(
            [PYTHON, DRIVER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, env=env, text=True
        )
        try:
            yield driver
        except BaseException:
            print((place / "driver.log").read_text(encoding="utf-8")[-2000:])
            raise
        finally:
            driver.kill()
            driver.wait()


def _task(people: range) -> dict[str, Any]:
    """Our own letter, its blanks left as the peer's template language writes them, to each of so many.

    Nobody of an earlier run is among them: so everybody gets one mail, however many runs there are.
    """
    blanks = Blanks(first_name="{{ first_name }}", booking_link="{{ booking_link }}", my_name="Me")
    frame = Frame(why_line="{{ why_line }}", address_line="My practice", stop_link="{{ stop_link }}")
    content = letter(TEMPLATES["still_here"]).fill(blanks, frame)
    return {
        "sender": "My practice <connor@springstreet.example>",
        "template": {"subject": content.subject, "content": content.text, "html_content": content.html},
        "people": [_person(n) for n in people],
    }


def _person(n: int) -> dict[str, object]:
    stop_link = f"{SITE}/unsubscribe/stop-these-emails-{n}"
    return {
        "address": f"peer{n}@example.org",
        "blanks": {
            "first_name": f"Robin{n}",
            "booking_link": f"{SITE}/you/the-page-of-person-{n}",
            "why_line": "You asked for a call at My practice on November 23. I’ll write at most twice more.",
            "stop_link": stop_link,
        },
        "headers": {
            "Auto-Submitted": "auto-generated",
            "List-Unsubscribe": f"<{stop_link}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        },
    }
