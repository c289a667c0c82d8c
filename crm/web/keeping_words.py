"""How long somebody is kept, as it stands on their page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crm.flows import retention
from crm.models import Practice
from crm.rules.stages import Stage
from crm.rules.telling import date_words

if TYPE_CHECKING:
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from crm.models import Lead


def kept_words(lead: Lead, now: datetime, zone: ZoneInfo) -> str:
    """Whether and when everything here is erased. Empty where the owner has chosen nothing."""
    name = lead.first_name or "This person"
    if lead.erasure_asked_at:
        return f"{name} asked {_day(lead.erasure_asked_at, now, zone)} to be erased."
    if lead.kept_at:
        return "You keep everything here, whatever time passes."
    if lead.erase_at:
        return f"Everything here is erased {_day(lead.erase_at, now, zone)}."
    terms = retention.terms_chosen(Practice.current())
    over = retention.ends(lead, terms) if terms else None
    if over is None or over <= now:
        return ""
    if lead.stage is Stage.CLIENT or lead.quarantined_at:
        return f"Everything here is erased {_day(over, now, zone)}, if nothing more comes."
    when = _day(over, now, zone)
    return f"If {name} doesn’t become a client and nothing more comes, everything here is erased {when}."


def _day(instant: datetime, now: datetime, zone: ZoneInfo) -> str:
    return f"on {date_words(instant.astimezone(zone).date(), now.astimezone(zone).date())}"
