"""What happens by itself to keep the practice: the nightly backup, the look at the domain, the pulses."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from config import Config
from crm.flows import domain, proofs
from crm.keeping import nightly, shelf
from crm.keeping.shelf import Why
from crm.models import Account, DomainCheck, JobRun
from crm.models import Practice as PracticeRow
from crm.rules.domain import UNSUBSCRIBE, Answers, Signature
from crm.rules.wording import Wording
from tests.at_once import at_once
from tests.practice import OWNER_EMAIL, Practice
from worker import pulse
from worker.pulse import Pulse

NIGHT = datetime(2026, 3, 11, 10, 30, tzinfo=UTC)


@pytest.fixture
def kept_in(practice: Practice, tmp_path: Path) -> Config:
    config: Config = practice.app.extensions["config"]
    return replace(config, backup_dir=tmp_path / "backups")


def keeps(practice: Practice, config: Config) -> bool:
    """What the worker does every ten minutes."""
    with practice.app.app_context():
        return nightly.keep(config, practice.now)


def test_each_night_has_one_backup(practice: Practice, kept_in: Config) -> None:
    practice.at(NIGHT)

    made = [keeps(practice, kept_in) for _ in range(3)]
    practice.at(NIGHT + timedelta(hours=20, minutes=1))  # 11:31 pm there
    made.append(keeps(practice, kept_in))
    practice.at(NIGHT + timedelta(days=1))
    made.append(keeps(practice, kept_in))

    assert made == [True, False, False, False, True]
    assert [kept.why for kept in shelf.lying_in(kept_in.backup_dir)] == [Why.NIGHTLY] * 2


def test_a_month_of_nights_leaves_seven_days_and_four_weeks(practice: Practice, kept_in: Config) -> None:
    for night in range(40):
        practice.at(NIGHT + timedelta(days=night))
        assert keeps(practice, kept_in)

    assert len(shelf.lying_in(kept_in.backup_dir)) in (9, 10)


def test_it_can_be_switched_off(practice: Practice, kept_in: Config) -> None:
    assert not keeps(practice, replace(kept_in, backup_nightly=False))
    assert shelf.lying_in(kept_in.backup_dir) == []


def test_two_workers_make_one(practice: Practice, kept_in: Config) -> None:
    practice.at(NIGHT)

    made = at_once(*[lambda: keeps(practice, kept_in)] * 4)

    assert sorted(made) == [False, False, False, True]
    assert len(shelf.lying_in(kept_in.backup_dir)) == 1


def test_one_that_cannot_be_made_is_tried_again_in_an_hour(
    practice: Practice, kept_in: Config, tmp_path: Path
) -> None:
    blocked = replace(kept_in, backup_dir=tmp_path / "a file" / "backups")
    (tmp_path / "a file").touch()
    practice.at(NIGHT)

    failed = keeps(practice, blocked)
    at_once_again = keeps(practice, kept_in)
    practice.at(NIGHT + timedelta(hours=1))
    later = keeps(practice, kept_in)

    assert (failed, at_once_again, later) == (False, False, True)


def test_what_was_made_by_hand_is_never_taken_away(practice: Practice, kept_in: Config) -> None:
    by_hand = [
        shelf.place(kept_in.backup_dir, Why.BY_HAND, NIGHT - timedelta(days=n * 100)) for n in range(9)
    ]
    kept_in.backup_dir.mkdir()
    for path in by_hand:
        path.touch()
    practice.at(NIGHT)

    keeps(practice, kept_in)

    assert all(path.exists() for path in by_hand)


class Dns:
    """What is said of a domain, and who asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, list[str]]] = []

    def look(self, name: str, selectors: Iterable[str]) -> Answers:
        self.asked.append((name, list(selectors)))
        return Answers(name, spf=(), dmarc=(), mx=())


def moves_to(practice: Practice, name: str) -> None:
    with practice.at_work():
        PracticeRow.current().sender_address = f"connor@{name}"


def looks(practice: Practice, dns: Dns) -> bool:
    with practice.app.app_context():
        return domain.look_up(dns.look, practice.now)


def test_a_domain_is_looked_up_once_a_day_and_when_asked(practice: Practice) -> None:
    dns = Dns()
    moves_to(practice, "springstreet.health")

    found = [looks(practice, dns), looks(practice, dns)]
    with practice.at_work():
        DomainCheck.ask(practice.now)
    found += [looks(practice, dns), looks(practice, dns)]
    practice.at(practice.now + timedelta(days=1))
    found += [looks(practice, dns)]
    moves_to(practice, "mainstreet.health")
    found += [looks(practice, dns)]

    assert found == [True, False, True, False, True, True]
    assert [name for name, _ in dns.asked] == ["springstreet.health"] * 3 + ["mainstreet.health"]


def test_an_invented_domain_is_not_asked_about(practice: Practice) -> None:
    dns = Dns()

    assert looks(practice, dns)

    assert dns.asked == []


SIGNED = (
    "DKIM-Signature: v=1; a=rsa-sha256; d=relay.example.net; s=r1; h=from; b=x\r\n"
    "DKIM-Signature: v=1; d=springstreet.health;\r\n s=mail2026; h=From:To:List-Unsubscribe:\r\n"
    " List-Unsubscribe-Post; b=x\r\n"
)


def a_test_goes_out(practice: Practice) -> str:
    """Its Message-ID."""
    with practice.at_work():
        owner = Account.owner()
        assert owner is not None
        proofs.send_test(Wording("It works", "", "Hi"), owner, practice.now)
    practice.work()
    (received,) = practice.outbox.received
    return received.message_id


def test_a_test_that_came_back_says_how_it_was_signed(practice: Practice) -> None:
    dns = Dns()
    moves_to(practice, "springstreet.health")
    message_id = a_test_goes_out(practice)
    raw = f"{SIGNED}From: {OWNER_EMAIL}\r\nMessage-ID: {message_id}\r\nSubject: [Test]\r\n\r\nHi\r\n"
    practice.receives_mail(raw=raw.encode())

    looks(practice, dns)

    with practice.reading():
        check = DomainCheck.current()
        assert check is not None
        _, signature = domain.answers_of(check)
    assert signature == Signature("springstreet.health", "mail2026", UNSUBSCRIBE | {"from", "to"})
    assert dns.asked == [("springstreet.health", ["mail2026"])]


def test_a_test_carries_what_lets_people_stop_as_a_follow_up_does(practice: Practice) -> None:
    a_test_goes_out(practice)

    (mail,) = practice.outbox.received
    assert mail.mail["List-Unsubscribe"] == "<http://localhost/stop/preview>"
    assert mail.mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


def test_a_pulse_is_noted_each_half_minute(practice: Practice) -> None:
    beating = Pulse("worker", practice.app)

    beating.beat()
    first = seen(practice)
    practice.at(practice.now + timedelta(minutes=1))
    beating.beat()  # half a minute has not passed on the clock that nobody sets
    second = seen(practice)
    Pulse("worker", practice.app).beat()

    assert first == second
    assert seen(practice) == practice.now
    assert pulse.EVERY == 30


def seen(practice: Practice) -> datetime | None:
    with practice.reading() as session:
        run = session.get(JobRun, "worker")
        return run.finished_at if run else None
