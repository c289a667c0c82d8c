"""Pages and forms: each route turns a request into one verb. `BLUEPRINTS` lists them all."""

from __future__ import annotations

from crm.web import consultation, health, home, person, person_page, session, setup, stop, undo

BLUEPRINTS = (
    health.bp,
    home.bp,
    session.bp,
    setup.bp,
    consultation.bp,
    stop.bp,
    person.bp,
    person_page.bp,
    undo.bp,
)
