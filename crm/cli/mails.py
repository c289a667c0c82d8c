"""`crm classify`: what a raw mail is, for whoever has one that was taken for something else."""

from __future__ import annotations

import dataclasses
import json
from typing import TYPE_CHECKING

from crm import clock

if TYPE_CHECKING:
    from crm.rules.inbound import InboundMail
    from crm.rules.verdicts import Verdict


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
