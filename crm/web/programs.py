"""What is the same for every program that hands something in: its token, its pace, its body."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from flask import current_app, request

from crm import clock
from crm.db import db, transaction
from crm.models import Source
from crm.web.problems import NO_TOKEN, NOT_ALLOWED, TOO_MANY, WRONG_TYPE, Problem
from crm.web.source_tokens import token_hash

if TYPE_CHECKING:
    from crm.rules.intake import Limits
    from crm.rules.ways_in import Scope


def admit(token: str, scope: Scope) -> int:
    """The id of the source whose token this is, one request poorer. Raises Problem."""
    source = Source.of(token_hash(token)) if token else None
    if source is None:
        told = ' error="invalid_token"' if token else ""
        raise Problem(NO_TOKEN, NO_TOKEN.meaning, headers={"WWW-Authenticate": f"Bearer{told}"})
    if scope not in source.scopes:
        told = f'Bearer error="insufficient_scope", scope="{scope}"'
        raise Problem(NOT_ALLOWED, f"It lacks the scope {scope}.", headers={"WWW-Authenticate": told})
    _keep_pace(source.id)
    return source.id


def _keep_pace(source_id: int) -> None:
    with transaction():
        source = db.session.get_one(Source, source_id, with_for_update=True)
        wait = source.spend(limits().posts_per_source_minute, clock.now())
    if wait:
        seconds = math.ceil(wait.total_seconds())
        raise Problem(TOO_MANY, f"Ask again in {seconds} s.", headers={"Retry-After": str(seconds)})


def bearer() -> str:
    """The token in the header; empty where there is none. No cookie is ever looked at."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


def body() -> bytes:
    """The bytes that came, as they are. Raises Problem, or werkzeug's 413 beyond MAX_CONTENT_LENGTH."""
    if request.headers.get("Content-Encoding", "identity").lower() != "identity":
        raise Problem(WRONG_TYPE, "The body is compressed. Send it as it is, without Content-Encoding.")
    return request.get_data(cache=False)


def limits() -> Limits:
    found: Limits = current_app.extensions["limits"]
    return found
