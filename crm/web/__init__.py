"""Pages and forms: each route turns a request into one verb. `BLUEPRINTS` lists them all."""

from __future__ import annotations

from crm.web import health, undo

BLUEPRINTS = (
    health.bp,
    undo.bp,
)
