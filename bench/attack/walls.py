"""From outside: every private address, foreign hosts, bodies that are too much, the headers of each page."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from http.client import HTTPMessage

from bench.attack.browser import FORM
from bench.attack.ground import Ground
from bench.attack.outcomes import Outcome
from crm.rules.roles import Role
from crm.web.access import PUBLIC
from tests.web.routes import routes

QUARTER = 262_144
FOREIGN_HOSTS = (
    "evil.example",
    "127.0.0.1.evil.example",
    "127.0.0.1:80@evil.example",
    "localhost",
    "[::1]",
    "",
)
LEAD_IN = ("/", "/consultation", "/sign-in", "/today", "/health", "/static/app.css")
SENT_TO = ("/consultation", "/sign-in", "/api/v1/inquiries", "/hooks/x", "/people")
MULTIPART = "multipart/form-data; boundary=edge"
PART = b'--edge\r\nContent-Disposition: form-data; name="x"\r\n\r\n%s\r\n'


def attacks(laid: Ground) -> Iterator[Outcome]:
    yield _signed_out(laid)
    yield _hosts(laid)
    yield _too_much(laid)
    yield _headers(laid)
    yield _behind_tls(laid)


def _signed_out(laid: Ground) -> Outcome:
    outcome = Outcome(
        "access", "every private route signed out, by GET, HEAD, OPTIONS and its own method, is sign-in"
    )
    stranger, token = laid.stranger(), laid.stranger().token("/sign-in")
    for route in routes(laid.house.app):
        if route.endpoint in PUBLIC:
            continue
        for method in {route.method, "OPTIONS", *({"HEAD"} if route.method == "GET" else ())}:
            answer = stranger.ask(method, route.address, headers={"X-CSRFToken": token})
            fine = answer.location.startswith("/sign-in") or answer.status == 400
            outcome.tried(f"{method} {route.address}", held=fine, answered=answer.status)
    return outcome


def _hosts(laid: Ground) -> Outcome:
    outcome = Outcome("foreign hosts", "a name that isn’t ours, in Host or X-Forwarded-Host, leads nowhere")
    for host in FOREIGN_HOSTS:
        for path in LEAD_IN:
            answer = laid.stranger().get(path, {"Host": host})
            outcome.tried(f"{host} {path}", held=answer.status == 400, answered=answer.status)
    for path in LEAD_IN:
        answer = laid.stranger().get(path, {"X-Forwarded-Host": "evil.example"})
        outcome.tried(path, held="evil.example" not in answer.text + answer.location, answered=answer.status)
    return outcome


def _too_much(laid: Ground) -> Outcome:
    outcome = Outcome(
        "body limits", "over 256 kB, 300 parts, deep or packed JSON are refused, and never a fault"
    )
    deep = b'{"a":' * 50_000 + b"1" + b"}" * 50_000
    bodies = {
        "a long form": (FORM, b"message=" + b"a" * QUARTER, {}),
        "a long part": (MULTIPART, PART % (b"a" * QUARTER) + b"--edge--\r\n", {}),
        "300 parts": (MULTIPART, PART % b"y" * 300 + b"--edge--\r\n", {}),
        "long JSON": ("application/json", json.dumps({"message": "a" * QUARTER}).encode(), {}),
        "deep JSON": ("application/json", deep[: QUARTER - 1], {}),
        "a packed body": ("application/json", gzip.compress(b"{}" * QUARTER), {"Content-Encoding": "gzip"}),
    }
    for name, (kind, body, more) in bodies.items():
        for path in SENT_TO:
            answer = laid.stranger().ask("POST", path, body, {"Content-Type": kind, **more})
            outcome.tried(f"{name} to {path}", held=400 <= answer.status < 500, answered=answer.status)
    return outcome


def _headers(laid: Ground) -> Outcome:
    outcome = Outcome(
        "headers", "CSP without unsafe-inline, nosniff, referrer, framing, opener, no-store on every page"
    )
    owner = laid.browser(Role.OWNER)
    pages = {each.address for each in routes(laid.house.app) if each.method == "GET"}
    for address in sorted(pages | {"/nothing-here"}):
        answer = owner.get(address)
        if wrong := list(_lax(answer.headers, address)):
            outcome.tried(address, held=False, answered=", ".join(wrong))
        else:
            outcome.tried(address, held=True)
    return outcome


def _lax(headers: HTTPMessage, address: str) -> Iterator[str]:
    policy = headers.get("Content-Security-Policy", "")
    in_a_frame_of_its_own = "sandbox" in policy
    framed = address.startswith(("/consultation", "/f/"))
    if "default-src 'none'" not in policy:
        yield "no policy"
    if "unsafe" in policy and not in_a_frame_of_its_own:
        yield "unsafe"
    if "frame-ancestors 'none'" not in policy and not (framed or in_a_frame_of_its_own):
        yield "framing"
    if headers.get("X-Content-Type-Options") != "nosniff":
        yield "sniffing"
    if headers.get("Referrer-Policy") not in ("no-referrer", "same-origin"):
        yield "referrer"
    if headers.get("Cross-Origin-Opener-Policy") != "same-origin":
        yield "opener"
    if "no-store" not in headers.get("Cache-Control", "") and not address.startswith("/static/"):
        yield "kept"


def _behind_tls(laid: Ground) -> Outcome:
    outcome = Outcome("HSTS", "said behind TLS, and not without")
    for path in LEAD_IN[:4]:
        strict, plain = (
            laid.stranger().get(path, {"X-Forwarded-Proto": scheme}).headers.get("Strict-Transport-Security")
            for scheme in ("https", "http")
        )
        outcome.tried(path, held=bool(strict) and not plain, answered=(strict, plain))
    return outcome
