"""Mail servers on their bad days: each mail ends as it should, and no other mail waits for it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from crm.models import Message, Suppression
from crm.rules.sending import MessageState
from tests.local.waiting import until
from tests.system.house import House, open_house
from tests.system.postoffice import DRIP, HANG, HANG_UP, KEEP, Manners, PostOffice

pytestmark = pytest.mark.system
PATIENCE = 40
SHORT = {
    "SMTP_CONNECT_TIMEOUT": "1",
    "SMTP_COMMAND_TIMEOUT": "1",
    "SMTP_DATA_TIMEOUT": "1",
    "SMTP_MAILS_PER_CONNECTION": "1",
    "SMTP_USERNAME": "practice",
    "SMTP_PASSWORD": "an invented password",
    "RETRY_SCHEDULE": "1s",
}


@pytest.fixture(scope="module")
def house(own_database: str, office: PostOffice, place: Path) -> Iterator[House]:
    """One worker with two threads, so that what hangs could hold others up."""
    with open_house(place, own_database, office, **SHORT) as opened:
        opened.redis()
        opened.beat()
        opened.worker(threads=2)
        yield opened


def settled(house: House, message_id: int) -> Message:
    """The message once it is neither waiting nor on its way."""
    over = (MessageState.SENT, MessageState.FAILED, MessageState.UNCERTAIN)
    assert until(lambda: house.message(message_id).state in over, PATIENCE), house.running.logs()
    return house.message(message_id)


def others_arrive(house: House, office: PostOffice, name: str) -> bool:
    """Five more mails, due after the one in trouble."""
    others = {f"{name}-{n}@example.org" for n in range(5)}
    house.receives_all(others)
    return until(lambda: others <= set(office.recipients()), PATIENCE)


@pytest.mark.parametrize(
    "answers",
    [
        ["451 4.7.1 greylisted, come back"] * 2,
        ["421 4.3.2 closing for a moment"],
        ["450 4.2.1 mailbox busy"] * 3,
        ["452 4.2.2 mailbox full"],
        [HANG],
        [HANG_UP],
        [DRIP],
    ],
    ids=["greylisted", "closing", "busy", "full", "silent", "gone", "dripping"],
)
def test_a_server_that_says_later_gets_it_later(
    answers: list[str], house: House, office: PostOffice, request: pytest.FixtureRequest
) -> None:
    who = f"{request.node.callspec.id}@example.org"
    office.manners = Manners(rcpt={who: list(answers)})

    late = house.receives(who)

    assert others_arrive(house, office, request.node.callspec.id)
    message = settled(house, late)
    assert message.state is MessageState.SENT
    assert message.attempts == len(answers) + 1
    assert len(office.to(who)) == 1


def test_the_message_id_stays_the_same_when_the_text_is_put_off(house: House, office: PostOffice) -> None:
    answers = ["451 4.3.0 try again", "452 4.3.1 no room", "450 4.2.1 busy", "421 4.3.2 closing"]
    office.manners = Manners(dot={"late@example.org": answers})

    message = settled(house, house.receives("late@example.org"))

    assert message.state is MessageState.SENT
    assert office.offered["late@example.org"] == [message.message_id] * 5
    assert len(office.to("late@example.org")) == 1


@pytest.mark.parametrize("step", ["rcpt", "dot"])
@pytest.mark.parametrize("reply", ["550 5.1.1 no such user", "552 5.2.2 mailbox full", "554 5.7.1 unwanted"])
def test_a_refusal_is_final_and_only_a_dead_address_is_written_to_no_more(
    step: str, reply: str, house: House, office: PostOffice
) -> None:
    who = f"refused{reply[:3]}-{step}@example.org"
    script = {who: [reply]}
    office.manners = Manners(rcpt=script) if step == "rcpt" else Manners(dot=script)

    refused = house.receives(who)

    assert others_arrive(house, office, f"after-{who.partition('@')[0]}")
    message = settled(house, refused)
    assert (message.state, message.attempts, message.server_reply) == (MessageState.FAILED, 1, reply)
    with house.app.app_context():
        assert (Suppression.of(who) is not None) is ("5.1.1" in reply)


@pytest.mark.parametrize("trouble", [HANG, HANG_UP, DRIP, KEEP])
def test_no_answer_to_the_text_is_uncertain_and_never_sent_again(
    trouble: str, house: House, office: PostOffice
) -> None:
    name = trouble.replace(" ", "-")
    office.manners = Manners(dot={f"{name}@example.org": [trouble]})

    doubtful = house.receives(f"{name}@example.org")

    assert others_arrive(house, office, f"beside-{name}")
    assert settled(house, doubtful).state is MessageState.UNCERTAIN
    assert others_arrive(house, office, f"later-{name}")
    assert len(office.offered[f"{name}@example.org"]) == 1


def test_a_server_that_does_not_greet_only_delays(house: House, office: PostOffice) -> None:
    office.manners = Manners(greetings=[HANG] * 2)

    assert others_arrive(house, office, "ungreeted")
    assert house.all_gone(PATIENCE)


def test_an_account_that_is_refused_is_told_to_the_owner_and_nothing_is_lost(
    house: House, office: PostOffice
) -> None:
    office.manners = Manners(knows_us=False)
    waiting = [house.receives(f"unknown{n}@example.org") for n in range(3)]
    assert until(lambda: is_unknown(house), PATIENCE), house.running.logs()
    assert {house.message(each).state for each in waiting} <= {MessageState.SCHEDULED, MessageState.SENDING}

    office.manners = Manners()

    assert {settled(house, each).state for each in waiting} == {MessageState.SENT}
    assert not is_unknown(house)


def is_unknown(house: House) -> bool:
    return (house.account_failure() or "").startswith("535")
