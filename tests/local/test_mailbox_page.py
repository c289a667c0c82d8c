from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from email.message import EmailMessage
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from config import Config
from crm.app import create_app
from crm.db import db
from crm.local.catcher import Mailbox
from tests.practice import Practice


@pytest.fixture
def mailbox(tmp_path: Path) -> Mailbox:
    return Mailbox(tmp_path / "mailbox")


@pytest.fixture
def anybody(practice: Practice, config: Config, mailbox: Mailbox) -> Iterator[FlaskClient]:
    """A stranger's, on a development machine."""
    app = create_app(replace(config, mailbox_dir=mailbox.folder))
    yield app.test_client()
    with app.app_context():
        db.engine.dispose()


def a_mail(subject: str = "I got your note", html: str | None = "<p>Hello Sam</p>") -> bytes:
    mail = EmailMessage()
    mail["Subject"], mail["To"], mail["From"] = subject, "sam@example.org", "Connor <connor@example.org>"
    mail.set_content("Hello Sam, in plain words")
    if html:
        mail.add_alternative(f"<html><head><title>x</title></head><body>{html}</body></html>", subtype="html")
    return mail.as_bytes()


def test_before_any_mail_it_says_so(anybody: FlaskClient) -> None:
    assert "None has been sent yet" in anybody.get("/mailbox").text


def test_the_newest_mail_is_on_top(anybody: FlaskClient, mailbox: Mailbox) -> None:
    mailbox.keep(a_mail("The first"))
    mailbox.keep(a_mail("The second"))

    page = anybody.get("/mailbox").text

    assert page.index("The second") < page.index("The first")
    assert "sam@example.org" in page


def test_a_long_list_has_a_way_to_earlier_mail(anybody: FlaskClient, mailbox: Mailbox) -> None:
    names = [mailbox.keep(a_mail(f"Mail {number}.")).name for number in range(52)]

    first = anybody.get("/mailbox").text
    rest = anybody.get(f"/mailbox?before={names[2]}").text

    assert "Mail 2." in first
    assert "Mail 1." not in first
    assert f"before={names[2]}" in first
    assert "Mail 1." in rest
    assert "Earlier mail" not in rest


def test_a_mail_shows_its_words_its_headers_and_its_frame(anybody: FlaskClient, mailbox: Mailbox) -> None:
    kept = mailbox.keep(a_mail())

    page = anybody.get(f"/mailbox/{kept.name}").text

    assert "Hello Sam, in plain words" in page
    assert "Subject: I got your note" in page
    assert f'src="/mailbox/{kept.name}/html"' in page


def test_a_mail_of_plain_words_only_has_no_frame(anybody: FlaskClient, mailbox: Mailbox) -> None:
    kept = mailbox.keep(a_mail(html=None))

    assert "<iframe" not in anybody.get(f"/mailbox/{kept.name}").text
    assert anybody.get(f"/mailbox/{kept.name}/html").status_code == 404


def test_the_html_of_a_mail_can_do_nothing_but_be_read(anybody: FlaskClient, mailbox: Mailbox) -> None:
    kept = mailbox.keep(a_mail(html="<script>alert(1)</script><a href='/call/abc'>Tell me</a>"))

    answer = anybody.get(f"/mailbox/{kept.name}/html")

    policy = answer.headers["Content-Security-Policy"]
    assert policy.startswith("sandbox allow-popups")
    assert "allow-scripts" not in policy
    assert "allow-same-origin" not in policy
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'self'" in policy
    assert '<base target="_blank">' in answer.text


def test_what_a_mail_says_of_itself_is_not_taken_for_our_page(anybody: FlaskClient, mailbox: Mailbox) -> None:
    kept = mailbox.keep(a_mail("<script>alert(1)</script>"))

    for page in (anybody.get("/mailbox").text, anybody.get(f"/mailbox/{kept.name}").text):
        assert "<script>alert" not in page


def test_raw_is_every_byte(anybody: FlaskClient, mailbox: Mailbox) -> None:
    kept = mailbox.keep(a_mail())

    answer = anybody.get(f"/mailbox/{kept.name}/raw")

    assert answer.data == kept.read_bytes()
    assert answer.mimetype == "text/plain"


@pytest.mark.parametrize(
    "raw", [b"", b"\xff\xfe no mail at all", b"Content-Type: text/plain; charset=unheard-of\n\nx"]
)
def test_what_is_hardly_a_mail_is_shown_all_the_same(
    raw: bytes, anybody: FlaskClient, mailbox: Mailbox
) -> None:
    kept = mailbox.keep(raw)

    assert anybody.get("/mailbox").status_code == 200
    assert anybody.get(f"/mailbox/{kept.name}").status_code == 200


@pytest.mark.parametrize(
    "name", ["secret_key", "..%2Fsecret_key", ".hidden.eml", "20260310T000000.000000-000000.eml"]
)
def test_no_other_file_can_be_asked_for(name: str, anybody: FlaskClient, mailbox: Mailbox) -> None:
    (mailbox.folder.parent / "secret_key").touch()
    (mailbox.folder / ".hidden.eml").touch()

    for page in ("", "/html", "/raw"):
        assert anybody.get(f"/mailbox/{name}{page}").status_code == 404


def test_a_real_deployment_has_no_mailbox(visitor: FlaskClient) -> None:
    assert visitor.get("/mailbox").status_code == 404
