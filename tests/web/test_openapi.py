"""Our own OpenAPI document, taken at its word: whatever it allows or forbids is answered as it says."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis import Case, GenerationMode
from schemathesis.specs.openapi import checks

from tests.practice import Practice
from tests.web.door import inquiries, limits
from tests.web.program import Program

CHECKS = (
    schemathesis.checks.not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_schema_conformance,
    checks.negative_data_rejection,
)


Asked = Case[Any]


@pytest.mark.parametrize("mode", list(GenerationMode))
def test_what_the_document_says_is_true(practice: Practice, program: Program, mode: GenerationMode) -> None:
    seen = asked(practice, program, mode, lambda case: case)

    assert 422 in seen
    assert 201 not in seen or inquiries(practice)


def test_whatever_the_document_allows_is_stored_from_who_can_be_answered(
    practice: Practice, program: Program
) -> None:
    def of_maya(case: Asked) -> Asked:
        assert isinstance(case.body, dict)
        case.body = {**case.body, "email": "maya@example.org"}
        case.headers.clear()
        return case

    assert asked(practice, program, GenerationMode.POSITIVE, of_maya) == {200, 201}


def asked(
    practice: Practice, program: Program, mode: GenerationMode, made: Callable[[Asked], Asked]
) -> set[int]:
    """Every status that came back to 150 requests of this mode, each of which kept to the document."""
    document = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", practice.app)
    operation = document["/api/v1/inquiries"]["POST"]
    headers = {"Authorization": f"Bearer {program.token}"}
    seen: set[int] = set()

    @settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
    @given(case=operation.as_strategy(mode))
    def ask(case: Asked) -> None:
        answer = made(case).call(headers=headers)
        case.validate_response(answer, checks=list(CHECKS), headers=headers)
        seen.add(answer.status_code)

    with limits(practice.app, posts_per_source_minute=100_000):
        ask()
    return seen
