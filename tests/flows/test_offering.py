"""A place is offered to the next few: whoever says yes first has it, the others are told kindly and once."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
import sqlalchemy as sa

from crm.db import db
from crm.flows import offering, triage, waitlist
from crm.flows.follow_up import resume_everything
from crm.flows.offering import ListChanged, Proposal
from crm.flows.outlook import outlook
from crm.flows.verifying import verify
from crm.models import Message, Offer, Vacancy, Waiting, attention, turns
from crm.models import Practice as PracticeRow
from crm.rules.offers import OfferState, VacancyEnd
from crm.rules.sending import MessageKind
from crm.rules.stages import Stage
from tests.outbox import Received
from tests.practice import Practice
from worker.jobs import end_offers

OWNER = 1
WORDS = "Tuesdays at 4 pm, from April"
TAKEN, LAPSED, WITHDRAWN = (
    "The place I wrote to you about is taken.",
    "The days for the place I wrote to you about are over.",
    "The place I wrote to you about isn’t free after all.",
)


def comes_onto_the_list(practice: Practice, name: str) -> int:
    lead_id = practice.receives_inquiry(f"{name} Person <{name.lower()}@example.org>", "Could we talk?")
    practice.work()
    with practice.at_work():
        turns.take(lead_id)
        triage.move(practice.lead(lead_id), Stage.WAITLISTED, OWNER, practice.now)
    practice.at(practice.now + timedelta(minutes=20))
    return lead_id


@pytest.fixture
def people(practice: Practice) -> list[int]:
    """Maya, Sam, Theo and Ana wait, in this order."""
    ids = [comes_onto_the_list(practice, name) for name in ("Maya", "Sam", "Theo", "Ana")]
    practice.outbox.received.clear()
    return ids


def offers(practice: Practice, *ids: int, hours: int = 48, again: int | None = None) -> int:
    proposal = Proposal(WORDS, OWNER, hours, ids, f"nonce {practice.now} {ids}", len(ids))
    with practice.at_work():
        place = offering.take_turns(again, *ids) if again else None
        turns.take(*ids)
        return offering.offer(proposal, OWNER, practice.now, place)[0].id


def offered(practice: Practice, *ids: int, hours: int = 48) -> int:
    """The same, and everybody has the email."""
    vacancy_id = offers(practice, *ids, hours=hours)
    practice.advance(minutes=1)
    return vacancy_id


def answers(practice: Practice, lead_id: int, *, yes: bool) -> bool:
    with practice.at_work():
        made = db.session.scalars(
            sa.select(Offer).where(Offer.lead_id == lead_id).order_by(-Offer.id)
        ).first()
        assert made is not None
        offering.take_turns(made.vacancy_id)
        return offering.accept(made, practice.now) if yes else offering.decline(made, practice.now)


def states(practice: Practice) -> list[str]:
    with practice.reading():
        return [str(each) for each in db.session.scalars(sa.select(Offer.state).order_by(Offer.id))]


def got(practice: Practice, name: str) -> list[Received]:
    return practice.outbox.to(f"{name.lower()}@example.org")


def ended(practice: Practice) -> VacancyEnd | None:
    with practice.reading():
        return db.session.scalars(sa.select(Vacancy)).one().closed_as


def beats(practice: Practice) -> None:
    with practice.app.app_context():
        end_offers(practice.post)


def order(practice: Practice) -> list[int]:
    with practice.reading():
        return [each.lead_id for each in waitlist.everybody()]


def test_each_of_the_next_few_gets_one_email_with_a_link(practice: Practice, people: list[int]) -> None:
    offered(practice, *people[:2])

    for name in ("maya", "sam"):
        (mail,) = got(practice, name)
        assert mail.subject == "A place has come free"
        assert WORDS in mail.text
        assert re.search(r"/place/[\w-]{20,}", mail.text)
        assert "until Thursday, March 12 at" in mail.text
        assert "List-Unsubscribe" in mail.mail
    assert got(practice, "theo") == []
    assert practice.story(people[0])[-2:] == ["place_offered", "message_sent"]


def test_nothing_typed_by_who_proved_no_address_is_in_the_email(practice: Practice) -> None:
    lead_id = comes_onto_the_list(practice, "Buygold")

    offered(practice, lead_id)

    mail = got(practice, "buygold")[-1]
    assert "Hi there," in mail.text
    assert "Buygold" not in mail.text


def test_the_first_to_say_yes_has_it_and_the_others_are_told_once(
    practice: Practice, people: list[int]
) -> None:
    offered(practice, *people[:3])

    assert answers(practice, people[1], yes=True)
    practice.advance(days=3)

    assert not answers(practice, people[0], yes=True)
    assert states(practice) == ["taken", "accepted", "taken"]
    assert ended(practice) is VacancyEnd.TAKEN
    for name in ("maya", "theo"):
        (_, gone) = got(practice, name)
        assert TAKEN in gone.text
        assert "You stay on the list" in gone.text
    assert len(got(practice, "sam")) == 1
    assert order(practice) == people


def test_who_said_yes_stands_on_today_until_the_owner_acts(practice: Practice, people: list[int]) -> None:
    offered(practice, *people[:2])
    answers(practice, people[0], yes=True)

    with practice.reading():
        lead = practice.lead(people[0])
        assert [each.id for each in db.session.scalars(attention.on_today(practice.now))] == [people[0]]
        assert lead.waiting_for is Waiting.PLACE
        assert outlook(lead, practice.now).text == (
            f"Maya said yes to {WORDS}. It’s your turn to arrange it."
        )
        assert waitlist.everybody()[0].left_out(practice.now) == "said_yes"
    with practice.at_work():
        turns.take(people[0])
        triage.move(practice.lead(people[0]), Stage.CLIENT, OWNER, practice.now)
        assert practice.lead(people[0]).waiting_for is None


def test_who_says_not_now_keeps_their_place_and_hears_no_more_of_it(
    practice: Practice, people: list[int]
) -> None:
    offered(practice, *people[:2])

    assert answers(practice, people[0], yes=False)
    answers(practice, people[1], yes=True)
    practice.advance(days=3)

    assert len(got(practice, "maya")) == 1
    assert order(practice) == people
    assert practice.story(people[0])[-1] == "place_declined"


def test_when_all_say_not_now_the_owner_hears_of_it_at_once(practice: Practice, people: list[int]) -> None:
    offered(practice, *people[:2])

    for each in people[:2]:
        answers(practice, each, yes=False)

    assert ended(practice) is VacancyEnd.LAPSED
    with practice.reading():
        assert len(db.session.scalars(Vacancy.nobody_took()).all()) == 1


def test_when_the_hours_are_over_who_has_not_answered_is_told_once(
    practice: Practice, people: list[int]
) -> None:
    offered(practice, *people[:2], hours=24)
    answers(practice, people[0], yes=False)
    practice.at(practice.now + timedelta(hours=23))
    beats(practice)
    assert ended(practice) is None

    practice.at(practice.now + timedelta(hours=2))
    beats(practice)
    beats(practice)
    practice.advance(days=3)

    assert states(practice) == ["declined", "lapsed"]
    assert len(got(practice, "maya")) == 1
    assert [LAPSED in mail.text for mail in got(practice, "sam")] == [False, True]
    assert not answers(practice, people[1], yes=True)


def test_nobody_is_told_at_night_that_a_place_is_gone(practice: Practice, people: list[int]) -> None:
    offered(practice, *people[:2])
    practice.at(practice.now.replace(hour=10) + timedelta(days=1))  # 3 am in Los Angeles

    answers(practice, people[0], yes=True)
    practice.work()
    assert len(got(practice, "sam")) == 1
    practice.advance(hours=12)

    assert len(got(practice, "sam")) == 2


def test_a_place_nobody_took_can_be_offered_to_the_next(practice: Practice, people: list[int]) -> None:
    vacancy_id = offered(practice, *people[:2], hours=1)
    practice.at(practice.now + timedelta(hours=2))
    beats(practice)

    with practice.reading():
        vacancy = db.session.get_one(Vacancy, vacancy_id)
        found = waitlist.who_is_next(3, OWNER, practice.now, vacancy)
        assert found.ids == people[2:]
        assert [reason for _, reason in found.passed_over] == ["asked_before", "asked_before"]
    offers(practice, *people[2:], again=vacancy_id)
    practice.advance(minutes=1)

    assert ended(practice) is None
    assert len(got(practice, "theo")) == len(got(practice, "ana")) == 1
    assert answers(practice, people[3], yes=True)


def test_what_is_taken_back_at_once_nobody_hears_of(practice: Practice, people: list[int]) -> None:
    vacancy_id = offers(practice, *people[:2])

    with practice.at_work():
        vacancy = offering.take_turns(vacancy_id)
        assert vacancy is not None
        assert offering.withdraw(vacancy, OWNER, practice.now)
    practice.advance(days=3)

    assert practice.outbox.received == []
    assert practice.story(people[0])[-1] == "place_gone: withdrawn"
    assert offered(practice, *people[:2])


def test_what_is_taken_back_later_is_told_to_whom_it_had_reached(
    practice: Practice, people: list[int]
) -> None:
    vacancy_id = offered(practice, *people[:2])

    with practice.at_work():
        vacancy = offering.take_turns(vacancy_id)
        assert vacancy is not None
        offering.withdraw(vacancy, OWNER, practice.now)
    practice.advance(days=3)

    assert [WITHDRAWN in mail.text for mail in got(practice, "maya")] == [False, True]
    assert not answers(practice, people[0], yes=True)


def test_nobody_is_offered_two_places_at_once(practice: Practice, people: list[int]) -> None:
    offers(practice, *people[:2])
    practice.at(practice.now + timedelta(seconds=1))

    with pytest.raises(ListChanged):
        offers(practice, *people[:2])
    offers(practice, *people[2:])

    assert states(practice) == ["open"] * 4


def test_only_who_was_shown_is_asked(practice: Practice, people: list[int]) -> None:
    with practice.at_work():
        waitlist.put_first(practice.lead(people[3]), OWNER, practice.now)

    with pytest.raises(ListChanged):
        offers(practice, *people[:3])

    assert states(practice) == []


def test_the_schema_refuses_a_second_yes_and_a_second_email(practice: Practice, people: list[int]) -> None:
    offered(practice, *people[:2])
    answers(practice, people[0], yes=True)

    with practice.at_work():
        second = sa.update(Offer).where(Offer.lead_id == people[1]).values(state=OfferState.ACCEPTED)
        given_twice = r"uq_offer_accepted|offer\.vacancy_id"
        with pytest.raises(sa.exc.IntegrityError, match=given_twice), db.session.begin_nested():
            db.session.execute(second)
        mails = db.session.scalars(sa.select(Message).where(Message.kind == MessageKind.OFFER)).all()
        one, other = [each for each in mails if each.offer_note == "offered"]
        twice = sa.update(Message).where(Message.id == other.id).values(offer_id=one.offer_id)
        told_twice = r"uq_message_offer|message\.offer_id"
        with pytest.raises(sa.exc.IntegrityError, match=told_twice), db.session.begin_nested():
            db.session.execute(twice)
    assert states(practice) == ["accepted", "taken"]


def test_the_sentence_says_until_when(practice: Practice, people: list[int]) -> None:
    offered(practice, *people[:1])

    with practice.reading():
        said = outlook(practice.lead(people[0]), practice.now).text
    assert said.startswith("Maya has until Thursday")
    assert said.endswith(f"to say yes to {WORDS}.")


def test_verify_holds_over_all_of_it(practice: Practice, people: list[int]) -> None:
    offered(practice, *people[:3], hours=24)
    answers(practice, people[1], yes=True)
    practice.advance(days=2)

    with practice.reading():
        assert [each.promise for each in verify(practice.now) if not each.is_sound] == []


def test_a_place_somebody_has_is_offered_to_nobody_else(practice: Practice, people: list[int]) -> None:
    vacancy_id = offered(practice, *people[:2])
    answers(practice, people[0], yes=True)

    with pytest.raises(ListChanged):
        offers(practice, people[2], again=vacancy_id)

    assert states(practice) == ["accepted", "taken"]


def test_that_the_time_is_over_is_told_to_nobody_while_everything_is_held(
    practice: Practice, people: list[int]
) -> None:
    offered(practice, *people[:2])
    practice.outbox.received.clear()
    with practice.at_work():
        PracticeRow.current().hold_everything(practice.now)

    practice.advance(days=3)
    beats(practice)
    practice.advance(days=2)
    assert practice.outbox.received == []
    with practice.at_work():
        resume_everything(practice.now)
    practice.advance(days=1)

    assert [each.text.count(LAPSED) for each in (*got(practice, "Maya"), *got(practice, "Sam"))] == [1, 1]
