"""Where somebody came from, read off a request: its query, the page before, what the form carried on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import request

from crm.rules.framing import parts_of
from crm.rules.touch import UTM, Touch, carried, touch

if TYPE_CHECKING:
    from collections.abc import Mapping

    from crm.models import Practice
    from crm.web.forms.consultation import ConsultationForm

NAMES = (*(f"utm_{word}" for word in UTM), "referrer", "landing")


def on_the_way(page: str, practice: Practice) -> Touch:
    """As the form is opened. `page`: the one it stands on, where that is known.

    Without our script a browser may name the page before by itself: one of the practice's own is where they
    landed, any other is the site they come from.
    """
    told = {name: request.args.get(name, "") for name in NAMES}
    before = "" if page else request.headers.get("Referer", "")
    if before:
        is_home = _bare(before) == _bare(practice.website) != ""
        told |= {"landing" if is_home else "referrer": before}
    return touch(told | {"landing": told["landing"] or page}, _own() | {_bare(practice.website)})


def told_with(form: ConsultationForm, practice: Practice) -> Touch:
    """Of a submission: where they came from.

    A plain form in the practice's own pages may name the same in fields of its own.
    """
    told = carried(form.touch.data or "") | {name: v for name in NAMES if (v := request.form.get(name))}
    told["landing"] = told.get("landing") or form.page.data or ""
    return touch(told, _own() | {_bare(practice.website)})


def of_fields(told: Mapping[str, str], page: str) -> Touch:
    """What a program told beside an inquiry."""
    return touch({**told, "landing": told.get("landing") or page})


def is_an_address(said: str) -> bool:
    """Whether this is a web address, its host or its path, or nothing at all: no words of a person's."""
    return not said or "://" in said or said.startswith("/") or bool(touch({"referrer": said}).kept)


def _own() -> frozenset[str]:
    return frozenset({_bare(f"//{request.host}")})


def _bare(address: str) -> str:
    return (parts_of(address).hostname or "").removeprefix("www.")
