"""Where mail providers post what came in: proved first, then kept, then answered; a worker reads it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, assert_never

from flask import Blueprint, Response, current_app, jsonify, request

from crm import clock, log
from crm.db import db, let_go, transaction
from crm.flows import mail_in
from crm.flows.amazon import Amazon, CannotTell
from crm.flows.mail_in import UsedBefore
from crm.models import MailProvider
from crm.rules import mailgun, postmark, ses, sns
from crm.rules.payloads import Unreadable, read_json
from crm.rules.providers import Handed, ProviderKind, text_at
from crm.web import problems, programs
from crm.web.problems import Problem
from crm.web.security import carries_its_own_token
from crm.web.source_tokens import token_hash

bp = Blueprint("mail_in", __name__, url_prefix="/mail-in")
logger = log.get(__name__)
MOST = 40_000_000
"""Bytes of a body: Postmark takes mails of up to 35 MB. Of each as much is kept as of any other mail."""
FORGED = "It is not signed as this provider signs."
FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")


@bp.post("/<token>")
@carries_its_own_token
def create(token: str) -> Response:
    """The token is in the address."""
    return _receive(token)


@bp.post("/<token>/mime")
@carries_its_own_token
def create_whole(token: str) -> Response:
    """Mailgun hands over whole mails only to an address that ends so."""
    return _receive(token)


@bp.post("")
@carries_its_own_token
def create_by_password() -> Response:
    """For providers that sign in (RFC 7617): any name, and the token for a password."""
    given = request.authorization
    return _receive((given.password or "") if given and given.type == "basic" else programs.bearer())


def _receive(token: str) -> Response:
    request.max_content_length = request.max_form_memory_size = MOST
    provider = MailProvider.of(token_hash(f"mail:{token}")) if token else None
    if provider is None:
        raise Problem(problems.NO_TOKEN, "This address is closed, or it never was one.")
    provider_id, kind = provider.id, provider.kind
    body = programs.body() if request.mimetype not in FORMS else b""
    try:
        payload = _payload(body)
    except Unreadable as odd:
        with transaction():
            mail_in.keep_unread(db.session.get_one(MailProvider, provider_id), body, str(odd), clock.now())
        raise Problem(problems.MALFORMED, f"{odd} It is kept for the owner.") from None
    match kind:
        case ProviderKind.POSTMARK:
            return _keep(provider_id, postmark.handed(payload))
        case ProviderKind.MAILGUN:
            return _from_mailgun(provider_id, provider.signing_secret, payload)
        case ProviderKind.SES:
            return _from_amazon(provider_id, provider.topic, payload, body)
    assert_never(kind)


def _payload(body: bytes) -> Mapping[str, Any]:
    """A JSON object, or a form's fields. SNS calls its JSON text/plain. Raises Unreadable."""
    if request.mimetype in FORMS:
        return request.form.to_dict()
    read = read_json(body)
    if not isinstance(read, dict):
        raise Unreadable("This is no JSON object.")
    return read


def _from_mailgun(provider_id: int, secret: str, payload: Mapping[str, Any]) -> Response:
    signed = mailgun.signature_of(payload)
    if not mailgun.is_signed(secret, signed, clock.now()):
        why = "Mailgun posts here, but its signing key has to be pasted first." if not secret else FORGED
        raise _refused(provider_id, why)
    return _keep(provider_id, mailgun.handed(payload), signed.token)


def _from_amazon(provider_id: int, topic: str, message: Mapping[str, Any], body: bytes) -> Response:
    """The first topic that is truly Amazon's is the one; a message of another is somebody else's."""
    amazon: Amazon = current_app.extensions["amazon"]
    let_go()
    try:
        is_amazons = text_at(message, "Type") in sns.KINDS and amazon.signed(message, clock.now())
    except CannotTell:
        raise Problem(problems.AWAY, "Amazon’s certificate can’t be had now. Try again.") from None
    if not is_amazons or (topic and text_at(message, "TopicArn") != topic):
        raise _refused(provider_id, FORGED)
    if text_at(message, "Type") == sns.CONFIRMATION:
        return _confirmed(provider_id, amazon, message)
    try:
        told = read_json(text_at(message, "Message").encode("utf-8", "replace"))
    except Unreadable:
        told = {}
    key = mail_in.key_of(message, body)
    if text_at(message, "Type") != sns.NOTIFICATION or not isinstance(told, dict):
        return _keep(provider_id, Handed(key, text_at(message, "Type"), is_known=False))
    return _keep(provider_id, ses.handed(told, key))


def _confirmed(provider_id: int, amazon: Amazon, message: Mapping[str, Any]) -> Response:
    if not amazon.confirm(message):
        raise Problem(problems.AWAY, "Amazon did not take the confirmation. Try again.")
    with transaction():
        provider = db.session.get_one(MailProvider, provider_id)
        provider.topic = text_at(message, "TopicArn")
        provider.told("The subscription is confirmed", clock.now())
    return jsonify(outcome="confirmed")


def _keep(provider_id: int, handed: Handed, nonce: str = "") -> Response:
    try:
        with transaction():
            provider = db.session.get_one(MailProvider, provider_id, with_for_update=True)
            is_new = mail_in.keep(provider, handed, nonce, clock.now())
    except UsedBefore:
        raise _refused(provider_id, "It came under a signature that has been used before.") from None
    logger.info("mail_handed_in", provider_id=provider_id, is_new=is_new)
    return jsonify(outcome="kept" if is_new else "kept before")


def _refused(provider_id: int, why: str) -> Problem:
    """Told to the owner as well: a wrong key looks the same as a forger."""
    with transaction():
        db.session.get_one(MailProvider, provider_id).trouble = why
    return Problem(problems.UNSIGNED, why)
