"""An invented practice: everything in it came about as it would have in life, only faster."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import sqlalchemy as sa

from crm.db import db, transaction
from crm.demo.colleagues import colleagues
from crm.demo.days import Days
from crm.demo.people import cast
from crm.demo.play import Play
from crm.flows import sequences
from crm.flows.foresight import plan_of
from crm.flows.planting import plant
from crm.models import Account, CallSettings, Lead, Opening, Practice, Sequence
from crm.rules.first_steps import FirstStep
from crm.rules.hour_words import read_hours
from crm.rules.slots import Week

if TYPE_CHECKING:
    from datetime import datetime

    from crm.links import Links

OWNER_EMAIL = "connor@springstreet.example"
PASSWORD = "three slow breaths"  # noqa: S105 - printed for whoever starts the demo, on his own machine
OPENED = timedelta(days=150)
WANTS_TO_READ = "after_a_conversation"
LAST_LOOK = timedelta(hours=5, minutes=47)
SIGN_IN = f"Sign in as {OWNER_EMAIL} with the password “{PASSWORD}”."

CHECKLIST = """\
1. Call now, from a quiet room. If nobody answers, leave a kind word and try once more.
2. Ask plainly: are you thinking of ending your life? Asking does not put the thought there.
3. Stay on the line. Who is with you, and is anything near you that you could use?
4. Call 988 together. In danger right now: 911, and stay until someone is there.
5. Write down what was said and what you agreed on."""


def fill(now: datetime, links: Links) -> str:
    """Turn an empty practice into Spring Street Therapy; returns how to sign in, or why nothing was added.

    Commits as it goes: the past is played act by act, each in its own transaction. No mail leaves.
    """
    if owner := Account.owner():
        return f"The demo is as you left it. {SIGN_IN}" if owner.email == OWNER_EMAIL else IN_USE
    if db.session.scalar(sa.select(Lead.id).limit(1)) is not None:
        return IN_USE
    with transaction() as rows:
        _open_practice(now - OPENED)
        rows.add_all(colleagues(now, now - OPENED))
    with transaction():
        days = Days(now, Practice.current().window)
        acts = cast(days)
    Play(links).run(acts, now, looks_at=now - LAST_LOOK)
    with transaction():
        _ask_before_the_first(WANTS_TO_READ, now)
    return f"Spring Street Therapy is open, with invented people. {SIGN_IN}"


def _ask_before_the_first(key: str, now: datetime) -> None:
    """From today on he reads the first email of this sequence before it goes to anyone."""
    sequence = db.session.scalars(sa.select(Sequence).where(Sequence.key == key)).one()
    plan = plan_of(sequence)
    first, owner = replace(plan.emails[0], asks_first=True), Account.owner()
    sequences.save(
        sequence, replace(plan, emails=(first, *plan.emails[1:])), now, owner.id if owner else None
    )


IN_USE = "This practice is in use already, so no invented people were added. An empty database is needed."


def _open_practice(at: datetime) -> None:
    plant(at)
    practice = Practice.current()
    practice.name, practice.signer = "Spring Street Therapy", "Connor"
    practice.office_address = "1 Example St, Suite 4, Los Angeles, CA 90013"
    practice.locality, practice.website = "downtown Los Angeles", "https://springstreet.example"
    practice.sender_name, practice.sender_address = "Connor at Spring Street", OWNER_EMAIL
    practice.crisis_checklist = CHECKLIST
    practice.first_steps = list(FirstStep)
    owner = Account.create(OWNER_EMAIL, "Connor", PASSWORD, at)
    db.session.flush()
    _take_calls(owner.id)


def _take_calls(clinician_id: int) -> None:
    """Around noon and after the last client, by phone or by video."""
    hours = read_hours("12:30 pm to 1 pm, 5:15 pm to 6:30 pm")
    Opening.put(clinician_id, Week.of((weekday, each) for weekday in range(5) for each in hours))
    settings = CallSettings.turn_of(clinician_id)
    settings.by_video, settings.video_link = True, "https://meet.springstreet.example/connor"
    settings.instructions = "I call from a number that doesn’t show. Nothing to prepare."
