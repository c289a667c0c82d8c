"""At the door: copied and planted cookies, how long a wrong name takes, and how often one may guess."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from statistics import median
from time import perf_counter

import sqlalchemy as sa

from bench.attack.browser import Browser
from bench.attack.ground import Ground
from bench.attack.outcomes import Outcome
from crm.db import transaction
from crm.models import GuessTally
from crm.rules.roles import Role
from crm.web.access import COOKIE
from tests.practice import PASSWORD
from tests.system.house import OWNER

PAIRS, MOST_MS = 60, 60
"""Of two guesses one after the other, in turns the one or the other first: both meet the same machine."""
PLACES = count(1)


def attacks(laid: Ground) -> Iterator[Outcome]:
    yield _cookies(laid)
    yield _as_long(laid)
    yield _guessing(laid)


def _cookies(laid: Ground) -> Outcome:
    outcome = Outcome(
        "sessions", "a copied cookie is worth nothing after signing out; a planted one never anything"
    )
    owner = laid.browser(Role.OWNER)
    thief = Browser(laid.port, dict(owner.cookies))
    outcome.tried("the copy works before, so that the try is one", held=thief.get("/today").status == 200)
    owner.post("/sign-out", {"csrf_token": owner.token()})
    outcome.tried("replay after sign-out", held=thief.get("/today").status == 303)
    for planted in ("x", "1", "' OR 1=1", "a" * 4000):
        stranger = Browser(laid.port, {COOKIE: planted})
        outcome.tried(f"made up: {planted[:20]}", held=stranger.get("/today").status == 303)
    victim = Browser(laid.port, {COOKIE: "planted-by-a-thief"})
    _sign_in(victim, OWNER, PASSWORD)
    outcome.tried("a new cookie at sign-in", held=victim.cookies[COOKIE] != "planted-by-a-thief")
    fixed = Browser(laid.port, {COOKIE: "planted-by-a-thief"})
    outcome.tried("fixation", held=fixed.get("/today").status == 303 and victim.get("/today").status == 200)
    return outcome


def _as_long(laid: Ground) -> Outcome:
    outcome = Outcome(
        "login timing", f"a wrong password and an unknown name: same status, under {MOST_MS} ms apart"
    )
    apart, statuses = [], set()
    for number in range(PAIRS):
        took = {}
        for email in (OWNER, f"nobody{number}@example.org")[:: 1 if number % 2 else -1]:
            browser = laid.stranger()
            token, began = browser.token("/sign-in"), perf_counter()
            statuses.add(_guess(browser, token, email, "a wrong guess"))
            took[email == OWNER] = 1000 * (perf_counter() - began)
        apart.append(took[True] - took[False])
        if number % 8 == 0:
            _forget(laid)
    outcome.told = f"{median(apart):+.0f} ms in the middle of {PAIRS} pairs"
    outcome.tried("time", held=abs(median(apart)) < MOST_MS, answered=outcome.told)
    outcome.tried("status", held=statuses == {422}, answered=statuses)
    _forget(laid)
    return outcome


def _guessing(laid: Ground) -> Outcome:
    outcome = Outcome(
        "guessing", "the 11th wrong guess in 5 minutes is 429, from wherever; who is in stays in"
    )
    inside, statuses = laid.browser(Role.OWNER), []
    for _ in range(12):
        browser = laid.stranger()
        statuses.append(_guess(browser, browser.token("/sign-in"), OWNER, "a wrong guess"))
    outcome.tried("the first ten", held=set(statuses[:10]) == {422}, answered=statuses)
    outcome.tried("the rest", held=set(statuses[10:]) == {429}, answered=statuses)
    outcome.tried("the owner within", held=inside.get("/today").status == 200)
    _forget(laid)
    return outcome


def _guess(browser: Browser, token: str, email: str, password: str) -> int:
    """From an address of its own each time, as far as the proxy tells."""
    place = next(PLACES)
    headers = {"X-Forwarded-For": f"203.0.{place // 250}.{place % 250}"}
    typed = {"csrf_token": token, "email": email, "password": password}
    return browser.post("/sign-in", typed, headers).status


def _sign_in(browser: Browser, email: str, password: str) -> None:
    assert (
        browser.post(
            "/sign-in", {"csrf_token": browser.token("/sign-in"), "email": email, "password": password}
        ).status
        == 303
    )


def _forget(laid: Ground) -> None:
    """As if five minutes had passed."""
    with laid.reading(), transaction() as session:
        session.execute(sa.delete(GuessTally))
