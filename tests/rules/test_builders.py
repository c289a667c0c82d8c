"""Whatever builder sends it, name, number and message are found (R28); whatever is sent, it is bounded."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from time import monotonic

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm.rules.answers import Answer, Payload
from crm.rules.builders import read_payload
from crm.rules.form_bodies import nested
from crm.rules.mapping import Filled, Part, filled, guess, parts_from
from crm.rules.payloads import Unreadable, depth_of, read_json
from crm.rules.signatures import is_signed
from crm.rules.ways_in import SourceKind
from tests.rules.specimens_of_builders import FORM, JSON, MULTIPART, SPECIMENS, Specimen, as_form, as_json
from tests.web.hostile_bodies import MALFORMED_JSON

NOW = datetime(2026, 3, 10, 20, 52, tzinfo=UTC)


def read(specimen: Specimen) -> Filled:
    payload = read_payload(specimen.body, specimen.content_type)
    return filled(payload.answers, guess(payload.answers))


def test_of_all_builders_nine_tenths_of_names_numbers_and_messages_are_found(
    record_property: Callable[[str, object], None],
) -> None:
    found = [
        (name, part, getattr(read(each), part) == getattr(each, part))
        for name, each in SPECIMENS.items()
        for part in ("name", "email", "phone", "message")
    ]

    right = sum(each[2] for each in found)
    record_property("measured", f"{right} of {len(found)} fields of {len(SPECIMENS)} builder shapes")
    assert len(SPECIMENS) >= 16
    assert [each[:2] for each in found if not each[2]] == []
    assert right / len(found) >= 0.9


@pytest.mark.parametrize("name", SPECIMENS)
def test_the_builders_own_number_of_a_submission_is_found(name: str) -> None:
    specimen = SPECIMENS[name]

    assert read_payload(specimen.body, specimen.content_type).delivery_id == specimen.delivery_id


def test_what_a_builder_tells_about_itself_is_no_answer() -> None:
    for specimen in SPECIMENS.values():
        beside = dict(read(specimen).beside)
        assert (
            not {"form_id", "form_name", "_wpcf7", "User Agent", "event_id", "slug", "formId"} & beside.keys()
        )
        assert "Mozilla" not in " ".join(beside.values())


def test_what_only_looks_like_a_builders_own_is_kept_where_another_form_asks_it() -> None:
    asked = {
        "email": "m@example.org",
        "date": "March 12",
        "time": "noon",
        "status": "married",
        "id": "7",
        "path": "x",
    }

    assert dict(read(as_json(asked)).beside) == {key: said for key, said in asked.items() if key != "email"}


def test_a_network_address_is_counted_by_and_no_answer() -> None:
    for name in ("ip", "ip_address", "remote_ip", "Remote IP"):
        payload = read_payload(as_json({"email": "m@example.org", name: "203.0.113.7"}).body, JSON)
        assert (payload.visitor_ip, len(payload.answers)) == ("203.0.113.7", 1)
    assert read_payload(SPECIMENS["Jotform"].body, MULTIPART).visitor_ip == "203.0.113.7"


def test_choices_are_read_as_words() -> None:
    options = [{"id": "a", "text": "Mornings"}, {"id": "b", "text": "Evenings"}]
    field = {
        "key": "q",
        "label": "When are you free?",
        "type": "CHECKBOXES",
        "value": ["b"],
        "options": options,
    }
    specimen = as_json({"eventId": "e", "data": {"fields": [field]}})

    assert read(specimen).free_times == "Evenings"
    assert read(SPECIMENS["Typeform"]).free_times == "Mornings, Evenings"
    assert read(SPECIMENS["Typeform"]).found_us == "A search"


@pytest.mark.parametrize(
    ("label", "value", "agreed"),
    [
        ("May we email you a few follow-ups?", "yes", True),
        ("May we email you a few follow-ups?", "no", False),
        ("I agree to receive emails", True, True),
        ("Acepto recibir correos", "", False),
        ("I agree to the privacy policy", "on", None),
        ("I agree to the terms, and to receive emails", "on", None),
        ("Newsletter", "0", False),
    ],
)
def test_who_agrees_to_a_policy_has_not_asked_for_emails(
    label: str,
    value: object,
    agreed: bool | None,  # noqa: FBT001 - what is expected
) -> None:
    assert read(as_json({"email": "m@example.org", label: value})).follow_ups is agreed


@pytest.mark.parametrize(
    ("label", "value", "part"),
    [
        ("When did you last sleep well?", "weeks ago", Part.BESIDE),
        ("Company", "Elm Street", Part.BESIDE),
        ("Best way to reach you by phone or email", "text me", Part.BESIDE),
        ("Dirección de correo electrónico", "m@example.org", Part.EMAIL),
        ("Número de teléfono", "213 555 0148", Part.PHONE),
        ("Apellidos", "Okafor", Part.LAST_NAME),
        ("¿Cómo nos encontraste?", "Google", Part.FOUND_US),
        ("yourMessage", "Hello", Part.MESSAGE),
        ("x1", "m@example.org", Part.EMAIL),
        ("x1", "+1 213 555 0148", Part.PHONE),
        ("x1", "2026-03-10", Part.BESIDE),
        ("x1", "I have not slept for a week and need to talk", Part.MESSAGE),
    ],
)
def test_what_a_field_is_is_told_by_its_name_or_by_what_is_in_it(label: str, value: str, part: Part) -> None:
    assert guess((Answer("k", value, label),))["k"] is part


def test_what_the_owner_says_goes_before_every_guess() -> None:
    answers = (Answer("a", "m@example.org", "Email"), Answer("b", "x@example.org", "Your partner’s address"))

    assert guess(answers, {"b": Part.EMAIL})["b"] is Part.EMAIL
    assert guess(answers, {"b": Part.EMAIL})["a"] is Part.BESIDE
    assert guess(answers, parts_from({"a": "nothing", "b": "no such part"}))["a"] is Part.NOTHING


def test_two_messages_are_read_one_after_the_other() -> None:
    answers = (Answer("a", "One"), Answer("b", "Two"))

    assert filled(answers, {"a": Part.MESSAGE, "b": Part.MESSAGE}).message == "One\n\nTwo"


def test_brackets_of_php_are_undone_and_no_value_is_lost() -> None:
    pairs = [
        ("a[b][c]", "1"),
        ("a[b][c]", "2"),
        ("d[]", "3"),
        ("d[]", "4"),
        ("e", "5"),
        ("e[f]", "6"),
        ("[x", "7"),
    ]

    assert nested(pairs) == {
        "a": {"b": {"c": ["1", "2"]}},
        "d": {"": ["3", "4"]},
        "e": {"": "5", "f": "6"},
        "[x": "7",
    }


FORMS = {
    "nothing": (FORM, b""),
    "only signs": (FORM, b"&&&==="),
    "ten thousand fields": (FORM, b"&".join(b"a%d=1" % n for n in range(10_000))),
    "deep brackets": (FORM, b"a" + b"[b]" * 50_000 + b"=1"),
    "open brackets": (FORM, b"a" + b"[" * 100_000 + b"=1"),
    "no end": (MULTIPART, b"------edge7MA4YWxk\r\n\r\nx"),
    "no boundary": ("multipart/form-data", b"--x\r\n"),
    "three hundred parts": (MULTIPART, b"------edge7MA4YWxk\r\n" * 300 + b"------edge7MA4YWxk--"),
    "headers without end": (
        MULTIPART,
        b"------edge7MA4YWxk\r\n" + b"X: y\r\n" * 40_000 + b"------edge7MA4YWxk--",
    ),
    "a list of lists": (JSON, json.dumps([[1, [2]]] * 1000).encode()),
    "raw request that is none": (JSON, b'{"rawRequest": "[[[["}'),
    "raw request of nothing": (JSON, b'{"rawRequest": "3"}'),
    "wrong everywhere": (JSON, b'{"form_response": {"definition": [], "answers": {"a": 1}, "hidden": "x"}}'),
    "data that is none": (JSON, b'{"data": {"fields": [1, null, {"value": {}}]}}'),
}


@pytest.mark.parametrize("name", [*FORMS, *MALFORMED_JSON])
def test_a_bad_body_is_unreadable_or_read_and_never_more(name: str) -> None:
    kind, body = FORMS.get(name) or (JSON, MALFORMED_JSON[name])
    began = monotonic()
    with suppress(Unreadable):
        payload = read_payload(body, kind)
        assert isinstance(filled(payload.answers, guess(payload.answers)), Filled)
    assert monotonic() - began < 5


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=30),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(
                [
                    "data",
                    "fields",
                    "value",
                    "label",
                    "form_response",
                    "answers",
                    "payload",
                    "rawRequest",
                    "id",
                ]
            )
            | st.text(max_size=8),
            inner,
            max_size=5,
        )
    ),
    max_leaves=20,
)


@given(json_values)
def test_no_json_whatsoever_is_a_fault(tree: object) -> None:
    try:
        payload = read_payload(json.dumps(tree).encode(), JSON)
    except Unreadable:
        return
    assert isinstance(payload, Payload)
    assert isinstance(filled(payload.answers, guess(payload.answers)), Filled)


@given(st.binary(max_size=300), st.sampled_from([JSON, FORM, MULTIPART, "", "text/plain", "x/y"]))
def test_no_bytes_whatsoever_are_a_fault(body: bytes, kind: str) -> None:
    with suppress(Unreadable):
        assert isinstance(read_payload(body, kind), Payload)


def test_depth_is_counted_outside_of_strings() -> None:
    assert depth_of('{"a": "[[[[", "b": [[]]}') == 3
    assert read_json(b'{"a": "\\"[[["}') == {"a": '"[[['}


def signed_by(kind: SourceKind, secret: bytes, body: bytes, at: datetime = NOW) -> dict[str, str]:
    digest = hmac.new(secret, body, hashlib.sha256).digest()
    match kind:
        case SourceKind.TYPEFORM:
            return {"typeform-signature": f"sha256={base64.b64encode(digest).decode()}"}
        case SourceKind.TALLY:
            return {"tally-signature": base64.b64encode(digest).decode()}
        case _:
            stamp = str(int(at.timestamp() * 1000))
            told = hmac.new(secret, f"{stamp}:".encode() + body, hashlib.sha256).hexdigest()
            return {"x-webflow-timestamp": stamp, "x-webflow-signature": told}


@pytest.mark.parametrize("kind", [SourceKind.TYPEFORM, SourceKind.TALLY, SourceKind.WEBFLOW])
def test_each_builders_signature_is_checked(kind: SourceKind) -> None:
    body = b'{"a": 1}'
    headers = signed_by(kind, b"secret", body)

    assert is_signed(kind, "secret", body, headers, NOW)
    assert not is_signed(kind, "another", body, headers, NOW)
    assert not is_signed(kind, "secret", body + b" ", headers, NOW)
    assert not is_signed(kind, "secret", body, {}, NOW)
    assert not is_signed(kind, "secret", body, dict.fromkeys(headers, "é\ud800"), NOW)


def test_an_old_signature_is_none_where_the_time_is_signed() -> None:
    headers = signed_by(SourceKind.WEBFLOW, b"secret", b"{}")

    assert is_signed(SourceKind.WEBFLOW, "secret", b"{}", headers, NOW + timedelta(minutes=5))
    assert not is_signed(SourceKind.WEBFLOW, "secret", b"{}", headers, NOW + timedelta(minutes=6))
    assert not is_signed(SourceKind.WEBFLOW, "secret", b"{}", headers, NOW - timedelta(minutes=6))


def test_a_form_of_one_field_too_many_is_told() -> None:
    with pytest.raises(Unreadable, match="more than 200 fields"):
        read(as_form([(f"a{n}", "1") for n in range(201)]))
