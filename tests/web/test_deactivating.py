"""Before somebody is deactivated the owner reads what is still theirs, and is led to where it is changed."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from crm.flows import calls
from crm.flows.calls import Wish
from crm.models import InquiryForm, Medium, Source, Vacancy
from crm.rules.roles import Role
from crm.rules.slots import Place
from crm.rules.ways_in import SourceKind
from tests.practice import Practice
from tests.web.reading import read
from tests.web.staff import Staff

A_DAY = timedelta(days=1)

SAM = "Sam Rivers <sam@example.org>"


@pytest.fixture
def paul(practice: Practice, staff: Staff) -> int:
    """A clinician with somebody in his care, who has a call; a form, a way in and a place lead to him."""
    sam, paul = practice.receives_inquiry(SAM), staff.ids[Role.CLINICIAN]
    staff.put(sam)
    with practice.at_work() as session:
        place = Place(practice.now + 7 * A_DAY, Medium.PHONE)
        calls.book(practice.lead(sam), Wish(place, paul), practice.now)
        session.scalars(sa.select(InquiryForm)).one().account_id = paul
        way = Source(name="The site", kind=SourceKind.API, made_at=practice.now)
        way.account_id, way.token_hash, way.token_end = paul, "x", "x"
        offered = {
            "words": "Tuesdays",
            "nonce": "n",
            "made_at": practice.now,
            "ends_at": practice.now + A_DAY,
        }
        session.add_all([way, Vacancy(clinician_id=paul, account_id=1, **offered)])
    return paul


def test_it_says_what_would_be_left_behind_and_leads_there(staff: Staff, paul: int) -> None:
    page = read(staff.browser(Role.OWNER).get(f"/settings/accounts/{paul}/deactivation/new"))
    said, links = page.all_text, [each.attributes["href"] for each in page.root.find("#left-behind a")]

    assert "Deactivate Paul?" in said
    assert "A call with Sam Rivers" in said
    assert "One person is in their care" in said
    assert "gives everybody who writes to them" in said
    assert "A place with them is on offer" in said
    assert links == [
        "/people/1",
        f"/people?view=list&with={paul}",
        "/settings/form/1",
        "/settings/ways-in/1",
        "/waitlist",
    ]


def test_every_way_it_leads_is_there(staff: Staff, paul: int) -> None:
    owner = staff.browser(Role.OWNER)
    page = read(owner.get(f"/settings/accounts/{paul}/deactivation/new"))

    assert {owner.get(each.attributes["href"]).status_code for each in page.root.find("#left-behind a")} == {
        200
    }


def test_afterwards_it_is_still_told(staff: Staff, paul: int) -> None:
    owner = staff.browser(Role.OWNER)
    back_to = {"next": "/settings/accounts"}

    assert (
        owner.post(f"/settings/accounts/{paul}/deactivation", data=back_to).location == "/settings/accounts"
    )
    assert "What is still Paul’s" in read(owner.get(f"/settings/accounts/{paul}/deactivation/new")).all_text


def test_of_whom_nothing_hangs_nothing_is_said(staff: Staff) -> None:
    ada = staff.ids[Role.ASSISTANT]

    page = read(staff.browser(Role.OWNER).get(f"/settings/accounts/{ada}/deactivation/new"))

    assert "No call is to come with them" in page.all_text
