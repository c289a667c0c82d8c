"""Settings, Sending account: whether emails from this domain are believed, and what would help."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from crm.flows import domain
from crm.models import DomainCheck
from crm.models import Practice as PracticeRow
from crm.rules.domain import Answers
from tests.practice import Practice

HEALTH = "springstreet.health"
ADDRESS = "/settings/sending"
FINE = Answers(
    HEALTH, ("v=spf1 mx ~all",), ("v=DMARC1; p=none",), ("mx.springstreet.health",), {"mail": "p=x"}
)


def moves_to(practice: Practice, name: str) -> None:
    with practice.at_work():
        PracticeRow.current().sender_address = f"connor@{name}"


def is_looked_up(practice: Practice, answers: Answers) -> None:
    moves_to(practice, answers.domain)
    with practice.app.app_context():
        domain.look_up(lambda _name, _selectors: answers, practice.now)


def card(client: FlaskClient) -> str:
    page = client.get(ADDRESS).text
    return " ".join(page[page.index('id="domain"') : page.index('id="limits"')].split())


def sections(client: FlaskClient) -> str:
    """The entry of this page in the list at left."""
    listed = client.get(ADDRESS).text.partition('id="sections"')[2]
    return listed.partition("Sending account")[2].partition("</a>")[0]


def test_before_the_first_look_it_is_being_looked_up(client: FlaskClient) -> None:
    assert "Being looked up …" in card(client)


def test_a_record_that_is_missing_comes_with_its_line_and_a_dot(
    practice: Practice, client: FlaskClient
) -> None:
    is_looked_up(practice, Answers(HEALTH, FINE.spf, (), FINE.mx, FINE.keys))

    shown = card(client)

    assert "Missing. Gmail may put some emails in spam until this is there." in shown
    assert "_dmarc.springstreet.health TXT &#34;v=DMARC1; p=none&#34;" in shown
    assert "Looked up today at 1:52 pm." in shown
    assert "needs attention" in sections(client)


def test_where_all_is_well_nothing_is_asked_of_anybody(practice: Practice, client: FlaskClient) -> None:
    is_looked_up(practice, FINE)

    shown = card(client)

    assert shown.count("Passing") == 4
    assert "needs attention" not in sections(client)
    assert "Copy" not in shown


def test_where_nobody_answered_nothing_is_held_against_the_domain(
    practice: Practice, client: FlaskClient
) -> None:
    is_looked_up(practice, Answers(HEALTH))

    assert card(client).count("We couldn’t look.") == 4


def test_check_again_asks_the_worker_and_says_when_none_comes(
    practice: Practice, client: FlaskClient
) -> None:
    is_looked_up(practice, FINE)

    answer = client.post(f"{ADDRESS}/domain")
    pending = card(client)
    practice.at(practice.now + timedelta(minutes=2))
    late = card(client)

    assert (answer.status_code, answer.location) == (303, f"{ADDRESS}#domain")
    assert "Being looked up …" in pending
    assert "hx-trigger" in pending
    assert "Is the worker running?" in late
    assert "hx-trigger" not in late


def test_another_sender_has_to_be_looked_up_anew(practice: Practice, client: FlaskClient) -> None:
    is_looked_up(practice, FINE)

    moves_to(practice, "mainstreet.health")

    assert "Passing" not in card(client)
    assert "mainstreet.health" in card(client)


@pytest.mark.parametrize("hostile", ['"><script>alert(1)</script>', "<img src=x onerror=alert(1)>"])
def test_what_a_stranger_writes_into_the_dns_is_never_markup(
    practice: Practice, client: FlaskClient, hostile: str
) -> None:
    is_looked_up(
        practice, Answers(HEALTH, (f"v=spf1 {hostile}",), (hostile,), (hostile,), {hostile: hostile})
    )

    assert hostile not in client.get(ADDRESS).text
    with practice.reading():
        assert DomainCheck.current() is not None
