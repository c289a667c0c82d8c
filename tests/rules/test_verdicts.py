"""What the rules make of the specimens in tests/mails. `make mails` prints the figures."""

from __future__ import annotations

import re

import pytest

from crm.rules.verdicts import Kind, Verdict
from tests.mails import corpus
from tests.mails.writing import Specimen

Said = list[tuple[Specimen, Verdict]]
BOUNCES = {Kind.HARD_BOUNCE, Kind.SOFT_BOUNCE, Kind.DELAY_NOTICE}


@pytest.fixture(scope="module")
def said() -> Said:
    return [(specimen, corpus.verdict(specimen)) for specimen in corpus.specimens()]


def test_there_are_more_than_three_hundred_mails() -> None:
    assert len({specimen.raw for specimen in corpus.specimens()}) > 300


def test_no_automatic_reply_is_taken_for_a_person(said: Said) -> None:
    """It would stop the follow-ups of somebody who has not read a word."""
    taken = [
        specimen.name
        for specimen, verdict in said
        if specimen.kind is Kind.AUTO_REPLY and verdict.kind is Kind.HUMAN_REPLY
    ]

    assert taken == []


def test_no_person_is_missed(said: Said) -> None:
    missed = [
        f"{specimen.name}: {verdict.kind} {verdict.reason}"
        for specimen, verdict in said
        if specimen.kind is Kind.HUMAN_REPLY and verdict.kind is not Kind.HUMAN_REPLY
    ]

    assert missed == []


def test_every_dead_address_is_found_and_no_living_one_called_dead(said: Said) -> None:
    score = corpus.score(Kind.HARD_BOUNCE, said)

    assert score.recall >= 0.98
    assert score.precision == 1.0


def test_whom_a_bounce_or_complaint_concerns_is_known(said: Said) -> None:
    wrong = [
        f"{specimen.name}: {verdict.recipient}"
        for specimen, verdict in said
        if specimen.recipient and verdict.recipient.lower() != specimen.recipient
    ]

    assert wrong == []


def test_a_persons_words_are_told_apart_from_what_they_quote(said: Said) -> None:
    wrong = [
        f"{specimen.name}: {verdict.reply.new!r}"
        for specimen, verdict in said
        if specimen.new_text and not corpus.same_words(specimen, verdict)
    ]

    assert wrong == []


def test_no_word_of_a_mail_is_lost(said: Said) -> None:
    for specimen, verdict in said:
        if verdict.kind is Kind.HUMAN_REPLY:
            shown = f"{verdict.reply.new} {verdict.reply.folded}".split()
            assert sorted(shown) == sorted(corpus.parsed(specimen).text.split())


def test_what_people_wish_is_seen(said: Said) -> None:
    unseen = [
        specimen.name
        for specimen, verdict in said
        if specimen.wish and not corpus.same_wish(specimen, verdict)
    ]

    assert unseen == []


def test_nobody_is_cut_off_who_did_not_ask_for_it(said: Said) -> None:
    cut_off = [specimen.name for specimen, verdict in said if corpus.acts_wrongly(specimen, verdict)]

    assert cut_off == []


def test_a_day_of_return_is_the_one_that_was_meant(said: Said) -> None:
    wrong = [
        f"{specimen.name}: {verdict.returns_on}"
        for specimen, verdict in said
        if specimen.returns_on and verdict.returns_on != specimen.returns_on
    ]

    assert wrong == []


def test_a_directorys_notice_is_read_label_by_label(said: Said) -> None:
    read = [verdict.inquiry for specimen, verdict in said if specimen.kind is Kind.DIRECTORY_INQUIRY]

    assert {each.name for each in read if each} == {"Maya Okafor"}
    assert {re.sub(r"\D", "", each.phone)[-10:] for each in read if each} == {"2135550144"}
    assert all(each and each.message.startswith("I am looking for help with panic attacks.") for each in read)
    assert all(each and "Evenings are best." in each.message for each in read)
