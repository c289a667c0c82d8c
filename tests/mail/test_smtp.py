from __future__ import annotations

import asyncio
from time import monotonic

import pytest

from crm.mail.compose import Email
from crm.mail.smtp import Security, SmtpSettings
from crm.mail.transport import Refused, TryLater, Unsure
from tests.mail.servers import (
    EMAIL,
    SHORT,
    Answer,
    Owner,
    Sender,
    Talk,
    To,
    babble,
    drip,
    drop,
    hang,
    in_turn,
    listening,
    serving,
    then_drop,
)


async def at_once() -> None:
    """May it go? It may."""


def test_a_mail_reaches_exactly_one_recipient_with_its_text_unchanged(to: To, hand_over: Owner) -> None:
    with serving() as server:
        reply = to(server).send(EMAIL, hand_over)

        assert reply == "250 2.0.0 queued as 4711"
        assert server.heard[1:3] == [
            b"mail FROM:<connor@springstreet.example>",
            b"rcpt TO:<sam@example.org>",
        ]
        assert server.verbs().count("RCPT") == 1
        assert server.texts[0].replace(b"\r\n..", b"\r\n.") + b"\r\n" == EMAIL.raw
        assert hand_over.times == 1


def test_the_mail_is_handed_over_after_the_recipient_was_accepted_and_before_data(to: To) -> None:
    with serving() as server:
        said_before: list[str] = []

        to(server).send(EMAIL, lambda: said_before.extend(server.verbs()))

        assert said_before == ["EHLO", "MAIL", "RCPT"]


def test_what_hand_over_raises_comes_through_and_nothing_leaves(to: To, hand_over: Owner) -> None:
    class Withdrawn(Exception): ...  # noqa: N818 - a decision, not an error

    def withdraw() -> None:
        raise Withdrawn

    with serving() as server:
        transport = to(server)

        with pytest.raises(Withdrawn):
            transport.send(EMAIL, withdraw)
        transport.send(EMAIL, hand_over)

        assert server.verbs() == ["EHLO", "MAIL", "RCPT", "RSET", "MAIL", "RCPT", "DATA"]
        assert server.connections == 1
        assert len(server.texts) == 1


@pytest.mark.parametrize("step", ["MAIL", "RCPT", "DATA", "dot"])
def test_a_temporary_no_is_tried_later_on_the_same_connection(step: str, to: To, hand_over: Owner) -> None:
    answer = in_turn("451 4.3.0 not now", "354 go on" if step == "DATA" else "250 2.0.0 fine")
    changes: dict[str, Answer] = {step: answer}
    if step == "DATA":
        changes = {"DATA": "451 4.3.0 not now"}
    with serving(**changes) as server:
        transport = to(server)

        with pytest.raises(TryLater) as failure:
            transport.send(EMAIL, hand_over)

        assert failure.value.reply == "451 4.3.0 not now"
        assert not failure.value.account_level
        server.answers["DATA"] = "354 go on"
        transport.send(EMAIL, hand_over)
        assert server.connections == 1


@pytest.mark.parametrize("step", ["MAIL", "RCPT", "DATA", "dot"])
def test_a_final_no_refuses_this_mail_and_not_the_next(step: str, to: To, hand_over: Owner) -> None:
    with serving(**{step: "550 5.7.1 not from you"}) as server:
        transport = to(server)

        with pytest.raises(Refused) as refusal:
            transport.send(EMAIL, hand_over)

        assert refusal.value.reply == "550 5.7.1 not from you"
        assert not refusal.value.dead_address
        server.answers[step] = "354 go on" if step == "DATA" else "250 2.0.0 fine"
        transport.send(EMAIL, hand_over)
        assert server.connections == 1


@pytest.mark.parametrize("step", ["RCPT", "dot"])
def test_a_dead_address_is_told_from_other_refusals(step: str, to: To, hand_over: Owner) -> None:
    with serving(**{step: "550-5.1.1 nobody of that name\r\n550 5.1.1 lives here"}) as server:
        with pytest.raises(Refused) as refusal:
            to(server).send(EMAIL, hand_over)

        assert refusal.value.dead_address


@pytest.mark.parametrize(
    ("step", "answer"),
    [
        ("greeting", hang),
        ("greeting", drop),
        ("greeting", "421 4.3.2 too busy"),
        ("greeting", "554 5.3.2 no service"),
        ("greeting", drip),
        ("greeting", babble),
        ("greeting", "hello there"),
        ("EHLO", hang),
        ("EHLO", drop),
        ("EHLO", drip),
    ],
)
def test_a_server_that_cannot_be_talked_to_is_tried_later(
    step: str, answer: Answer, to: To, hand_over: Owner
) -> None:
    with serving(**{step: answer}) as server:
        began = monotonic()

        with pytest.raises(TryLater) as failure:
            to(server, connect_timeout=SHORT, command_timeout=SHORT).send(EMAIL, hand_over)

        assert failure.value.account_level
        assert hand_over.times == 0
        assert monotonic() - began < 6 * SHORT


@pytest.mark.parametrize("step", ["MAIL", "RCPT", "DATA"])
@pytest.mark.parametrize("answer", [hang, drop, drip, "421 4.3.2 shutting down", "what is this"])
def test_a_line_lost_before_the_text_is_tried_later(
    step: str, answer: Answer, to: To, hand_over: Owner
) -> None:
    with serving(**{step: answer}) as server:
        began = monotonic()
        transport = to(server, command_timeout=SHORT)

        with pytest.raises(TryLater) as failure:
            transport.send(EMAIL, hand_over)

        assert not failure.value.account_level
        assert monotonic() - began < 6 * SHORT
        server.answers |= {"MAIL": "250 ok", "RCPT": "250 ok", "DATA": "354 go on"}
        transport.send(EMAIL, hand_over)
        assert len(server.texts) == 1


def test_a_line_lost_in_the_middle_of_the_text_is_tried_later(to: To, hand_over: Owner) -> None:
    def read_a_little(talk: Talk) -> None:
        talk.say("354 go on")
        talk.sock.recv(1000)
        drop(talk)

    long = Email(EMAIL.sender, EMAIL.recipient, EMAIL.message_id, EMAIL.raw + b"a line\r\n" * 2_000_000)
    with serving(DATA=read_a_little) as server:
        with pytest.raises(TryLater):
            to(server).send(long, hand_over)

        assert hand_over.times == 1
        assert server.texts == []


@pytest.mark.parametrize("answer", [hang, drop, drip, babble, "what is this", "354 more"])
def test_no_answer_to_the_whole_text_leaves_us_unsure(answer: Answer, to: To, hand_over: Owner) -> None:
    with serving(dot=answer) as server:
        began = monotonic()
        transport = to(server, data_timeout=SHORT)

        with pytest.raises(Unsure):
            transport.send(EMAIL, hand_over)

        assert len(server.texts) == 1
        assert monotonic() - began < 6 * SHORT
        server.answers["dot"] = "250 2.0.0 queued"
        assert transport.send(EMAIL, hand_over) == "250 2.0.0 queued"


def test_an_endless_line_after_the_text_is_no_refusal(to: To, hand_over: Owner) -> None:
    with serving(dot="2" * 20_000) as server, pytest.raises(Unsure):
        to(server).send(EMAIL, hand_over)


def test_250_decides_and_a_line_that_drops_after_it_changes_nothing(to: To, hand_over: Owner) -> None:
    with serving(dot=then_drop("250 2.0.0 queued"), QUIT=drop) as server:
        transport = to(server)

        assert transport.send(EMAIL, hand_over) == "250 2.0.0 queued"
        assert transport.send(EMAIL, hand_over) == "250 2.0.0 queued"
        transport.close()

        assert server.connections == 2
        assert len(server.texts) == 2


@pytest.mark.parametrize("quit_answer", [hang, drop, drip, "500 5.5.1 no"])
def test_a_failing_goodbye_is_nobodys_trouble(quit_answer: Answer, to: To, hand_over: Owner) -> None:
    with serving(QUIT=quit_answer) as server:
        transport = to(server, command_timeout=SHORT)
        transport.send(EMAIL, hand_over)

        transport.close()
        transport.close()

        assert len(server.texts) == 1


def test_a_kept_connection_carries_the_next_mail(to: To, hand_over: Owner) -> None:
    with serving() as server:
        transport = to(server)

        for _ in range(3):
            transport.send(EMAIL, hand_over)

        assert (server.connections, len(server.texts)) == (1, 3)


@pytest.mark.parametrize("mail", [drop, then_drop("421 4.4.2 idle too long"), hang])
def test_a_connection_gone_stale_is_replaced_unnoticed(mail: Answer, to: To, hand_over: Owner) -> None:
    with serving(MAIL=in_turn("250 fine", mail, "250 fine")) as server:
        transport = to(server, command_timeout=SHORT)
        transport.send(EMAIL, hand_over)

        transport.send(EMAIL, hand_over)

        assert (server.connections, len(server.texts), hand_over.times) == (2, 2, 2)


def test_a_server_that_had_enough_of_waiting_says_nothing_about_the_next_mail(
    to: To, hand_over: Owner
) -> None:
    gone = then_drop("421 4.4.2 idle too long")
    ehlo = "250-mail.example\r\n250 PIPELINING"
    with serving(EHLO=ehlo, MAIL=in_turn("250 fine", gone, "250 fine")) as server:
        transport = to(server)
        transport.send(EMAIL, hand_over)

        transport.send(EMAIL, hand_over)

        assert (server.connections, len(server.texts), hand_over.times) == (2, 2, 2)


def test_a_connection_is_left_after_so_many_mails(to: To, hand_over: Owner) -> None:
    with serving() as server:
        transport = to(server, mails_per_connection=2)

        for _ in range(5):
            transport.send(EMAIL, hand_over)

        assert server.connections == 3
        assert server.verbs().count("QUIT") == 2


def test_a_connection_is_left_when_it_has_stood_too_long(to: To, hand_over: Owner) -> None:
    with serving() as server:
        transport = to(server, connection_age=0)

        for _ in range(2):
            transport.send(EMAIL, hand_over)

        assert server.connections == 2


def test_mails_on_their_way_at_once_have_a_connection_each(to: To) -> None:
    with serving() as server:
        transport = to(server).transport

        async def three_at_once() -> None:
            together = asyncio.Barrier(3)
            await asyncio.gather(*(transport.send(EMAIL, together.wait) for _ in range(3)))

        asyncio.run(three_at_once())

        assert (server.connections, len(server.texts)) == (3, 3)


def test_a_server_that_hangs_before_its_greeting_holds_up_no_other_mail(to: To) -> None:
    with serving(greeting=in_turn(hang, "220 mail.example ready")) as server:
        transport = to(server, connect_timeout=5.0).transport

        async def two_at_once() -> str:
            both = [asyncio.create_task(transport.send(EMAIL, at_once)) for _ in range(2)]
            gone, waiting = await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
            for each in waiting:
                each.cancel()
            return await gone.pop()

        assert asyncio.run(two_at_once()) == "250 2.0.0 queued as 4711"
        assert len(server.texts) == 1


def test_whoever_is_stopped_in_the_middle_of_a_mail_hangs_up(to: To, hand_over: Owner) -> None:
    with serving() as server:
        transport = to(server)

        async def stopped_while_it_waits_for_its_mark() -> None:
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(SHORT):
                    await transport.transport.send(EMAIL, asyncio.Event().wait)

        asyncio.run(stopped_while_it_waits_for_its_mark())
        transport.send(EMAIL, hand_over)

        assert server.verbs() == ["EHLO", "MAIL", "RCPT", "EHLO", "MAIL", "RCPT", "DATA"]
        assert server.connections == 2


def test_nobody_listening_is_the_accounts_trouble(to: To, hand_over: Owner) -> None:
    with serving() as server:
        pass

    with pytest.raises(TryLater) as failure:
        to(server).send(EMAIL, hand_over)

    assert failure.value.account_level


def test_a_server_that_never_accepts_is_given_up_in_time(to: To, hand_over: Owner) -> None:
    deaf = listening()
    began = monotonic()
    transport = Sender(SmtpSettings("127.0.0.1", deaf.getsockname()[1], Security.NONE, connect_timeout=SHORT))

    with pytest.raises(TryLater):
        transport.send(EMAIL, hand_over)

    assert monotonic() - began < 6 * SHORT
    deaf.close()


def test_a_reply_is_cut_and_put_on_one_line(to: To, hand_over: Owner) -> None:
    endless = "\r\n".join(["550-5.7.1 because of this and that"] * 40 + ["550 5.7.1 enough"])
    with serving(RCPT=endless) as server:
        with pytest.raises(Refused) as refusal:
            to(server).send(EMAIL, hand_over)

        assert len(refusal.value.reply) == 500
        assert "\n" not in refusal.value.reply
