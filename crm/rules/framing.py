"""Which sites may show a form in a frame: exact origins, for a browser's frame-ancestors (CSP 3, 6.4.2).

And which site a request names as its own. Browsers, apps and strangers say anything there: "null", half an
address, words. What can't be read names no site, and stops nothing.
"""

from __future__ import annotations

import re
from urllib.parse import SplitResult, urlsplit

SITES_AT_MOST = 20
NOWHERE = urlsplit("")
_LABEL = r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"
_HOST = re.compile(rf"(?=.{{1,253}}$)({_LABEL}\.)*{_LABEL}")


def origin_of(typed: str) -> str | None:
    """https://springstreet.example from any way to write a site or a page of it; None for what is no site.

    There are no wildcards: whoever gets hold of one forgotten name under a domain could show the form
    inside a page of his own, and a practice's site has one or two names.
    """
    typed = typed.strip()
    with_scheme = typed if re.match(r"https?://", typed, re.IGNORECASE) else f"https://{typed}"
    try:
        parts = urlsplit(with_scheme)
        host, port = parts.hostname or "", parts.port
        host = host.encode("idna").decode("ascii").lower().rstrip(".")
    except (ValueError, UnicodeError):
        return None
    if "@" in parts.netloc or not _HOST.fullmatch(host) or not _is_site(host):
        return None
    scheme = parts.scheme.lower()
    usual = {"https": 443, "http": 80}[scheme]
    return f"{scheme}://{host}" + (f":{port}" if port is not None and port != usual else "")


def host_of(origin: str) -> str:
    """The site of an origin or a page's address as people read it, without www; empty where there is none."""
    return parts_of(origin).netloc.removeprefix("www.")


def parts_of(told: str) -> SplitResult:
    """An address as somebody else told it; all of its parts are empty where it is none."""
    try:
        return urlsplit(told)
    except ValueError:
        return NOWHERE


def is_same_site(one: str, other: str) -> bool:
    """Whether both are of one site. What names none, such as "null" or half an address, is of nobody's."""
    return host_of(one) == host_of(other) != ""


def _is_site(host: str) -> bool:
    """A name with a dot that does not end in a number, this machine, or four numbers (RFC 3986, 3.2.2)."""
    if host == "localhost":
        return True
    labels = host.split(".")
    if labels[-1].isdecimal():
        return len(labels) == 4 and all(each.isdecimal() and int(each) < 256 for each in labels)
    return len(labels) > 1
