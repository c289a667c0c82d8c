"""What a domain's records mean for the mail we send, and the line that would mend it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from crm.rules.domain import (
    UNSUBSCRIBE,
    Answers,
    Signature,
    State,
    is_aligned,
    is_reserved,
    judged,
    signature_in,
)

GOOGLE = "smtp.gmail.com"
FINE = Answers(
    "springstreet.health",
    spf=("v=spf1 include:_spf.google.com ~all",),
    dmarc=("v=DMARC1; p=quarantine",),
    mx=("aspmx.l.google.com",),
    keys={"google": "v=DKIM1; k=rsa; p=MIIB"},
)
OURS = Signature("springstreet.health", "google", UNSUBSCRIBE | {"from", "to"})


def states(answers: Answers, server: str = GOOGLE, signature: Signature | None = None) -> list[State]:
    return [each.state for each in judged(answers, server, signature)]


def test_all_four_are_told_in_order() -> None:
    assert [each.name for each in judged(FINE, GOOGLE)] == ["SPF", "DKIM", "DMARC", "MX"]
    assert states(FINE) == [State.FINE] * 4


def test_where_nobody_answers_nothing_is_held_against_the_domain() -> None:
    assert states(Answers("springstreet.health")) == [State.UNKNOWN] * 4


def test_what_is_missing_comes_with_the_line_to_add() -> None:
    nothing = Answers("springstreet.health", spf=(), dmarc=(), mx=())

    spf, dkim, dmarc, mx = judged(nothing, GOOGLE)

    assert spf.line == 'springstreet.health TXT "v=spf1 include:_spf.google.com ~all"'
    assert dmarc.line == '_dmarc.springstreet.health TXT "v=DMARC1; p=none"'
    assert {each.state for each in (spf, dkim, dmarc, mx)} == {State.MISSING}


@pytest.mark.parametrize(
    ("spf", "server", "state", "line"),
    [
        (("v=spf1 include:_spf.google.com -all",), GOOGLE, State.FINE, ""),
        (("v=spf1 mx -all",), GOOGLE, State.WRONG, "include:_spf.google.com"),
        (("v=spf1 mx -all",), "mail.springstreet.health", State.FINE, ""),
        (("v=spf1 +all",), GOOGLE, State.WRONG, ""),
        (("v=spf1 include:_spf.google.com ~all", "v=spf1 mx ~all"), GOOGLE, State.WRONG, ""),
        ((), "mail.springstreet.health", State.MISSING,
         'springstreet.health TXT "v=spf1 a:mail.springstreet.health ~all"'),
    ],
)  # fmt: skip
def test_spf_has_to_name_the_server_where_that_can_be_known(
    spf: tuple[str, ...], server: str, state: State, line: str
) -> None:
    found = judged(replace(FINE, spf=spf), server)[0]

    assert (found.state, found.line) == (state, line)


@pytest.mark.parametrize(
    ("dmarc", "state"),
    [
        ("v=DMARC1; p=none", State.FINE),
        ("v=DMARC1;p=reject; rua=mailto:x@y.z", State.FINE),
        ("v=DMARC1", State.WRONG),
        ("v=DMARC1; p=maybe", State.WRONG),
        ("v=DMARC1; sp=none", State.WRONG),
    ],
)
def test_dmarc_needs_a_policy(dmarc: str, state: State) -> None:
    assert judged(replace(FINE, dmarc=(dmarc,)), GOOGLE)[2].state is state


@pytest.mark.parametrize(
    ("signature", "state", "said"),
    [
        (OURS, State.FINE, "can’t be altered"),
        (replace(OURS, domain="mail.springstreet.health"), State.FINE, "can’t be altered"),
        (replace(OURS, domain="gappssmtp.com"), State.WRONG, "signed by gappssmtp.com"),
        (replace(OURS, signed=frozenset({"from", "list-unsubscribe"})), State.WRONG, "List-Unsubscribe"),
    ],
)
def test_an_email_that_came_back_says_whether_the_way_to_stop_is_signed(
    signature: Signature, state: State, said: str
) -> None:
    dkim = judged(replace(FINE, keys={}), GOOGLE, signature)[1]

    assert dkim.state is state
    assert said in dkim.words


def test_a_signature_is_read_however_it_is_folded() -> None:
    header = "v=1; d=Springstreet.Health; s=goo\r\n gle;\r\n h=From : List-Unsubscribe:\r\n to; b=x=="

    assert signature_in(header) == Signature(
        "springstreet.health", "google", frozenset({"from", "list-unsubscribe", "to"})
    )


@pytest.mark.parametrize("header", ["", "nonsense", "d=;s=x", "v=1; d=a.b", ";;;=", "d=a.b; s"])
def test_what_is_no_signature_is_none(header: str) -> None:
    assert signature_in(header) is None


def test_answers_are_kept_as_they_came() -> None:
    assert Answers.of(FINE.record()) == FINE
    assert Answers.of(Answers("a.b").record()) == Answers("a.b")


@pytest.mark.parametrize(
    ("domain", "reserved"),
    [
        ("springstreet.example", True),
        ("example.org", True),
        ("mail.example.com", True),
        ("localhost", True),
        ("springstreet.health", False),
        ("example.health", False),
    ],
)
def test_names_that_are_nobodys_are_not_looked_up(domain: str, reserved: bool) -> None:  # noqa: FBT001 - a column
    assert is_reserved(domain) is reserved


def test_a_domain_is_aligned_with_what_is_above_or_below_it() -> None:
    assert is_aligned("mail.a.b", "a.b")
    assert is_aligned("a.b", "mail.a.b")
    assert not is_aligned("xa.b", "a.b")
