"""Which addresses an owner may type, and which machines we may then talk to: never one that stands inside.

Whoever can make a server ask for an address of their choice reads with its eyes: the metadata of the cloud
it runs in, the database beside it, the router of the practice. So an address is judged as it is typed, and
every machine its name stands for each time before we connect (crm/outside). Sources: IANA's registries of
special-purpose IPv4 and IPv6 addresses (RFC 6890), RFC 6052 for NAT64, RFC 3056 for 6to4.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import TYPE_CHECKING
from urllib.parse import quote, urlsplit

if TYPE_CHECKING:
    from urllib.parse import SplitResult

Address = IPv4Address | IPv6Address

LONGEST = 2000
PORTS = frozenset({443, 2053, 2083, 2087, 2096, 5678, 8443, 9443, 10443})
"""HTTPS, what stands in for it behind common proxies, and what n8n comes with."""


class Objection(StrEnum):
    """Why we do not talk to an address."""

    UNREADABLE = "unreadable"
    NOT_HTTPS = "not_https"
    CREDENTIALS = "credentials"
    PORT = "port"
    ODD_NUMBER = "odd_number"
    ODD_NAME = "odd_name"
    NO_NAME = "no_name"
    INSIDE = "inside"


@dataclass(frozen=True)
class Place:
    """Where a web address leads. `host`: in ASCII and lower case; `target`: path and query as sent."""

    scheme: str
    host: str
    port: int
    target: str

    @property
    def is_secure(self) -> bool:
        return self.scheme == "https"

    @property
    def authority(self) -> str:
        """As the header Host has it."""
        name = f"[{self.host}]" if ":" in self.host else self.host
        return name if self.port == _usual_port(self.scheme) else f"{name}:{self.port}"


@dataclass(frozen=True)
class Reach:
    """`at_home`: this machine is a developer's own, and its programs may be told over plain HTTP."""

    at_home: bool = False

    def place(self, url: str) -> Place | Objection:
        """Where this leads, or why not by its spelling alone. Nothing is asked of the network."""
        if len(url) > LONGEST or re.search(r"[\x00-\x20\x7f\\]", url):
            return Objection.UNREADABLE
        try:
            url.encode()  # half of a letter is none
            parts = urlsplit(url)
            port = parts.port
        except ValueError:
            return Objection.UNREADABLE
        scheme = parts.scheme.lower()
        if scheme not in ("https", "http") or not parts.hostname:
            return Objection.UNREADABLE if scheme in ("https", "") else Objection.NOT_HTTPS
        if "@" in parts.netloc:
            return Objection.CREDENTIALS
        host = self._host(parts.hostname)
        if isinstance(host, Objection):
            return host
        return self._allowed(Place(scheme, host, port or _usual_port(scheme), _target(parts)))

    def objection(self, address: str) -> Objection | None:
        """Why not to this machine; None where it stands outside."""
        try:
            machine = ip_address(address)
        except ValueError:
            return Objection.INSIDE
        if self.at_home and _plain(machine).is_loopback:
            return None
        return None if stands_outside(machine) else Objection.INSIDE

    def _host(self, typed: str) -> str | Objection:
        """A machine's number as everybody writes it, or a name; no spelling that only some understand."""
        host = _in_ascii(typed)
        if host is None or "%" in host:
            return Objection.ODD_NAME
        try:
            return str(ip_address(host))
        except ValueError:
            pass
        if ":" in host or _is_numeric(host.rpartition(".")[2]):
            return Objection.ODD_NUMBER
        if not re.fullmatch(r"(?!-)[a-z0-9_-]{1,63}(?<!-)(\.(?!-)[a-z0-9_-]{1,63}(?<!-))*", host):
            return Objection.ODD_NAME
        if host == "localhost" or host.endswith(".localhost"):
            return host if self.at_home else Objection.INSIDE
        return host if "." in host and len(host) <= 253 else Objection.INSIDE

    def _allowed(self, place: Place) -> Place | Objection:
        try:
            inside = self.objection(str(ip_address(place.host)))
        except ValueError:
            inside = None
        if inside:
            return inside
        if self.at_home and _is_this_machine(place.host):
            return place
        if not place.is_secure:
            return Objection.NOT_HTTPS
        return place if place.port in PORTS else Objection.PORT


def stands_outside(machine: Address) -> bool:
    """Whether this is a public machine's number, and no other way to write that of one inside."""
    if isinstance(machine, IPv4Address):
        return not any(machine in network for network in NOT_PUBLIC_4)
    within = _plain(machine)
    if isinstance(within, IPv4Address):
        return stands_outside(within)
    return machine in PUBLIC_6 and not any(machine in network for network in NOT_PUBLIC_6)


def _plain(machine: Address) -> Address:
    """The IPv4 address within an IPv6 one that only carries it."""
    if isinstance(machine, IPv6Address):
        if machine.ipv4_mapped:
            return machine.ipv4_mapped
        if machine in NAT64:
            return IPv4Address(int(machine) & 0xFFFFFFFF)
    return machine


def _in_ascii(typed: str) -> str | None:
    """A name as DNS knows it, without the dot at its end. About four letters the rules of IDNA disagree."""
    name = typed.removesuffix(".")
    if any(letter in name for letter in "\u00df\u03c2\u200c\u200d"):
        return None
    try:
        return name.encode("idna").decode("ascii").lower().removesuffix(".")
    except UnicodeError:
        return None


def _is_numeric(label: str) -> bool:
    """Browsers and C libraries read such an end as a number: 127.1, 0x7f000001, 2130706433."""
    return bool(re.fullmatch(r"[0-9]+|0x[0-9a-f]*", label))


def _is_this_machine(host: str) -> bool:
    try:
        return _plain(ip_address(host)).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def _usual_port(scheme: str) -> int:
    return 443 if scheme == "https" else 80


def _target(parts: SplitResult) -> str:
    path = quote(parts.path or "/", safe="/%:@!$&'()*+,;=~-._")
    query = quote(parts.query, safe="/%:@!$&'()*+,;=~-._?")
    return f"{path}?{query}" if query else path


NOT_PUBLIC_4 = [
    IPv4Network(each)
    for each in (
        "0.0.0.0/8",  # this network
        "10.0.0.0/8",  # private
        "100.64.0.0/10",  # a carrier's own, and the metadata of one cloud
        "127.0.0.0/8",  # this machine
        "168.63.129.16/32",  # a public number that answers only inside one cloud, for its metadata
        "169.254.0.0/16",  # the next machine, and the metadata of most clouds
        "172.16.0.0/12",  # private
        "192.0.0.0/24",  # protocols' own, and the metadata of one cloud
        "192.0.2.0/24",  # documentation
        "192.88.99.0/24",  # the way into 6to4
        "192.168.0.0/16",  # private
        "198.18.0.0/15",  # measurements
        "198.51.100.0/24",  # documentation
        "203.0.113.0/24",  # documentation
        "224.0.0.0/4",  # many at once
        "240.0.0.0/4",  # kept for later, and everybody
    )
]
PUBLIC_6 = IPv6Network("2000::/3")
"""All that has ever been given out. The rest is this machine, the next one, private, or many at once."""
NOT_PUBLIC_6 = [
    IPv6Network(each)
    for each in (
        "2001::/23",  # protocols' own, Teredo among them, which carries an IPv4 address
        "2001:db8::/32",  # documentation
        "2002::/16",  # 6to4, which carries an IPv4 address
        "3fff::/20",  # documentation
    )
]
NAT64 = IPv6Network("64:ff9b::/96")
"""Where a network has no IPv4, a resolver writes public IPv4 addresses so."""
