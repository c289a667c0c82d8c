"""The verbs that look into the ledger from outside, and hurry it in development."""

from __future__ import annotations

import dataclasses
import json
import sys
from typing import TYPE_CHECKING

import sqlalchemy as sa

from crm import clock
from crm.db import db, transaction
from crm.rules.sending import MessageState

if TYPE_CHECKING:
    import argparse

    from flask import Flask


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


def _message_facts(message: object) -> dict[str, object]:
    names = {
        "id": "id",
        "to": "to_address",
        "state": "state",
        "attempts": "attempts",
        "message_id": "message_id",
    }
    return {name: getattr(message, attribute) for name, attribute in names.items()}


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
