"""Two correct how somebody is reached at once: each keeps what they changed, and is asked where both did."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crm import clock
from crm.flows.acquaintance import WORDS
from crm.flows.meanwhile import latest_edit
from crm.models import Practice
from crm.rules.telling import isolated, moment
from crm.web.forms.people import ContactForm

if TYPE_CHECKING:
    from collections.abc import Mapping

    from crm.models import Lead

SHOWN = "shown_"


class BothChanged(Exception):  # noqa: N818 - a fact, not an error
    """He and a colleague changed one field, each in their own way; the form says so at the field."""


def as_shown(lead: Lead) -> dict[str, str]:
    """What stands in the form as they are now, for its hidden fields."""
    form = ContactForm.of(lead)
    return {SHOWN + name: form[name].data or "" for name in WORDS}


def shown_in(sent: Mapping[str, str]) -> dict[str, str]:
    """What stood in the form when it was opened, as far as it says so."""
    return {SHOWN + name: sent[SHOWN + name] for name in WORDS if SHOWN + name in sent}


def give_way(form: ContactForm, shown: Mapping[str, str], lead: Lead) -> None:
    """What he left alone stays as a colleague has made it meanwhile. Raises BothChanged."""
    clashes = False
    for name, is_now in as_shown(lead).items():
        field = form[name.removeprefix(SHOWN)]
        was, typed = shown.get(name, is_now), field.data or ""
        if typed == was:
            field.data = is_now
        elif is_now not in (was, typed):
            field.errors = [_clash(lead, is_now)]
            clashes = True
    if clashes:
        raise BothChanged


def _clash(lead: Lead, is_now: str) -> str:
    """June changed this to “(213) 555-0199” today at 1:40 pm. Save again to keep yours."""
    act = latest_edit(lead)
    who = isolated(act.who) if act else "Somebody"
    when = f" {moment(act.at, clock.now(), Practice.current().zone)}" if act else ""
    did = f"changed this to “{is_now}”" if is_now else "emptied this"
    return f"{who} {did}{when}. Save again to keep yours."
