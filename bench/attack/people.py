"""From inside: each role asks for everything by every address, a clinician for somebody else's person."""

from __future__ import annotations

from collections.abc import Iterator

from bench.attack.ground import Ground
from bench.attack.outcomes import Outcome
from crm.rules.permissions import may, may_change
from crm.rules.roles import Role
from crm.web.access import PUBLIC
from crm.web.permits import asked_of
from tests.web.planted import FOREIGN, OWN, Asked, asked, belonging_to, ids_in, told
from tests.web.routes import SAFE

SAID = {f"{name}{what}" for name in (FOREIGN, OWN) for what in ("message", "reply", "note", "found")}
OF_THE_FOREIGN = {FOREIGN} | {each for each in SAID if each.startswith(FOREIGN)}


def attacks(laid: Ground) -> Iterator[Outcome]:
    for role in Role:
        yield _refused(laid, role)
    yield _somebody_elses(laid)
    yield _told(laid, Role.CLINICIAN, OF_THE_FOREIGN, "names or words of somebody else’s person")
    yield _told(laid, Role.ASSISTANT, SAID, "words of anybody")


def _all(laid: Ground) -> Iterator[Asked]:
    for each in asked(laid.house.app, ids_in(laid)):
        if each.route.endpoint not in PUBLIC | {"session.destroy"}:
            yield each


def _refused(laid: Ground, role: Role) -> Outcome:
    """What would change something is only asked for by those who may not: what it does is for other tests."""
    outcome = Outcome("roles", f"{role}: refused what the table refuses, and let in where it lets in")
    browser = laid.browser(role)
    token = browser.token()
    seen: set[str] = set()
    for each in _all(laid):
        if each.route.endpoint in seen:
            continue
        seen.add(each.route.endpoint)
        method = each.route.method
        lets_in = (may if method in SAFE else may_change)(role, asked_of(each.route.endpoint))
        if lets_in and method not in SAFE:
            continue
        answer = browser.ask(method, each.address, headers={"X-CSRFToken": token})
        outcome.tried(str(each.route), held=(answer.status == 403) is not lets_in, answered=answer.status)
    return outcome


def _somebody_elses(laid: Ground) -> Outcome:
    outcome = Outcome("IDOR", "clinician: every id of somebody else’s person, by every route, is 404 or 403")
    browser, theirs = laid.browser(Role.CLINICIAN), belonging_to(laid, laid.foreign)
    token = browser.token()
    for each in asked(laid.house.app, {part: sorted(numbers) for part, numbers in theirs.items()}):
        if any(number in theirs.get(part, ()) for part, number in each.names.items()):
            answer = browser.ask(each.route.method, each.address, headers={"X-CSRFToken": token})
            outcome.tried(str(each.route), held=answer.status in (403, 404), answered=answer.status)
    return outcome


def _told(laid: Ground, role: Role, marks: set[str], what: str) -> Outcome:
    outcome = Outcome("IDOR", f"{role}: no page, list, search or fragment tells {what}")
    browser = laid.browser(role)
    searches = [f"{page}{word}" for page in ("/people/find?q=", "/people?view=list&q=", "/follow-ups/why?q=",
                "/follow-ups/sent?q=") for word in sorted(marks)]  # fmt: skip
    for address in [*(each.address for each in _all(laid) if each.route.method in SAFE), *searches]:
        for headers in ({}, {"HX-Request": "true"}):
            answer = browser.get(address, headers)
            typed = {mark for mark in marks if mark in address}
            shown = told(answer.text + str(answer.headers), marks - typed)
            outcome.tried(address, held=not shown, answered=shown)
    return outcome
