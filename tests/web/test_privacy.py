"""What a person may ask of the practice: who has looked, everything in a file, everything gone."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import UTC, datetime

import pytest
from flask.testing import FlaskClient

from crm.db import db
from crm.flows.holdings import NOBODYS, Whom, theirs
from crm.flows.portrait import NAMES, NOT_TOLD
from crm.models import Lead
from crm.models import Practice as PracticeRow
from crm.rules.trail import Act
from crm.web.again import ASKS_AGAIN
from tests.practice import Practice
from tests.web.desk import Desk
from tests.web.reading import read
from tests.web.test_access_record import acts

MAYA = "Maya Okafor <maya@example.org>"
WROTE = "My mother died in the fall, and I manage."
HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(2)>"


@pytest.fixture
def maya(practice: Practice) -> int:
    maya = practice.receives_inquiry(MAYA, WROTE, phone="+12135550148", more=(("Insurance", "Blue Cross"),))
    practice.advance(minutes=1)
    return maya


def exported(desk: Desk, lead_id: int) -> zipfile.ZipFile:
    answer = desk.sends(f"/people/{lead_id}/export")
    assert answer.status_code == 200
    assert answer.mimetype == "application/zip"
    return zipfile.ZipFile(io.BytesIO(answer.data))


def test_every_table_of_a_person_is_in_the_file_or_left_out_for_a_reason(practice: Practice) -> None:
    with practice.reading():
        of_people = set(theirs(Whom(1, frozenset(), frozenset())))

    assert set(NAMES) | NOT_TOLD == of_people
    assert set(NAMES) & (NOT_TOLD | NOBODYS) == set()


def test_the_file_holds_what_they_wrote_and_what_went_out(practice: Practice, desk: Desk, maya: int) -> None:
    practice.receives_mail(practice.outbox.to("maya@example.org")[0], "Thursday would be lovely.")
    practice.answers(maya, "Ten, then.")
    practice.advance(minutes=1)
    desk.opens(f"/people/{maya}")

    found = exported(desk, maya)

    told = json.loads(found.read("person.json"))
    assert told["format"] == "practice-crm person 1"
    assert (told["person"]["name"], told["person"]["phone"]) == ("Maya Okafor", "+12135550148")
    (inquiry,) = told["inquiries"]
    assert (inquiry["message"], inquiry["more"]) == (WROTE, {"Insurance": "Blue Cross"})
    assert told["replies"][0]["text"] == "Thursday would be lovely."
    assert "I got your note" in [each["sent_subject"] for each in told["emails"]]
    assert {"looked", "exported"} <= {each["act"] for each in told["access_record"]}
    assert "unsubscribe_token" not in found.read("person.json").decode()
    (mail,) = (name for name in found.namelist() if name.startswith("mails/"))
    assert b"Thursday would be lovely." in found.read(mail)


def test_what_opens_the_page_of_a_call_is_not_among_what_is_told_of_it(
    practice: Practice, desk: Desk, maya: int
) -> None:
    when = {"date": "2026-03-20", "time": "10:00", "medium": "phone"}
    assert desk.sends(f"/people/{maya}/booking", **when).status_code == 303

    (call,) = json.loads(exported(desk, maya).read("person.json"))["calls"]

    assert call["medium"] == "phone"
    assert "token" not in call


def test_the_page_in_it_needs_nothing_else_and_runs_nothing(practice: Practice, desk: Desk) -> None:
    hostile = practice.receives_inquiry(f"{HOSTILE} <h@example.org>", HOSTILE, phone="+12135550149")

    page = exported(desk, hostile).read("person.html").decode()

    assert "<script" not in page
    assert "<img" not in page
    assert "&lt;script&gt;alert(1)" in page
    assert "src=" not in page.replace("img src=x", "")
    assert "href=" not in page
    assert "default-src &#39;none&#39;" in page or "default-src 'none'" in page


def test_an_export_is_on_record_before_it_leaves(practice: Practice, desk: Desk, maya: int) -> None:
    exported(desk, maya)

    assert acts(practice, maya) == [Act.EXPORTED]


def test_export_and_erasure_ask_whether_it_is_still_them(practice: Practice) -> None:
    for name in ("privacy.create_export", "privacy.create_erasure", "settings.privacy.download"):
        assert getattr(practice.app.view_functions[name], ASKS_AGAIN)


def test_who_has_looked_is_told_in_words(practice: Practice, desk: Desk, maya: int) -> None:
    desk.opens(f"/people/{maya}")
    practice.advance(minutes=1)
    desk.sends(f"/people/{maya}/closure", reason="other")

    page = desk.opens(f"/people/{maya}/looks")

    assert "Connor opened the page" in page.all_text
    assert "Connor stopped the follow-ups and moved them to another stage" in page.all_text


def test_erasing_asks_first_and_then_nothing_is_there(practice: Practice, desk: Desk, maya: int) -> None:
    asked = desk.opens(f"/people/{maya}/erasure/new")
    assert "Erase Maya and everything about them? This can’t be undone." in asked.all_text

    after = desk.does(f"/people/{maya}/erasure")

    assert after.toast == "Maya and everything about them is erased."
    assert desk.gets(f"/people/{maya}").status_code == 404
    assert acts(practice, maya)[-1] == Act.ERASED


def test_whoever_is_kept_can_be_let_go(practice: Practice, desk: Desk, maya: int) -> None:
    kept = desk.does(f"/people/{maya}/keeping")
    assert "You keep everything here, whatever time passes." in desk.opens(f"/people/{maya}").all_text

    let_go = desk.does(f"/people/{maya}/keeping/end")

    assert kept.toast == "Maya is kept until you say otherwise."
    assert let_go.toast == "Maya is kept as long as others are."


def test_a_person_asks_to_be_erased_and_the_owner_decides(
    practice: Practice, desk: Desk, visitor: FlaskClient, maya: int
) -> None:
    with practice.reading():
        token = practice.lead(maya).unsubscribe_token
    assert "Delete everything about me" in visitor.post(f"/stop/{token}").text

    answer = visitor.post(f"/stop/{token}/erasure")

    assert "I’ll see to it." in answer.text
    assert "One person asks you to erase everything about them." in desk.opens("/today").all_text
    assert "Maya Okafor" in desk.opens("/settings/privacy/coming").all_text
    practice.advance(days=60)
    assert practice.outbox.subjects_to("maya@example.org") == ["I got your note"]
    told = [each for each in practice.outbox.received if "erase" in each.subject.lower()]
    assert [each.subject for each in told] == ["Someone asks you to erase what you have"]
    assert "Maya" not in told[0].text


def chosen(desk: Desk, **terms: object) -> None:
    assert desk.sends("/settings/privacy", None, trail_years=6, **terms).status_code == 303


def test_before_he_has_chosen_nobody_is_erased_by_itself(practice: Practice, desk: Desk, maya: int) -> None:
    practice.advance(days=900)
    keep_no_longer(practice)

    assert desk.gets(f"/people/{maya}").status_code == 200
    assert (
        "Nobody is erased by itself until you have saved this once."
        in desk.opens("/settings/privacy").all_text
    )


def keep_no_longer(practice: Practice) -> None:
    from worker import jobs  # noqa: PLC0415 - it loads all of the worker

    with practice.app.app_context():
        jobs.keep_no_longer(practice.post)


def test_a_closed_person_is_announced_for_a_week_and_then_erased(
    practice: Practice, desk: Desk, maya: int
) -> None:
    chosen(desk, closed=12)
    desk.sends(f"/people/{maya}/closure", reason="other")
    practice.at(datetime(2027, 3, 2, 18, tzinfo=UTC))
    keep_no_longer(practice)
    assert "erased soon" not in desk.opens("/today").all_text

    practice.advance(days=2)
    keep_no_longer(practice)
    practice.work()

    assert "One person is erased soon" in desk.opens("/today").all_text
    assert [m.subject for m in practice.outbox.received].count("Some records are erased next week") == 1
    practice.advance(days=5)
    keep_no_longer(practice)
    assert desk.gets(f"/people/{maya}").status_code == 200
    practice.advance(days=3)
    keep_no_longer(practice)
    assert desk.gets(f"/people/{maya}").status_code == 404


@pytest.mark.parametrize("what", ["writes", "is_kept", "is_reopened"])
def test_between_the_announcement_and_the_day_it_can_be_stopped(
    practice: Practice, desk: Desk, maya: int, what: str
) -> None:
    chosen(desk, closed=3)
    desk.sends(f"/people/{maya}/closure", reason="other")
    practice.advance(days=90)
    keep_no_longer(practice)
    with practice.reading():
        assert practice.lead(maya).erase_at is not None

    match what:
        case "writes":
            practice.hears_back(maya)
        case "is_kept":
            desk.sends(f"/people/{maya}/keeping")
        case _:
            desk.sends(f"/people/{maya}/stage", stage="waitlisted")
    practice.advance(days=60)
    keep_no_longer(practice)

    with practice.reading():
        assert db.session.get(Lead, maya) is not None
        assert practice.lead(maya).erase_at is None


def test_who_waits_for_an_answer_is_not_erased(practice: Practice, desk: Desk, maya: int) -> None:
    chosen(desk, open=3)
    practice.advance(days=400)
    with practice.at_work():
        lead = practice.lead(maya)
        lead.stage, lead.close_reason, lead.waiting_since = lead.stage.NEW, None, practice.now
        lead.waiting_for = lead.waiting_for or "inquiry"  # type: ignore[assignment]
        lead.stage_changed_at = lead.created_at
    keep_no_longer(practice)
    practice.advance(days=10)
    keep_no_longer(practice)

    with practice.reading():
        assert db.session.get(Lead, maya) is not None


def test_spam_goes_after_its_days(practice: Practice, desk: Desk, maya: int) -> None:
    chosen(desk, spam=30)
    desk.sends(f"/people/{maya}/spam")
    for days in (24, 3, 3, 2):
        practice.advance(days=days)
        keep_no_longer(practice)

    with practice.reading():
        assert db.session.get(Lead, maya) is None


def test_a_copy_that_may_be_a_backup_erases_nobody(practice: Practice, desk: Desk, maya: int) -> None:
    chosen(desk, spam=7)
    desk.sends(f"/people/{maya}/spam")
    with practice.at_work():
        PracticeRow.current().restored_at = practice.now
    practice.advance(days=100)
    keep_no_longer(practice)
    practice.advance(days=100)
    keep_no_longer(practice)

    with practice.reading():
        assert db.session.get(Lead, maya) is not None


def test_the_dry_run_names_them_and_saves_nothing(practice: Practice, desk: Desk, maya: int) -> None:
    desk.sends(f"/people/{maya}/closure", reason="other")
    practice.advance(days=100)

    page = read(desk.sends("/settings/privacy", closed=3, show="preview"))

    assert "One person would be erased within a month" in page.all_text
    assert "Maya Okafor, now" in page.all_text
    with practice.reading():
        assert PracticeRow.current().keeps == {}
        assert practice.lead(maya).erase_at is None


def test_the_record_is_listed_by_account_and_day_and_as_a_file(
    practice: Practice, desk: Desk, maya: int
) -> None:
    desk.opens(f"/people/{maya}")
    practice.advance(days=1)
    desk.sends(f"/people/{maya}/closure", reason="other")

    today = desk.opens("/settings/privacy/record", day="2026-03-11", account=1)
    yesterday = desk.opens("/settings/privacy/record", day="2026-03-10")

    assert "Connor opened the page" in yesterday.all_text
    assert "Connor opened the page" not in today.all_text
    assert "moved them to another stage" in today.all_text
    table = desk.gets("/settings/privacy/record.csv").text.splitlines()
    assert table[0] == '"Number","When","Who","What","Person"'
    assert any("opened the page" in line for line in table)
    assert not any("Maya" in line for line in table)


def test_a_made_up_day_or_account_shows_something_all_the_same(practice: Practice, desk: Desk) -> None:
    for query in ({"day": "yesterday"}, {"account": "x"}, {"before": "9" * 30}):
        assert desk.gets("/settings/privacy/record", **query).status_code == 200


def test_the_screen_hides_itself_unless_he_says_not_to(practice: Practice, desk: Desk) -> None:
    assert 'data-hide-after="120"' in desk.gets("/today").text

    desk.sends("/settings/privacy/hiding")

    assert "data-hide-after" not in desk.gets("/today").text
