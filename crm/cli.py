"""The operator's verbs: `python -m crm VERB`. Each prints what it did in one line."""

from __future__ import annotations

import argparse
import dataclasses
import getpass
import json
import sys
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from config import Config
from crm import cli_trail, clock, log, upkeep
from crm.cli_keys import keys, seal_what_stands_open
from crm.db import db, transaction
from crm.rules.sending import MessageState

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Flask

    from crm.rules.inbound import InboundMail
    from crm.rules.verdicts import Verdict


def main(arguments: list[str]) -> int:
    """Run one verb; the exit status is 0 when it worked, 2 when something it was told is wrong."""
    options = _parser().parse_args(arguments)
    if options.verb == "classify":  # needs neither configuration nor database
        return classify(sys.stdin.buffer.read(), options.ours)
    return _run(Config.from_env_or_exit(), options)


def _run(config: Config, options: argparse.Namespace) -> int:
    log.configure("WARNING", as_json=False)
    from crm.app import start  # noqa: PLC0415 - after the configuration has been checked

    app = start(config)
    try:
        with app.app_context():
            return (VERBS | upkeep.VERBS)[options.verb](app, options)
    finally:
        with app.app_context():
            db.engine.dispose()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m crm", description="Look after a practice's CRM.")
    verbs = parser.add_subparsers(dest="verb", required=True)
    for name, run in VERBS.items():
        verb = verbs.add_parser(name, help=(run.__doc__ or "").splitlines()[0])
        for words, how in TAKES.get(name, {}).items():
            verb.add_argument(words, **how)
        if name == "audit":
            cli_trail.add_arguments(verb)
    upkeep.add_verbs(verbs)
    verbs.add_parser("classify", help=(classify.__doc__ or "").splitlines()[0]).add_argument(
        "--ours", action="append", default=[], help="an address we write from; may be given again"
    )
    return parser


def migrate(app: Flask, options: argparse.Namespace) -> int:
    """Bring the database to the newest schema, after a backup, and make everybody findable who is not yet."""
    keep_first = not getattr(options, "without_backup", False)
    if status := upkeep.migrate_safely(app.extensions["config"], keep_first=keep_first):
        return status
    _make_findable()
    seal_what_stands_open()
    print("The database is up to date.")
    return 0


def reindex(_app: Flask, _options: argparse.Namespace) -> int:
    """Make everybody findable anew, while all else runs; interrupted, it goes on where it was."""
    from crm.flows import indexing  # noqa: PLC0415 - a verb loads what it needs

    with transaction():
        indexing.begin()
    _make_findable()
    print("Everybody can be found.")
    return 0


def _make_findable() -> None:
    from crm.flows import indexing  # noqa: PLC0415 - a verb loads what it needs

    people, is_whole = 0, False
    while not is_whole:
        with transaction():
            step = indexing.go_on(clock.now())
        people, is_whole = people + step.people, step.is_whole
        if step.people:
            print(f"People made findable: {people:,}", flush=True)


def plant(_app: Flask, _options: argparse.Namespace) -> int:
    """Add the texts and sequences we ship, where they are missing."""
    from crm.flows.planting import plant as plant_seeds  # noqa: PLC0415 - a verb loads what it needs

    with transaction():
        plant_seeds(clock.now())
    print("The texts and sequences are there.")
    return 0


def setup_link(app: Flask, _options: argparse.Namespace) -> int:
    """Print the one-time link that makes the owner's account; nothing when there is one."""
    from crm.models import Account, SetupLink  # noqa: PLC0415 - a verb loads what it needs

    with transaction():
        if Account.owner() is None:
            print(app.extensions["links"].setup(SetupLink.issue(clock.now())))
    return 0


def create_owner(_app: Flask, options: argparse.Namespace) -> int:
    """Make the owner's account here instead of in the browser; asks for the password."""
    from crm.flows.guessable import weakness  # noqa: PLC0415 - a verb loads what it needs
    from crm.models import Account  # noqa: PLC0415 - the same

    password = getpass.getpass("Password: ") if sys.stdin.isatty() else sys.stdin.readline().rstrip("\n")
    if weak := weakness(password, options.name, options.email):
        print(weak, file=sys.stderr)
        return 2
    with transaction():
        Account.create(options.email, options.name, password, clock.now())
    print(f"{options.email} can sign in.")
    return 0


def reset_link(app: Flask, options: argparse.Namespace) -> int:
    """Print a link to choose a new password, for where mail does not work; the second step stays."""
    from crm.flows.entry_links import new_password_link  # noqa: PLC0415 - a verb loads what it needs
    from crm.models import Account  # noqa: PLC0415 - the same

    with transaction():
        account = Account.with_address(options.email)
        link = new_password_link(account, app.extensions["links"], clock.now()) if account else None
    return _say(link, f"Nobody signs in as {options.email}.")


def second_step_off(_app: Flask, options: argparse.Namespace) -> int:
    """Let the password alone open an account again: for an owner whose phone and codes are gone."""
    from crm.models import Account  # noqa: PLC0415 - a verb loads what it needs
    from crm.models.second_step import turn_off  # noqa: PLC0415 - the same

    with transaction():
        if account := Account.with_address(options.email):
            turn_off(account)
        done = f"{account.email} signs in with the password alone now." if account else None
    return _say(done, f"Nobody signs in as {options.email}.")


def _say(done: str | None, trouble: str) -> int:
    """What came of it; where nothing did, why, and status 2."""
    print(done or trouble, file=sys.stdout if done else sys.stderr)
    return 0 if done else 2


def seed_demo(app: Flask, _options: argparse.Namespace) -> int:
    """Fill an empty practice with invented people, a past and a future."""
    from crm.demo import fill  # noqa: PLC0415 - only the demo needs it

    if not app.extensions["config"].is_development:
        print("The demo has a password everybody knows: it is for ENVIRONMENT=development.", file=sys.stderr)
        return 2
    print(fill(clock.now(), app.extensions["links"]))
    return 0


def advance(app: Flask, options: argparse.Namespace) -> int:
    """Make a person's next follow-up due now, whatever the hour; only in development."""
    from crm.models import Lead  # noqa: PLC0415 - a verb loads what it needs

    if not app.extensions["config"].is_development:
        print("Only with ENVIRONMENT=development: real people are not hurried.", file=sys.stderr)
        return 2
    with transaction():
        lead, now = db.session.get(Lead, options.person, with_for_update=True), clock.now()
        message = lead.enrollment.open_message if lead and lead.enrollment else None
        if message is None or not (message.is_draft or message.state is MessageState.SCHEDULED):
            print(f"No follow-up is planned for person {options.person}.", file=sys.stderr)
            return 2
        message.send_by_hand(now, now)
        print(json.dumps({"person": options.person, "message": message.id, "due_at": now.isoformat()}))
    return 0


def messages(_app: Flask, _options: argparse.Namespace) -> int:
    """Print every message as JSON: id, to, state, attempts, message_id."""
    from crm.models import Message  # noqa: PLC0415 - a verb loads what it needs

    rows = db.session.scalars(sa.select(Message).order_by(Message.id))
    print(json.dumps([_message_facts(message) for message in rows]))
    return 0


def people(_app: Flask, _options: argparse.Namespace) -> int:
    """Print every person as JSON: id, stage, address, how many inquiries."""
    from crm.models import Lead  # noqa: PLC0415 - a verb loads what it needs

    rows = db.session.scalars(sa.select(Lead).order_by(Lead.id))
    print(
        json.dumps(
            [{"id": p.id, "stage": p.stage, "email": p.email, "inquiries": len(p.inquiries)} for p in rows]
        )
    )
    return 0


def verify(_app: Flask, options: argparse.Namespace) -> int:
    """Walk the whole ledger and prove its promises; exit status 1, and the rows, where one is broken."""
    from crm.flows.verifying import SHOWN, older_than_the_ledger, verify  # noqa: PLC0415 - a verb loads what it needs

    findings, older = verify(clock.now()), older_than_the_ledger()
    if options.json:
        print(json.dumps({"older": older, "checks": [dataclasses.asdict(finding) for finding in findings]}))
        return 0 if all(finding.is_sound for finding in findings) else 1
    for finding in findings:
        print(
            f"{'ok   ' if finding.is_sound else 'WRONG'} {finding.promise} ({finding.looked_at:,} looked at)"
        )
        if finding.broken:
            named = ", ".join(str(row) for row in finding.broken[:SHOWN])
            more = f" and {len(finding.broken) - SHOWN:,} more" if len(finding.broken) > SHOWN else ""
            print(f"      {finding.what} {named}{more}")
    if older:
        print(f"      {older:,} emails are older than the ledger: nothing is said about them.")
    return 0 if all(finding.is_sound for finding in findings) else 1


def classify(raw: bytes, ours: list[str]) -> int:
    """Say as JSON what the raw mail on stdin is: kind, recipient, reason, reply_text and more."""
    from crm.mail.apart import ReaderApart, UnreadableError  # noqa: PLC0415 - a verb loads what it needs
    from crm.rules.verdicts import Ours, unreadable  # noqa: PLC0415 - the same
    from crm.rules.verdicts import classify as classify_mail  # noqa: PLC0415 - the same

    reader = ReaderApart()
    try:
        mail = reader.parse(raw)
    except UnreadableError as error:
        print(json.dumps(_verdict_facts(unreadable(str(error)))))
        return 0
    finally:
        reader.close()
    verdict = classify_mail(mail, Ours(frozenset(address.lower() for address in ours)), clock.now())
    print(json.dumps(_mail_facts(mail) | _verdict_facts(verdict)))
    return 0


def _mail_facts(mail: InboundMail) -> dict[str, object]:
    return {
        "message_id": mail.message_id,
        "in_reply_to": mail.in_reply_to,
        "references": mail.references,
        "sender": mail.sender.address,
        "recipients": mail.recipients,
        "subject": mail.subject,
        "date": mail.date.isoformat() if mail.date else None,
        "attachments": [dataclasses.asdict(each) for each in mail.attachments],
        "troubles": mail.troubles,
    }


def _verdict_facts(verdict: Verdict) -> dict[str, object]:
    return {
        "kind": verdict.kind,
        "recipient": verdict.recipient,
        "reason": verdict.reason,
        "code": verdict.code,
        "said": verdict.said,
        "reply_text": verdict.reply.new,
        "folded_text": verdict.reply.folded,
        "original_message_id": verdict.original_id,
        "returns_on": verdict.returns_on.isoformat() if verdict.returns_on else None,
        "wishes": [dataclasses.asdict(each) | {"acts": each.acts} for each in verdict.wishes],
        "inquiry": dataclasses.asdict(verdict.inquiry) if verdict.inquiry else None,
        "is_doubtful": verdict.is_doubtful,
    }


def routes(app: Flask, options: argparse.Namespace) -> int:
    """Print every route: method, path, who may call it, and what is checked before."""
    from crm.web.route_table import as_json, printed, table  # noqa: PLC0415 - a verb loads what it needs

    lines = list(table(app))
    print(json.dumps([as_json(each) for each in lines]) if options.json else printed(lines))
    return 0


def _message_facts(message: object) -> dict[str, object]:
    names = {
        "id": "id",
        "to": "to_address",
        "state": "state",
        "attempts": "attempts",
        "message_id": "message_id",
    }
    return {name: getattr(message, attribute) for name, attribute in names.items()}


VERBS: dict[str, Callable[[Flask, argparse.Namespace], int]] = {
    "migrate": migrate,
    "reindex": reindex,
    "plant": plant,
    "setup-link": setup_link,
    "create-owner": create_owner,
    "reset-link": reset_link,
    "second-step-off": second_step_off,
    "seed-demo": seed_demo,
    "advance": advance,
    "messages": messages,
    "people": people,
    "routes": routes,
    "verify": verify,
    "audit": cli_trail.audit,
    "keys": keys,
}
_TO_THEM = {"--email": {"required": True, "help": "the address they sign in with"}}
TAKES: dict[str, dict[str, dict[str, Any]]] = {
    "create-owner": {"--email": {"required": True}, "--name": {"required": True}},
    "reset-link": _TO_THEM,
    "second-step-off": _TO_THEM,
    "advance": {
        "--person": {"type": int, "required": True, "help": "the number in their page's address"},
    },
    "messages": {"--json": {"action": "store_true", "help": "how it prints in any case"}},
    "people": {"--json": {"action": "store_true", "help": "how it prints in any case"}},
    "routes": {"--json": {"action": "store_true", "help": "for machines"}},
    "verify": {"--json": {"action": "store_true", "help": "for machines"}},
    "migrate": {"--without-backup": {"action": "store_true", "help": "keep nothing first"}},
    "keys": {"what": {"choices": ("status", "new", "rotate", "check")}},
}
"""The words each verb takes, and how."""
