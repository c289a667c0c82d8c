"""Who was made just now is indexed from what was written of theirs, as a new reading would find it."""

from __future__ import annotations

from crm.db import db
from crm.flows import indexing
from crm.flows.acquaintance import Contact, Introduction, introduce
from crm.flows.correspondence import add_note
from crm.models import CallResult, Reply, ReplyChannel
from tests.flows.test_finding import entries, found, owner
from tests.practice import Practice


def test_who_came_with_several_texts_is_found_by_each_as_after_a_new_reading(practice: Practice) -> None:
    with practice.at_work():
        contact, voicemail = Contact("Zoë Müller", phone="+493012345678"), CallResult.VOICEMAIL
        lead = introduce(
            Introduction(contact, note="Dr. Øster sent her", call=voicemail), owner(), practice.now
        )
        add_note(lead, "Prefers mornings before the kindergarten opens.", owner(), practice.now)
        gone = Reply(lead_id=lead.id, text="Again", channel=ReplyChannel.BY_HAND, received_at=practice.now)
        db.session.add(gone)
        db.session.flush()
        db.session.delete(gone)
        lead_id = lead.id

    before = entries(practice)
    assert [found(practice, each) for each in ("oster", "kindergarten", "again")] == [
        [lead_id],
        [lead_id],
        [],
    ]
    with practice.at_work():
        indexing.refresh([lead_id])
    assert entries(practice) == before
