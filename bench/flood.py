"""Fifty notes a second for half a minute, four of five of them spam, with the limits as shipped."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import cycle

import sqlalchemy as sa
from flask import Flask

from bench import notes
from bench.knocks import Knock, knock
from bench.pages import NoMail, served
from bench.practices import folder
from bench.telling import ratio, tell
from crm.db import db
from crm.models import Inquiry, Lead
from crm.web.form_token import fresh_token
from tests.conftest import postgres_database
from tests.local.waiting import NEVER
from tests.rules.labelled import labelled
from tests.system.house import House, open_house

PER_SECOND, SECONDS, CLIENTS = 50, 30, 32
REAL = "a person"
SHIPPED = {"FORM_POSTS_PER_CLIENT_MINUTE": "10", "ACK_PER_HOUR": "60", "ACK_PER_CLIENT_HOUR": "5"}
SHIPPED |= {"FORM_MIN_SECONDS": "3", "LOG_LEVEL": "WARNING"}
ONE_NETWORK = "198.51.100"
STORED = 303


@dataclass(frozen=True)
class Sent:
    """One note of the flood: who sends it, from which address it says it comes."""

    who: str
    email: str
    request: bytes


def measure() -> None:
    tell(f"   A flood: {PER_SECOND} a second for {SECONDS} s, one of five from a person; limits as shipped")
    tell("   Behind a proxy that tells true addresses: spam from all over the world, then from one network")
    _let_in({"TRUSTED_PROXIES": "1"}, lambda n: notes.address(20_000 + n), aim=True)
    _let_in({"TRUSTED_PROXIES": "1"}, lambda n: f"{ONE_NETWORK}.{n % 250}", aim=True)
    tell("   Without a proxy: the addresses are forged, so nobody believes them. All knock from one machine")
    _let_in({"TRUSTED_PROXIES": "0"}, notes.address, aim=False)


def _let_in(settings: dict[str, str], from_where: Callable[[int], str], *, aim: bool) -> None:
    with (
        folder() as place,
        postgres_database() as url,
        open_house(place, url, NoMail(), **SHIPPED, **settings) as house,
        served(house, "crm.wsgi:app") as port,
    ):
        knock(port, 4, [notes.by_form(house.app, notes.note(n), notes.address(n)) for n in range(-40, 0)])
        sent = list(_flood(house.app, from_where))
        NEVER.wait(float(SHIPPED["FORM_MIN_SECONDS"]) + 1)
        run = knock(port, CLIENTS, [each.request for each in sent], 1 / PER_SECOND)
        tell(f"   {run}")
        _tell(house, sent, run.knocks, aim=aim)


def _flood(app: Flask, from_where: Callable[[int], str]) -> Iterator[Sent]:
    spam = cycle(_spam(app))
    for number in range(PER_SECOND * SECONDS):
        if number % 5 == 0:
            typed = notes.note(number)
            yield Sent(REAL, typed["email"], notes.by_form(app, typed, notes.address(number)))
        else:
            kind, make = next(spam)
            typed = notes.note(number) | {"email": f"seo{number}@mailer{number % 90}.example"}
            yield Sent(kind, typed["email"], make(typed, number, from_where(number)))


def _spam(app: Flask) -> Sequence[tuple[str, Callable[[dict[str, str], int, str], bytes]]]:
    """The kinds that the rules know, each as it comes from a program."""
    offers = cycle([each.message for each in labelled("spam")])
    with app.test_request_context():
        token = fresh_token()

    def said(text: str, typed: dict[str, str], place: str) -> bytes:
        return notes.by_form(app, typed | {"message": text}, place)

    return (
        ("fills in the hidden field", lambda t, _, p: notes.by_form(app, t | {"website": "x"}, p)),
        ("has no token of ours", lambda t, _, p: notes.by_form(app, t | {"token": ""}, p)),
        ("makes up a token", lambda t, _, p: notes.by_form(app, t | {"token": "abc.def.ghi"}, p)),
        ("uses one token for all", lambda t, _, p: notes.by_form(app, t | {"token": token}, p)),
        ("five links", lambda t, _, p: said("http://a.example " * 5 + t["message"], t, p)),
        ("a link in the name", lambda t, _, p: notes.by_form(app, t | {"name": "www.casino.example"}, p)),
        ("an offer of our labelled texts", lambda t, _, p: said(next(offers), t, p)),
        ("one text, a number changed", lambda t, n, p: said(OFFER.format(n), t, p)),
    )


OFFER = (
    "Good day. Our team brought {} practices like yours to the first page. We guarantee results in thirty "
    "days or your money back. Reply today for a free audit of your website and our price list."
)


def _tell(house: House, sent: Sequence[Sent], knocks: Sequence[Knock], *, aim: bool) -> None:
    with house.app.app_context():
        rows = db.session.execute(sa.select(Inquiry.email, Lead.quarantined_at).join(Lead)).all()
    stored = {email: aside is not None for email, aside in rows}
    outcomes = list(zip(sent, knocks, strict=True))
    tell(f"   {'who':<32} sent  stored  aside  told to wait  other   p50 ms  slowest")
    for who in dict.fromkeys(each.who for each in sent):
        _line(who, [(each, knock) for each, knock in outcomes if each.who == who], stored)
    lost = sum(k.status == STORED and each.email not in stored for each, k in outcomes)
    tell(f"   answered with thanks and not stored: {lost}")
    if aim:
        people = [(each, k) for each, k in outcomes if each.who == REAL]
        missing = sum(each.email not in stored for each, _ in people)
        ratio("   people not stored", missing, at_most=0)
        ratio("   the slowest answer, s", max(k.milliseconds for _, k in outcomes) / 1000, at_most=1)


def _line(who: str, outcomes: Sequence[tuple[Sent, Knock]], stored: dict[str, bool]) -> None:
    statuses = [each.status for _, each in outcomes]
    took = [each.milliseconds for _, each in outcomes]
    kept = [stored[each.email] for each, _ in outcomes if each.email in stored]
    wait = statuses.count(429)
    other = len(statuses) - wait - statuses.count(STORED)
    tell(
        f"   {who:<32} {len(statuses):>4}  {len(kept):>6}  {sum(kept):>5}  {wait:>12}  {other:>5}"
        f"  {statistics.median(took):>7.1f}  {max(took):>7.1f}"
    )
