"""Mails are read in a process of its own, which may die of one without taking anything along."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from crm.mail.apart import ReaderApart, ReaderLostError, TooCostlyError, UnreadableError
from crm.mail.packing import packed, unpacked
from crm.mail.parse import parse
from tests.mail.test_parsing import REPORT


@pytest.fixture
def reader() -> Iterator[ReaderApart]:
    reader = ReaderApart("tests.mail.greedy_reader")
    yield reader
    reader.close()


def child_of(reader: ReaderApart) -> subprocess.Popen[bytes]:
    assert reader._child is not None
    return reader._child


def test_what_is_read_apart_is_what_is_read_here() -> None:
    reader = ReaderApart()

    assert reader.parse(REPORT) == parse(REPORT)

    reader.close()


@pytest.mark.parametrize(
    "raw", [REPORT, b"", b"Subject: \xff\xfe\n\n\xed\xa0\x80", b"Date: Mon, 2 Nov 2026 10:00 -0800\n\n"]
)
def test_what_is_packed_comes_out_the_same(raw: bytes) -> None:
    assert unpacked(packed(parse(raw))) == parse(raw)


def test_one_child_reads_many_mails(reader: ReaderApart) -> None:
    reader.parse(REPORT)
    first = child_of(reader)

    reader.parse(b"Subject: another\n\nHello")

    assert child_of(reader) is first


@pytest.mark.parametrize(
    ("greed", "error"), [(b"time", TooCostlyError), (b"memory", TooCostlyError), (b"death", ReaderLostError)]
)
def test_a_mail_that_costs_too_much_ends_the_child_alone(
    reader: ReaderApart, greed: bytes, error: type[UnreadableError]
) -> None:
    with pytest.raises(error):
        reader.parse(greed)

    assert reader.parse(REPORT) == parse(REPORT)


def test_a_child_that_was_killed_in_between_is_replaced(reader: ReaderApart) -> None:
    reader.parse(REPORT)
    child_of(reader).kill()
    child_of(reader).wait()

    assert reader.parse(REPORT) == parse(REPORT)


def test_after_a_fork_each_side_has_a_child_of_its_own(reader: ReaderApart) -> None:
    """Celery forks its workers: two of them on one pipe would read each other’s mails."""
    reader.parse(REPORT)
    before = child_of(reader).pid

    forked = os.fork()
    if forked == 0:
        is_well = reader.parse(REPORT) == parse(REPORT) and child_of(reader).pid != before
        reader.close()
        os._exit(0 if is_well else 1)
    _, status = os.waitpid(forked, 0)

    assert os.waitstatus_to_exitcode(status) == 0
    assert reader.parse(REPORT) == parse(REPORT)
    assert child_of(reader).pid == before


def test_several_threads_share_a_reader(reader: ReaderApart) -> None:
    raws = [f"Subject: number {n}\n\nHello".encode() for n in range(40)]

    with ThreadPoolExecutor(4) as threads:
        mails = list(threads.map(reader.parse, raws))

    assert [mail.subject for mail in mails] == [f"number {n}" for n in range(40)]
