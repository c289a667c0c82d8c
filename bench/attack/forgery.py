"""From another site: forms in four content types without a token, and 36 ways to lead somebody away."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import cycle, islice
from urllib.parse import urljoin, urlsplit

from bench.attack.browser import FORM, Browser
from bench.attack.ground import Ground
from bench.attack.outcomes import Outcome
from crm.rules.roles import Role
from crm.web.access import PUBLIC
from tests.practice import PASSWORD
from tests.system.house import HOME, OWNER
from tests.web.routes import SAFE, Route, routes

BODIES = {
    FORM: b"name=x&stage=spam",
    "application/json": json.dumps({"name": "x", "stage": "spam"}).encode(),
    "text/plain": b"name=x&stage=spam",
    "multipart/form-data; boundary=edge": (
        b'--edge\r\nContent-Disposition: form-data; name="stage"\r\n\r\nspam\r\n--edge--\r\n'
    ),
}
MADE_UP = ("", "made-up", "IjEi.aaaa.bbbb")
AWAY = (
    "https://evil.example", "http://evil.example/", "//evil.example", "///evil.example", "////evil.example",
    "/\\evil.example", "\\\\evil.example", "\\/evil.example", "/\t/evil.example", "/\n/evil.example",
    "/\r\nSet-Cookie: a=b", "https:evil.example", "https:/evil.example", "https:///evil.example",
    "HTTPS://EVIL.EXAMPLE", "javascript:alert(1)", "JaVaScRiPt:alert(1)",
    "data:text/html,<script>alert(1)</script>",
    "vbscript:x", "//evil.example/%2f..", "/%2f%2fevil.example", "/%5cevil.example", "/%09/evil.example",
    "/..//evil.example", "/.//evil.example", "/today/../..//evil.example", "//127.0.0.1@evil.example",
    "https://127.0.0.1@evil.example", "https://127.0.0.1.evil.example", "//evil.example:80",
    "/;//evil.example",
    "\x00//evil.example", " //evil.example", "%20//evil.example", "//evil%E3%80%82example", "@evil.example",
)  # fmt: skip


def attacks(laid: Ground) -> Iterator[Outcome]:
    yield from _forged(laid)
    yield _from_another_site(laid)
    yield _after_sign_in(laid)
    yield _by_next(laid)


def _unsafe(laid: Ground) -> list[Route]:
    return [
        each for each in routes(laid.house.app) if each.method not in SAFE and each.endpoint not in PUBLIC
    ]


def _forged(laid: Ground) -> Iterator[Outcome]:
    owner, others = laid.browser(Role.OWNER), laid.stranger().token("/sign-in")
    for kind, body in BODIES.items():
        outcome = Outcome(
            "CSRF", f"no token, a made-up one, somebody else’s, as {kind.partition(';')[0]}: 400"
        )
        for route in _unsafe(laid):
            for token in (*MADE_UP, others):
                headers = {"Content-Type": kind, **({"X-CSRFToken": token} if token else {})}
                answer = owner.ask(route.method, route.address, body, headers)
                outcome.tried(str(route), held=answer.status == 400, answered=answer.status)
        yield outcome


def _from_another_site(laid: Ground) -> Outcome:
    outcome = Outcome("origin", "with the right token, but from another site: 403")
    owner = laid.browser(Role.OWNER)
    token = owner.token()
    for route in _unsafe(laid):
        for headers in (
            {"Origin": "https://evil.example"},
            {"Origin": "null", "Sec-Fetch-Site": "cross-site"},
        ):
            answer = owner.post(route.address, headers={"X-CSRFToken": token, **headers})
            outcome.tried(str(route), held=answer.status == 403, answered=answer.status)
    return outcome


def _after_sign_in(laid: Ground) -> Outcome:
    outcome = Outcome("redirects", f"{len(AWAY)} targets for `next` at sign-in lead nowhere else")
    for target in AWAY:
        browser = laid.stranger()
        typed = {
            "csrf_token": browser.token("/sign-in"),
            "email": OWNER,
            "password": PASSWORD,
            "next": target,
        }
        answer = browser.post("/sign-in", typed)
        outcome.tried(
            repr(target),
            held=answer.status == 303 and _stays(laid, answer.location),
            answered=answer.location,
        )
    return outcome


def _by_next(laid: Ground) -> Outcome:
    outcome = Outcome(
        "redirects", "`next`, Referer and HX-Current-URL of every form and page: none leads elsewhere"
    )
    owner, targets = laid.browser(Role.OWNER), cycle(AWAY)
    token = owner.token()
    for route in routes(laid.house.app):
        if route.endpoint in PUBLIC | {"session.destroy"}:
            continue
        for target in islice(targets, 6):
            answer = _led(owner, route, target, token)
            outcome.tried(f"{route} {target!r}", held=_stays(laid, answer), answered=answer)
    for target in AWAY:
        answer = _led(owner, Route("", "POST", "/settings/account/keys"), target, token)
        outcome.tried(f"keys {target!r}", held=_stays(laid, answer), answered=answer)
    return outcome


def _led(owner: Browser, route: Route, target: str, token: str) -> str:
    clean = target.encode("ascii", "ignore").decode().translate({9: "", 10: "", 13: "", 0: ""})
    headers = {"X-CSRFToken": token, "HX-Current-URL": clean, "Referer": clean}
    if route.method == "GET":
        return owner.get(route.address, headers).location
    return owner.post(route.address, {"next": target}, headers).location


def _stays(laid: Ground, location: str) -> bool:
    """As a browser reads it: a backslash is a slash, and white space within is nothing."""
    read = location.replace("\\", "/").translate({9: None, 10: None, 13: None}).strip()
    where = urlsplit(urljoin(f"http://{HOME}:{laid.port}/", read))
    return where.netloc == f"{HOME}:{laid.port}" and where.scheme == "http"
