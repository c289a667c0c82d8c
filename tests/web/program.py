"""A program at the API: it has a token, and hands in inquiries."""

from __future__ import annotations

import json
from typing import Any

from werkzeug.test import TestResponse

from crm.models import Source
from crm.rules.ways_in import SourceKind, scopes_of
from crm.web.source_tokens import fresh_token, token_hash
from tests.practice import Practice

INQUIRIES = "/api/v1/inquiries"
MAYA = {"name": "Maya Okafor", "email": "maya@example.org", "message": "I read your piece."}


def way_in(practice: Practice, kind: SourceKind, **known: object) -> tuple[int, str]:
    """A source that is open, with what is known of it: its id and its token."""
    token = fresh_token()
    with practice.at_work() as session:
        scopes = [str(scope) for scope in scopes_of(kind)]
        source = Source(name="Contact page", kind=kind, scopes=scopes, made_at=practice.now)
        source.give_token(token, token_hash(token))
        for name, value in known.items():
            setattr(source, name, value)
        session.add(source)
        session.flush()
        return source.id, token


class Program:
    """A program that has a token, and hands in inquiries."""

    def __init__(self, practice: Practice, kind: SourceKind = SourceKind.API, **known: object) -> None:
        self.practice = practice
        self.source_id, self.token = way_in(practice, kind, **known)

    def sends(self, body: object = MAYA, key: str | None = None, **headers: str) -> TestResponse:
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        all_headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}
        all_headers |= {"Idempotency-Key": key} if key is not None else {}
        all_headers |= {name.replace("_", "-"): value for name, value in headers.items()}
        return self.practice.app.test_client().post(INQUIRIES, data=raw, headers=all_headers)


def told(answer: TestResponse, status: int, kind: str) -> Any:  # noqa: ANN401 - JSON
    """The problem that was answered: of this kind, in the form of RFC 9457."""
    assert answer.status_code == status, answer.text
    assert answer.mimetype == "application/problem+json"
    problem = json.loads(answer.text)
    assert problem["type"] == f"http://localhost/api/v1#{kind}"
    assert problem["status"] == status
    assert problem["detail"]
    return problem
