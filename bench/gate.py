"""`make gate`: what the front door lets through, counted on the labelled texts of tests/rules/messages."""

from __future__ import annotations

import logging
from dataclasses import replace

import sqlalchemy as sa

from bench.beat import app_on, sqlite_database
from bench.telling import tell
from crm import clock
from crm.db import db, transaction
from crm.flows.capture import capture
from crm.models import Inquiry, Lead
from crm.rules.intake import Limits
from crm.rules.spam import Evidence, judge
from tests.rules.labelled import Share, labelled, read_first, suspects


def main() -> None:
    tell("Spam. Each text as if typed into the form by hand, alone, by somebody new: the hardest case.")
    for half in ("tuned on", "held out"):
        tell(f"   spam kept aside, {half}: {suspects('spam', half)}")
        tell(f"   real notes kept aside, {half}: {suspects('real', half)} (at most 4 %)")
    real, spam = through_the_door("real"), through_the_door("spam")
    tell("   All of them one after the other through the real form’s flow, database and all:")
    tell(f"   real notes lost: {real.lost} of {real.sent} (must be 0); kept aside: {real.aside}")
    tell(f"   spam lost (none is refused or deleted): {spam.lost} of {spam.sent}; kept aside: {spam.aside}")
    tell(f"   each spam text three times, a few words changed: kept aside at the third {thrice()}")
    for kind in ("spam", "real"):
        tell(
            f"   {kind}, typed into a further field of a builder’s form, kept aside: {in_another_field(kind)}"
        )
    tell("")
    tell("Crisis. On top means read first. One hand wrote rules and texts; docs/decisions.md has what unseen")
    tell("texts came to. The first two lots were tuned on after they were counted, the third was not.")
    for lot in ("first", "second", "third"):
        tell(f"   {lot} lot: in danger and on top {read_first(f'crisis_{lot}')}")
        tell(f"   {lot} lot: harmless, in the same words, and on top {read_first(f'harmless_{lot}')}")
    tell(f"   the older sets: in danger {read_first('in_danger')}, ordinary {read_first('ordinary')}")


class Passed:
    """What became of a set that was sent."""

    def __init__(self, sent: int, stored: int, aside: int) -> None:
        self.sent, self.lost, self.aside = sent, sent - stored, aside


def through_the_door(kind: str) -> Passed:
    """A whole set through the flow that takes every form."""
    notes = labelled(kind)
    with app_on(sqlite_database()):
        for number, note in enumerate(notes):
            with transaction():
                capture(
                    replace(note, nonce=f"{kind} {number}", client_key=f"{number}"), Limits(), clock.now()
                )
        return Passed(len(notes), _number(Inquiry.id), _number(Lead.quarantined_at))


def in_another_field(kind: str) -> Share:
    """By the rules alone, with the pages that such forms name by themselves."""
    pages = tuple((name, f"https://springstreet.example/{name}") for name in ("page", "landing"))
    notes = [replace(n, message="", more=(("Comments", n.message), *pages)) for n in labelled(kind)]
    return Share(sum(judge(each, Limits(), Evidence()).is_suspect for each in notes), len(notes))


def thrice() -> Share:
    """Spam comes in waves: the same text to many, with other names and numbers in it."""
    notes = labelled("spam")
    with app_on(sqlite_database()):
        for wave in range(3):
            for number, note in enumerate(notes):
                other = f"Hello number {wave}. " if wave else ""
                sent = replace(note, message=other + note.message, email=f"{wave}.{note.email}")
                with transaction():
                    capture(replace(sent, client_key=f"{wave} {number}"), Limits(), clock.now())
        aside = db.session.scalars(sa.select(Lead.email).where(Lead.quarantined_at.is_not(None)))
        return Share(sum((address or "").startswith("2.") for address in aside), len(notes))


def _number(column: sa.orm.InstrumentedAttribute[object]) -> int:
    return db.session.scalar(sa.select(sa.func.count(column))) or 0


if __name__ == "__main__":
    logging.disable()
    main()
