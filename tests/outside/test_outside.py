"""One POST to a program that takes it, or does its worst: it ends in time, and goes nowhere else."""

from __future__ import annotations

import ssl
from pathlib import Path
from time import monotonic

import pytest

from crm.outside.guard import Guard
from crm.outside.telling import LETTERS, Answered, NotReached, Outside
from crm.rules.reach import Reach
from tests.mail.servers import certificate, listening, tls_server
from tests.outside.receivers import Manner, closes, dripping, floods, hangs, receiver, says, sends

NAME = "hooks.example.org"
HEADERS = {"Content-Type": "application/json", "webhook-id": "msg_1"}
BODY = '{"note":"ü"}'.encode()
IN_TIME = 3.0
"""Seconds after which it would be the machine that is slow."""


def outside(*machines: str, trust: Path | None = None) -> Outside:
    """At home, with little patience; every name stands for these machines."""

    def look_up(host: str, _port: int, _seconds: float) -> list[str]:
        return list(machines) or [host]

    context = ssl.create_default_context(cafile=trust) if trust else ssl.create_default_context()
    return Outside(Guard(Reach(at_home=True), look_up), context, connect_seconds=0.5, all_seconds=0.8)


def why(outcome: Answered | NotReached) -> str:
    assert isinstance(outcome, NotReached), outcome
    return outcome.why


def test_what_is_told_arrives_as_it_was_signed() -> None:
    with receiver(manner=says("200 OK", "Retry-After: 7", body=b"thanks")) as program:
        told = outside().tell(program.url, HEADERS, BODY)

        assert told == Answered(200, "7", b"thanks")
        (heard,) = program.heard
        assert heard.line == "POST /in?key=1 HTTP/1.1"
        assert heard.body == '{"note":"ü"}'
        assert heard.headers == {
            "host": f"127.0.0.1:{program.port}",
            "connection": "close",
            "accept-encoding": "identity",
            "content-type": "application/json",
            "webhook-id": "msg_1",
            "content-length": "13",
        }


def test_what_lies_somewhere_is_fetched_up_to_its_bound() -> None:
    with receiver(manner=says("200 OK", body=b"x" * 5_000)) as program:
        all_of_it, some = outside().fetch(program.url), outside().fetch(program.url, 10)

        assert all_of_it == Answered(200, "", b"x" * 5_000)
        assert some == Answered(200, "", b"x" * 10)
        assert program.heard[0].line == "GET /in?key=1 HTTP/1.1"


def test_nothing_inside_is_fetched() -> None:
    guarded = Outside(Guard(Reach(), lambda *_: ["10.0.0.7"]))

    assert "leads inside" in why(guarded.fetch("https://sns.us-east-1.amazonaws.com/x.pem"))


@pytest.mark.parametrize("status", ["201 Created", "302 Found", "400 Bad", "410 Gone", "429 Slow", "500 Oh"])
def test_every_status_is_told_as_it_is(status: str) -> None:
    with receiver(manner=says(status, "Location: /elsewhere")) as program:
        told = outside().tell(program.url, HEADERS, BODY)

        assert told == Answered(int(status[:3]), "", b"")
        assert program.connections == 1  # no redirect is followed


@pytest.mark.parametrize(
    ("manner", "words"),
    [
        (hangs, "It took too long."),
        (closes, "The line broke: RemoteDisconnected"),
        (dripping(b"HTTP/1.1 "), "It took too long."),
        (dripping(b"HTTP/1.1 200 OK\r\nX-Long: "), "It took too long."),
        (sends(b"220 mail.example ready\r\n"), "The line broke: BadStatusLine"),
        (sends(b"HTTP/1.1 200 OK\r\nX: " + b"y" * 70_000 + b"\r\n\r\n"), "The line broke: LineTooLong"),
        (sends(b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 200 + b"\r\n"), "The line broke: HTTPException"),
        (sends(b"\x00\xff" * 50), "The line broke: BadStatusLine"),
    ],
)
def test_whatever_a_program_does_it_ends_in_time(manner: Manner, words: str) -> None:
    with receiver(manner=manner) as program:
        began = monotonic()
        told = outside().tell(program.url, HEADERS, BODY)

        assert why(told) == words
        assert monotonic() - began < IN_TIME


@pytest.mark.parametrize(
    "manner",
    [
        dripping(b"HTTP/1.1 200 OK\r\n\r\n"),
        floods,
        sends(b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\nonly this"),
        sends(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nnot a length"),
    ],
)
def test_once_the_status_is_said_nothing_after_it_matters(manner: Manner) -> None:
    with receiver(manner=manner) as program:
        began = monotonic()
        told = outside().tell(program.url, HEADERS, BODY)

        assert isinstance(told, Answered)
        assert (told.status, len(told.body) <= LETTERS) == (200, True)
        assert monotonic() - began < IN_TIME


def test_of_a_huge_answer_only_the_beginning_is_read() -> None:
    with receiver(manner=floods) as program:
        told = outside().tell(program.url, HEADERS, BODY)

        assert told == Answered(200, "", b"y" * LETTERS)


def test_nobody_there_is_said_as_that() -> None:
    with listening() as gone:
        port = gone.getsockname()[1]

    assert (
        why(outside().tell(f"http://127.0.0.1:{port}/", HEADERS, BODY))
        == "The line broke: ConnectionRefusedError"
    )


class TestCertificates:
    @pytest.mark.parametrize(
        ("whose", "trusted", "words"),
        [
            ("DNS:localhost", True, ""),
            ("DNS:another.example", True, "Its certificate isn’t good: Hostname mismatch"),
            ("DNS:localhost", False, "Its certificate isn’t good: self-signed certificate"),
        ],
    )
    def test_it_must_be_for_the_name_and_from_somebody_we_trust(
        self, tmp_path: Path, whose: str, *, trusted: bool, words: str
    ) -> None:
        its = certificate(tmp_path, whose)
        with receiver(tls_server(its)) as program:
            way = outside("127.0.0.1", trust=its if trusted else None)
            told = way.tell(f"https://localhost:{program.port}/", HEADERS, BODY)

            if words:
                assert why(told).startswith(words)
                assert program.heard == []
            else:
                assert told == Answered(204, "", b"")
                assert program.heard[0].headers["host"] == f"localhost:{program.port}"

    def test_no_tls_at_all_gets_nothing(self) -> None:
        with receiver(manner=hangs) as program:
            told = outside().tell(f"https://127.0.0.1:{program.port}/", HEADERS, BODY)

            assert isinstance(told, NotReached)
            assert program.heard == []


class TestWhereItGoes:
    """The name is looked up once, every machine is judged, and we go to one that was judged."""

    def test_a_name_for_a_machine_inside_is_refused(self) -> None:
        way = Outside(Guard(Reach(), lambda *_: ["10.0.0.5"]))

        assert "leads inside" in why(way.tell(f"https://{NAME}/", HEADERS, BODY))

    def test_one_machine_inside_among_others_refuses_them_all(self) -> None:
        with receiver() as program:
            way = Outside(Guard(Reach(), lambda *_: ["93.184.216.34", "127.0.0.1"]))
            told = way.tell(f"https://{NAME}/", HEADERS, BODY)

            assert "leads inside" in why(told)
            assert program.connections == 0

    def test_a_name_is_asked_for_once_so_a_second_answer_changes_nothing(self) -> None:
        asked = []

        def turns_inside(host: str, _port: int, _seconds: float) -> list[str]:
            asked.append(host)
            return ["127.0.0.1"] if len(asked) == 1 else ["127.0.0.2"]

        with receiver() as program:
            way = Outside(Guard(Reach(at_home=True), turns_inside))
            told = way.tell(f"http://localhost:{program.port}/", HEADERS, BODY)

            assert (told, asked) == (Answered(204, "", b""), ["localhost"])

    def test_the_next_machine_is_tried_where_one_does_not_answer(self) -> None:
        with receiver() as program:
            told = outside("127.0.0.9", "127.0.0.1").tell(f"http://localhost:{program.port}/", HEADERS, BODY)

            assert told == Answered(204, "", b"")

    def test_no_such_name_is_said_as_that(self) -> None:
        def nobody(*_: object) -> list[str]:
            raise OSError("Name or service not known")

        way = Outside(Guard(Reach(), nobody))

        assert why(way.tell(f"https://{NAME}/", HEADERS, BODY)) == "There is no machine of that name."

    def test_the_environment_names_no_proxy(self, monkeypatch: pytest.MonkeyPatch) -> None:
        with receiver() as proxy, receiver() as program:
            for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "ALL_PROXY"):
                monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.port}")
            outside().tell(program.url, HEADERS, BODY)

            assert (proxy.connections, program.connections) == (0, 1)
