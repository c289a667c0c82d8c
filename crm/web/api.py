"""The API for programs: one inquiry in, by token. No cookie is read or set, no other site’s page may ask."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response, current_app, jsonify, render_template, request
from sqlalchemy.exc import SQLAlchemyError

from crm import clock, log
from crm.db import once_more, transaction
from crm.flows import answering_once
from crm.flows.answering_once import Asked, Turn
from crm.flows.handing_in import capture_from_source
from crm.models import Practice
from crm.rules.payloads import Unreadable, read_json
from crm.rules.ways_in import Scope
from crm.web import problems, programs
from crm.web.api_document import document
from crm.web.clients import client_key_of
from crm.web.forms.inquiries import submission_in
from crm.web.practice_face import Face
from crm.web.problems import Problem
from crm.web.security import carries_its_own_token

if TYPE_CHECKING:
    from datetime import datetime

    from crm.links import Links
    from crm.rules.intake import Submission

bp = Blueprint("api", __name__, url_prefix="/api/v1")
logger = log.get(__name__)
_KEY = re.compile(r"[!-~]{1,255}")
WAIT_SECONDS = "1"


@bp.get("")
def reference() -> str:
    """What may be sent and what comes back, for whoever builds the site."""
    links: Links = current_app.extensions["links"]
    told = document(links.base_url)
    return render_template(
        "public/api.html",
        practice=Face.of(Practice.current()),
        api=told,
        fields=told["components"]["schemas"]["Inquiry"]["properties"],
        operation=told["paths"]["/api/v1/inquiries"]["post"],
        problems=problems.KINDS,
        address=links.inquiries(),
        answer=True,
    )


@bp.get("/openapi.json")
def openapi() -> Response:
    links: Links = current_app.extensions["links"]
    return jsonify(document(links.base_url))


@bp.post("/inquiries")
@carries_its_own_token
def create_inquiry() -> Response:
    """Store one inquiry: 201 once it is committed, and never twice for one Idempotency-Key."""
    source_id = programs.admit(programs.bearer(), Scope.WRITE_INQUIRIES)
    key, sent = _key(), _sent()
    submission, visitor = submission_in(sent)
    submission = replace(
        submission, source_id=source_id, client_key=client_key_of(visitor or f"source {source_id}")
    )
    if key is None:
        return _answer(*_store(submission))
    asked = Asked(source_id, key, _fingerprint(sent))
    with transaction():
        begun = answering_once.begin(asked, clock.now())
    match begun.turn:
        case Turn.WORK:
            return _answer(*_store_once(submission, asked))
        case Turn.REPEAT:
            return _answer(begun.status, begun.answer or {}, repeated=True)
        case Turn.WAIT:
            raise Problem(problems.AT_WORK, problems.AT_WORK.meaning, headers={"Retry-After": WAIT_SECONDS})
        case Turn.REFUSE:
            raise Problem(problems.KEY_REUSED, problems.KEY_REUSED.meaning)


def _key() -> str | None:
    key = request.headers.get("Idempotency-Key")
    if key is not None and not _KEY.fullmatch(key):
        raise Problem(
            problems.MALFORMED, "An Idempotency-Key has 1 to 255 letters, figures and signs, and no space."
        )
    return key


def _sent() -> object:
    """The JSON value that came."""
    raw = programs.body()
    charset = request.mimetype_params.get("charset", "utf-8").lower()
    if request.mimetype != "application/json" or charset not in ("utf-8", "utf8"):
        raise Problem(problems.WRONG_TYPE, problems.WRONG_TYPE.meaning)
    try:
        return read_json(raw)
    except Unreadable as error:
        raise Problem(problems.MALFORMED, str(error)) from None


def _store_once(submission: Submission, asked: Asked) -> tuple[int, dict[str, Any]]:
    try:
        return _store(submission, asked)
    except SQLAlchemyError:
        with transaction():
            answering_once.give_back(asked)
        raise


def _store(submission: Submission, asked: Asked | None = None) -> tuple[int, dict[str, Any]]:
    status, told = once_more(partial(_captured, submission, asked, clock.now()))
    logger.info("inquiry_stored", inquiry_id=told["id"], source_id=submission.source_id)
    return status, told


def _captured(submission: Submission, asked: Asked | None, now: datetime) -> tuple[int, dict[str, Any]]:
    with transaction():
        captured = capture_from_source(submission, programs.limits(), now)
        told = {
            "id": captured.inquiry_id,
            "received_at": captured.received_at.isoformat(),
            "repeated": captured.repeated,
        }
        status = 200 if captured.repeated else 201
        if asked:
            answering_once.finish(asked, status, told)
    return status, told


def _answer(status: int, told: dict[str, Any], *, repeated: bool = False) -> Response:
    response = jsonify(told)
    response.status_code = status
    if repeated:
        response.headers["Idempotent-Replayed"] = "true"
    return response


def _fingerprint(sent: object) -> str:
    """Equal for equal bodies, however their fields are ordered and spaced."""
    return hashlib.sha256(json.dumps(sent, sort_keys=True).encode()).hexdigest()
