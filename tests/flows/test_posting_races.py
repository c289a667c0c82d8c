"""Two workers at the same parcels, and a provider that posts the same at once: each mail once."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from crm import clock
from crm.db import db
from crm.flows import posted
from crm.models import Incoming, MailParcel, MailProvider, Reply
from crm.rules.providers import ParcelState, ProviderKind
from crm.web.source_tokens import token_hash
from tests.at_once import at_once
from tests.interruption import interrupted
from tests.practice import Practice
from tests.web.providers import postmark_mail

TOKEN = "a-token-of-postmark"
AT_ONCE = 6


@pytest.fixture
def sam(practice: Practice) -> int:
    with practice.app.test_request_context(), practice.at_work() as session:
        provider = MailProvider(kind=ProviderKind.POSTMARK, made_at=practice.now)
        provider.give_token(TOKEN, token_hash(f"mail:{TOKEN}"))
        session.add(provider)
    sam = practice.receives_inquiry("Sam Rivers <sam@example.org>")
    practice.advance(minutes=1)
    return sam


def posts(practice: Practice, number: int) -> int:
    headers = [{"Name": "Message-ID", "Value": f"<{number}@mail.example.org>"}]
    body = postmark_mail(MessageID=str(number), TextBody=f"Day {number}?", Headers=headers)
    return practice.app.test_client().post(f"/mail-in/{TOKEN}", json=body).status_code


def reads(practice: Practice) -> int:
    with practice.app.app_context():
        return posted.take_in(practice.understands, clock.now, lambda: True)


def counts(practice: Practice) -> tuple[int, int, int]:
    """Parcels, mails, replies."""
    with practice.reading():
        rows = (MailParcel.id, Incoming.id, Reply.id)
        parcels, mails, replies = (db.session.scalar(sa.select(sa.func.count(row))) or 0 for row in rows)
        return parcels, mails, replies


def test_the_same_mail_posted_at_once_is_kept_once(practice: Practice, sam: int) -> None:
    statuses = at_once(*[lambda: posts(practice, 1)] * AT_ONCE)
    reads(practice)

    assert set(statuses) == {200}
    assert counts(practice) == (1, 1, 1)
    assert sam


def test_several_workers_take_each_parcel_once(practice: Practice, sam: int) -> None:
    for number in range(AT_ONCE):
        posts(practice, number)

    at_once(*[lambda: reads(practice)] * 3)

    assert counts(practice) == (AT_ONCE, AT_ONCE, AT_ONCE)
    assert practice.story(sam).count("reply_received") == AT_ONCE


def test_a_second_worker_in_the_middle_of_the_first_one_does_nothing_twice(
    practice: Practice, sam: int
) -> None:
    posts(practice, 1)

    with interrupted(practice, "INSERT INTO incoming", lambda: reads(practice)):
        reads(practice)

    assert counts(practice) == (1, 1, 1)
    assert sam


def test_a_worker_that_dies_before_its_commit_leaves_the_parcel_waiting(practice: Practice, sam: int) -> None:
    posts(practice, 1)

    with practice.app.app_context():
        engine = db.engine
    sa.event.listen(engine, "before_cursor_execute", _dies)
    with pytest.raises(KeyboardInterrupt):
        reads(practice)
    sa.event.remove(engine, "before_cursor_execute", _dies)
    with practice.reading():
        state = db.session.scalars(sa.select(MailParcel.state)).one()
    reads(practice)

    assert state is ParcelState.WAITING
    assert counts(practice) == (1, 1, 1)
    assert practice.story(sam).count("reply_received") == 1


def _dies(_c: object, _cursor: object, statement: str, *_: object) -> None:
    if statement.startswith("INSERT INTO reply"):
        raise KeyboardInterrupt
