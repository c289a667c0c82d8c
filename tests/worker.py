"""A worker that a test stops at any line: it takes what is due, asks to hand over, and may go no further."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from crm.db import transaction
from crm.flows import ledger
from crm.flows.jobs import Ask, Defect, Ended, Job, Taken, Withheld
from crm.flows.ledger import Page
from crm.mail.transport import NotSent
from tests.practice import Practice

Outcome = Taken | Withheld | Defect | NotSent
AT_ONCE = 4
"""How many mails it takes."""


def takes_what_is_due(practice: Practice, at_once: int = AT_ONCE) -> list[Job]:
    """Claimed and looked at; nothing is handed over."""
    with practice.app.app_context(), transaction():
        page = Page((), (), at_once, at_once, ledger.claimant("a worker"))
        return ledger.write(page, practice.links, practice.post.retries, practice.now).jobs


def may_hand_over(practice: Practice, job: Job) -> bool:
    """The mark before DATA, if it is given."""
    return job.message_id in may_go(practice, [job])


def may_go(practice: Practice, jobs: Sequence[Job]) -> frozenset[int]:
    """The marks before DATA of several lines at once, for those who are given one."""
    with practice.app.app_context(), transaction():
        page = Page((), [Ask(job) for job in jobs], 0, 0, ledger.claimant("a worker"))
        return ledger.write(page, practice.links, practice.post.retries, practice.now).granted


def tells(practice: Practice, outcomes: Iterable[tuple[Job, Outcome]]) -> None:
    """What became of mails, written into the book: at once, or long after anybody waited for it."""
    ends = [Ended(job, practice.now, outcome) for job, outcome in outcomes]
    with practice.app.app_context(), transaction():
        page = Page(ends, (), 0, 0, ledger.claimant("a worker"))
        ledger.write(page, practice.links, practice.post.retries, practice.now)


def finds_the_dead(practice: Practice) -> None:
    """What every drain begins with: the claims of workers whose lease is over are settled."""
    with practice.app.app_context(), transaction():
        ledger.reap(practice.now)
