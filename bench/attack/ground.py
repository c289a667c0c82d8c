"""The live practice that is attacked: gunicorn on SQLite, an account of each role, two people."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bench.attack.browser import Browser
from bench.beat import sqlite_database
from bench.pages import NoMail, served
from bench.practices import folder
from crm import clock
from crm.db import db, transaction
from crm.flows import triage
from crm.flows.capture import capture
from crm.flows.correspondence import add_note, they_wrote
from crm.models import Account, Assignment, Lead, Medium, ReplyChannel, SignIn, Vacancy
from crm.rules.intake import Limits, Submission
from crm.rules.roles import Role
from crm.web.access import COOKIE
from tests.practice import PASSWORD
from tests.system.house import House, open_house
from tests.web.planted import FOREIGN, OWN

OPEN = {"TRUSTED_PROXIES": "1", "FORM_POSTS_PER_CLIENT_MINUTE": "100000", "LOG_LEVEL": "ERROR"}
"""Behind one proxy, so that a try may come from an address of its own, and over TLS."""
NO_LIMITS = Limits(min_seconds=0, acks_per_client_hour=10**6, acks_per_hour=10**6, acks_per_mailbox_day=10**6)
A_DAY, A_WEEK = timedelta(days=1), timedelta(days=7)


@dataclass
class Ground:
    """Where it stands, who works there, and whose person is whose."""

    house: House
    port: int
    accounts: dict[Role, int] = field(default_factory=dict)
    foreign: int = 0
    own: int = 0

    @contextmanager
    def reading(self) -> Iterator[Session]:
        with self.house.app.app_context():
            yield db.session()

    def stranger(self) -> Browser:
        return Browser(self.port)

    def browser(self, role: Role) -> Browser:
        """Signed in as somebody of this role."""
        with self.house.app.app_context(), transaction():
            token = SignIn.start(db.session.get_one(Account, self.accounts[role]), clock.now())
        return Browser(self.port, {COOKIE: token})


@contextmanager
def ground() -> Iterator[Ground]:
    with (
        folder() as place,
        sqlite_database() as url,
        open_house(place, url, NoMail(), **OPEN) as house,
        served(house, "crm.wsgi:app") as port,
    ):
        laid = Ground(house, port)
        with house.app.app_context(), transaction() as session:
            _furnish(laid, session)
        yield laid


def _furnish(laid: Ground, session: Session) -> None:
    now = clock.now()
    laid.accounts[Role.OWNER] = session.scalars(sa.select(Account.id)).one()
    for role in list(Role)[1:]:
        made = Account.create(f"{role}@springstreet.example", role.capitalize(), PASSWORD, now)
        made.role = role
        session.flush()
        laid.accounts[role] = made.id
    laid.foreign, laid.own = _person(session, FOREIGN, A_DAY), _person(session, OWN, 2 * A_DAY)
    Assignment.put(laid.own, laid.accounts[Role.CLINICIAN], now)


def _person(session: Session, name: str, until_the_call: timedelta) -> int:
    now = clock.now()
    asked = Submission(
        name=f"{name.capitalize()} Quill",
        email=f"{name}@example.org",
        message=f"{name}message",
        found_us=f"{name}found",
        nonce=name,
    )
    lead: Lead = capture(asked, NO_LIMITS, now).lead
    session.flush()
    add_note(lead, f"{name}note", session.get_one(Account, 1), now)
    they_wrote(lead, f"{name}reply", ReplyChannel.BY_HAND, now)
    triage.book(lead, now + until_the_call, Medium.PHONE, 1, now)
    place = Vacancy(clinician_id=1, account_id=1, words=f"{name}place", nonce=name, made_at=now)
    place.ends_at = now + A_WEEK
    session.add(place)
    place.offer_to(lead, now)
    return lead.id
