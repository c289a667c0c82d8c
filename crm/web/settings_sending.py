"""Settings, Sending account: who emails come from, whether the server takes them, and a test."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

import sqlalchemy as sa
from flask import Blueprint, current_app, request, url_for

from crm import clock
from crm.db import db, numbers, transaction
from crm.flows import proofs
from crm.flows.hours import fit_to_limits
from crm.models import DomainCheck, Incoming, MailAccount, Message, Practice
from crm.rules.probes import is_nobody
from crm.rules.sending import MessageKind, MessageState
from crm.rules.telling import listed, moment
from crm.rules.wording import Wording, private_words
from crm.web.access import account
from crm.web.domain_card import domain_card
from crm.web.forms.pace import LimitsForm
from crm.web.forms.settings import SenderForm
from crm.web.respond import done
from crm.web.settings_frame import settings_page

if TYPE_CHECKING:
    from datetime import datetime

    from werkzeug.wrappers import Response

bp = Blueprint("sending", __name__, url_prefix="/sending")

TEST = Wording(
    "It works",
    "Your sending account takes emails.",
    "This is a test of your sending account. You can read it, so emails from the practice can leave.\n\n"
    "Have a look where it landed. If that was the spam folder, other people’s would land there too.\n",
)
ROUND_TRIP = Wording(
    "It works both ways",
    "Your sending account takes emails, and your mailbox is read.",
    "This is a test of your sending account and of your mailbox. It went out, and it comes back by itself: "
    "the program finds it here, as it will find what people answer. There is nothing to do with it.\n",
)
SOON = timedelta(seconds=30)
"""A worker looks every two seconds; after this long something is in its way."""
LATELY = 20
"""Of so many tests the last of each kind is looked for."""
A_ROUND = timedelta(minutes=5)
"""A mail that takes longer to come back is told to be missing."""


@dataclass(frozen=True)
class Outcome:
    """What became of the last test. `kind` is a notice's: done, bad, held; `quote` is the server's."""

    kind: str
    words: str
    quote: str = ""
    pending: bool = False


@bp.get("")
def show() -> str:
    practice = Practice.current()
    return _page(practice, SenderForm(obj=practice), changing="change" in request.args)


@bp.post("")
def update() -> Response | tuple[str, int]:
    form, practice = SenderForm(request.form), Practice.current()
    if not form.validate():
        return _page(practice, form, changing=True), 422
    with transaction():
        practice = Practice.current()
        practice.sender_name, practice.sender_address = form.sender_name.data, form.sender_address.data
    seen = listed([f"“{word}”" for word in private_words(form.sender_name.data)])
    words = (
        f"Saved. People see {seen} on their lock screens now." if seen else "Saved. Send a test to be sure."
    )
    return done(words, to=url_for(".show"))


@bp.post("/limits")
def update_limits() -> Response | tuple[str, int]:
    """What the account takes. Whoever waits for it is placed anew, one by one."""
    limits, practice = LimitsForm(request.form), Practice.current()
    if not limits.validate():
        return _page(practice, SenderForm(obj=practice), changing=False, limits=limits), 422
    with transaction():
        practice = Practice.current()
        practice.hourly_limit, practice.daily_limit = limits.hourly_limit.data, limits.daily_limit.data
        fit_to_limits(clock.now())
    return done("Saved. What would be more than that waits its turn.", to=url_for(".show"))


@bp.post("/tests")
def create_test() -> Response:
    """A real email by the one door: to whoever is signed in, or round to the mailbox that is read."""
    with transaction():
        now, practice = clock.now(), Practice.current()
        goes_round = MailAccount.last_read() is not None
        wording, to = (ROUND_TRIP, practice.sender_address) if goes_round else (TEST, account().email)
        proofs.send_test(wording, account(), now, to)
        practice.account_tested_at = now
    return done(f"A test goes to {to} now.", to=url_for(".show"))


@bp.post("/domain")
def create_domain_check() -> Response:
    """Look once more what the domain says. A worker does, within seconds: no page waits for the DNS."""
    with transaction():
        DomainCheck.ask(clock.now())
    return done("It is being looked up.", to=f"{url_for('.show')}#domain")


def _page(practice: Practice, form: SenderForm, *, changing: bool, limits: LimitsForm | None = None) -> str:
    now = clock.now()
    tested, since = practice.account_tested_at, practice.account_failing_since
    read_at = MailAccount.last_read()
    (unplaced,) = numbers(Incoming.tray())
    return settings_page(
        "sending",
        practice,
        form=form,
        limits=limits or LimitsForm(obj=practice),
        changing=changing or not practice.sender_address,
        server=current_app.extensions["mail_server"],
        tested=moment(tested, now, practice.zone) if tested else None,
        failing_since=moment(since, now, practice.zone) if since else None,
        read_at=moment(read_at, now, practice.zone) if read_at else None,
        unplaced=unplaced,
        outcome=last_outcome(practice, now),
        domain=domain_card(practice, current_app.extensions["mail_server"], now),
    )


def last_outcome(practice: Practice, now: datetime) -> Outcome | None:
    """What became of the last test, in words; None before the first."""
    test = last_test(to_nobody=False) if practice.account_tested_at else None
    if test is None:
        return None
    match test.state:
        case MessageState.SENT:
            return _went(test, practice, now)
        case MessageState.FAILED:
            return Outcome("bad", "The server refused the test. It said:", test.server_reply or "")
        case MessageState.UNCERTAIN:
            return Outcome("held", "The line broke while the test was sent. Look whether it arrived.")
        case MessageState.CANCELLED:
            return None
    return on_its_way(test, practice, now)


def _went(test: Message, practice: Practice, now: datetime) -> Outcome:
    """The server took it. One to the mailbox that is read comes back, and so proves both ways."""
    sent_at = test.sent_at or now
    when = moment(sent_at, now, practice.zone)
    if came_at := Incoming.came_with(test.message_id):
        came = moment(came_at, now, practice.zone)
        return Outcome("done", f"The test went out and came back {came}. What people answer will be seen.")
    if test.to_address != practice.sender_address or MailAccount.last_read() is None:
        return Outcome("done", f"The server took the test {when}. Look for it at {test.to_address}.")
    if now - sent_at < A_ROUND:
        return Outcome("", f"The server took the test {when}. Now it has to come back.", pending=True)
    words = f"The test went out {when} and hasn’t come back to your mailbox. Answers may not be seen."
    return Outcome("bad", words)


def on_its_way(test: Message, practice: Practice, now: datetime) -> Outcome:
    if test.attempts and test.due_at > now:
        again = moment(test.due_at, now, practice.zone)
        words = f"The test hasn’t left. It is tried again {again}. What came back:"
        return Outcome("held", words, test.server_reply or "", pending=True)
    if practice.account_failing_since:
        return Outcome("held", "The test waits with the others until the account answers.", pending=True)
    if now - test.created_at > SOON:
        return Outcome("held", "The test is still waiting. Is the worker running?", pending=True)
    return Outcome("", f"The test is on its way to {test.to_address}.", pending=True)


def last_test(*, to_nobody: bool) -> Message | None:
    """The mails that have to bounce are another test (web/both_ways). Addresses lie sealed, so here."""
    tests = sa.select(Message).where(Message.kind == MessageKind.TEST).order_by(Message.id.desc())
    lately = db.session.scalars(tests.limit(LATELY))
    return next((each for each in lately if is_nobody(each.to_address) is to_nobody), None)
