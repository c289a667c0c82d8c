"""Every route as a line: who may call it, and what is checked before it does anything."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from crm.rules.permissions import May, may, may_change
from crm.rules.roles import Role
from crm.web.access import PUBLIC
from crm.web.belongings import NAMED
from crm.web.permits import asked_of
from crm.web.security import CROSS_SITE, SAFE_METHODS

if TYPE_CHECKING:
    from flask import Flask
    from werkzeug.routing import Rule

FLASKS_OWN = frozenset({"HEAD", "OPTIONS"})
PUBLIC_WORDS, NO_TOKEN_WORDS = "public", "public, with a proof of its own"


@dataclass(frozen=True)
class Line:
    """One method of one route. `sample` is the path with a 1 for every number and an x for every word."""

    method: str
    path: str
    endpoint: str
    roles: tuple[Role, ...]
    check: str
    sample: str

    @property
    def who(self) -> str:
        """In few words: everybody, or the roles."""
        if self.check.startswith(PUBLIC_WORDS):
            return "anybody"
        return "every role" if len(self.roles) == len(Role) else ", ".join(self.roles)


def table(app: Flask) -> Iterator[Line]:
    """By path, a line for each method."""
    for rule in sorted(app.url_map.iter_rules(), key=lambda rule: (rule.rule, sorted(rule.methods or ()))):
        for method in sorted((rule.methods or set()) - FLASKS_OWN):
            roles, check = _roles(rule, method), _check(rule, method)
            yield Line(method, rule.rule, rule.endpoint, roles, check, _sample(rule))


def as_json(line: Line) -> dict[str, object]:
    """For machines."""
    public = line.check.startswith(PUBLIC_WORDS)
    told: dict[str, object] = {"path": line.path, "methods": [line.method], "public": public}
    who: dict[str, object] = {"role": line.who, "roles": list(line.roles), "check": line.check}
    return told | who | {"sample": line.sample}


def printed(lines: Iterable[Line]) -> str:
    """For people: four columns as wide as they have to be."""
    head = ("METHOD", "PATH", "WHO", "CHECK")
    rows = [head, *((each.method, each.path, each.who, each.check) for each in lines)]
    wide = [max(map(len, column)) for column in zip(*rows, strict=True)]
    padded = ((cell.ljust(width) for cell, width in zip(row, wide, strict=True)) for row in rows)
    return "\n".join("  ".join(cells).rstrip() for cells in padded)


def _roles(rule: Rule, method: str) -> tuple[Role, ...]:
    if rule.endpoint in PUBLIC:
        return ()
    allowed = may if method in SAFE_METHODS else may_change
    return tuple(role for role in Role if allowed(role, asked_of(rule.endpoint)))


def _check(rule: Rule, method: str) -> str:
    """What is asked before the route runs, in this order."""
    unsafe = method not in SAFE_METHODS
    if rule.endpoint in PUBLIC:
        return (
            NO_TOKEN_WORDS
            if unsafe and rule.endpoint in CROSS_SITE
            else PUBLIC_WORDS + (", token" if unsafe else "")
        )
    what = asked_of(rule.endpoint)
    steps = ["signed in", *(["token"] if unsafe else [])]
    steps += [] if what is May.OWN_ACCOUNT else [f"may {what}" if what else "the owner"]
    return ", ".join(steps + (["theirs to see"] if NAMED.keys() & rule.arguments else []))


def _sample(rule: Rule) -> str:
    return re.sub(r"<[^>]*>", "x", re.sub(r"<int:[^>]*>", "1", rule.rule))
