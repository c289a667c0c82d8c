"""What counts as silent, and that only the cause is named."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from crm.rules.vitality import WHAT_IT_MEANS, WHAT_TO_DO, Part, Signs, silences

NOW = datetime(2026, 3, 10, 20, 52, tzinfo=UTC)
LATELY, LONG_AGO = NOW - timedelta(minutes=9, seconds=59), NOW - timedelta(minutes=10)
ALIVE = Signs(NOW, LATELY, LATELY, LATELY, LATELY, reads_mail=True, backup_at=LONG_AGO, keeps_backups=True)


def silent(signs: Signs) -> list[Part]:
    return [each.part for each in silences(signs)]


@pytest.mark.parametrize(
    ("signs", "found"),
    [
        (ALIVE, []),
        (replace(ALIVE, worker_at=LONG_AGO), [Part.WORKER]),
        (replace(ALIVE, worker_at=None), [Part.WORKER]),
        (replace(ALIVE, beat_at=LONG_AGO, rang_at=LONG_AGO), [Part.BEAT]),
        (replace(ALIVE, worker_at=LONG_AGO, beat_at=LONG_AGO, rang_at=LONG_AGO), [Part.WORKER, Part.BEAT]),
        (replace(ALIVE, rang_at=LONG_AGO), [Part.RINGS]),
        (replace(ALIVE, mailbox_at=LONG_AGO), [Part.MAILBOX]),
        (replace(ALIVE, mailbox_at=None, reads_mail=False), []),
        (replace(ALIVE, oldest_due_at=LONG_AGO), [Part.MAIL]),
        (replace(ALIVE, oldest_due_at=LATELY), []),
        (replace(ALIVE, oldest_due_at=LONG_AGO, worker_at=None), [Part.WORKER]),
        (replace(ALIVE, backup_at=NOW - timedelta(hours=36)), [Part.BACKUP]),
        (replace(ALIVE, backup_at=None), [Part.BACKUP]),
        (replace(ALIVE, backup_at=None, keeps_backups=False), []),
        (replace(ALIVE, worker_at=NOW + timedelta(minutes=11)), [Part.WORKER]),
    ],
)
def test_each_part_is_silent_after_ten_minutes_and_only_the_cause_is_named(
    signs: Signs, found: list[Part]
) -> None:
    assert silent(signs) == found


def test_each_part_has_words_and_something_to_do() -> None:
    assert set(WHAT_IT_MEANS) == set(WHAT_TO_DO) == set(Part)
