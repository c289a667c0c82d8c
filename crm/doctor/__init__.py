"""`crm doctor`: everything that can be wrong around the program, one line each, with what to do about it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from config import Config
from crm.doctor import database, engine, here, mail, people, web
from crm.doctor.finding import Finding, Level

__all__ = ["Finding", "Level", "examined", "status_of"]

CHECKS: tuple[Callable[[Config], Iterator[Finding]], ...] = (
    here.check,
    web.check,
    database.check,
    people.check,
    engine.check,
    mail.check,
)


def examined(config: Config) -> Iterator[Finding]:
    """Each finding as soon as it is known; in an application context. It sends nothing, changes nothing."""
    for check in CHECKS:
        yield from check(config)


def status_of(findings: list[Finding]) -> int:
    """0 when all is well, 1 when something wants a look, 2 when something is wrong."""
    levels = [finding.level for finding in findings]
    return 2 if Level.WRONG in levels else 1 if Level.LOOK in levels else 0
