"""What stands round every page of Settings: the sections at left, and which of them needs attention."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa
from flask import current_app, g, render_template, url_for

from crm.db import db
from crm.models import Delivery, Lead, Listener, MailParcel, MailProvider, OwnCalendar, Practice
from crm.rules.telling import opening, things
from crm.web.domain_card import needs_a_look


@dataclass(frozen=True)
class Section:
    """One page of Settings. `needs`: something on it waits for the owner."""

    name: str
    words: str
    needs: bool = False

    @property
    def address(self) -> str:
        return url_for(f"settings.{self.name}.show")


def sections(practice: Practice) -> list[Section]:
    no_sender = not practice.sender_address or practice.account_failing_since is not None
    no_sender = no_sender or needs_a_look(practice, current_app.extensions["mail_server"])
    return [
        Section("practice", "Practice", needs=not practice.office_address),
        Section("sending", "Sending account", needs=no_sender),
        Section("mailbox", "Mailbox", needs=_mail_is_not_understood()),
        Section("hours", "Sending hours"),
        Section("calls", "Calls", needs=_a_calendar_is_silent()),
        Section("colleagues", "Colleagues"),
        Section("form", "Your forms"),
        Section("ways_in", "Ways in", needs=_something_waits()),
        Section("other_programs", "Tell other programs", needs=_somebody_hears_nothing()),
        Section("spam", "Spam"),
        Section("danger", "Words of danger"),
        Section("accounts", "People who sign in"),
        Section("privacy", "Privacy", needs=_somebody_asks_to_be_erased()),
        Section("account", "Your account"),
    ]


def _a_calendar_is_silent() -> bool:
    """Whether somebody's own calendar can't be read."""
    return (
        db.session.scalar(OwnCalendar.silent().with_only_columns(OwnCalendar.clinician_id).limit(1))
        is not None
    )


def _something_waits() -> bool:
    """Whether a form builder handed in what nobody could make an inquiry of."""
    return db.session.scalar(Delivery.waiting().with_only_columns(Delivery.id).limit(1)) is not None


def _mail_is_not_understood() -> bool:
    """Whether a mail provider handed over what nobody knows, or what it was refused."""
    refused = sa.select(MailProvider.id).where(MailProvider.trouble != "", MailProvider.closed_at.is_(None))
    waits = MailParcel.unknown().order_by(None).with_only_columns(MailParcel.id)
    return db.session.scalar(sa.select(refused.exists() | waits.exists())) or False


def _somebody_asks_to_be_erased() -> bool:
    asked = sa.select(Lead.id).where(Lead.erasure_asked_at.is_not(None)).limit(1)
    return db.session.scalar(asked) is not None


def _somebody_hears_nothing() -> bool:
    """Whether a program that should be told things was switched off."""
    return db.session.scalar(Listener.switched_off().with_only_columns(Listener.id).limit(1)) is not None


def settings_page(name: str, practice: Practice, **more: object) -> str:
    """One section with the list of all beside it."""
    return settings_subpage(name, name, practice, **more)


def settings_subpage(page: str, section: str, practice: Practice, **more: object) -> str:
    """A page within a section, with the list of all beside it; alone, where nothing else is open to them."""
    if g.owes_second_step:
        around: dict[str, object] = {"frame": "settings/alone.html"}
    else:
        around = {"frame": "settings/layout.html", "sections": sections(practice), "current": section}
    return render_template(f"settings/{page}.html", practice=practice, **around, **more)


def saved(moved: int) -> str:
    """What saving did to emails that are planned already."""
    if not moved:
        return "Saved."
    return f"Saved. {opening(things(moved, 'planned email'))} moved to fit."
