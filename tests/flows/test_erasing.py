"""Erasing one person: nothing of them is left in any table, and nothing that is going on breaks by it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa

from crm.db import Base, db, transaction
from crm.flows import answering_once, consent, marking, trail_check
from crm.flows.answering_once import Asked
from crm.flows.correspondence import add_note
from crm.flows.erasing import STAYS, LeavesNow, erase
from crm.flows.holdings import NOBODYS, Whom, theirs
from crm.flows.verifying import verify
from crm.models import (
    Account,
    Assignment,
    Audit,
    Booking,
    CallResult,
    Delivery,
    Dispatch,
    DispatchTry,
    Distinction,
    DomainPause,
    Draft,
    DraftKind,
    ImportRow,
    ImportState,
    Lead,
    Listener,
    Medium,
    Message,
    PeopleImport,
    SenderRule,
    SenderTrait,
    Source,
    Suppression,
    Sweep,
    SweepPerson,
    Undo,
    Vacancy,
)
from crm.rules.addresses import contact_key
from crm.rules.dispatches import DispatchKind
from crm.rules.sending import MessageState, SuppressionReason
from crm.rules.slots import Place
from crm.rules.trail import Act
from crm.rules.ways_in import SourceKind
from crm.sealed import known_as
from tests.flows.merged import merge
from tests.practice import Practice
from tests.web.test_access_record import trail

MARKS = ("quillon", "marksworth", "2135550199", "zylophone")
"""In the name, the address and its domain, the number, and every text."""
ADDRESSES = ("quillon@marksworth.example", "q@marksworth.example")
KNOWN_BY = (*ADDRESSES, *(key for each in ADDRESSES if (key := contact_key(each, None))), "tel:+12135550199")
"""What the database has the hashes of."""
QUILLON = "Quillon Marksworth <quillon@marksworth.example>"
SAM = "Sam Rivers <sam@example.org>"
GRIEF = "My zylophone has been silent since spring."


@pytest.fixture
def quillon(practice: Practice) -> int:
    """Someone of whom every table that can hold a person holds something."""
    lead_id = practice.receives_inquiry(QUILLON, GRIEF, phone="+12135550199", client_key="a-browser")
    practice.advance(minutes=5)
    other = practice.receives_inquiry("Q. Marksworth <q@marksworth.example>", "It is me, zylophone.")
    sam = practice.receives_inquiry(SAM, "I sleep badly since spring.")
    lead_id = _merged(practice, lead_id, other)
    practice.advance(minutes=5)
    practice.receives_mail(practice.outbox.to("quillon@marksworth.example")[0], "A zylophone at ten?")
    practice.answers(lead_id, "Dear Quillon, zylophone.")
    practice.logs_call(lead_id, CallResult.VOICEMAIL, "Quillon plays the zylophone.")
    practice.advance(minutes=5)
    with practice.at_work():
        _plant_the_rest(practice, lead_id, sam)
    return lead_id


def _merged(practice: Practice, one: int, two: int) -> int:
    merge(practice, one, two)
    return one


def _plant_the_rest(practice: Practice, lead_id: int, sam: int) -> None:
    now, lead = practice.now, practice.lead(lead_id)
    inquiry = lead.last_inquiry
    assert inquiry is not None
    marking.put_on(marking.tag_called("evenings", now), lead_id, 1, now)
    add_note(lead, "Quillon, zylophone.", db.session.get_one(Account, 1), now)
    Draft.keep(Draft(account_id=1, lead_id=lead_id, kind=DraftKind.REPLY, text="Quillon", saved_at=now))
    Assignment.put(lead_id, 1, now)
    Distinction.make(lead_id, sam, 1, now)
    _plant_a_call(lead_id, now)
    taught = SenderRule(trait=SenderTrait.ADDRESS, key="quillon@marksworth.example", is_spam=False)
    taught.made_at, taught.account_id = now, 1
    db.session.add_all([taught, DomainPause(domain="marksworth.example", until=now, reply="quillon, wait")])
    _plant_an_offer(lead, now)
    _plant_a_sweep(lead, now)
    _plant_a_list(now)
    _plant_what_a_program_was_told(lead_id, now)
    _plant_what_a_program_handed_in(inquiry.id, now)
    consent.unsubscribe(lead, now)


def _plant_a_call(lead_id: int, now: datetime) -> None:
    """It holds its time, and by the end of the transaction they are told of it."""
    call = Booking(lead_id=lead_id, clinician_id=1, medium=Medium.PHONE, created_at=now)
    call.take_place(Place(now + timedelta(days=2), Medium.PHONE))
    db.session.add(call)
    call.hold()


def _plant_an_offer(lead: Lead, now: datetime) -> None:
    """The place stays, which is the practice's."""
    place = {"words": "Tuesdays at four", "nonce": "one", "made_at": now, "ends_at": now + timedelta(days=2)}
    db.session.add(vacancy := Vacancy(clinician_id=1, account_id=1, **place))
    vacancy.offer_to(lead, now)


def _plant_a_sweep(lead: Lead, now: datetime) -> None:
    undo = Undo.remember(lead, 1, now)
    sweep = Sweep(account_id=1, made_at=now, words="Quillon is in Closed.")
    sweep.first_undo_id = sweep.last_undo_id = undo.id
    db.session.add(sweep)
    db.session.flush()
    db.session.add(SweepPerson(sweep_id=sweep.id, lead_id=lead.id, stamp="", undo_id=undo.id))


def _plant_a_list(now: datetime) -> None:
    brought = PeopleImport(account_id=1, made_at=now, name="list.csv", text=f"Name\n{QUILLON}\n{SAM}\n")
    brought.state = ImportState.READY
    db.session.add(brought)
    db.session.flush()
    row = ImportRow(import_id=brought.id, number=1, name="Quillon", email="quillon@marksworth.example")
    row.contact_key = contact_key("quillon@marksworth.example", None)
    db.session.add(row)


def _plant_what_a_program_was_told(lead_id: int, now: datetime) -> None:
    tool = Listener(name="Tool", url="https://tool.example", tells=[], secret="s", made_at=now)
    db.session.add(tool)
    db.session.flush()
    told = Dispatch(listener_id=tool.id, lead_id=lead_id, message_id="m", kind=DispatchKind.TEST, due_at=now)
    told.happened_at, told.body = now, '{"name": "Quillon"}'
    db.session.add(told)
    db.session.flush()
    db.session.add(DispatchTry(dispatch_id=told.id, at=now, milliseconds=1, answer="Quillon?"))


def _plant_what_a_program_handed_in(inquiry_id: int, now: datetime) -> None:
    source = Source(name="Site", kind=SourceKind.API, token_hash="h", token_end="e", made_at=now)
    db.session.add(source)
    db.session.flush()
    handed = Delivery(source_id=source.id, arrived_at=now, key="k", body=b"Quillon", inquiry_id=inquiry_id)
    db.session.add(handed)
    asked = Asked(source.id, "quillon-1", "f")
    answering_once.begin(asked, now)
    answering_once.finish(asked, 201, {"id": inquiry_id})


def erased(practice: Practice, lead_id: int) -> bool:
    with practice.at_work():
        return erase(lead_id, 1, practice.now)


def holding(practice: Practice) -> set[str]:
    """Every column of every table that holds one of the marks, or the hash under which they are known."""
    with practice.reading():
        return set(_holding())


def _holding() -> Iterator[str]:
    known = {known_as(each) for each in KNOWN_BY}
    for table in Base.metadata.tables.values():
        for row in db.session.execute(sa.select(table)).mappings():
            for name, held in row.items():  # opened with the key, by the column's type
                words = (held.decode("latin-1") if isinstance(held, bytes) else str(held)).lower()
                if (isinstance(held, str) and held in known) or any(mark in words for mark in MARKS):
                    yield f"{table.name}.{name}"


def pointing_at(practice: Practice, lead_id: int) -> set[str]:
    """Every column that refers to this person."""
    with practice.reading():
        found = set()
        for table in Base.metadata.tables.values():
            for column in table.c:
                refers = any(key.target_fullname == "lead.id" for key in column.foreign_keys)
                points = refers or column.name == "lead_id"
                if points and db.session.execute(sa.select(table).where(column == lead_id)).first():
                    found.add(f"{table.name}.{column.name}")
        return found


def test_every_table_is_somebodys_or_nobodys(practice: Practice) -> None:
    with practice.reading():
        of_people = set(theirs(Whom(1, frozenset(), frozenset())))

    assert of_people & NOBODYS == set()
    assert of_people | NOBODYS == set(Base.metadata.tables)


def test_the_person_of_these_tests_has_something_in_every_table(practice: Practice, quillon: int) -> None:
    with practice.reading():
        which = theirs(Whom.of(practice.lead(quillon)))
        empty = {
            name
            for name, is_theirs in which.items()
            if not db.session.execute(sa.select(Base.metadata.tables[name]).where(is_theirs)).first()
        }

    assert empty == set()


def test_erased_nothing_is_left_in_any_column_of_any_table(practice: Practice, quillon: int) -> None:
    assert len(holding(practice)) > 30

    assert erased(practice, quillon)

    assert holding(practice) - {"suppression.address_key"} == set()
    assert pointing_at(practice, quillon) == {"audit.lead_id"}


def test_what_is_left_is_that_nobody_follows_up_and_a_number_on_record(
    practice: Practice, quillon: int
) -> None:
    erased(practice, quillon)

    with practice.reading():
        against = {each.reason for each in Suppression.against("quillon@marksworth.example")}
    assert against == {SuppressionReason.UNSUBSCRIBED, SuppressionReason.ERASED}
    line = trail(practice, Audit.act == Act.ERASED, Audit.lead_id == quillon)[-1]
    assert line.account_id == 1
    assert line.facts["gone"]["inquiry"] == 2
    with practice.reading():
        assert trail_check.verify(None).broken is None
    assert {"audit", "suppression"} == STAYS


def test_others_keep_everything(practice: Practice, quillon: int) -> None:
    with practice.reading():
        known_as = contact_key("sam@example.org", None)
        sam = db.session.scalars(sa.select(Lead.id).where(Lead.contact_key == known_as)).one()
    before = practice.story(sam)

    erased(practice, quillon)

    assert practice.story(sam) == before
    with practice.reading():
        assert "sam@example.org" in db.session.scalars(sa.select(PeopleImport.text)).one()
    practice.advance(days=40)
    assert len(practice.outbox.to("sam@example.org")) > 2


def test_the_ledger_stays_sound(practice: Practice, quillon: int) -> None:
    erased(practice, quillon)
    practice.advance(days=40)

    with practice.reading():
        assert [each.promise for each in verify(practice.now) if each.broken] == []


def test_nothing_that_was_planned_goes_any_more(practice: Practice) -> None:
    quillon = practice.receives_inquiry(QUILLON)
    practice.advance(minutes=1)

    erased(practice, quillon)
    practice.advance(days=40)

    assert len(practice.outbox.to("quillon@marksworth.example")) == 1


def test_who_writes_anew_is_a_new_person_answered_and_not_followed_up(practice: Practice) -> None:
    first = practice.receives_inquiry(QUILLON)
    practice.advance(days=2)
    erased(practice, first)

    again = practice.receives_inquiry(QUILLON, GRIEF, agreed=True)
    practice.advance(days=60)

    assert again > first
    assert practice.outbox.subjects_to("quillon@marksworth.example") == ["I got your note"] * 2
    with practice.reading():
        assert [each.promise for each in verify(practice.now) if each.broken] == []


def test_by_their_own_page_they_let_follow_ups_come_again(practice: Practice) -> None:
    first = practice.receives_inquiry(QUILLON)
    erased(practice, first)
    again = practice.receives_inquiry(QUILLON, GRIEF)
    practice.advance(minutes=1)

    with practice.at_work():
        consent.resubscribe(practice.lead(again), practice.now)
    practice.advance(days=60)

    assert len(practice.outbox.to("quillon@marksworth.example")) > 2


def test_while_a_server_has_their_email_and_has_not_answered_nothing_is_erased(practice: Practice) -> None:
    quillon = practice.receives_inquiry(QUILLON)
    with practice.at_work():
        message = db.session.scalars(sa.select(Message).where(Message.lead_id == quillon)).first()
        assert message is not None
        message.state, message.claim_token, message.claimed_at = MessageState.SENDING, "t", practice.now
        message.lease_until = practice.now + timedelta(minutes=5)
        message.handed_over_at = practice.now

    with pytest.raises(LeavesNow):
        erased(practice, quillon)

    assert practice.messages(quillon)[0].handed_over_at is not None


def test_a_worker_that_has_their_email_neither_sends_it_nor_stumbles(practice: Practice) -> None:
    """The server has taken the recipient, and asks for the text only once they are erased."""
    quillon = practice.receives_inquiry(QUILLON)
    practice.receives_inquiry(SAM, "I sleep badly since spring.")
    meanwhile = _erases_at_the_first_recipient(practice, quillon)
    practice.outbox.before_hand_over = meanwhile

    practice.work()
    practice.work()

    assert practice.outbox.to("quillon@marksworth.example") == []
    assert len(practice.outbox.to("sam@example.org")) == 1


def _erases_at_the_first_recipient(practice: Practice, lead_id: int) -> Callable[[], None]:
    done: list[bool] = []

    def act() -> None:
        if not done:
            done.append(True)
            thread = threading.Thread(target=erased, args=(practice, lead_id))
            thread.start()
            thread.join()

    return act


def test_erasing_twice_is_erasing_once(practice: Practice) -> None:
    quillon = practice.receives_inquiry(QUILLON)

    assert [erased(practice, quillon), erased(practice, quillon)] == [True, False]


def test_two_who_erase_at_once_erase_once(practice: Practice) -> None:
    quillon = practice.receives_inquiry(QUILLON)
    begin, found = threading.Barrier(2), []

    def acts() -> None:
        begin.wait()
        with practice.app.app_context(), transaction():
            found.append(erase(quillon, 1, practice.now))

    threads = [threading.Thread(target=acts) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(found) == [False, True]


def test_their_number_is_never_given_again(practice: Practice) -> None:
    quillon = practice.receives_inquiry(QUILLON)
    erased(practice, quillon)

    assert practice.receives_inquiry(SAM) > quillon


def test_the_same_mail_read_once_more_is_known_and_nobodys(practice: Practice) -> None:
    quillon = practice.receives_inquiry(QUILLON)
    practice.advance(minutes=5)
    practice.receives_mail(practice.outbox.to("quillon@marksworth.example")[0], "A zylophone at ten?")
    erased(practice, quillon)

    (mail,) = practice.incoming()

    assert (mail.sender, mail.said, mail.lead_id, mail.reply_id) == ("", "", None, None)
    assert mail.fingerprint
