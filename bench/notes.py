"""Notes by the hundred, as requests ready to be sent: each from somebody else, and another network."""

from __future__ import annotations

import json
import random
from urllib.parse import urlencode

from flask import Flask

from crm.web.form_token import fresh_token

WORDS = (
    *("sleep", "work", "family", "evening", "partner", "mother", "anxious", "quiet", "morning", "panic"),
    *("drive", "office", "weekend", "friend", "meeting", "phone", "crowd", "plane", "doctor", "school"),
    *("teacher", "sister", "brother", "marriage", "kitchen", "garden", "music", "winter", "summer", "exam"),
    *("money", "manager", "promise", "letter", "boxing", "running", "church", "holiday", "train", "window"),
    *("shoulder", "breath", "heart", "headache", "mirror", "birthday", "therapist", "insurance", "couple"),
    *("argument", "silence", "temper", "lonely", "stuck", "tired", "hopeful", "nervous", "coffee", "dentist"),
)
HOST = "127.0.0.1"


def note(number: int) -> dict[str, str]:
    """What one person says. No two say the same, and nobody says anything a rule looks for."""
    at_random = random.Random(number)  # noqa: S311 - only so that each is another
    said = " ".join(at_random.choice(WORDS) for _ in range(40))
    return {
        "name": "Sam Rivers",
        "email": f"sam.rivers.{number}@example.org",
        "message": f"Hello. I would like to talk about my {said}.",
    }


def address(number: int) -> str:
    """A network of their own for everybody, up to 62,500 of them."""
    return f"{10 + number // 62_500}.{number // 250 % 250}.{number % 250}.7"


def by_form(app: Flask, typed: dict[str, str], place: str) -> bytes:
    """The public form with the token it was shown with. `place`: the address the proxy names."""
    with app.test_request_context():
        fields = {"token": fresh_token(), "website": "", "zone": "America/Los_Angeles"} | typed
    kind = "application/x-www-form-urlencoded"
    return request("/consultation", urlencode(fields).encode(), kind, {"X-Forwarded-For": place})


def by_api(token: str, said: dict[str, str], place: str) -> bytes:
    body = json.dumps({**said, "visitor_ip": place}).encode()
    return request("/api/v1/inquiries", body, "application/json", {"Authorization": f"Bearer {token}"})


def request(path: str, body: bytes, kind: str, more: dict[str, str]) -> bytes:
    given = {"Host": HOST, "Content-Type": kind, "Content-Length": str(len(body)), **more}
    lines = "".join(f"{name}: {value}\r\n" for name, value in given.items())
    return f"POST {path} HTTP/1.1\r\n{lines}\r\n".encode() + body
