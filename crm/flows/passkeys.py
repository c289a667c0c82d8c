"""Passkeys (WebAuthn level 2): what a browser is asked, and what its answer proves.

A passkey is asked to check who uses it (a finger, a face, a PIN), so it is both steps in one.
"""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import sqlalchemy as sa
from webauthn import (
    base64url_to_bytes,
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import bytes_to_base64url
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from crm.db import db
from crm.models import Account, Challenge, Passkey, Purpose

if TYPE_CHECKING:
    from datetime import datetime

    from webauthn.authentication.verify_authentication_response import VerifiedAuthentication
    from webauthn.registration.verify_registration_response import VerifiedRegistration

LONGEST = 20_000
"""Characters of an answer; a real one has about a thousand."""
NOT_ONE = (WebAuthnException, ValueError, KeyError, TypeError, AttributeError)
"""What the library and the shape of an answer can raise where somebody made it up."""


@dataclass(frozen=True)
class Site:
    """For whom passkeys are made: they work at this origin alone. From the configured base URL (R23)."""

    origin: str
    name: str

    @property
    def rp_id(self) -> str:
        return urlsplit(self.origin).hostname or ""


@dataclass(frozen=True)
class Asked:
    """What the browser is told, and the challenge it has to answer."""

    options: str
    challenge: str


def ask_to_register(account: Account, site: Site, client_key: str, now: datetime) -> Asked:
    """For a passkey that is found without a name being typed, and that asks who uses it."""
    account.handle = account.handle or bytes_to_base64url(secrets.token_bytes(32))
    known = db.session.scalars(Passkey.of(account.id))
    options = generate_registration_options(
        rp_id=site.rp_id,
        rp_name=site.name,
        user_name=account.email,
        user_display_name=account.name,
        user_id=base64url_to_bytes(account.handle),
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED,
            user_verification=UserVerificationRequirement.REQUIRED,
        ),
        exclude_credentials=[
            PublicKeyCredentialDescriptor(id=base64url_to_bytes(each.credential_id)) for each in known
        ],
    )
    challenge = _keep(options.challenge, Purpose.REGISTER, account.id, client_key, now)
    return Asked(options_to_json(options), challenge)


def ask_to_prove(site: Site, client_key: str, now: datetime) -> Asked:
    """The same for everybody: of nobody it says whether they have an account here."""
    options = generate_authentication_options(
        rp_id=site.rp_id, user_verification=UserVerificationRequirement.REQUIRED
    )
    challenge = _keep(options.challenge, Purpose.PROVE, None, client_key, now)
    return Asked(options_to_json(options), challenge)


def check_new(answer: str, challenge: str, site: Site) -> VerifiedRegistration | None:
    """What was made, if it answers this challenge at this origin and asked who uses it."""
    try:
        return verify_registration_response(
            credential=_read(answer),
            expected_challenge=base64url_to_bytes(challenge),
            expected_rp_id=site.rp_id,
            expected_origin=site.origin,
            require_user_verification=True,
        )
    except NOT_ONE:
        return None


def keep(account: Account, made: VerifiedRegistration, name: str, now: datetime) -> Passkey | None:
    """None where this passkey is known already."""
    credential_id = bytes_to_base64url(made.credential_id)
    if db.session.scalar(sa.select(Passkey.id).where(Passkey.credential_id == credential_id)):
        return None
    passkey = Passkey(
        account_id=account.id,
        credential_id=credential_id,
        public_key=made.credential_public_key,
        sign_count=made.sign_count,
        name=name,
        created_at=now,
    )
    db.session.add(passkey)
    return passkey


def named_in(answer: str) -> Passkey | None:
    """The passkey of ours that this answer says it comes from, if it also names whose it is."""
    try:
        said = _read(answer)
        credential_id, handle = str(said["id"]), said["response"]["userHandle"]
    except NOT_ONE:
        return None
    handles = sa.select(Account.handle).where(Account.id == Passkey.account_id).scalar_subquery()
    mine = (Passkey.credential_id == credential_id, handles == str(handle))
    return db.session.scalar(sa.select(Passkey).where(*mine))


def check(passkey: Passkey, answer: str, challenge: str, site: Site) -> VerifiedAuthentication | None:
    """Whether this answer was signed by it, for this challenge, at this origin, by who may use it."""
    try:
        return verify_authentication_response(
            credential=_read(answer),
            expected_challenge=base64url_to_bytes(challenge),
            expected_rp_id=site.rp_id,
            expected_origin=site.origin,
            credential_public_key=passkey.public_key,
            credential_current_sign_count=passkey.sign_count,
            require_user_verification=True,
        )
    except NOT_ONE:
        return None


def _keep(value: bytes, purpose: Purpose, account_id: int | None, client_key: str, now: datetime) -> str:
    challenge = bytes_to_base64url(value)
    kept = Challenge(value=challenge, purpose=purpose, account_id=account_id, client_key=client_key)
    kept.created_at = now
    db.session.add(kept)
    return challenge


def _read(answer: str) -> dict[str, Any]:
    if len(answer) > LONGEST:
        raise ValueError("longer than any answer is")
    said = json.loads(answer)
    if not isinstance(said, dict):
        raise TypeError("no answer")
    return said
