"""The least a page, or a stored note, can cost here: Flask, Jinja, one row, served as ours is."""

from __future__ import annotations

import os

import sqlalchemy as sa
from flask import Flask, redirect, render_template_string, request
from werkzeug.wrappers import Response

PAGE = "<!doctype html><title>{{ name }}</title><h1>{{ name }}</h1>"
NOTES = "CREATE TABLE IF NOT EXISTS floor_note (name TEXT, email TEXT, message TEXT)"
STORE = sa.text("INSERT INTO floor_note VALUES (:name, :email, :message)")
engine = sa.create_engine(os.environ["DATABASE_URL"].replace("postgresql://", "postgresql+psycopg://"))
app = Flask(__name__)


@app.get("/people/<int:lead_id>")
def show(lead_id: int) -> str:
    with engine.connect() as connection:
        name = connection.scalar(sa.text("SELECT name FROM lead WHERE id = :id"), {"id": lead_id})
    return render_template_string(PAGE, name=name)


@app.post("/consultation")
def store() -> Response:
    """One row, committed, of three fields."""
    with engine.begin() as connection:
        connection.execute(STORE, {each: request.form[each] for each in ("name", "email", "message")})
    return redirect("/consultation/thanks", 303)


def make_table() -> None:
    """Two workers may do it at once, which Postgres takes ill of the second."""
    with engine.begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql("SELECT pg_advisory_xact_lock(7)")
        connection.exec_driver_sql(NOTES)


make_table()
