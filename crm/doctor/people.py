"""Who signs in: whether a password alone opens the practice."""

from __future__ import annotations

from collections.abc import Iterator

import sqlalchemy as sa

from config import Config
from crm.db import db
from crm.doctor.finding import Finding, look, ok
from crm.models.second_step import with_password_alone


def check(_config: Config) -> Iterator[Finding]:
    """Nothing is said where the database does not answer: that is said already."""
    try:
        alone = len(db.session.scalars(with_password_alone()).all())
    except sa.exc.SQLAlchemyError:
        return
    finally:
        db.session.rollback()
    if alone:
        words = f"{alone} of those who sign in have a password and nothing else"
        yield look("second step", words, "Settings, People who sign in: Everybody must use a second step")
    else:
        yield ok("second step", "everybody who signs in has one")
