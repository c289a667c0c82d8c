"""What must hold after every step, told in plain comparisons: the storm's own conscience."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from crm.rules.sending import EnrollmentState, MessageKind, MessageState
from crm.rules.stages import Stage
from crm.rules.windows import SendingWindow

if TYPE_CHECKING:
    from tests.storm.house import Carried, House
    from tests.storm.picture import Picture, Row

A_MOMENT = timedelta(minutes=1)
"""For so long the hours of the last look hold."""
NEVER_IN = frozenset({Stage.CLIENT, Stage.CLOSED, Stage.SPAM})
MAY_BE_ACCEPTED = frozenset({MessageState.SENDING, MessageState.SENT, MessageState.UNCERTAIN})
IN_TROUBLE = frozenset({MessageState.UNCERTAIN, MessageState.FAILED})


def may_be_claimed(row: Row, picture: Picture, now: datetime) -> None:
    """Composed and about to be offered to a server."""
    assert picture.practice.restored_at is None, "a restored practice sends nothing"
    if is_automatic(row):
        assert picture.practice.sending_held_at is None, "everything is held"
    if keeps_hours(row):
        assert _window(picture).contains(now), "outside the sending hours"


def may_be_handed_over(house: House, carried: Carried, picture: Picture) -> None:
    """The mark before the text has just been given."""
    row = picture.message(carried.job.email.message_id)
    assert row is not None, "an email that is nowhere in the book"
    assert row.state is MessageState.SENDING
    assert row.claim_token == carried.job.token, "another worker has it"
    assert row.lease_until > house.now, "the lease is over"
    assert picture.practice.restored_at is None, "a restored practice sends nothing"
    if row.lead_id is not None:
        assert carried.job.email.recipient == picture.leads[row.lead_id].email, "an address corrected since"
    if is_automatic(row):
        _nothing_speaks_against(house, row, picture)
    if keeps_hours(row) and house.now - carried.job.looked_at >= A_MOMENT:
        assert _window(picture).contains(house.now), "outside the sending hours"


def _nothing_speaks_against(house: House, row: Row, picture: Picture) -> None:
    lead, enrollment = picture.leads[row.lead_id], picture.enrollment(row.enrollment_id)
    assert enrollment is not None
    assert not house.over.get(row.enrollment_id), "somebody had ended this sequence"
    assert row.lead_id not in house.unsubscribed, "they had asked for no more"
    assert enrollment.state is EnrollmentState.ACTIVE
    assert lead.stage not in NEVER_IN
    assert lead.quarantined_at is None
    assert lead.id not in picture.booked
    assert picture.practice.sending_held_at is None, "everything is held"
    if not row.at_once and not row.by_hand_at:
        assert lead.read_first_at is None, "the owner is to read them first"


def hold(house: House, picture: Picture) -> None:
    """All that is true between any two steps."""
    _nothing_is_accepted_twice(house)
    _what_was_accepted_is_known(house, picture)
    _what_counts_as_sent_was_accepted(house, picture)
    _nobody_is_forgotten(picture)
    _what_is_held_has_somebody_to_release_it(picture)


def _nothing_is_accepted_twice(house: House) -> None:
    mails = Counter(each.message_id for each in house.world.accepted)
    for message_id, times in mails.items():
        assert times <= 1 + house.world.again[message_id], "accepted twice"
    for step in {(each.enrollment_id, each.step_id) for each in house.world.accepted if each.step_id}:
        of_step = [m.message_id for m in house.world.accepted if (m.enrollment_id, m.step_id) == step]
        allowed = sum(house.world.again[message_id] for message_id in set(of_step))
        assert len(of_step) <= 1 + allowed, "a step went twice"


def _what_was_accepted_is_known(house: House, picture: Picture) -> None:
    for each in house.world.accepted:
        if house.world.again[each.message_id]:
            continue
        row = picture.message(each.message_id)
        assert row is not None, "accepted, and nowhere in the book"
        assert row.state in MAY_BE_ACCEPTED, f"accepted, and the book says {row.state}"


def _what_counts_as_sent_was_accepted(house: House, picture: Picture) -> None:
    taken = {each.message_id for each in house.world.accepted}
    for row in picture.in_state(MessageState.SENT):
        assert row.message_id in taken | house.world.arrived, "counts as sent, and nobody has it"


def _nobody_is_forgotten(picture: Picture) -> None:
    """A sequence that runs has an email on its way, or a quiet end; or one the owner must look at."""
    for each in picture.running():
        if each.closes_at is not None or picture.open_message(each.id):
            continue
        assert each.state is EnrollmentState.PAUSED, "a running sequence without a next email"
        of_this_person = [row for row in picture.messages if row.lead_id == each.lead_id]
        assert any(row.state is MessageState.FAILED for row in of_this_person), "paused, and for nothing"


def _what_is_held_has_somebody_to_release_it(picture: Picture) -> None:
    for row in picture.messages:
        if row.held_at is None:
            continue
        enrollment, lead = picture.enrollment(row.enrollment_id), picture.leads[row.lead_id]
        paused = enrollment is not None and enrollment.state is not EnrollmentState.ACTIVE
        assert paused or lead.read_first_at or lead.quarantined_at, "held, and nobody can release it"


def is_automatic(row: Row) -> bool:
    return row.kind is MessageKind.STEP


def keeps_hours(row: Row) -> bool:
    return is_automatic(row) and not row.at_once and row.by_hand_at is None


def _window(picture: Picture) -> SendingWindow:
    """The hours as they are saved now; the storm's practice keeps no holidays."""
    row = picture.practice
    return SendingWindow(ZoneInfo(row.zone_name), frozenset(row.weekdays), row.opens, row.closes)
