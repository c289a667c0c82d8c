"""The shipped emails, byte for byte, so that a reviewer reads the email in the diff.

After a change that is meant: REFRESH_GOLDEN=1 .venv/bin/pytest tests/mail/test_golden.py, then read the diff.
"""

from __future__ import annotations

import os
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from crm.mail.compose import Parcel, compose
from crm.mail.letters import Content
from tests.mail.specimens import STOP_LINK, specimens

GOLDEN = Path(__file__).resolve().parents[1] / "golden"
FILES = sorted(f"{name}{ending}" for name in specimens() for ending in (".txt", ".html"))


def as_files(name: str, content: Content) -> dict[str, str]:
    head = f"Subject: {content.subject}\nPreview: {content.preview}\n\n"
    return {f"{name}.txt": head + content.text, f"{name}.html": _for_reading(content.html)}


def _for_reading(html: str) -> str:
    """A page says by number what ASCII has not; a reviewer reads it better as it is."""
    return re.sub(r"&#(\d{3,});", lambda number: chr(int(number[1])), html)


def expected(file: str, made: bytes) -> bytes:
    path = GOLDEN / file
    if os.environ.get("REFRESH_GOLDEN"):
        path.write_bytes(made)
    return path.read_bytes()


@pytest.fixture(scope="module")
def made() -> dict[str, str]:
    return {
        file: text for name, content in specimens().items() for file, text in as_files(name, content).items()
    }


@pytest.mark.parametrize("file", FILES)
def test_an_email_reads_as_it_was_reviewed(file: str, made: dict[str, str]) -> None:
    assert made[file].encode() == expected(file, made[file].encode())


def test_the_bytes_that_leave_are_the_ones_that_were_reviewed() -> None:
    email = compose(
        Parcel(
            sender_name="Connor at Spring Street",
            sender_address="connor@springstreet.example",
            recipient="maya.okafor@example.org",
            message_id="<9pX2kQ@springstreet.example>",
            content=specimens()["still_here"],
            sent_at=datetime(2026, 3, 12, 20, 52, tzinfo=UTC),
            stop_link=STOP_LINK,
            in_reply_to="<4mN8wR@springstreet.example>",
            references=("<4mN8wR@springstreet.example>",),
        )
    )

    assert email.raw == expected("still_here.eml", email.raw)


def test_no_golden_file_is_left_over() -> None:
    assert sorted(path.name for path in GOLDEN.iterdir()) == sorted([*FILES, "still_here.eml"])


@pytest.mark.parametrize("name", specimens())
def test_an_email_is_small_and_asks_nobody_else_for_anything(name: str) -> None:
    html = specimens()[name].html

    assert len(html.encode()) < 30_000
    assert not any(banned in html for banned in ("<img", "url(", "<link", "<script", "@import", "@font-face"))
    assert '<html lang="en"' in html
    assert 'name="color-scheme"' in html
    assert html.count("<table") == html.count('role="presentation"')


@pytest.mark.parametrize("name", specimens())
def test_every_link_of_the_html_stands_in_the_text_too(name: str) -> None:
    content = specimens()[name]
    links = [part.split('"')[0] for part in content.html.split('href="')[1:]]

    missing = [
        link for link in links if link.removeprefix("tel:").removeprefix("mailto:") not in content.text
    ]

    assert missing == []
