"""`crm render`: what an owner's text becomes, tried from outside."""

from __future__ import annotations

import json
import sys
from io import BytesIO, TextIOWrapper
from typing import Any

import pytest

from crm.cli import main
from tests.mail.hostile import HOSTILE


@pytest.fixture
def rendered(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Any:  # noqa: ANN401 - a function
    def run(told: object) -> tuple[int, Any]:
        raw = told if isinstance(told, bytes) else json.dumps(told).encode()
        monkeypatch.setattr(sys, "stdin", TextIOWrapper(BytesIO(raw)))
        status = main(["render"])
        return status, json.loads(capsys.readouterr().out)

    return run


def test_a_text_is_filled_with_the_values_beside_it(rendered: Any) -> None:  # noqa: ANN401 - a function
    status, told = rendered(
        {
            "template": "Hi {first name},\n\nthis is {{ my_name }}.",
            "values": {"first name": "Maya", "my_name": "Connor"},
        }
    )

    assert status == 0
    assert told["text"] == "Hi Maya,\n\nthis is Connor.\n"
    assert "Hi Maya," in told["html"]


def test_each_part_of_a_letter_is_filled(rendered: Any) -> None:  # noqa: ANN401 - a function
    parts = {
        "subject": "For {first name}",
        "preview": "A line",
        "body": "{% if first_name %}Hello{% endif %}",
    }

    status, told = rendered({"template": parts, "values": {"first_name": "Maya\nBcc: x@example.org"}})

    assert (status, told["subject"], told["preview"]) == (0, "For Maya Bcc: x@example.org", "A line")
    assert told["text"] == "Hello\n"


def test_values_are_never_read_as_a_template_or_as_html(rendered: Any) -> None:  # noqa: ANN401 - a function
    status, told = rendered({"template": "Hi {first name}", "values": {"first name": "{{ 7 * 7 }}<b>"}})

    assert (status, told["text"]) == (0, "Hi {{ 7 * 7 }}<b>\n")
    assert "&lt;b&gt;" in told["html"]


@pytest.mark.parametrize("source", HOSTILE[::10])
def test_hostile_texts_are_refused_with_a_sentence(rendered: Any, source: str) -> None:  # noqa: ANN401 - a function
    status, told = rendered({"template": source, "values": {}})

    assert status == 2
    assert {each["where"] for each in told["problems"]} == {"body"}


@pytest.mark.parametrize(
    ("told", "sentence"),
    [
        (b"", "This is no JSON"),
        (b"[" * 100_000, "This is no JSON"),
        ([], "On stdin stands"),
        ({"values": {}}, "On stdin stands"),
        ({"template": 1}, "neither a text nor its parts"),
        ({"template": {"bodi": "x"}}, "neither a text nor its parts"),
        ({"template": "x", "values": ["first name"]}, "texts by name"),
        ({"template": "x", "values": {"first name": 1}}, "texts by name"),
        ({"template": "x", "values": {"frist name": "x"}}, "Did you mean {first name}?"),
    ],
)
def test_what_is_wrong_with_what_was_told_is_said(rendered: Any, told: object, sentence: str) -> None:  # noqa: ANN401 - a function
    status, answer = rendered(told)

    assert status == 2
    (problem,) = answer["problems"]
    assert problem["where"] == "stdin"
    assert sentence in problem["message"]
