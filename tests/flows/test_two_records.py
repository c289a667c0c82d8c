"""Two records of one person: everything of both in one, nothing sent twice, and each as it was afterwards."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from crm.db import Base, db
from crm.flows import consent, marking, triage
from crm.flows.verifying import verify
from crm.mail.transport import Refused
from crm.models import Account, Alias, Draft, DraftKind, Inquiry, Lead, Medium, Note, NoteKind, Suppression
from crm.models import Practice as PracticeRow
from crm.models.attention import on_today
from crm.rules.merging import Whose
from crm.rules.sending import StopReason, SuppressionReason
from crm.rules.stages import Stage
from tests.flows.merged import all_rows, is_there, merge, part
from tests.practice import Practice

OLD, NEW = "sam@example.org", "sam.rivers@example.net"


@pytest.fixture(autouse=True)
def _no_notices(practice: Practice) -> None:
    with practice.at_work():
        PracticeRow.current().notify_owner = False


@pytest.fixture
def sam(practice: Practice) -> int:
    """Wrote a week ago."""
    lead_id = practice.receives_inquiry(f"Sam Rivers <{OLD}>", "I read your piece.", phone="+12135550148")
    practice.advance(days=7)
    return lead_id


@pytest.fixture
def samuel(practice: Practice, sam: int) -> int:
    """The same person, today, from another address."""
    lead_id = practice.receives_inquiry(f"Samuel Rivers <{NEW}>", "It is me again.", phone="+12135550148")
    practice.advance(minutes=1)
    return lead_id


def everything_holds(practice: Practice) -> bool:
    with practice.reading():
        return all(finding.is_sound for finding in verify(practice.now))


def test_the_oldest_record_stays_with_the_story_of_both(practice: Practice, sam: int, samuel: int) -> None:
    merge(practice, samuel, sam)

    assert not is_there(practice, samuel)
    story = practice.story(sam)
    assert story.count("inquiry_received") == 2
    assert story[-1] == "merged"
    with practice.reading():
        assert practice.lead(sam).name == "Sam Rivers"
        assert db.session.scalars(sa.select(Inquiry.lead_id)).all() == [sam, sam]


def test_only_what_was_chosen_of_the_other_is_taken(practice: Practice, sam: int, samuel: int) -> None:
    merge(practice, sam, samuel, name=Whose.OTHER, email=Whose.OTHER)

    with practice.reading():
        kept = practice.lead(sam)
        assert (kept.name, kept.email, kept.phone) == ("Samuel Rivers", NEW, "+12135550148")


def test_one_sequence_goes_on_and_nothing_goes_that_went_to_the_other_address(
    practice: Practice, sam: int, samuel: int
) -> None:
    before = len(practice.outbox.received)
    merge(practice, sam, samuel)
    practice.advance(days=40)

    subjects = practice.outbox.subjects_to(OLD)
    assert len(subjects) == len(set(subjects)) == 4
    assert len(practice.outbox.to(NEW)) == 1, "the acknowledgement from before"
    assert len(practice.outbox.received) == before + 2
    assert everything_holds(practice)


@pytest.mark.parametrize("who", [OLD, NEW])
def test_a_note_from_either_address_reaches_the_kept_person(
    practice: Practice, sam: int, samuel: int, who: str
) -> None:
    merge(practice, sam, samuel, email=Whose.OTHER)

    assert practice.receives_inquiry(f"S <{who}>", "Once more.") == sam


def test_a_wish_for_no_more_at_one_address_holds_for_the_other(
    practice: Practice, sam: int, samuel: int
) -> None:
    with practice.at_work():
        consent.unsubscribe(practice.lead(sam), practice.now)
    sent = len(practice.outbox.received)

    merge(practice, sam, samuel, email=Whose.OTHER)
    practice.advance(days=40)

    assert len(practice.outbox.received) == sent
    with practice.reading():
        assert Suppression.unsubscribed(NEW) is not None
    assert "follow_ups_stopped: unsubscribed" in practice.story(sam)
    assert everything_holds(practice)


def test_a_dead_address_stays_dead_and_the_other_is_taken(practice: Practice) -> None:
    practice.outbox.failures = [Refused("550 5.1.1 no such user", dead_address=True)]
    wrong = practice.receives_inquiry("Ada Stone <ada@exmaple.org>")
    practice.advance(minutes=1)
    right = practice.receives_inquiry("Ada Stone <ada@example.org>")
    practice.advance(minutes=1)

    merge(practice, wrong, right)

    with practice.reading():
        assert practice.lead(wrong).email == "ada@example.org"
        assert Suppression.of("ada@example.org") is None
    practice.advance(days=40)
    assert len(practice.outbox.subjects_to("ada@example.org")) == 4


def test_a_reply_of_one_ends_the_follow_ups_of_the_other(practice: Practice, sam: int) -> None:
    practice.hears_back(sam)
    samuel = practice.receives_inquiry(f"Samuel Rivers <{NEW}>")
    practice.advance(minutes=1)
    practice.hears_back(sam, "Or Friday.")

    merge(practice, sam, samuel)
    practice.advance(days=40)

    assert len(practice.outbox.to(NEW)) == 1
    with practice.reading():
        enrollment = practice.lead(sam).last_enrollment
        assert enrollment is not None
        assert enrollment.stop_reason is StopReason.REPLIED
    assert everything_holds(practice)


def test_whoever_waits_still_waits_and_since_the_earlier_moment(
    practice: Practice, sam: int, samuel: int
) -> None:
    with practice.reading():
        since = practice.lead(sam).waiting_since

    merge(practice, sam, samuel)

    with practice.reading():
        kept = practice.lead(sam)
        assert (kept.waiting_since, kept.stage) == (since, Stage.NEW)
        assert list(db.session.scalars(on_today(practice.now))) == [kept]


def test_two_drafts_become_one_and_nothing_typed_is_lost(practice: Practice, sam: int, samuel: int) -> None:
    with practice.at_work():
        for lead_id, text in ((sam, "Dear Sam"), (samuel, "Dear Samuel")):
            draft = {"account_id": 1, "lead_id": lead_id, "kind": DraftKind.REPLY}
            Draft.keep(Draft(**draft, text=text, saved_at=practice.now))

    merge_id = merge(practice, sam, samuel)

    with practice.reading():
        joined = Draft.of(1, sam, DraftKind.REPLY)
        assert joined is not None
        assert joined.text == "Dear Sam\n\nDear Samuel"
    assert part(practice, merge_id)
    with practice.reading():
        drafts = [Draft.of(1, lead_id, DraftKind.REPLY) for lead_id in (sam, samuel)]
        assert [draft and draft.text for draft in drafts] == ["Dear Sam", "Dear Samuel"]


def test_merging_and_taking_apart_leaves_every_table_as_it_was(
    practice: Practice, sam: int, samuel: int
) -> None:
    with practice.at_work():
        consent.unsubscribe(practice.lead(samuel), practice.now)
    before = all_rows(practice)

    merge_id = merge(practice, sam, samuel, name=Whose.OTHER, email=Whose.OTHER)
    assert all_rows(practice) != before

    assert part(practice, merge_id)
    assert all_rows(practice) == before


def test_taken_apart_days_later_each_gets_their_own_emails_again(
    practice: Practice, sam: int, samuel: int
) -> None:
    merge_id = merge(practice, sam, samuel)
    practice.advance(days=2)

    assert part(practice, merge_id)
    practice.advance(days=40)

    for address in (OLD, NEW):
        subjects = practice.outbox.subjects_to(address)
        assert len(subjects) == len(set(subjects)) == 4
    assert everything_holds(practice)


def test_what_was_done_since_stands_and_ended_follow_ups_stay_ended(
    practice: Practice, sam: int, samuel: int
) -> None:
    merge_id = merge(practice, sam, samuel)
    practice.advance(days=1)
    practice.hears_back(sam, "Please don’t write any more, I found someone.")

    assert part(practice, merge_id)
    practice.advance(days=40)

    assert practice.story(sam)[-1] == "parted"
    assert "reply_received" in practice.story(sam)
    assert "reply_received" not in practice.story(samuel)
    assert len(practice.outbox.to(NEW)) == 1
    assert everything_holds(practice)


def test_a_note_sent_since_from_the_other_address_goes_back_with_it(
    practice: Practice, sam: int, samuel: int
) -> None:
    merge_id = merge(practice, sam, samuel)
    practice.advance(days=1)
    practice.receives_inquiry(f"Samuel Rivers <{NEW}>", "I am somebody else.")

    assert part(practice, merge_id)

    assert practice.story(samuel).count("inquiry_received") == 2
    assert practice.story(sam).count("inquiry_received") == 1
    with practice.reading():
        assert practice.lead(samuel).waiting_for is not None


def test_who_stops_the_emails_while_merged_is_left_in_peace_at_both_addresses_afterwards(
    practice: Practice, sam: int, samuel: int
) -> None:
    with practice.at_work():
        consent.unsubscribe(practice.lead(sam), practice.now)
    merge_id = merge(practice, sam, samuel, email=Whose.OTHER)
    practice.advance(days=1)
    with practice.at_work():
        consent.unsubscribe(practice.lead(sam), practice.now)

    assert part(practice, merge_id)

    with practice.reading():
        assert all(Suppression.unsubscribed(address) for address in (OLD, NEW))


def test_a_later_merge_is_taken_apart_first(practice: Practice, sam: int, samuel: int) -> None:
    third = practice.receives_inquiry("Sam R <samr@example.com>")
    before = all_rows(practice)
    first = merge(practice, sam, samuel)
    second = merge(practice, sam, third)

    assert not part(practice, first)
    assert part(practice, second)
    assert part(practice, first)
    assert not part(practice, first), "only once"
    assert all_rows(practice) == before


def test_a_merged_person_is_taken_in_by_a_third_and_all_links_lead_there(
    practice: Practice, sam: int, samuel: int
) -> None:
    with practice.at_work():
        eldest = Lead.find_or_start("tel:+12135550100", "S. Rivers", practice.now)
        eldest.created_at = practice.lead(sam).created_at.replace(year=2025)
    eldest_id = samuel + 1
    tokens = {}
    with practice.reading():
        tokens = {each: practice.lead(each).unsubscribe_token for each in (sam, samuel)}
    merge(practice, sam, samuel)
    merge(practice, sam, eldest_id)

    with practice.reading():
        assert Alias.leads_to(samuel) == Alias.leads_to(sam) == eldest_id
        for token in tokens.values():
            found = Lead.of_stop_link(token)
            assert found is not None
            assert found.id == eldest_id


def test_the_number_of_a_merged_record_is_never_given_again(
    practice: Practice, sam: int, samuel: int
) -> None:
    merge(practice, sam, samuel)

    assert practice.receives_inquiry("Ann Other <ann@example.com>") > samuel


def test_every_table_that_points_at_a_person_is_one_that_can_be_moved() -> None:
    """A new table with a promise about two people at once must say here what a merge does to it."""
    about_two = [
        table.name
        for table in Base.metadata.sorted_tables
        if sum(column.references(Base.metadata.tables["lead"].c.id) for column in table.c) > 1
    ]

    assert about_two == ["distinction"]


def test_tags_of_both_are_united_and_who_cares_for_the_kept_one_still_does(
    practice: Practice, sam: int, samuel: int
) -> None:
    with practice.at_work():
        colleague = Account.create(
            "june@springstreet.example", "June", "a long enough password", practice.now
        )
        db.session.flush()
        evenings, couples = (marking.tag_called(name, practice.now) for name in ("evenings", "couples"))
        for tag, lead_id in ((evenings, sam), (evenings, samuel), (couples, samuel)):
            marking.put_on(tag, lead_id, 1, practice.now)
        marking.assign(sam, colleague.id, 1, practice.now)
        marking.assign(samuel, 1, 1, practice.now)
    before = all_rows(practice)

    merge_id = merge(practice, sam, samuel)

    with practice.reading():
        assert marking.tags_of([sam])[sam] == ["couples", "evenings"]
        assert marking.whose([sam]) == {sam: "June"}
    assert part(practice, merge_id)
    assert all_rows(practice) == before


def test_every_promise_of_one_a_person_is_seen_to_before_two_become_one() -> None:
    """One open sequence, one reminder, one offer: of two, a merge must end or join one first."""
    once = {
        index.name
        for table in Base.metadata.sorted_tables
        for index in table.indexes
        if index.unique and [column.name for column in index.columns] == ["lead_id"]
    }

    assert once == {"uq_enrollment_open", "uq_note_reminder", "uq_offer_open"}


def test_he_is_reminded_once_and_of_both(practice: Practice, sam: int, samuel: int) -> None:
    with practice.at_work() as session:
        for lead_id, text, days in ((sam, "Send the names", 3), (samuel, "Call at noon", 1)):
            due_at = practice.now + timedelta(days=days)
            reminder = {"lead_id": lead_id, "kind": NoteKind.REMINDER, "due_at": due_at}
            session.add(Note(**reminder, text=text, created_at=practice.now))
    before = all_rows(practice)

    merge_id = merge(practice, sam, samuel)

    with practice.reading():
        reminder_now = Note.reminder_of(sam)
        assert reminder_now is not None
        assert reminder_now.text == "Call at noon\n\nSend the names"
        assert reminder_now.due_at == practice.now + timedelta(days=1)
    assert part(practice, merge_id)
    assert all_rows(practice) == before


def test_what_one_wrote_or_agreed_before_says_nothing_against_emails_to_the_other(
    practice: Practice, sam: int, samuel: int
) -> None:
    practice.hears_back(sam)
    with practice.at_work():
        triage.book(practice.lead(sam), practice.now + timedelta(days=9), Medium.PHONE, 1, practice.now)
    practice.advance(days=4)
    assert len(practice.outbox.to(NEW)) == 2

    merge(practice, sam, samuel)
    practice.advance(days=40)

    assert everything_holds(practice)
    assert len(practice.outbox.to(NEW)) == 2


def test_a_merged_record_that_is_there_twice_is_found(practice: Practice, sam: int, samuel: int) -> None:
    merge(practice, sam, samuel)
    with practice.at_work() as session:
        session.add(
            Lead(contact_key=f"mailto:{NEW}", name="", created_at=practice.now, stage_changed_at=practice.now)
        )

    with practice.reading():
        broken = {finding.promise: finding.broken for finding in verify(practice.now) if finding.broken}
    assert broken == {"who was merged is there once": [samuel]}


def test_a_complaint_goes_along_and_a_bounce_does_not(practice: Practice, sam: int, samuel: int) -> None:
    with practice.at_work():
        Suppression.suppress(OLD, SuppressionReason.COMPLAINED, practice.now)
        Suppression.suppress(OLD, SuppressionReason.BOUNCED, practice.now)

    merge(practice, sam, samuel)

    with practice.reading():
        assert [each.reason for each in Suppression.against(NEW)] == [SuppressionReason.COMPLAINED]
