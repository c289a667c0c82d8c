"""A stranger at the public form: opens it, types, sends. Nothing but what a browser without scripts does."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from crm.db import db
from crm.models import Inquiry, Lead
from tests.practice import Practice

FORM = "/consultation"
MAYA = {"name": "Maya Okafor", "email": "maya.o@example.com", "message": "I read your piece."}


class Visitor:
    """One form, opened now. `token` is what the page carries; typing happens in `sends`."""

    def __init__(self, browser: FlaskClient, **place: str) -> None:
        self.browser = browser
        self.page = browser.get(FORM, query_string=place).text
        self.token = hidden(self.page, "token")
        self.place = {name: hidden(self.page, name) for name in ("page", "article", "button", "embed")}

    def sends(self, headers: dict[str, str] | None = None, /, **typed: object) -> TestResponse:
        """The answer to these fields, with the token and what the form knows of its place."""
        fields = {"token": self.token, **self.place, **typed}
        return self.browser.post(FORM, data=fields, headers=headers)


def hidden(page: str, name: str) -> str:
    """The value of a hidden field."""
    found = re.search(rf'<input[^>]*name="{name}"[^>]*value="([^"]*)"', page)
    assert found is not None, f"no field {name} on the page"
    return found[1]


def inquiries(practice: Practice) -> list[Inquiry]:
    with practice.reading() as session:
        found = session.scalars(sa.select(Inquiry).order_by(Inquiry.id)).all()
        return list(found)


def people(practice: Practice) -> list[Lead]:
    with practice.reading() as session:
        return list(session.scalars(sa.select(Lead).order_by(Lead.id)).all())


@contextmanager
def limits(app: Flask, **changed: float) -> Iterator[None]:
    """The operator's limits for as long as the block lasts."""
    usual = app.extensions["limits"]
    app.extensions["limits"] = replace(usual, **changed)
    try:
        yield
    finally:
        app.extensions["limits"] = usual


@contextmanager
def impatient(app: Flask) -> Iterator[None]:
    """Waiting for a locked database ends after a moment instead of half a minute."""
    with app.app_context():
        engine = db.engine

    def hurry(connection: object, _record: object) -> None:
        with_cursor = connection.cursor()  # type: ignore[attr-defined]
        if engine.dialect.name == "sqlite":
            with_cursor.execute("PRAGMA busy_timeout=50")
        else:
            with_cursor.execute("SET lock_timeout = '50ms'")
            connection.commit()  # type: ignore[attr-defined]
        with_cursor.close()

    engine.dispose()
    sa.event.listen(engine, "connect", hurry)
    try:
        yield
    finally:
        sa.event.remove(engine, "connect", hurry)
        engine.dispose()


@contextmanager
def locked(practice: Practice) -> Iterator[None]:
    """Somebody else holds what an inquiry would be written to, over a connection of their own."""
    with practice.app.app_context():
        engine = sa.create_engine(db.engine.url)
    with engine.connect() as holder:
        is_sqlite = engine.dialect.name == "sqlite"
        if is_sqlite:
            holder.connection.dbapi_connection.isolation_level = None  # type: ignore[union-attr]
        holder.exec_driver_sql("BEGIN IMMEDIATE" if is_sqlite else "LOCK TABLE lead IN ACCESS EXCLUSIVE MODE")
        try:
            yield
        finally:
            holder.exec_driver_sql("ROLLBACK")
    engine.dispose()
