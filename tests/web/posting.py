"""A provider that is connected and posts mail, and who is written about: for the tests of what it posts."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from werkzeug.test import TestResponse

from crm import clock
from crm.db import db
from crm.flows import posted
from crm.flows.amazon import Amazon
from crm.models import MailParcel, MailProvider, Suppression
from crm.rules.providers import ProviderKind
from crm.rules.sending import SuppressionReason
from crm.web.source_tokens import token_hash
from tests.letterbox import mail_from
from tests.outbox import Received
from tests.practice import Practice
from tests.web import providers as says
from tests.web.providers import OwnAmazon

TOKEN = "a-token-of-a-provider"


class Provider:
    """One that is connected, and posts."""

    def __init__(self, practice: Practice, kind: ProviderKind) -> None:
        self.practice = practice
        self.browser = practice.app.test_client()
        with practice.app.test_request_context(), practice.at_work() as session:
            provider = MailProvider(kind=kind, made_at=practice.now, signing_secret=says.KEY)
            provider.give_token(TOKEN, token_hash(f"mail:{TOKEN}"))
            session.add(provider)

    def posts(self, body: object, address: str = f"/mail-in/{TOKEN}", **how: object) -> TestResponse:
        answer = self.browser.post(address, **({"json": body} | how if body is not None else how))
        self.practice_reads()
        return answer

    def practice_reads(self) -> int:
        with self.practice.app.app_context():
            return posted.take_in(self.practice.understands, clock.now, lambda: True)

    @property
    def row(self) -> MailProvider:
        with self.practice.reading():
            return db.session.scalars(sa.select(MailProvider)).one()


@pytest.fixture
def sam(practice: Practice) -> int:
    sam = practice.receives_inquiry("Sam Rivers <sam@example.org>")
    practice.advance(days=1)
    return sam


@pytest.fixture
def first(practice: Practice, sam: int) -> Received:
    assert sam
    return practice.outbox.only_to("sam@example.org")


@pytest.fixture
def postmark(practice: Practice) -> Provider:
    return Provider(practice, ProviderKind.POSTMARK)


@pytest.fixture
def mailgun(practice: Practice) -> Provider:
    return Provider(practice, ProviderKind.MAILGUN)


@pytest.fixture
def ses(practice: Practice) -> Provider:
    return Provider(practice, ProviderKind.SES)


@pytest.fixture
def amazon(practice: Practice) -> Iterator[OwnAmazon]:
    own, usual = OwnAmazon(), practice.app.extensions["amazon"]
    practice.app.extensions["amazon"] = Amazon(own)  # type: ignore[arg-type]
    yield own
    practice.app.extensions["amazon"] = usual


def answer_to(first: Received, practice: Practice, text: str = "Thursday at ten would be lovely.") -> bytes:
    return mail_from(first, text, {}, practice.now)


def suppressed(practice: Practice) -> SuppressionReason | None:
    with practice.reading():
        found = Suppression.of("sam@example.org")
        return found.reason if found else None


def parcels(practice: Practice) -> list[MailParcel]:
    with practice.reading():
        return list(db.session.scalars(sa.select(MailParcel).order_by(MailParcel.id)))
