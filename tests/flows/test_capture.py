"""A submission is stored before anything else can fail, and never twice."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import pytest
import sqlalchemy as sa

from crm.db import db
from crm.flows.acquaintance import Contact, edit_contact
from crm.flows.capture import capture, free
from crm.models import Account, Inquiry, Lead, Message, NoticeKind, attention
from crm.models import Practice as PracticeRow
from crm.rules.intake import Limits, Submission
from tests.at_once import at_once
from tests.interruption import interrupted
from tests.practice import OWNER_EMAIL, TUESDAY, Practice

MAYA = Submission(name="Maya Okafor", email="maya.o@example.com", message="I read your piece.", nonce="n1")
NEWCOMER = ("INSERT INTO lead", "WITH new_lead")
"""How the statement begins that writes somebody new, on either database."""


def count(practice: Practice, model: type[Lead | Inquiry | Message]) -> int:
    with practice.reading():
        return db.session.scalar(sa.select(sa.func.count()).select_from(model)) or 0


def test_a_double_click_makes_one_inquiry(practice: Practice) -> None:
    first = practice.submits(MAYA)
    second = practice.submits(MAYA)

    assert first == second
    assert count(practice, Inquiry) == 1


def test_the_same_words_with_another_nonce_are_the_same_inquiry(practice: Practice) -> None:
    practice.submits(MAYA)

    practice.submits(replace(MAYA, nonce="n2"))

    assert count(practice, Inquiry) == 1


def test_a_reused_nonce_with_other_words_is_stored_as_a_second_inquiry(practice: Practice) -> None:
    practice.submits(MAYA)

    practice.submits(replace(MAYA, message="And one more thing."))

    assert count(practice, Inquiry) == 2
    assert count(practice, Lead) == 1


def test_the_same_words_after_a_corrected_address_make_nobody_new(practice: Practice) -> None:
    maya = practice.submits(MAYA)
    with practice.at_work():
        owner = Account.owner()
        assert owner is not None
        right = Contact("Maya Okafor", email="maya.okafor@example.com")
        edit_contact(practice.lead(maya), right, owner, practice.now)

    again = practice.submits(MAYA)

    assert again == maya
    assert (count(practice, Lead), count(practice, Inquiry)) == (1, 1)


def test_twenty_submissions_at_once_make_one_person_one_inquiry_and_one_acknowledgement(
    practice: Practice,
) -> None:
    at_once(*[lambda: practice.submits(MAYA)] * 20)
    practice.advance(minutes=1)

    assert (count(practice, Lead), count(practice, Inquiry)) == (1, 1)
    assert practice.outbox.subjects_to("maya.o@example.com") == ["I got your note"]


def test_two_first_notes_of_one_person_at_the_same_moment_are_both_theirs(practice: Practice) -> None:
    other = replace(MAYA, nonce="another page", message="Is Thursday free?")

    with interrupted(practice, NEWCOMER, lambda: practice.submits(other)):
        practice.submits(MAYA)
    practice.advance(minutes=1)

    assert (count(practice, Lead), count(practice, Inquiry)) == (1, 2)
    assert practice.outbox.subjects_to("maya.o@example.com") == ["I got your note"]


def test_so_are_a_note_and_what_a_directory_hands_on(practice: Practice) -> None:
    practice.connects_the_mailbox()

    with interrupted(practice, NEWCOMER, lambda: practice.submits(MAYA)):
        practice.receives_mail(
            from_="Psychology Today <noreply@psychologytoday.com>",
            subject="New email from Maya Okafor",
            reply_to="Maya Okafor <maya.o@example.com>",
            text="Name: Maya Okafor\nEmail: maya.o@example.com\nMessage: I would like to talk.\n",
        )

    assert (count(practice, Lead), count(practice, Inquiry)) == (1, 2)
    assert all(mail.lead_id for mail in practice.incoming())


def test_a_person_with_only_a_phone_is_kept_and_gets_no_mail(practice: Practice) -> None:
    rosa = practice.submits(Submission(name="Rosa", phone="+12135550148", message="Please call."))

    practice.advance(days=30)

    with practice.reading():
        assert practice.lead(rosa).waiting_for is not None
    assert [mail.recipient for mail in practice.outbox.received] == [OWNER_EMAIL]


def test_nothing_to_answer_to_is_refused() -> None:
    with pytest.raises(ValueError, match="an address or a phone number"):
        capture(Submission(name="Nobody"), Limits(), TUESDAY)


def test_a_filled_honeypot_is_kept_in_quarantine_and_nothing_is_sent(practice: Practice) -> None:
    bot = practice.submits(replace(MAYA, honeypot="http://buy.example"))

    practice.advance(days=30)

    assert practice.outbox.received == []
    with practice.reading():
        assert practice.lead(bot).quarantined_at is not None
        assert practice.lead(bot).quarantine_reasons != []


def test_not_spam_after_all_starts_as_a_fresh_inquiry(practice: Practice) -> None:
    maya = practice.submits(replace(MAYA, honeypot="x"))
    practice.advance(days=1)

    with practice.at_work():
        free(practice.lead(maya), 1, practice.limits, practice.now)
    practice.advance(minutes=1)

    assert practice.outbox.subjects_to("maya.o@example.com") == ["I got your note"]
    with practice.reading():
        assert practice.lead(maya).waiting_for is not None


def test_at_most_three_acknowledgements_a_day_reach_one_mailbox(practice: Practice) -> None:
    for n in range(6):
        practice.receives_inquiry(f"Mo <m.o+{n}@gmail.com>", f"Hello {n}")
    practice.advance(hours=1)

    acknowledged = [mail for mail in practice.outbox.received if mail.recipient != OWNER_EMAIL]
    assert len(acknowledged) == 3
    assert count(practice, Lead) == 6


def test_who_writes_at_once_to_one_mailbox_gets_no_more(practice: Practice) -> None:
    notes = [Submission(name="Mo", email=f"m.o+{n}@gmail.com", message=f"Hello {n}") for n in range(10)]

    at_once(*[partial(practice.submits, note) for note in notes])
    practice.advance(hours=1)

    acknowledged = [mail for mail in practice.outbox.received if mail.recipient != OWNER_EMAIL]
    assert len(acknowledged) == 3
    assert count(practice, Lead) == 10


def test_one_place_gets_at_most_five_acknowledgements_an_hour(practice: Practice) -> None:
    for n in range(9):
        practice.receives_inquiry(f"Person {n} <p{n}@example.org>", f"Hello {n}", client_key="one-place")
    practice.advance(hours=1)

    acknowledged = [mail for mail in practice.outbox.received if mail.recipient != OWNER_EMAIL]
    assert len(acknowledged) == 5


def test_at_most_sixty_acknowledgements_leave_in_an_hour(practice: Practice) -> None:
    for n in range(64):
        practice.receives_inquiry(f"Person {n} <p{n}@example.org>", f"Hello {n}", client_key=f"place-{n}")
    practice.advance(minutes=30)

    acknowledged = [mail for mail in practice.outbox.received if mail.recipient != OWNER_EMAIL]
    assert len(acknowledged) == 60
    assert count(practice, Lead) == 64


def test_the_acknowledgement_carries_nothing_the_sender_typed(practice: Practice) -> None:
    practice.receives_inquiry(
        "Zyxwv Qponm <maya.o@example.com>", "Qwertz uiopas", free_times="Evenings", found_us="Hjkl"
    )
    practice.advance(minutes=1)

    mail = practice.outbox.only_to("maya.o@example.com")
    whole = mail.mail.as_string() + mail.text + mail.html
    for typed in ("Zyxwv", "Qponm", "Qwertz", "uiopas", "Evenings", "Hjkl"):
        assert typed not in whole
    assert "988" in mail.text
    assert "911" in mail.text


def test_the_owner_hears_once_that_notes_wait_and_never_what_they_say(practice: Practice) -> None:
    practice.receives_inquiry("Maya Okafor <maya.o@example.com>", "My secret sentence.")
    practice.receives_inquiry("Sam Rivers <sam@example.org>", "Another secret.")
    practice.advance(hours=1)

    notice = practice.outbox.only_to(OWNER_EMAIL)
    whole = notice.mail.as_string() + notice.text + notice.html
    for private in ("Maya", "Okafor", "Sam", "secret", "maya.o"):
        assert private not in whole


def test_words_of_danger_tell_the_owner_at_once(practice: Practice) -> None:
    practice.receives_inquiry("Sam Rivers <sam@example.org>", "Hello.")
    practice.advance(minutes=1)

    practice.receives_inquiry("Theo <theo@example.com>", "I want to kill myself.")
    practice.advance(seconds=2)

    with practice.reading():
        kinds = set(db.session.scalars(sa.select(Message.notice).where(Message.notice.is_not(None))))
    assert NoticeKind.READ_FIRST in kinds
    assert len(practice.outbox.to(OWNER_EMAIL)) == 2


def test_of_words_of_danger_the_owner_hears_even_where_he_wants_no_notices(practice: Practice) -> None:
    with practice.at_work():
        PracticeRow.current().notify_owner = False
    practice.receives_inquiry("Sam Rivers <sam@example.org>", "Hello.")
    practice.advance(minutes=1)
    assert practice.outbox.to(OWNER_EMAIL) == []

    practice.receives_inquiry("Theo Lindqvist <theo@example.com>", "I want to kill myself.")
    practice.advance(seconds=2)

    notice = practice.outbox.only_to(OWNER_EMAIL)
    whole = notice.mail.as_string() + notice.text + notice.html
    for private in ("Theo", "Lindqvist", "kill", "theo@"):
        assert private not in whole


def test_several_notes_with_words_of_danger_are_told_together(practice: Practice) -> None:
    for n in range(12):
        practice.receives_inquiry(f"T{n} <t{n}@example.com>", "I want to die.", client_key=f"place {n}")
        practice.advance(seconds=10)
    practice.advance(minutes=10)

    assert len(practice.outbox.to(OWNER_EMAIL)) == 2


SUSPECT = replace(MAYA, honeypot="https://spam.example")


def test_a_plain_note_after_a_suspect_one_brings_the_person_out_of_quarantine(practice: Practice) -> None:
    maya = practice.submits(SUSPECT)
    practice.advance(hours=1)
    assert practice.outbox.to(MAYA.email) == []

    practice.submits(replace(MAYA, nonce="n2", message="Did you get my note?"))
    practice.advance(hours=1)

    practice.outbox.only_to(MAYA.email)
    with practice.reading():
        assert practice.lead(maya) in db.session.scalars(attention.waiting(practice.now)).all()


def test_suspect_notes_that_go_on_coming_stay_in_quarantine_and_notify_nobody(practice: Practice) -> None:
    maya = practice.submits(SUSPECT)

    practice.submits(replace(SUSPECT, nonce="n2", message="Buy now."))
    practice.advance(days=20)

    assert practice.outbox.received == []
    with practice.reading():
        assert practice.lead(maya).quarantined_at is not None


def test_words_of_danger_never_wait_in_quarantine(practice: Practice) -> None:
    maya = practice.submits(replace(SUSPECT, message="I want to kill myself."))
    practice.advance(hours=1)

    practice.outbox.only_to(OWNER_EMAIL)
    assert practice.outbox.to(MAYA.email) == []
    with practice.reading():
        assert practice.lead(maya) in db.session.scalars(attention.waiting(practice.now)).all()
        assert practice.lead(maya).read_first_at is not None
