"""No mail, however made, keeps the reader from the next one (R32)."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

from crm.mail.apart import ReaderApart
from crm.rules.verdicts import classify
from tests.mail.bombs import bombs


@pytest.fixture(scope="module")
def reader() -> Iterator[ReaderApart]:
    reader = ReaderApart()
    yield reader
    reader.close()


@pytest.mark.parametrize(("raw"), [pytest.param(raw, id=name) for name, raw in bombs()])
def test_each_bomb_ends_in_an_answer(raw: bytes, reader: ReaderApart) -> None:
    began = time.process_time()

    verdict = classify(reader.parse(raw))  # raises when the child had to be stopped

    assert verdict.reason
    assert time.process_time() - began < 5


def test_there_are_more_than_thirty_six() -> None:
    assert len(list(bombs())) > 36
