"""Spam as the owner sees it: why somebody is kept aside, one key to free them, and what he taught."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from crm.db import db
from crm.models import Practice as PracticeRow
from crm.models import SenderRule
from crm.rules.proof import is_proof
from crm.rules.stages import Stage
from crm.web.clients import network_key
from tests.practice import Practice
from tests.web.desk import Desk
from tests.web.door import FORM, MAYA, Visitor, inquiries, limits, people

PAGE, LIST = "/settings/spam", "/today/spam"
PITCH = (
    "Hi, I came across your website and saw that it is not on the first page of Google. Our agency can "
    "fix that. Packages from $99 a month, reply to get a free audit."
)
SELLER = {"name": "Ryan", "email": "ryan@ranks.example", "message": PITCH}


def taught(practice: Practice) -> list[tuple[str, bool]]:
    with practice.reading():
        rows = db.session.execute(sa.select(SenderRule.trait, SenderRule.is_spam).order_by(SenderRule.id))
        return [(str(row.trait), row.is_spam) for row in rows]


def is_kept_aside(practice: Practice, lead_id: int) -> bool:
    with practice.reading():
        return practice.lead(lead_id).quarantined_at is not None


def writes(practice: Practice, visitor: FlaskClient, **typed: str) -> int:
    Visitor(visitor).sends(**typed)
    return people(practice)[-1].id


def test_why_somebody_is_kept_aside_stands_beside_them(
    practice: Practice, desk: Desk, visitor: FlaskClient
) -> None:
    writes(practice, visitor, **SELLER)

    why = desk.opens(LIST).texts(".listing li")

    assert any("it speaks of your business" in each.lower() for each in why)
    assert all(each.endswith("One of several.") for each in why)


def test_one_press_frees_somebody_as_a_fresh_inquiry_whose_promise_counts_from_now(
    practice: Practice, desk: Desk, visitor: FlaskClient
) -> None:
    ryan = writes(practice, visitor, **SELLER)
    practice.advance(days=3)
    assert practice.outbox.received == []

    desk.does(f"/people/{ryan}/freedom")
    freed_at = practice.now
    practice.advance(minutes=1)

    with practice.reading():
        lead = practice.lead(ryan)
        assert lead.waiting_since == freed_at
        assert lead.reply_by is not None
        assert lead.reply_by > freed_at
    assert practice.outbox.subjects_to("ryan@ranks.example") == ["I got your note"]


def test_each_suspect_is_a_card_with_its_own_key(
    practice: Practice, desk: Desk, visitor: FlaskClient
) -> None:
    writes(practice, visitor, **SELLER)

    html = desk.gets(LIST).text

    assert "data-row data-card" in html
    assert 'data-key="f"' in html


def test_not_spam_is_remembered_by_the_address(practice: Practice, desk: Desk, visitor: FlaskClient) -> None:
    ryan = writes(practice, visitor, **SELLER)
    desk.does(f"/people/{ryan}/freedom")

    with practice.at_work():
        practice.lead(ryan).email = "moved@ranks.example"
        practice.lead(ryan).contact_key = "mailto:moved@ranks.example"
    again = writes(practice, visitor, **SELLER | {"message": f"{PITCH} And again."})

    assert again != ryan
    assert not is_kept_aside(practice, again)
    assert taught(practice) == [("address", False)]


def test_who_is_in_spam_and_writes_again_is_kept_aside_and_gets_nothing(
    practice: Practice, desk: Desk, visitor: FlaskClient
) -> None:
    sam = writes(practice, visitor, name="Sam", email="sam@example.org", message="Hello there.")
    desk.does(f"/people/{sam}/spam")
    practice.advance(days=1)
    sent_before = len(practice.outbox.to("sam@example.org"))

    writes(practice, visitor, name="Sam", email="Sam@Example.org", message="Something harmless.")
    practice.advance(days=30)

    assert is_kept_aside(practice, sam)
    assert len(practice.outbox.to("sam@example.org")) == sent_before
    assert "You said that this address sends spam" in desk.gets(LIST).text


def test_taking_spam_back_takes_back_what_was_taught(
    practice: Practice, desk: Desk, visitor: FlaskClient
) -> None:
    sam = writes(practice, visitor, name="Sam", email="sam@example.org", message="Hello there.")
    page = desk.does(f"/people/{sam}/spam")
    assert taught(practice) == [("address", True)]

    desk.does(page.undo)

    assert taught(practice) == []


def test_who_is_moved_out_of_spam_is_no_spammer_any_more(
    practice: Practice, desk: Desk, visitor: FlaskClient
) -> None:
    sam = writes(practice, visitor, name="Sam", email="sam@example.org", message="Hello there.")
    desk.does(f"/people/{sam}/spam")

    desk.does(f"/people/{sam}/stage", stage="contacted")

    assert taught(practice) == []
    with practice.reading():
        assert practice.lead(sam).stage is Stage.CONTACTED


def test_nearly_the_same_words_as_known_spam_are_kept_aside(
    practice: Practice, desk: Desk, visitor: FlaskClient
) -> None:
    first = "I met a wonderful healer who brought my marriage back within one day, so go and see him at once."
    sam = writes(practice, visitor, name="Sam", email="sam@example.org", message=first)
    assert not is_kept_aside(practice, sam)
    desk.does(f"/people/{sam}/spam")

    other = writes(
        practice, visitor, name="Kim", email="kim@example.net", message=first.replace("one day", "two days")
    )

    assert is_kept_aside(practice, other)
    assert "It says nearly what you called spam before" in desk.gets(LIST).text


def test_a_crowd_from_one_network_is_no_reason_by_itself(practice: Practice, visitor: FlaskClient) -> None:
    with limits(practice.app, posts_per_client_minute=100):
        for n in range(8):
            writes(practice, visitor, name=f"P{n}", email=f"p{n}@example.com", message=f"I am number {n}.")

    assert not any(each.quarantined_at for each in people(practice))
    assert len({each.network_key for each in inquiries(practice)}) == 1
    assert "127.0.0" not in inquiries(practice)[0].network_key


def test_a_network_can_be_called_a_den_of_spam_and_that_can_be_forgotten(
    practice: Practice, desk: Desk, visitor: FlaskClient
) -> None:
    ryan = writes(practice, visitor, **SELLER)
    desk.does(f"/people/{ryan}/network", is_spam="1")

    maya = writes(practice, visitor, **MAYA)
    assert is_kept_aside(practice, maya)
    with practice.reading():
        rule = db.session.scalar(sa.select(SenderRule.id))
    desk.does(f"{PAGE}/taught/{rule}/removal")
    sam = writes(practice, visitor, name="Sam", email="sam@example.org", message="Hello.")

    assert not is_kept_aside(practice, sam)
    assert taught(practice) == []


def test_a_form_borrowed_from_somebody_else_is_a_sign(practice: Practice, visitor: FlaskClient) -> None:
    form = Visitor(visitor)
    form.sends(**MAYA)
    form.sends(name="Sam", email="sam@example.org", message="Hello.")

    signs = [each["sign"] for each in inquiries(practice)[-1].signs]
    assert signs == ["borrowed_token"]
    assert not people(practice)[-1].quarantined_at


def test_the_form_asks_for_a_sum_only_where_the_owner_wants_it(
    practice: Practice, desk: Desk, visitor: FlaskClient
) -> None:
    assert "proof.js" not in visitor.get(FORM).text
    Visitor(visitor).sends(**MAYA)

    page = desk.does(f"{PAGE}/proof", asks_proof="1")
    without = Visitor(visitor)
    without.sends(name="Sam", email="sam@example.org", message="No scripts here.")
    with_one = Visitor(visitor)
    proof = next(str(n) for n in range(10**6) if is_proof(with_one.token, str(n)))
    with_one.sends(name="Kim", email="kim@example.net", message="My browser can add.", proof=proof)

    assert page.toast == "Your form asks browsers for a small sum now."
    assert "proof.js" in without.page
    assert [[each["sign"] for each in one.signs] for one in inquiries(practice)] == [[], ["no_proof"], []]
    assert not any(each.quarantined_at for each in people(practice))
    with practice.reading():
        assert PracticeRow.current().asks_proof


def test_freeing_many_of_one_mailbox_does_not_bomb_it(
    practice: Practice, desk: Desk, visitor: FlaskClient
) -> None:
    with limits(practice.app, posts_per_client_minute=100):
        bombed = [
            writes(practice, visitor, name="Vic", email=f"vic+{n}@example.com", message=PITCH, website="x")
            for n in range(5)
        ]

    for lead_id in bombed:
        desk.does(f"/people/{lead_id}/freedom")
    practice.advance(minutes=2)

    sent = [each for n in range(5) for each in practice.outbox.to(f"vic+{n}@example.com")]
    assert len(sent) == 3


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("203.0.113.7", "203.0.113.250", True),
        ("203.0.113.7", "203.0.114.7", False),
        ("2001:db8:1:100::1", "2001:db8:1:1ff::9", True),
        ("2001:db8:1:100::1", "2001:db8:1:200::1", False),
        ("not an address", "not an address", True),
    ],
)
def test_a_network_is_the_address_around_and_is_kept_as_no_address(
    practice: Practice, one: str, other: str, *, same: bool
) -> None:
    keys = []
    for address in (one, other):
        with practice.app.test_request_context(environ_base={"REMOTE_ADDR": address}):
            keys.append(network_key())

    assert (keys[0] == keys[1]) is same
    assert one not in keys[0]


def test_the_page_says_how_it_is_judged(practice: Practice, desk: Desk) -> None:
    page = desk.opens(PAGE)

    assert "It filled in a field that people can’t see" in page.texts(".listing li")
    assert "People come with debts" in page.all_text
