"""A worker that a test stops at any line: it takes what is due, asks to hand over, and may go no further."""

from __future__ import annotations

from crm.db import transaction
from crm.flows import ledger
from crm.flows.ledger import Page
from crm.flows.lines import Ask, Job
from tests.practice import Practice

AT_ONCE = 4
"""How many mails it takes."""


def takes_what_is_due(practice: Practice) -> list[Job]:
    """Claimed and looked at; nothing is handed over."""
    with practice.app.app_context(), transaction():
        page = Page((), (), AT_ONCE, AT_ONCE, ledger.claimant("a worker"))
        return ledger.write(page, practice.links, practice.post.retries, practice.now).jobs


def may_hand_over(practice: Practice, job: Job) -> bool:
    """The mark before DATA, if it is given."""
    with practice.app.app_context(), transaction():
        page = Page((), [Ask(job)], 0, 0, ledger.claimant("a worker"))
        written = ledger.write(page, practice.links, practice.post.retries, practice.now)
        return job.message_id in written.granted
