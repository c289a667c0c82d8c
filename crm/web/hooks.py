"""Where form builders hand in what was typed: kept as it came, then answered with what became of it."""

from __future__ import annotations

from datetime import timedelta

from flask import Blueprint, Response, jsonify, request

from crm import clock, log
from crm.db import transaction
from crm.flows.handing_in import Parcel, keep, too_many_wait
from crm.rules.answers import Payload
from crm.rules.builders import KNOWN_TYPES, delivery_key, read_payload
from crm.rules.payloads import Unreadable
from crm.rules.signatures import HEADERS
from crm.rules.ways_in import DeliveryState, Scope
from crm.web import problems, programs
from crm.web.handed_in import Settled, settle
from crm.web.problems import Problem
from crm.web.security import carries_its_own_token

bp = Blueprint("hooks", __name__, url_prefix="/hooks")
logger = log.get(__name__)
DAY = timedelta(days=1)
TYPE_LIMIT = 300
SIGNED_WITH = frozenset(name for names in HEADERS.values() for name in names)
ANSWERS = {True: ("stored", 201), False: ("stored before", 200)}


@bp.post("/<token>")
@carries_its_own_token
def create(token: str) -> Response:
    """For builders that only take an address: the token is in it."""
    return _receive(token)


@bp.post("")
@carries_its_own_token
def create_by_header() -> Response:
    """For those that can send a header: Authorization: Bearer and the token."""
    return _receive(programs.bearer())


def _receive(token: str) -> Response:
    source_id = programs.admit(token, Scope.HAND_IN)
    parcel = _parcel(source_id)
    with transaction():
        delivery_id = keep(parcel, clock.now())
    settled = settle(delivery_id)
    logger.info("delivery_settled", delivery_id=delivery_id, source_id=source_id, state=str(settled.state))
    return _told(settled)


def _parcel(source_id: int) -> Parcel:
    """What came, and what it is known by. A type that no builder sends is refused, and not kept."""
    raw, kind = programs.body(), request.headers.get("Content-Type", "")[:TYPE_LIMIT]
    if request.mimetype not in KNOWN_TYPES and not request.mimetype.endswith("+json"):
        raise Problem(
            problems.WRONG_TYPE, "Send JSON, or a form as application/x-www-form-urlencoded or multipart."
        )
    payload = _payload(raw, kind)
    if not raw or (payload is None and too_many_wait(source_id)):
        raise Problem(problems.MALFORMED, "There is nothing in this that can be read.")
    today = clock.now().date()
    keys = tuple(dict.fromkeys(delivery_key(payload, raw, day) for day in (today, today - DAY)))
    signed = {
        name.lower(): said[:TYPE_LIMIT] for name, said in request.headers if name.lower() in SIGNED_WITH
    }
    return Parcel(source_id, kind, raw, signed, keys)


def _payload(raw: bytes, kind: str) -> Payload | None:
    try:
        return read_payload(raw, kind)
    except Unreadable:
        return None


def _told(settled: Settled) -> Response:
    match settled.state:
        case DeliveryState.UNREADABLE:
            raise Problem(problems.MALFORMED, f"{settled.problem} It is kept for the owner.")
        case DeliveryState.UNSIGNED:
            raise Problem(problems.UNSIGNED, f"{settled.problem} It is kept for the owner.")
        case DeliveryState.UNMAPPED | DeliveryState.ARRIVED:
            return _answer("kept for the owner", 202)
    return _answer(*ANSWERS[settled.is_new])


def _answer(outcome: str, status: int) -> Response:
    response = jsonify(outcome=outcome)
    response.status_code = status
    return response
