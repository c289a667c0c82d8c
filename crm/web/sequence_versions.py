"""How a sequence was planned before: every save, who made it, and what it changed."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from flask import Blueprint, render_template

from crm.models import Sequence, SequenceVersion
from crm.rules.plan_changes import changes
from crm.rules.plans import PlanEmail, length_in_words, wait_words
from crm.rules.telling import listed, opening
from crm.web.respond import get_or_404

bp = Blueprint("sequence_versions", __name__, url_prefix="/follow-ups/sequences")


@dataclass(frozen=True)
class Told:
    """One version. `changed`: how it differs from the one before; the first is only described."""

    version: SequenceVersion
    changed: str
    emails: list[str]
    in_use: bool


@bp.get("/<int:sequence_id>/versions")
def index(sequence_id: int) -> str:
    sequence = get_or_404(Sequence, sequence_id)
    return render_template(
        "follow_ups/sequence_versions.html", sequence=sequence, told=_told(sequence.versions)
    )


def _told(versions: list[SequenceVersion]) -> list[Told]:
    """The newest first."""
    first = [Told(each, _described(each), _emails(each), in_use=len(versions) == 1) for each in versions[:1]]
    later = [
        Told(this, _changed(before, this), _emails(this), in_use=this is versions[-1])
        for before, this in pairwise(versions)
    ]
    return [*first, *later][::-1]


def _described(version: SequenceVersion) -> str:
    return f"{opening(length_in_words(version.plan))}."


def _changed(before: SequenceVersion, this: SequenceVersion) -> str:
    return f"{opening(listed(changes(before.plan, this.plan)))}."


def _emails(version: SequenceVersion) -> list[str]:
    return [f"{_wait(email)}: “{email.name}”" for email in version.plan.emails]


def _wait(email: PlanEmail) -> str:
    return "Right away" if email.at_once else f"After {wait_words(email.wait)}"
