"""The least a page can cost here: Flask, Jinja, one row by its index, served as ours is."""

from __future__ import annotations

import os

import sqlalchemy as sa
from flask import Flask, render_template_string

PAGE = "<!doctype html><title>{{ name }}</title><h1>{{ name }}</h1>"
engine = sa.create_engine(os.environ["DATABASE_URL"].replace("postgresql://", "postgresql+psycopg://"))
app = Flask(__name__)


@app.get("/people/<int:lead_id>")
def show(lead_id: int) -> str:
    with engine.connect() as connection:
        name = connection.scalar(sa.text("SELECT name FROM lead WHERE id = :id"), {"id": lead_id})
    return render_template_string(PAGE, name=name)
