"""Who opens a page of times, by one of three links, and what this link may show of them.

From an email: their own page. After a form: signed, good for a week, about that inquiry alone, because a form
proves no address; it shows nothing that was not typed in it. From a call: that call's own link.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from flask import current_app
from itsdangerous import BadSignature, URLSafeTimedSerializer

from crm.db import db
from crm.flows.call_facts import AFTER_A_FORM
from crm.models import Booking, Inquiry, Lead

if TYPE_CHECKING:
    from datetime import datetime

SALT = "times-after-a-form"
GOOD_FOR = timedelta(days=7)


@dataclass(frozen=True)
class Caller:
    """`number`: where they are rung, as far as this link may say it. `has_number`: it is known anyway.

    `call`: the one they have, if this link may show it. `is_own_page`: it is the link in their emails.
    `marks`: what the nonces of this link begin with.
    """

    lead: Lead
    number: str = ""
    has_number: bool = False
    call: Booking | None = None
    is_own_page: bool = False
    marks: str = ""

    @classmethod
    def of(cls, token: str, now: datetime) -> Caller | None:
        """None where the link is nobody's, or too old."""
        if "." in token:
            return _after_a_form(token, now)
        if lead := Lead.of_own_page(token):
            has_number, marks = bool(lead.phone), f"{lead.id}:page:"
            return cls(lead, lead.phone or "", has_number, lead.booking, is_own_page=True, marks=marks)
        if call := Booking.of(token):
            has_number = bool(call.number or call.lead.phone)
            shown = call if call.stands else None
            return cls(call.lead, call.number, has_number, shown, marks=_marks_of(call))
        return None


def _marks_of(call: Booking) -> str:
    """What was chosen after a form stays so, by whichever link it is moved: nobody has proved an address."""
    after_a_form = re.match(rf"\d+{AFTER_A_FORM}\d+:", call.nonce or "", re.ASCII)
    return after_a_form[0] if after_a_form else f"{call.lead_id}:call:"


def link_after(inquiry_id: int) -> str:
    """The token of the page of times that follows a form."""
    return str(_serializer().dumps(inquiry_id))


def _after_a_form(token: str, now: datetime) -> Caller | None:
    try:
        inquiry_id, signed_at = _serializer().loads(token, return_timestamp=True)
    except BadSignature:
        return None
    inquiry = db.session.get(Inquiry, inquiry_id) if now - signed_at <= GOOD_FOR else None
    if inquiry is None:
        return None
    lead, marks = inquiry.lead, f"{inquiry.lead_id}:form{inquiry.id}:"
    call = lead.booking if lead.booking and (lead.booking.nonce or "").startswith(marks) else None
    return Caller(lead, inquiry.phone or "", bool(inquiry.phone), call, marks=marks)


def _serializer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(str(current_app.config["SECRET_KEY"]), salt=SALT)
