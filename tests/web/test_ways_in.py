"""Settings, Ways in: who opens one is told how to connect it, sees its token once, and can shut it."""

from __future__ import annotations

import re

import sqlalchemy as sa
from flask.testing import FlaskClient

from crm.models import Source
from crm.rules.ways_in import Scope, SourceKind
from crm.web.source_tokens import token_hash
from crm.web.ways_in_words import KIND_WORDS, STEPS
from tests.practice import Practice
from tests.web.desk import Desk
from tests.web.reading import Page

WAYS_IN = "/settings/ways-in"


def opened(desk: Desk, name: str = "Contact page", kind: str = "elementor") -> Page:
    return desk.does(WAYS_IN, came_from=WAYS_IN, name=name, kind=kind)


def source(practice: Practice) -> Source:
    with practice.reading() as session:
        return session.scalars(sa.select(Source)).one()


def test_a_new_way_in_shows_its_address_once_and_says_where_to_put_it(practice: Practice, desk: Desk) -> None:
    page = opened(desk)
    again = desk.opens(f"{WAYS_IN}/1")

    address = page.text("#token")
    assert re.fullmatch(r"http://localhost/hooks/way_[\w-]{43}", address)
    assert "Turn Advanced Data on" in page.all_text
    assert again.text("#token") == ""
    assert address[-4:] in again.all_text


def test_of_a_token_only_a_hash_under_the_practices_key_is_kept(practice: Practice, desk: Desk) -> None:
    token = opened(desk, kind="api").text("#token")

    kept = source(practice)
    assert token.startswith("way_")
    assert token not in repr({column.key: getattr(kept, column.key) for column in sa.inspect(Source).columns})
    with practice.app.app_context():
        assert kept.token_hash == token_hash(token)
        practice.app.config["SECRET_KEY"], key = "another", practice.app.config["SECRET_KEY"]
        assert kept.token_hash != token_hash(token)
        practice.app.config["SECRET_KEY"] = key


def test_each_kind_may_do_one_thing_only(practice: Practice, desk: Desk) -> None:
    opened(desk, kind="api")
    opened(desk, kind="jotform")

    with practice.reading() as session:
        scopes = {each.kind: each.scopes for each in session.scalars(sa.select(Source))}
    assert scopes == {SourceKind.API: [Scope.WRITE_INQUIRIES], SourceKind.JOTFORM: [Scope.HAND_IN]}


def test_a_new_token_ends_the_one_before_it(practice: Practice, desk: Desk) -> None:
    before = opened(desk, kind="api").text("#token")

    after = desk.does(f"{WAYS_IN}/1/token").text("#token")

    with practice.reading():
        assert Source.of(token_hash(before)) is None
        assert Source.of(token_hash(after)) is not None


def test_a_way_in_can_be_shut_and_opened_again(practice: Practice, desk: Desk) -> None:
    token = opened(desk, kind="api").text("#token")

    shut = desk.does(f"{WAYS_IN}/1/revocation")

    assert shut.toast == "Contact page is shut. Nothing comes in by it."
    assert "Shut." in desk.opens(WAYS_IN).all_text
    with practice.reading():
        assert Source.of(token_hash(token)) is None
    assert desk.does(f"{WAYS_IN}/1/token").text("#token")
    assert source(practice).revoked_at is None


def test_what_is_known_of_whoever_comes_by_it_is_kept(practice: Practice, desk: Desk) -> None:
    opened(desk)

    page = desk.does(f"{WAYS_IN}/1", name="Blog", found_us="The blog", account_id="1", sequence_id="1")

    kept = source(practice)
    assert (kept.name, kept.found_us, kept.account_id, kept.sequence_id) == ("Blog", "The blog", 1, 1)
    assert page.attribute("#found_us", "value") == "The blog"
    assert page.texts("option[selected]")[:2] == ["Connor", "New inquiry"]


def test_what_is_no_choice_and_no_name_is_told(desk: Desk) -> None:
    assert desk.sends(WAYS_IN, name="", kind="elementor").status_code == 422
    assert desk.sends(WAYS_IN, name="x", kind="carrier_pigeon").status_code == 422
    opened(desk)

    page = Page(desk.sends(f"{WAYS_IN}/1", name="", account_id="99", sequence_id="-1").text)

    assert "A name to know it by, such as “Contact page”." in page.texts(".error")


def test_only_builders_that_sign_are_asked_for_a_secret(practice: Practice, desk: Desk) -> None:
    opened(desk, kind="typeform")
    opened(desk, kind="jotform")

    desk.does(f"{WAYS_IN}/1/secret", signing_secret="shared and long")

    assert desk.sends(f"{WAYS_IN}/2/secret", signing_secret="x").status_code == 404
    assert "Signing secret" not in desk.opens(f"{WAYS_IN}/2").all_text
    assert "shared and long" not in desk.gets(f"{WAYS_IN}/1").text
    with practice.reading() as session:
        assert session.get_one(Source, 1).signing_secret == "shared and long"


def test_every_kind_has_words_and_steps() -> None:
    assert set(KIND_WORDS) == set(STEPS) == set(SourceKind)


def test_ways_in_are_for_who_is_signed_in(practice: Practice, desk: Desk, visitor: FlaskClient) -> None:
    opened(desk)

    for address in (WAYS_IN, f"{WAYS_IN}/1"):
        assert visitor.get(address).status_code == 303
