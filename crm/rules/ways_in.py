"""The ways in: which programs hand us inquiries, and what each may do."""

from __future__ import annotations

from enum import StrEnum


class SourceKind(StrEnum):
    """What stands at the other end."""

    API = "api"
    CONTACT_FORM_7 = "contact_form_7"
    GRAVITY_FORMS = "gravity_forms"
    ELEMENTOR = "elementor"
    WEBFLOW = "webflow"
    TYPEFORM = "typeform"
    JOTFORM = "jotform"
    TALLY = "tally"
    SQUARESPACE = "squarespace"
    OTHER = "other"


class Scope(StrEnum):
    """What a token may do. A program has the one it needs and no other."""

    WRITE_INQUIRIES = "inquiries:write"
    HAND_IN = "hooks:write"


class DeliveryState(StrEnum):
    """What became of a payload. Only a `taken` one is an inquiry; the others are kept and shown."""

    ARRIVED = "arrived"
    TAKEN = "taken"
    UNMAPPED = "unmapped"
    UNREADABLE = "unreadable"
    UNSIGNED = "unsigned"
    FORGOTTEN = "forgotten"


WAITING = (DeliveryState.ARRIVED, DeliveryState.UNMAPPED, DeliveryState.UNREADABLE, DeliveryState.UNSIGNED)
"""A payload that may be somebody's inquiry and is none yet."""


def scopes_of(kind: SourceKind) -> list[Scope]:
    """What a new source of this kind may do."""
    return [Scope.WRITE_INQUIRIES if kind is SourceKind.API else Scope.HAND_IN]
