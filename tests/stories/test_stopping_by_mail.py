"""Whoever asks by mail for no more emails gets none."""

from __future__ import annotations

from urllib.parse import urlsplit

from crm.links import Links
from crm.models import Suppression
from crm.rules.verdicts import Kind
from tests.practice import Practice


def test_please_stop_is_obeyed_and_still_shown(practice: Practice) -> None:
    sam = practice.receives_inquiry("Sam Rivers <sam@example.org>")
    practice.advance(days=1)

    practice.receives_mail(
        answering=practice.outbox.only_to("sam@example.org"), text="Please stop sending me emails."
    )

    assert "unsubscribed" in practice.story(sam)
    with practice.reading():
        assert Suppression.unsubscribed("sam@example.org")
        assert practice.lead(sam).waiting_for


def test_a_mail_program_that_stops_emails_by_mail_is_obeyed(practice: Practice) -> None:
    practice.links = Links("http://localhost", reply_plus=True)
    sam = practice.receives_inquiry("Sam Rivers <sam@example.org>")
    practice.advance(days=1)
    ways = practice.outbox.only_to("sam@example.org").mail["List-Unsubscribe"].split(",")
    by_mail = urlsplit(ways[1].strip(" <>"))

    practice.receives_mail(text="", from_="sam@work.example", to=by_mail.path, subject="unsubscribe")

    assert ways[0].startswith("<http://localhost/stop/")
    assert (by_mail.scheme, by_mail.query) == ("mailto", "subject=unsubscribe")
    assert "unsubscribed" in practice.story(sam)
    assert practice.incoming()[-1].kind is Kind.UNSUBSCRIBE
