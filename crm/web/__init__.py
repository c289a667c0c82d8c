"""Pages and forms: each route turns a request into one verb. `BLUEPRINTS` lists them all."""

from __future__ import annotations

from crm.web import (
    bookings,
    consultation,
    contact,
    correspondence,
    departures,
    going_out,
    health,
    home,
    pauses,
    person,
    person_page,
    screener,
    session,
    setup,
    snooze,
    stages,
    stop,
    today,
    undo,
    wording,
)

BLUEPRINTS = (
    today.bp,
    stages.bp,
    snooze.bp,
    screener.bp,
    pauses.bp,
    departures.bp,
    correspondence.bp,
    bookings.bp,
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
