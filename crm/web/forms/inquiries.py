"""An inquiry that a program sends: what it may hold, each field checked, and made a Submission."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from marshmallow import INCLUDE, Schema, ValidationError, fields, validate

from crm.rules.intake import (
    FIELD_LIMIT,
    MESSAGE_LIMIT,
    NAME_LIMIT,
    PAGE_LIMIT,
    Submission,
    clean_line,
)
from crm.rules.zones import told_by_a_browser
from crm.web import came_by
from crm.web.forms.checks import BAD_ADDRESS, e164, takes_mail, zone_of
from crm.web.problems import INVALID, Problem, Wrong

MORE_FIELDS = 50
MORE_LIMIT = 2_000
"""What a program may send of its own: so many fields, of so many characters each."""
NO_TEXT = "This has to be text."
UNREACHABLE = "How can they be reached? An email address or a phone number is needed."
BAD_NUMBER = "That number looks unfinished. With its country it reads like +1 213 555 0148."
TOO_MANY = f"At most {MORE_FIELDS} fields of your own."


def text(longest: int, description: str, example: str) -> fields.String:
    """One field of text, told in the document."""
    return fields.String(
        error_messages={"invalid": NO_TEXT, "null": f"{NO_TEXT} Leave it out where there is none."},
        validate=validate.Length(max=longest, error=f"At most {longest:,} characters."),
        metadata={"description": description, "example": example},
    )


class YesOrNo(fields.Boolean):
    """true or false, and nothing that only counts as one: 0 and "no" are somebody’s mistake."""

    def _deserialize(self, value: object, *_: object, **__: object) -> bool:
        if not isinstance(value, bool):
            raise self.make_error("invalid", input=value)
        return value


class InquirySchema(Schema):
    """One inquiry. Whatever else is sent as text is kept with it, under the name it was sent by."""

    class Meta:
        unknown = INCLUDE
        title = "Inquiry"

    name = text(NAME_LIMIT, "What they call themselves. A first name is enough.", "Maya Okafor")
    email = text(FIELD_LIMIT, "Where they can be answered. It or `phone` is needed.", "maya@example.org")
    phone = text(FIELD_LIMIT, "Their number, however it is written.", "(213) 555-0148")
    message = text(MESSAGE_LIMIT, "What they wrote, with its line breaks.", "I read your piece.")
    free_times = text(FIELD_LIMIT, "When they are usually free.", "Evenings")
    found_us = text(FIELD_LIMIT, "How they found the practice.", "A search")
    page = text(PAGE_LIMIT, "The address of the page the form stands on.", "https://example.org/contact")
    article = text(FIELD_LIMIT, "The title of the article they read.", "A person, not a method")
    button = text(FIELD_LIMIT, "Which button led to the form.", "article-end")
    utm_source = text(FIELD_LIMIT, "Where they came from, as the link they followed says.", "newsletter")
    utm_medium = text(FIELD_LIMIT, "By what kind of link.", "email")
    utm_campaign = text(FIELD_LIMIT, "For which occasion.", "spring")
    utm_term = text(FIELD_LIMIT, "What they searched for.", "anxiety therapist")
    utm_content = text(FIELD_LIMIT, "Which of several links.", "second button")
    referrer = text(
        PAGE_LIMIT, "The page before; only its host is kept.", "https://www.psychologytoday.com/us"
    )
    landing = text(PAGE_LIMIT, "The page they came to first; only its path is kept.", "/anxiety")
    time_zone = text(FIELD_LIMIT, "Where their browser says they are.", "America/Los_Angeles")
    visitor_ip = text(
        FIELD_LIMIT,
        "Their network address. Only a hash of it is kept, to count how many came from there.",
        "203.0.113.7",
    )
    consent_wording = text(
        FIELD_LIMIT, "The sentence about follow-ups your form showed them.", "You may write to me."
    )
    follow_ups = YesOrNo(
        error_messages={
            "invalid": "This has to be true or false.",
            "null": "Leave it out where nobody was asked.",
        },
        metadata={
            "description": "Whether they agreed to a few follow-up notes. With false only the first "
            "answer is sent; left out, it is as with the practice’s own form.",
            "example": True,
        },
    )


KNOWN = frozenset(InquirySchema().fields)


class StoredSchema(Schema):
    """What became of it."""

    id = fields.Integer(required=True, metadata={"description": "Its number."})
    received_at = fields.DateTime(required=True, metadata={"description": "When it was stored."})
    repeated = fields.Boolean(
        required=True,
        metadata={"description": "Whether the very same words had come from them within a day."},
    )


class WrongSchema(Schema):
    """One field that can’t be used."""

    pointer = fields.String(required=True, metadata={"description": "Where it stands (RFC 6901)."})
    detail = fields.String(required=True, metadata={"description": "What would be right."})


class ProblemSchema(Schema):
    """What went wrong (RFC 9457)."""

    type = fields.String(required=True, metadata={"description": "Where it is explained."})
    title = fields.String(required=True)
    status = fields.Integer(required=True)
    detail = fields.String(required=True, metadata={"description": "What would be right."})
    errors = fields.List(fields.Nested(WrongSchema))


def submission_in(sent: object) -> tuple[Submission, str]:
    """The submission, and the visitor's network address where it was told. Raises Problem."""
    if not isinstance(sent, dict):
        raise Problem(
            INVALID, "Send one object, with a name and an address or a number.", (Wrong("", NO_TEXT),)
        )
    wrong = [*_wrong_by_shape(sent), *_wrong_beside(sent)]
    if not wrong:
        wrong = _wrong_contact(sent)
    if wrong:
        raise Problem(INVALID, " ".join(each.detail for each in wrong[:3]), tuple(wrong))
    return _submission(sent), sent.get("visitor_ip", "")


def _wrong_by_shape(sent: Mapping[str, Any]) -> list[Wrong]:
    try:
        InquirySchema().load({name: value for name, value in sent.items() if name in KNOWN})
    except ValidationError as error:
        return [Wrong(f"/{name}", str(said[0])) for name, said in error.messages_dict.items()]
    return []


def _wrong_beside(sent: Mapping[str, Any]) -> list[Wrong]:
    """What is not on the list is kept, if it is text of a size that can be."""
    beside = {name: value for name, value in sent.items() if name not in KNOWN}
    if len(beside) > MORE_FIELDS:
        return [Wrong("", TOO_MANY)]
    return [
        Wrong(
            f"/{pointer(name)}",
            NO_TEXT if not isinstance(value, str) else f"At most {MORE_LIMIT:,} characters.",
        )
        for name, value in beside.items()
        if not isinstance(value, str) or len(value) > MORE_LIMIT
    ]


def pointer(name: str) -> str:
    return clean_line(name, 100).replace("~", "~0").replace("/", "~1")


def _wrong_contact(sent: Mapping[str, str]) -> list[Wrong]:
    email, phone = clean_line(sent.get("email", "")), clean_line(sent.get("phone", ""))
    if not email and not phone:
        return [Wrong("/email", UNREACHABLE)]
    if takes_mail(email) or e164(phone):
        return []
    return [Wrong("/email", BAD_ADDRESS)] if email else [Wrong("/phone", BAD_NUMBER)]


def contact_in(email: str, phone: str) -> dict[str, Any]:
    """The fields of a Submission that say how to reach them: an unusable address stays beside a number."""
    email, phone = clean_line(email), clean_line(phone)
    fine = takes_mail(email)
    return {
        "email": email if fine else "",
        "unusable_email": "" if fine else email,
        "phone": e164(phone) or "",
        "phones_zone": zone_of(phone),
    }


def _submission(sent: Mapping[str, Any]) -> Submission:
    plain = ("name", "message", "free_times", "found_us", "page", "article", "button", "consent_wording")
    follow_ups: bool | None = sent.get("follow_ups")
    return Submission(
        **{"name": "", **{each: sent.get(each, "") for each in plain}},
        **contact_in(sent.get("email", ""), sent.get("phone", "")),
        zone_name=told_by_a_browser(sent.get("time_zone", "")),
        personal_only=follow_ups is False,
        agreed=follow_ups,
        touch=tuple(came_by.of_fields(sent, sent.get("page", "")).kept.items()),
        more=tuple((name, value) for name, value in sent.items() if name not in KNOWN),
    )
