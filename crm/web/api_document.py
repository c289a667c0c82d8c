"""The OpenAPI 3.1 document of the API, made from the very schemas that check what comes."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from apispec import APISpec
from apispec.ext.marshmallow import MarshmallowPlugin

from crm.web import problems
from crm.web.forms.inquiries import MORE_LIMIT, InquirySchema, ProblemSchema, StoredSchema

VERSION = "1.0.0"
ANSWERS = (
    problems.MALFORMED, problems.NO_TOKEN, problems.NOT_ALLOWED, problems.AT_WORK, problems.TOO_LARGE,
    problems.WRONG_TYPE, problems.INVALID, problems.TOO_MANY, problems.BROKEN, problems.AWAY,
)  # fmt: skip
KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": "A random word of yours for this inquiry. Send it again with the same body, within "
    "a day, and the same answer comes back and nothing is stored twice.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]+$"},
}


@lru_cache(maxsize=4)
def document(base_url: str) -> dict[str, Any]:
    """The whole document, as plain JSON."""
    spec = APISpec(
        title="Inquiries",
        version=VERSION,
        openapi_version="3.1.0",
        plugins=[MarshmallowPlugin()],
        info={"description": "Hand in what somebody wrote to the practice."},
        servers=[{"url": base_url}],
    )
    spec.components.security_scheme("token", {"type": "http", "scheme": "bearer"})
    for name, schema in (("Inquiry", InquirySchema), ("Stored", StoredSchema), ("Problem", ProblemSchema)):
        spec.components.schema(name, schema=schema)
    spec.path("/api/v1/inquiries", operations={"post": _create_inquiry()})
    told: dict[str, Any] = spec.to_dict()
    told["components"]["schemas"]["Inquiry"] |= {
        "additionalProperties": {"type": "string", "maxLength": MORE_LIMIT},
        "anyOf": [{"required": ["email"]}, {"required": ["phone"]}],
    }
    return told


def _create_inquiry() -> dict[str, Any]:
    stored = {"application/json": {"schema": "Stored"}}
    return {
        "operationId": "createInquiry",
        "summary": "Store one inquiry",
        "description": "Answers 201 once it is stored for good. What looks like spam is stored too, and "
        "waits for the owner; the answer does not say so.",
        "security": [{"token": ["inquiries:write"]}],
        "parameters": [KEY],
        "requestBody": {"required": True, "content": {"application/json": {"schema": "Inquiry"}}},
        "responses": {
            "201": {"description": "It is stored.", "content": stored},
            "200": {"description": "The very same had been stored before.", "content": stored},
            **{str(kind.status): _problem(kind) for kind in ANSWERS},
        },
    }


def _problem(kind: problems.Kind) -> dict[str, Any]:
    return {
        "description": kind.meaning,
        "content": {"application/problem+json": {"schema": "Problem"}},
    }
