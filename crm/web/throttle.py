"""How slow guessing is (R22): counted by account and by place, but a browser that is known counts for itself.

A stranger can use up an address for a while; whoever signed in on their browser before never notices. A
session that is open is never asked.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import timedelta

import sqlalchemy as sa

from crm import clock, log
from crm.db import db, transaction
from crm.models import Account, Bucket, GuessTally
from crm.web import devices
from crm.web.clients import client_key, keyed, network_key

logger = log.get(__name__)
A_WHILE, AN_HOUR, A_DAY = timedelta(minutes=5), timedelta(hours=1), timedelta(days=1)
GUESSES, GUESSES_OF_A_NETWORK, CODES_A_DAY = 10, 100, 30
MAILS, MAILS_OF_A_PLACE = 3, 10
"""Links to choose a new password: for one address, and from one place, in an hour."""


class Slowly(Exception):  # noqa: N818 - what they are told, not an error
    """Too many guesses. `wait`: for how long nothing more is looked at."""

    def __init__(self, wait: timedelta) -> None:
        super().__init__()
        self.wait = wait

    @property
    def headers(self) -> dict[str, str]:
        return {"Retry-After": str(max(1, math.ceil(self.wait.total_seconds())))}

    @property
    def words(self) -> str:
        """Wait five minutes, then try again."""
        minutes = math.ceil(self.wait.total_seconds() / 60)
        if minutes <= 1:
            return "Too many tries. Wait a minute, then try again."
        how_long = f"{minutes} minutes" if minutes <= 90 else f"{math.ceil(minutes / 60)} hours"
        return f"Too many tries. Wait {how_long}, then try again."


def count(buckets: Sequence[Bucket]) -> None:
    """One guess is about to be looked at. Raises Slowly where there were too many."""
    with transaction():
        GuessTally.forget_old(clock.now())
        wait = GuessTally.count(buckets, clock.now())
    if wait is not None:
        logger.info("slowed_down", seconds=int(wait.total_seconds()))
        raise Slowly(wait)


def take_back(buckets: Sequence[Bucket]) -> None:
    """It was right, so it was no guess. Within the caller's transaction."""
    GuessTally.take_back(buckets)


def at_the_door(email: str) -> list[Bucket]:
    """For a pair of address and password."""
    typed = email.strip().lower()
    if word := devices.known_for(db.session.scalar(sa.select(Account.id).where(Account.email == typed))):
        return [_bucket(f"device {word} {typed}", GUESSES)]
    return [_bucket(f"address {typed}", GUESSES), *_by_place()]


def at_the_code(account_id: int) -> list[Bucket]:
    """For a code, by somebody who knows the password. Six figures are few: so many a day are enough."""
    word = devices.known_for(account_id)
    whose = f"device {word}" if word else "anybody"
    known = f"code {account_id} {whose}"
    return [_bucket(known, GUESSES), _bucket(f"{known} day", CODES_A_DAY, A_DAY)]


def at_the_gate(account_id: int) -> list[Bucket]:
    """For a password, by whoever sits at a browser that is signed in."""
    return [_bucket(f"again {account_id} {client_key()}", GUESSES)]


def at_the_letterbox(email: str) -> list[Bucket]:
    """For a link to choose a new password."""
    return [
        _bucket(f"mail to {email.strip().lower()}", MAILS, AN_HOUR),
        _bucket(f"mail for {client_key()}", MAILS_OF_A_PLACE, AN_HOUR),
    ]


def at_a_link() -> list[Bucket]:
    """For an address that only its reader knows."""
    return [_bucket(f"link {client_key()}", GUESSES_OF_A_NETWORK)]


def _by_place() -> list[Bucket]:
    return [
        _bucket(f"client {client_key()}", GUESSES),
        _bucket(f"network {network_key()}", GUESSES_OF_A_NETWORK),
    ]


def _bucket(words: str, most: int, window: timedelta = A_WHILE) -> Bucket:
    return Bucket(keyed(f"guess {words}"), most, window)
