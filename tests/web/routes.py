"""Every route of the application, with addresses that can be asked for."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Flask
from werkzeug.routing import IntegerConverter

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
ENDS_IT = frozenset({"session.destroy", "lock.create"})
"""Whoever asks for these is a stranger from then on."""


@dataclass(frozen=True)
class Route:
    """One method of one route. `address` has a 1 for every number and an x for every word."""

    endpoint: str
    method: str
    address: str

    def __str__(self) -> str:
        return f"{self.method} {self.address}"


def routes(app: Flask) -> list[Route]:
    """All of them but the OPTIONS and HEAD which Flask adds by itself."""
    found = []
    with app.test_request_context("http://localhost/"):
        adapter = app.create_url_adapter(None) or app.url_map.bind("localhost")
        for rule in app.url_map.iter_rules():
            fixed = rule.defaults or {}
            values = dict(fixed) | {
                name: 1 if isinstance(rule._converters[name], IntegerConverter) else "x"
                for name in rule.arguments - fixed.keys()
            }
            for method in sorted((rule.methods or set()) - {"OPTIONS", "HEAD"}):
                address = adapter.build(rule.endpoint, values, method=method)
                found.append(Route(rule.endpoint, method, address))
    return found
