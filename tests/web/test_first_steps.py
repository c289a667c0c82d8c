"""A new practice finds what to do first on Today; the list goes away by itself."""

from __future__ import annotations

from crm.models import EventKind, Lead
from crm.models import Practice as PracticeRow
from tests.practice import Practice
from tests.web.desk import Desk

OPEN = "#first-steps li a"


def is_new(practice: Practice) -> None:
    with practice.at_work():
        row = PracticeRow.current()
        row.first_steps, row.office_address, row.account_tested_at = [], "", None


def test_a_new_practice_reads_what_to_do_first(practice: Practice, desk: Desk) -> None:
    is_new(practice)

    page = desk.opens("/today")

    assert page.texts(OPEN) == [
        "Say who you are: your name and the office address that every email needs",
        "Look at your sending hours",
        "Send yourself a test email",
        "Read the emails people get after they write",
        "Put the form on your site, and send it once yourself",
        "Ask everybody for a second step at sign-in",
    ]


def test_every_line_leads_to_where_it_is_done(practice: Practice, desk: Desk) -> None:
    is_new(practice)

    links = [link.attributes["href"] for link in desk.opens("/today").root.find(OPEN)]

    assert all(desk.opens(link).heading for link in links)


def test_what_is_done_is_ticked_off_and_the_list_goes_away_by_itself(practice: Practice, desk: Desk) -> None:
    is_new(practice)
    with practice.at_work():
        row = PracticeRow.current()
        row.office_address, row.account_tested_at = "1 Example St", practice.now
        row.demand_second_step(practice.now)
    practice.receives_inquiry("Maya <maya@example.org>", client_key="a place")

    left = desk.opens("/today").texts(OPEN)
    desk.does("/today/first-steps/hours")
    page = desk.does("/today/first-steps/sequence")

    assert left == ["Look at your sending hours", "Read the emails people get after they write"]
    assert page.root.find("#first-steps") == []


def test_someone_added_by_hand_is_no_proof_that_the_form_works(practice: Practice, desk: Desk) -> None:
    is_new(practice)
    desk.does("/people", name="Maya", email="maya@example.org")

    assert "Put the form on your site, and send it once yourself" in desk.opens("/today").texts(OPEN)


def test_nor_is_a_list_of_people_that_was_brought_in(practice: Practice, desk: Desk) -> None:
    is_new(practice)
    with practice.at_work():
        lead = Lead.find_or_start("mailto:maya@example.org", "Maya", practice.now)
        lead.record(EventKind.IMPORTED, practice.now)

    assert "Put the form on your site, and send it once yourself" in desk.opens("/today").texts(OPEN)


def test_the_list_can_be_put_away(practice: Practice, desk: Desk) -> None:
    is_new(practice)

    page = desk.does("/today/first-steps/rest")

    assert page.toast == "The list is put away. All of it is in Settings."
    assert page.root.find("#first-steps") == []


def test_a_step_that_is_none_is_not_found(desk: Desk) -> None:
    assert desk.sends("/today/first-steps/anything").status_code == 404
