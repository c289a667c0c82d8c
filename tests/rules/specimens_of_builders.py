"""What builders of forms send when Maya writes, each in its own shape. Learnt from their documents, written here."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

JSON, FORM = "application/json", "application/x-www-form-urlencoded"
EDGE = "----edge7MA4YWxk"
MULTIPART = f"multipart/form-data; boundary={EDGE}"
NAME, EMAIL, PHONE = "Maya Okafor", "maya.o@example.com", "(213) 555-0148"
MESSAGE = "I read your piece about the plane.\nIt put words to something I have felt for years."


@dataclass(frozen=True)
class Specimen:
    """One payload, and what is to be found in it."""

    body: bytes
    content_type: str = JSON
    name: str = NAME
    email: str = EMAIL
    phone: str = PHONE
    message: str = MESSAGE
    delivery_id: str = ""


def as_json(tree: Any, **found: str) -> Specimen:  # noqa: ANN401 - any JSON
    return Specimen(json.dumps(tree).encode(), **found)


def as_form(fields: dict[str, str] | list[tuple[str, str]], **found: str) -> Specimen:
    return Specimen(urlencode(fields).encode(), FORM, **found)


def as_multipart(fields: dict[str, str], **found: str) -> Specimen:
    parts = "".join(
        f'--{EDGE}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in fields.items()
    )
    return Specimen(f"{parts}--{EDGE}--\r\n".encode(), MULTIPART, **found)


def elementor_fields(*fields: tuple[str, str, str, str]) -> dict[str, str]:
    return {
        f"fields[{key}][{part}]": said
        for key, kind, title, value in fields
        for part, said in (
            *(("id", key), ("type", kind), ("title", title), ("value", value), ("raw_value", value)),
            ("required", "0"),
        )
    }


def typeform(*answers: tuple[str, str, str, Any]) -> dict[str, Any]:
    """Each: the question, its kind, the type of the answer, and the answer."""
    return {
        "event_id": "01HEVENT", "event_type": "form_response",
        "form_response": {
            "form_id": "lT4Z3j", "token": "a3a12ec67a1365927098a606107fac15",
            "landed_at": "2026-03-10T20:50:00Z", "submitted_at": "2026-03-10T20:52:00Z",
            "definition": {
                "id": "lT4Z3j", "title": "Contact",
                "fields": [
                    {"id": f"id{n}", "ref": f"ref{n}", "title": title, "type": kind, "properties": {}}
                    for n, (title, kind, _, _) in enumerate(answers)
                ],
            },
            "answers": [
                {"type": type_, type_: value, "field": {"id": f"id{n}", "type": kind, "ref": f"ref{n}"}}
                for n, (_, kind, type_, value) in enumerate(answers)
            ],
        },
    }  # fmt: skip


def tally(*fields: tuple[str, str, Any]) -> dict[str, Any]:
    return {
        "eventId": "a4cb511e-d513-4fa5-baee-b815d718dfd1", "eventType": "FORM_RESPONSE",
        "createdAt": "2026-03-10T20:52:00.000Z",
        "data": {
            "responseId": "2wgx4n", "submissionId": "2wgx4n", "respondentId": "dwQKYm", "formId": "VwbNEw",
            "formName": "Contact", "createdAt": "2026-03-10T20:52:00.000Z",
            "fields": [
                {"key": f"question_{n}a7", "label": label, "type": kind, "value": value}
                for n, (label, kind, value) in enumerate(fields)
            ],
        },
    }  # fmt: skip


def webflow(data: dict[str, str], schema: list[dict[str, str]] | None = None) -> dict[str, Any]:
    return {
        "triggerType": "form_submission",
        "payload": {
            "name": "Contact form", "siteId": "65427cf400e02b306eaa049c", "data": data, "schema": schema or [],
            "submittedAt": "2026-03-10T20:52:00.709Z", "id": "6321ca84df3949bfc6752327",
            "formId": "65429eadebe8a9f3a30f62d0", "formElementId": "4e038d2c-6a1e-4953-7be9-a59a2b453177",
            "pageId": "65427cf400e02b306eaa04a0", "pageUrl": "/contact",
        },
    }  # fmt: skip


def jotform(answers: dict[str, Any]) -> dict[str, str]:
    raw = {
        "slug": "submit/260000/", "jsExecutionTracker": "build-date-1", "submitSource": "form",
        "buildDate": "1773175920", "uploadServerUrl": "https://upload.example/upload", "event_id": "1_260_x",
        "timeToSubmit": "18", "validatedNewRequiredFieldIDs": "{}", "path": "/submit/260000",
    }  # fmt: skip
    return {
        "action": "", "webhookURL": "https://crm.example.org/hooks/x", "username": "connor", "formID": "260000",
        "type": "WEB", "customTitle": "", "submissionID": "5800000000000000001", "formTitle": "Contact",
        "ip": "203.0.113.7", "pretty": "Name:Maya Okafor, E-mail:maya.o@example.com",
        "rawRequest": json.dumps(raw | answers),
    }  # fmt: skip


GRAVITY = {
    "id": "12", "form_id": "1", "post_id": None, "date_created": "2026-03-10 20:52:00", "is_starred": "0",
    "date_updated": "2026-03-10 20:52:00", "is_read": "0", "ip": "203.0.113.7", "currency": "USD",
    "source_url": "https://example.org/contact/", "user_agent": "Mozilla/5.0 (X11) AppleWebKit/537 Safari/537",
    "payment_status": None, "created_by": None, "status": "active", "transaction_id": None,
}  # fmt: skip

SPECIMENS = {
    "Contact Form 7, JSON": as_json(
        {"your-name": NAME, "your-email": EMAIL, "your-tel": PHONE, "your-subject": "Hello", "your-message": MESSAGE}
    ),
    "Contact Form 7, form": as_form(
        {
            "_wpcf7": "42", "_wpcf7_version": "6.0", "_wpcf7_unit_tag": "wpcf7-f42-p7-o1",
            "your-name": NAME, "your-email": EMAIL, "tel-619": PHONE, "textarea-12": MESSAGE,
            "g-recaptcha-response": "03AGd",
        }
    ),
    "Contact Form 7, Spanish": as_json(
        {"nombre": NAME, "correo-electronico": EMAIL, "telefono": PHONE, "mensaje": MESSAGE, "horario": "Tardes"}
    ),
    "Contact Form 7, lists": as_json(
        {"first-name": "Maya", "last-name": "Okafor", "email": EMAIL, "phone": PHONE, "menu-9": ["Evenings"],
         "acceptance-3": "1", "message": MESSAGE}
    ),
    "Gravity Forms, all fields": as_json(
        GRAVITY | {"1.3": "Maya", "1.6": "Okafor", "2": EMAIL, "3": PHONE, "4": MESSAGE, "5.1": "1"},
        delivery_id="12",
    ),
    "Gravity Forms, one name": as_json(
        GRAVITY | {"1": NAME, "2": EMAIL, "3": PHONE, "4": MESSAGE}, delivery_id="12"
    ),
    "Gravity Forms, form": as_form(
        {name: value or "" for name, value in GRAVITY.items()}
        | {"1.3": "Maya", "1.6": "Okafor", "4": EMAIL, "6": PHONE, "7": MESSAGE},
        delivery_id="12",
    ),
    "Gravity Forms, chosen fields": as_json(
        {"Name (First)": "Maya", "Name (Last)": "Okafor", "Email": EMAIL, "Phone": PHONE, "How can I help?": MESSAGE}
    ),
    "Elementor, simple": as_form(
        {"Name": NAME, "Email": EMAIL, "Phone": PHONE, "Message": MESSAGE, "Date": "March 10, 2026", "Time": "8:52 pm",
         "Page URL": "https://example.org/contact", "User Agent": "Mozilla/5.0", "Remote IP": "203.0.113.7",
         "Powered by": "Elementor", "form_id": "9d3fabc", "form_name": "New Form"}
    ),
    "Elementor, no labels": as_form(
        {"No Label name": NAME, "No Label email": EMAIL, "No Label field_1": PHONE, "No Label message": MESSAGE,
         "form_id": "9d3fabc", "form_name": "New Form"}
    ),
    "Elementor, advanced": as_form(
        {"form[id]": "9d3fabc", "form[name]": "New Form"}
        | elementor_fields(
            ("name", "text", "Name", NAME), ("email", "email", "Email", EMAIL),
            ("field_6a1", "tel", "Phone", PHONE), ("message", "textarea", "Message", MESSAGE),
            ("field_9c2", "acceptance", "I agree to the privacy policy", "on"),
        )
        | {"meta[page_url][title]": "Page URL", "meta[page_url][value]": "https://example.org/contact",
           "meta[remote_ip][title]": "Remote IP", "meta[remote_ip][value]": "203.0.113.7"}
    ),
    "Elementor, advanced and Spanish": as_form(
        elementor_fields(
            ("field_1", "text", "¿Cómo te llamas?", NAME), ("field_2", "email", "Correo", EMAIL),
            ("field_3", "tel", "Móvil", PHONE), ("field_4", "textarea", "¿En qué puedo ayudarte?", MESSAGE),
        )
    ),
    "Webflow v1": as_json(
        {"name": "Contact form", "site": "65427cf400e02b306eaa049c", "d": "2026-03-10T20:52:00.000Z",
         "data": {"Name": NAME, "Email": EMAIL, "Phone": PHONE, "Message": MESSAGE}, "_id": "6321ca84df"},
        delivery_id="6321ca84df",
    ),
    "Webflow v2": as_json(
        webflow(
            {"First Name": "Maya", "Last Name": "Okafor", "email": EMAIL, "Phone Number": PHONE, "Field": MESSAGE},
            [
                {"fieldName": "First Name", "fieldType": "FormTextInput", "fieldElementId": "a"},
                {"fieldName": "email", "fieldType": "FormTextInput", "fieldElementId": "b"},
                {"fieldName": "Field", "fieldType": "FormTextarea", "fieldElementId": "c"},
            ],
        ),
        delivery_id="6321ca84df3949bfc6752327",
    ),
    "Typeform": as_json(
        typeform(
            ("Hello, what’s your first name?", "short_text", "text", "Maya"),
            ("And your last name?", "short_text", "text", "Okafor"),
            ("Where can I write to you?", "email", "email", EMAIL),
            ("A number, if you like", "phone_number", "phone_number", "+12135550148"),
            ("What brings you here?", "long_text", "text", MESSAGE),
            ("How did you find me?", "multiple_choice", "choice", {"id": "x", "label": "A search"}),
            ("When are you free?", "multiple_choice", "choices", {"ids": ["a"], "labels": ["Mornings", "Evenings"]}),
        ),
        phone="+12135550148",
        delivery_id="a3a12ec67a1365927098a606107fac15",
    ),
    "Jotform": as_multipart(
        jotform(
            {"q3_name": {"first": "Maya", "last": "Okafor"}, "q4_email": EMAIL,
             "q5_phoneNumber": {"full": PHONE}, "q6_typeA": MESSAGE}
        ),
        delivery_id="5800000000000000001",
    ),
    "Jotform, number in two parts": as_multipart(
        jotform(
            {"q1_fullName1": {"prefix": "", "first": "Maya", "middle": "", "last": "Okafor"}, "q2_email2": EMAIL,
             "q3_phone3": {"area": "213", "phone": "555-0148"}, "q4_whatBrings": MESSAGE}
        ),
        phone="213 555-0148",
        delivery_id="5800000000000000001",
    ),
    "Tally": as_json(
        tally(
            ("Your name", "INPUT_TEXT", NAME), ("Email", "INPUT_EMAIL", EMAIL),
            ("Phone", "INPUT_PHONE_NUMBER", "+12135550148"), ("What brings you here?", "TEXTAREA", MESSAGE),
        ),
        phone="+12135550148",
        delivery_id="2wgx4n",
    ),
    "Tally, no labels": as_json(
        tally(("Name", "INPUT_TEXT", NAME), ("", "INPUT_EMAIL", EMAIL), ("", "INPUT_PHONE_NUMBER", PHONE),
              ("", "TEXTAREA", MESSAGE)),
        delivery_id="2wgx4n",
    ),
    "Squarespace through Zapier": as_json(
        {"Name": {"First": "Maya", "Last": "Okafor"}, "Email": EMAIL, "Phone": PHONE, "Message": MESSAGE,
         "formName": "Contact", "formId": "66b", "Submitted On": "2026-03-10"}
    ),
    "Squarespace through Zapier, flat": as_form(
        {"Name First": "Maya", "Name Last": "Okafor", "Email Address": EMAIL, "Phone": PHONE, "Message": MESSAGE}
    ),
    "plain JSON": as_json({"name": NAME, "email": EMAIL, "phone": PHONE, "message": MESSAGE}),
    "plain JSON, nested": as_json(
        {"contact": {"firstName": "Maya", "lastName": "Okafor", "emailAddress": EMAIL, "mobilePhone": PHONE},
         "details": {"comments": MESSAGE}}
    ),
    "plain form": as_form({"fullname": NAME, "mail": EMAIL, "tel": PHONE, "comment": MESSAGE}),
    "plain multipart": as_multipart({"name": NAME, "email": EMAIL, "phone": PHONE, "message": MESSAGE}),
    "WPForms": as_json(
        {"form_id": "7", "fields": {
            "0": {"id": 0, "name": "Name", "value": NAME, "type": "name", "first": "Maya", "last": "Okafor"},
            "1": {"id": 1, "name": "E-mail", "value": EMAIL, "type": "email"},
            "4": {"id": 4, "name": "Phone", "value": PHONE, "type": "phone"},
            "2": {"id": 2, "name": "Comment or Message", "value": MESSAGE, "type": "textarea"}}}
    ),
    "a list of fields": as_json(
        [{"label": "Name", "value": NAME}, {"label": "Email", "value": EMAIL}, {"label": "Phone", "value": PHONE},
         {"label": "Tell me a little", "value": MESSAGE}]
    ),
    "nothing but numbers": as_form({"field_1": NAME, "field_2": EMAIL, "field_3": PHONE, "field_4": MESSAGE}),
}  # fmt: skip
