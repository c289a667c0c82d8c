"""What stands round every page of Settings: the sections at left, and which of them needs attention."""

from __future__ import annotations

from dataclasses import dataclass

from flask import render_template, url_for

from crm.db import db
from crm.models import Delivery, Listener, Practice
from crm.rules.roles import Role
from crm.rules.telling import opening, things
from crm.web.access import account


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
    return [
        Section("practice", "Practice", needs=not practice.office_address),
        Section("sending", "Sending account", needs=no_sender),
        Section("hours", "Sending hours"),
        Section("form", "Your forms"),
        Section("ways_in", "Ways in", needs=_something_waits()),
        Section("other_programs", "Tell other programs", needs=_somebody_hears_nothing()),
        Section("spam", "Spam"),
        Section("danger", "Words of danger"),
        *_for_owners(),
        Section("account", "Your account"),
    ]


def _for_owners() -> list[Section]:
    is_owner = account().role is Role.OWNER
    return [Section("accounts", "People who sign in")] if is_owner else []


def _something_waits() -> bool:
    """Whether a form builder handed in what nobody could make an inquiry of."""
    return db.session.scalar(Delivery.waiting().with_only_columns(Delivery.id).limit(1)) is not None


def _somebody_hears_nothing() -> bool:
    """Whether a program that should be told things was switched off."""
    return db.session.scalar(Listener.switched_off().with_only_columns(Listener.id).limit(1)) is not None


def settings_page(name: str, practice: Practice, **more: object) -> str:
    """One section with the list of all beside it."""
    return settings_subpage(name, name, practice, **more)


def settings_subpage(page: str, section: str, practice: Practice, **more: object) -> str:
    """A page within a section, with the list of all beside it."""
    return render_template(
        f"settings/{page}.html", sections=sections(practice), current=section, practice=practice, **more
    )


def saved(moved: int) -> str:
    """What saving did to emails that are planned already."""
    if not moved:
        return "Saved."
    return f"Saved. {opening(things(moved, 'planned email'))} moved to fit."
