"""Where someone came from, as far as their browser told on the way: allow-listed, bounded, nothing personal.

Only five campaign words, the host of the page before, and the path of the page are ever taken. What looks as
if it was about a person (an address, a number, a code) is left out whole: half of it would be one still.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit

from crm.rules.intake import clean_line

UTM = ("source", "medium", "campaign", "term", "content")
"""The words of a campaign that are kept, each as `utm_` and this."""
WORD_LIMIT, PATH_LIMIT = 80, 200
_WORD = re.compile(r"[\w .,+&/’'()|:-]*")
_DAY = re.compile(r"\b(?:19|20)\d{2}-\d{2}(?:-\d{2})?\b")
_ABOUT_SOMEONE = re.compile(r"@|(?:\d[ .()-]?){7,}|[0-9a-fA-F]{12,}|\b(?=\w*\d)\w{20,}")
"""An address, a telephone number, a code; no long name of an article and no day."""
_SCRIPT = re.compile(r"^\s*[a-z][a-z0-9+.-]{1,20}:", re.IGNORECASE)
_HOST = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.){1,8}[a-z][a-z0-9-]{1,23}")
_PATH = re.compile(r"/[\w/.,~+’'-]*")
KNOWN_SITES = {
    "psychologytoday.com": "Psychology Today",
    "google.com": "A search",
    "bing.com": "A search",
    "duckduckgo.com": "A search",
    "search.yahoo.com": "A search",
    "ecosia.org": "A search",
}
"""Sites that are one of the form's own answers to "How did you find me?"."""


@dataclass(frozen=True)
class Touch:
    """One way somebody came: campaign words, the host of the page before, the path of the form’s page."""

    source: str = ""
    medium: str = ""
    campaign: str = ""
    term: str = ""
    content: str = ""
    referrer: str = ""
    landing: str = ""

    @property
    def kept(self) -> dict[str, str]:
        """As it is stored: what is not known is not there."""
        return {name: said for name, said in asdict(self).items() if said}

    @property
    def as_query(self) -> str:
        """As a form carries it from its page to its answer."""
        return urlencode(self.kept)

    @property
    def site(self) -> str:
        """The answer to "How did you find me?" that the page before is, if it is one."""
        names = (self.referrer, self.source.lower(), f"{self.source.lower()}.com")
        return next((known for name in names if (known := _known(name))), "")


def touch(told: Mapping[str, str], own_hosts: frozenset[str] = frozenset()) -> Touch:
    """What may be kept of it. `told`: utm_source and so on, or source; referrer and landing, address or part.

    The practice's own pages, `own_hosts`, are no page before.
    """
    words = {name: _word(told.get(f"utm_{name}") or told.get(name, "")) for name in UTM}
    host = _host(told.get("referrer", ""))
    return Touch(
        **words, referrer="" if host in own_hosts else host, landing=_landing(told.get("landing", ""))
    )


def carried(query: str) -> dict[str, str]:
    """What a form carried, to be read by `touch` once more: in between it was in a stranger's hands."""
    return dict(parse_qsl(query[:4000]))


def came_from(kept: Mapping[str, str], button: str) -> str:
    """One calm line: Came from Psychology Today, button “Book a call” on /anxiety. Empty without anything."""
    one = Touch(**{name: kept.get(name, "") for name in (*UTM, "referrer", "landing")})
    campaign = f"campaign “{one.campaign}”" if one.campaign else ""
    pressed = f"button “{button}”" if button else ""
    where = f"on {one.landing}" if one.landing else ""
    parts = [one.site or one.source or one.referrer, campaign, " ".join(filter(None, (pressed, where)))]
    told = ", ".join(filter(None, parts))
    if not told:
        return ""
    return (
        f"Came from {told}." if parts[0] else f"Came by {told}." if pressed or campaign else f"Wrote {told}."
    )


def _word(said: str) -> str:
    word = clean_line(unquote(said), WORD_LIMIT + 1)
    safe = len(word) <= WORD_LIMIT and _WORD.fullmatch(word) and not _SCRIPT.match(word)
    return word if safe and not _is_about_someone(word) else ""


def _host(said: str) -> str:
    """The host of an address, without www."""
    said = clean_line(said)
    try:
        host = (urlsplit(said if "//" in said else f"//{said}").hostname or "").removeprefix("www.")
    except ValueError:
        return ""
    return host if _HOST.fullmatch(host) and len(host) <= WORD_LIMIT else ""


def _landing(said: str) -> str:
    """The path of an address: never its query."""
    said = clean_line(said)
    if _SCRIPT.match(said) and not re.match(r"https?:", said, re.IGNORECASE):
        return ""
    try:
        path = unquote(urlsplit(said).path)
    except ValueError:
        return ""
    safe = len(path) <= PATH_LIMIT and _PATH.fullmatch(path) and not _is_about_someone(path)
    return path if safe else ""


def _is_about_someone(said: str) -> bool:
    return bool(_ABOUT_SOMEONE.search(_DAY.sub("", said)))


def _known(site: str) -> str:
    parts = site.split(".")
    return next(
        (KNOWN_SITES[end] for n in range(len(parts)) if (end := ".".join(parts[n:])) in KNOWN_SITES), ""
    )
