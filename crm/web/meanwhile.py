"""Two at once: a form says when it was shown; who sends it is told first what a colleague did since."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from flask import request

from crm import clock
from crm.flows.meanwhile import Act, latest_act
from crm.models import EventKind, Practice
from crm.rules.stages import SCREEN_WORDS
from crm.rules.telling import isolated, moment
from crm.web.access import account

if TYPE_CHECKING:
    from flask import Flask

    from crm.models import Lead

DID = {
    None: "wrote to {name}",
    EventKind.STAGE_MOVED: "moved {name} to {stage}",
    EventKind.CALL_LOGGED: "noted a call with {name}",
    EventKind.CALL_BOOKED: "agreed on a call with {name}",
    EventKind.CALL_MOVED: "moved the call with {name}",
    EventKind.CALL_CANCELLED: "called off the call with {name}",
    EventKind.CALL_OUTCOME: "said how the call with {name} went",
}
AS_IT_IS = "Here is how it looks now."


class Meanwhile(Exception):  # noqa: N818 - a fact, not an error
    """A colleague was there first: `words` say what they did, and when."""

    def __init__(self, words: str) -> None:
        super().__init__(words)
        self.words = words


def register(app: Flask) -> None:
    """Forms that move somebody or write to them hold `this_instant()` in a field `seen`."""
    app.jinja_env.globals["this_instant"] = lambda: clock.now().isoformat()


def nobody_was_first(lead: Lead) -> None:
    """Raises Meanwhile where somebody else acted after the form was shown. The next form knows of it."""
    seen = _seen()
    act = latest_act(lead, account(), seen) if seen else None
    if act is not None:
        raise Meanwhile(_words(act, lead))


def _words(act: Act, lead: Lead) -> str:
    stage = SCREEN_WORDS[act.to] if act.to else ""
    did = DID[act.kind].format(name=lead.first_name, stage=stage)
    when = moment(act.at, clock.now(), Practice.current().zone)
    return f"{isolated(act.who)} {did} {when}."


def _seen() -> datetime | None:
    """A form that does not say is as before: of a program, or of a page from before an update."""
    try:
        seen = datetime.fromisoformat(request.form.get("seen", ""))
    except ValueError:
        return None
    return seen if seen.tzinfo else None
