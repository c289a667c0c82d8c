"""The list of attacks on signing in, against a web server as an operator starts it."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pyotp
import pytest
import sqlalchemy as sa

from crm import clock
from crm.db import transaction
from crm.flows import entry_links
from crm.models import Account, GuessTally, RecoveryCode
from crm.models.second_step import turn_off
from crm.rules.roles import Role
from crm.web.access import COOKIE
from tests.practice import PASSWORD
from tests.system.attacker import Attacker, Reply
from tests.system.house import OWNER, House, open_house
from tests.system.postoffice import PostOffice

pytestmark = pytest.mark.system
STEP = "/sign-in/second-step"
PAIR = {"email": OWNER, "password": PASSWORD}
FORGED = ("X-Forwarded-For", "X-Real-IP", "Forwarded", "X-Client-IP", "True-Client-IP", "CF-Connecting-IP")
MULTIPART = b'--b\r\nContent-Disposition: form-data; name="a"\r\n\r\nx\r\n--b--\r\n'
FEWEST, MOST = 9, 60
"""Rounds. Other tests take the machine's time too, so only the quickest of each kind tells something, and
only ever too much: rounds go on until they agree, which those of a door that tells never do."""
MOST_APART = 0.06
"""Seconds (R22)."""


@pytest.fixture(scope="module")
def house(place: Path, own_database: str, office: PostOffice) -> Iterator[House]:
    with open_house(place, own_database, office) as opened:
        opened.web()
        yield opened


@pytest.fixture(autouse=True)
def a_quiet_day(house: House) -> None:
    """Nobody has guessed yet, and the password is enough."""
    with house.app.app_context(), transaction() as session:
        session.execute(sa.delete(GuessTally))
        owner = session.scalars(sa.select(Account).where(Account.email == OWNER)).one()
        owner.set_password(PASSWORD)
        turn_off(owner)


@pytest.fixture
def door(house: House) -> Callable[[], Attacker]:
    """A fresh browser each time."""
    return lambda: Attacker(house.env["BASE_URL"])


def forgives(house: House) -> None:
    with house.app.app_context(), transaction() as session:
        session.execute(sa.delete(GuessTally))


def has_an_app(house: House) -> pyotp.TOTP:
    secret = pyotp.random_base32()
    with house.app.app_context(), transaction() as session:
        owner = session.scalars(sa.select(Account).where(Account.email == OWNER)).one()
        owner.totp_secret, owner.totp_confirmed_at = secret, clock.now()
    return pyotp.TOTP(secret)


def signs_in(attacker: Attacker) -> Reply:
    return attacker.post("/sign-in", PAIR)


def is_in(attacker: Attacker) -> bool:
    return attacker.get("/today").status == 200


def test_a_copied_cookie_is_worth_nothing_after_signing_out(door: Callable[[], Attacker]) -> None:
    owner, thief = door(), door()
    signs_in(owner)
    thief.cookies = dict(owner.cookies)
    before = is_in(thief)

    owner.post("/sign-out", {}, page="/settings/account")

    assert (before, is_in(thief)) == (True, False)


def test_a_cookie_planted_before_signing_in_is_not_taken_over(door: Callable[[], Attacker]) -> None:
    thief, owner = door(), door()
    thief.get("/sign-in")
    owner.cookies = dict(thief.cookies) | {COOKIE: "planted"}
    planted = dict(owner.cookies)

    signs_in(owner)
    thief.cookies = planted

    assert owner.cookies[COOKIE] != "planted"
    assert is_in(owner)
    assert not is_in(thief)


def quickest_of_each(
    house: House, known: Callable[[], Reply], unknown: Callable[[str], Reply]
) -> tuple[float, float, int]:
    """Seconds of the quickest answer for an address with an account and for one without, and the rounds."""
    ours = theirs = math.inf
    for number in range(MOST):
        forgives(house)
        ours = min(ours, known().seconds)
        theirs = min(theirs, unknown(f"n{number}@example.org").seconds)
        if number + 1 >= FEWEST and abs(ours - theirs) < MOST_APART:
            break
    return ours, theirs, number + 1


def test_known_and_unknown_addresses_take_the_same_time(
    house: House, door: Callable[[], Attacker], tell: Callable[[str], None]
) -> None:
    signs_in(door())

    ours, theirs, rounds = quickest_of_each(
        house,
        lambda: door().post("/sign-in", PAIR | {"password": "not it"}),
        lambda address: door().post("/sign-in", {"email": address, "password": "not it"}),
    )

    tell(
        f"a wrong password {ours * 1000:.0f} ms, an unknown address {theirs * 1000:.0f} ms,"
        f" the quickest of {rounds}"
    )
    assert abs(ours - theirs) < MOST_APART


def test_asking_for_a_link_takes_the_same_time_for_everybody(
    house: House, door: Callable[[], Attacker], tell: Callable[[str], None]
) -> None:
    path = "/sign-in/forgotten"
    statuses = set()

    def asks(address: str) -> Reply:
        answer = door().post(path, {"email": address}, page=path)
        statuses.add(answer.status)
        return answer

    ours, theirs, rounds = quickest_of_each(house, lambda: asks(OWNER), asks)

    tell(
        f"a known address {ours * 1000:.0f} ms, an unknown one {theirs * 1000:.0f} ms,"
        f" the quickest of {rounds}"
    )
    assert statuses == {200}
    assert abs(ours - theirs) < MOST_APART


def test_ten_guesses_are_the_most_whatever_they_say_of_where_they_come_from(
    door: Callable[[], Attacker], tell: Callable[[str], None]
) -> None:
    replies = [
        door().post("/sign-in", PAIR | {"password": f"guess {n}"}, **dict.fromkeys(FORGED, f"203.0.113.{n}"))
        for n in range(12)
    ]

    tell(f"statuses {[each.status for each in replies]}, Retry-After {replies[-1].headers['Retry-After']} s")
    assert [each.status for each in replies] == [422] * 10 + [429] * 2
    assert 0 < int(replies[-1].headers["Retry-After"]) <= 300


def test_forty_guesses_at_once_are_ten(door: Callable[[], Attacker], tell: Callable[[str], None]) -> None:
    attackers = [door() for _ in range(40)]
    with ThreadPoolExecutor(8) as threads:
        replies = list(threads.map(lambda each: each.post("/sign-in", PAIR | {"password": "x"}), attackers))

    looked_at = sum(each.status == 422 for each in replies)
    tell(f"of 40 guesses at once {looked_at} were looked at")
    assert looked_at == 10


def test_while_others_guess_who_is_in_stays_in_and_who_was_in_comes_in(door: Callable[[], Attacker]) -> None:
    inside, known = door(), door()
    signs_in(inside)
    signs_in(known)
    known.post("/sign-out", {}, page="/settings/account")
    for number in range(12):
        door().post("/sign-in", PAIR | {"password": f"guess {number}"})

    assert signs_in(door()).status == 429
    assert is_in(inside)
    assert signs_in(known).status == 303
    assert is_in(known)


def test_a_code_of_the_app_opens_once(house: House, door: Callable[[], Attacker]) -> None:
    app, owner, thief = has_an_app(house), door(), door()
    signs_in(owner)
    signs_in(thief)
    half_way = (is_in(owner), is_in(thief))
    code = app.at(clock.now())

    first, second = (each.post(STEP, {"code": code}, page=STEP).status for each in (owner, thief))

    assert (half_way, first, second) == ((False, False), 303, 422)
    assert (is_in(owner), is_in(thief)) == (True, False)


def test_a_recovery_code_opens_once(house: House, door: Callable[[], Attacker]) -> None:
    has_an_app(house)
    with house.app.app_context(), transaction() as session:
        owner_id = session.scalars(sa.select(Account.id).where(Account.email == OWNER)).one()
        code = RecoveryCode.give(owner_id, clock.now())[0]
    owner, thief = door(), door()
    signs_in(owner)
    signs_in(thief)

    first, second = (each.post(STEP, {"code": code}, page=STEP).status for each in (owner, thief))

    assert (first, second) == (303, 422)
    assert (is_in(owner), is_in(thief)) == (True, False)


def test_codes_are_guessed_ten_times_and_no_more(house: House, door: Callable[[], Attacker]) -> None:
    has_an_app(house)
    thief = door()
    signs_in(thief)

    statuses = [thief.post(STEP, {"code": f"{n:06}"}, page=STEP).status for n in range(11)]

    assert statuses[-1] == 429
    assert not is_in(thief)


def test_a_link_to_a_new_password_works_once_and_ends_what_was_open(
    house: House, door: Callable[[], Attacker]
) -> None:
    inside = door()
    signs_in(inside)
    with house.app.app_context(), transaction() as session:
        owner = session.scalars(sa.select(Account).where(Account.email == OWNER)).one()
        link = entry_links.new_password_link(owner, house.app.extensions["links"], clock.now())
    path = link.removeprefix(house.env["BASE_URL"])
    chosen = {"password": "words of another kind"}

    first = door().post(path, chosen, page=path).status
    second = door().post(path, {"password": "and of yet another"}, page="/sign-in").status

    assert (first, second) == (303, 404)
    assert not is_in(inside)
    assert signs_in(door()).status == 422


def test_an_invitation_works_once(house: House, door: Callable[[], Attacker]) -> None:
    guest = entry_links.Guest("june@springstreet.example", "June", Role.ASSISTANT)
    with house.app.app_context(), transaction() as session:
        owner = session.scalars(sa.select(Account).where(Account.email == OWNER)).one()
        token = entry_links.invite(guest, owner, house.app.extensions["links"], clock.now())
    path, joins = f"/join/{token}", {"name": "June", "password": "words that are hers"}
    june, thief = door(), door()

    first = june.post(path, joins, page=path).status
    second = thief.post(path, joins, page="/sign-in").status

    assert (first, second) == (303, 404)
    assert (is_in(june), is_in(thief)) == (True, False)


@pytest.mark.parametrize(
    "path",
    [
        "/sign-in",
        "/sign-in/second-step",
        "/sign-in/passkey",
        "/sign-in/passkey/options",
        "/sign-in/forgotten",
        "/sign-in/new-password/x",
        "/join/x",
        "/again",
        "/sign-out",
        "/settings/account/password",
        "/settings/account/second-step",
        "/settings/account/second-step/confirmation",
        "/settings/account/second-step/codes",
        "/settings/account/second-step/removal",
        "/settings/account/passkeys",
        "/settings/account/passkeys/options",
        "/settings/account/passkeys/1/name",
        "/settings/account/passkeys/1/removal",
        "/settings/account/browsers/1/end",
        "/settings/account/browsers/others/end",
        "/settings/accounts/invitations",
        "/settings/accounts/invitations/1/withdrawal",
        "/settings/accounts/1/role",
        "/settings/accounts/1/deactivation",
        "/settings/accounts/1/reactivation",
        "/settings/accounts/1/sign-out",
        "/settings/accounts/1/second-step/removal",
    ],
)
def test_no_other_site_does_anything_here(door: Callable[[], Attacker], path: str) -> None:
    owner = door()
    signs_in(owner)
    kinds = {
        "application/x-www-form-urlencoded": b"role=owner&csrf_token=x",
        "application/json": b'{"csrf_token": "x"}',
        "text/plain": b"csrf_token=x",
        "multipart/form-data; boundary=b": MULTIPART,
    }

    statuses = [owner.post_raw(path, body, **{"Content-Type": kind}).status for kind, body in kinds.items()]
    foreign = owner.post(path, {}, page="/settings/account", Origin="https://evil.example").status

    assert statuses == [400] * 4
    assert foreign == 403
    assert is_in(owner)


def test_a_sign_in_that_is_half_done_opens_no_page(house: House, door: Callable[[], Attacker]) -> None:
    has_an_app(house)
    half = door()
    signs_in(half)

    opened = [
        path for path in ("/today", "/people", "/settings/account", "/reports.csv") if is_open(half, path)
    ]

    assert opened == []


def is_open(attacker: Attacker, path: str) -> bool:
    return not re.match("/sign-in", attacker.get(path).location)
