"""Pages and forms: each route turns a request into one verb. `BLUEPRINTS` lists them all."""

from __future__ import annotations

from crm.web import (
    consultation,
    contact,
    going_out,
    health,
    home,
    person,
    person_page,
    session,
    setup,
    stop,
    undo,
    wording,
)

BLUEPRINTS = (
    health.bp,
    home.bp,
    session.bp,
    setup.bp,
    consultation.bp,
    stop.bp,
    contact.bp,
    person.bp,
    wording.bp,
    person_page.bp,
    going_out.bp,
    undo.bp,
)
