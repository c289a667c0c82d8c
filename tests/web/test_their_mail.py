"""What came by mail on the owner's pages: what it asks for, what it quotes, its files, and itself."""

from __future__ import annotations

from datetime import timedelta
from email.message import EmailMessage
from email.policy import SMTP

import pytest
from flask.testing import FlaskClient

from crm.flows import calls
from crm.flows.calls import Wish
from crm.models import Medium, RawMail, Suppression, turns
from crm.rules.slots import Place
from crm.rules.stages import CloseReason, Stage
from tests.outbox import Received
from tests.practice import Practice
from tests.web.desk import Desk
from tests.web.test_times import page_token

FOUND = "Thank you so much. I have found someone closer to me."


@pytest.fixture
def desk(practice: Practice, client: FlaskClient) -> Desk:
    return Desk(practice, client)


@pytest.fixture
def sam(practice: Practice) -> int:
    sam = practice.receives_inquiry("Sam Rivers <sam@example.org>")
    practice.advance(days=1)
    return sam


def answers(practice: Practice, text: str) -> None:
    practice.receives_mail(answering=first_to_sam(practice), text=text)


def first_to_sam(practice: Practice) -> Received:
    return practice.outbox.to("sam@example.org")[0]


def wish_of(practice: Practice, sam: int) -> str:
    return f"/people/{sam}/mail/{practice.incoming()[-1].id}/wish"


@pytest.mark.parametrize("page", ["/today", "/people/1"])
def test_who_found_someone_is_closed_with_one_key(
    page: str, practice: Practice, desk: Desk, sam: int
) -> None:
    answers(practice, FOUND)
    button = desk.opens(page)

    done = desk.does(wish_of(practice, sam), page, wish="found_someone")
    with practice.reading():
        lead = practice.lead(sam)
        closed = lead.stage, lead.close_reason
    desk.does(done.undo)

    assert button.buttons(".wishes") == ["Close: found someone"]
    assert button.attribute(".wishes button", "data-key") == "y"
    assert done.toast.startswith("Sam is closed: found someone.")
    assert closed == (Stage.CLOSED, CloseReason.FOUND_SOMEONE_ELSE)
    with practice.reading():
        assert practice.lead(sam).waiting_for is not None
    assert desk.opens("/today").buttons(".wishes") == ["Close: found someone"]


def test_who_asks_for_a_call_stays_and_the_owner_is_reminded(
    practice: Practice, desk: Desk, sam: int
) -> None:
    answers(practice, "Could you please call me? That is easier.")

    done = desk.does(wish_of(practice, sam), "/today", wish="call_me")

    assert done.toast.startswith("Sam stays on Today, and tomorrow morning you are reminded to call.")
    assert "Call them: “please call me”" in desk.opens(f"/people/{sam}").text("#reminder")


def test_after_the_holidays_is_a_day_in_january(practice: Practice, desk: Desk, sam: int) -> None:
    answers(practice, "Things are full. Can we talk after the holidays?")
    (words,) = desk.opens("/today").buttons(".wishes")

    done = desk.does(wish_of(practice, sam), "/today", wish="later")

    assert words == "Later: January 4"
    assert "back" in done.toast
    with practice.reading():
        until = practice.lead(sam).snoozed_until
    assert until is not None
    assert until.date().isoformat() == "2027-01-04"


def test_who_may_want_no_more_mail_gets_none_and_that_can_be_taken_back(
    practice: Practice, desk: Desk, sam: int
) -> None:
    answers(practice, "It is a lot for me. These are too many emails, honestly.")

    done = desk.does(wish_of(practice, sam), "/today", wish="perhaps_no_more_mail")
    with practice.reading():
        wished = Suppression.unsubscribed("sam@example.org")
    desk.does(done.undo)

    assert wished
    with practice.reading():
        assert Suppression.unsubscribed("sam@example.org") is None


def test_beside_words_of_danger_nothing_is_offered(practice: Practice, desk: Desk, sam: int) -> None:
    answers(practice, "I have found someone. I want to kill myself tonight.")

    assert desk.opens("/today").texts(".wishes") == []
    done = desk.does(wish_of(practice, sam), "/today", wish="found_someone")
    assert done.toast.startswith("That has been dealt with already.")


def test_what_has_been_dealt_with_is_not_done_twice(practice: Practice, desk: Desk, sam: int) -> None:
    answers(practice, FOUND)
    practice.answers(sam)

    done = desk.does(wish_of(practice, sam), "/today", wish="found_someone")

    assert done.toast.startswith("That has been dealt with already.")
    with practice.reading():
        assert practice.lead(sam).stage is not Stage.CLOSED


@pytest.mark.parametrize("wish", ["", "no_more_mail", "move_call", "later", "nonsense"])
def test_only_what_is_offered_is_done(wish: str, practice: Practice, desk: Desk, sam: int) -> None:
    answers(practice, FOUND)

    assert desk.does(wish_of(practice, sam), "/today", wish=wish).toast.startswith("That has been")


@pytest.mark.parametrize("page", ["/today", "/people/1"])
def test_what_they_quote_is_folded(page: str, practice: Practice, desk: Desk, sam: int) -> None:
    answers(practice, "Thursday?\n\nOn Tuesday Connor wrote:\n> I got your note.\n> Warmly, Connor\n")

    shown = desk.opens(page)

    assert "Thursday?" in shown.all_text
    assert shown.text("details.fold.small summary") == "Show what they quoted"
    assert "I got your note." in shown.text("details.fold.small p")
    assert sam


def with_file(name: str, octets: bytes, kind: str = "application/pdf", page: str = "") -> bytes:
    mail = EmailMessage(SMTP)
    mail["From"], mail["To"] = "Sam <sam@example.org>", "connor@springstreet.example"
    mail["Subject"], mail["Message-ID"] = "A letter", "<letter@mail.example.org>"
    if page:
        mail.set_content(page, subtype="html")
    else:
        mail.set_content("It is attached.")
    main, _, sub = kind.partition("/")
    mail.add_attachment(octets, maintype=main, subtype=sub, filename=name)
    return mail.as_bytes()


def test_a_file_is_a_download_under_a_plain_name(practice: Practice, desk: Desk, sam: int) -> None:
    page = b"<script>alert(1)</script>"
    practice.receives_mail(raw=with_file("../in\u202efdp.html", page, "text/html"))
    mail = practice.incoming()[0]

    shown = desk.opens(f"/people/{sam}")
    got = desk.gets(f"/mail/{mail.id}/files/1")

    assert "infdp.html" in shown.text(".files")
    assert got.data == page
    assert got.headers["Content-Type"] == "application/octet-stream"
    assert got.headers["Content-Disposition"] == "attachment; filename=infdp.html"
    assert got.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in got.headers["Content-Security-Policy"]
    assert got.headers["Cache-Control"] == "no-store"
    assert desk.gets(f"/mail/{mail.id}/files/2").status_code == 404


def test_the_mail_itself_is_plain_text_while_it_is_kept(practice: Practice, desk: Desk, sam: int) -> None:
    raw = with_file("a.pdf", b"%PDF", page="<h1>Hi</h1><p>Thursday is good.</p>")
    practice.receives_mail(raw=raw)
    mail = practice.incoming()[0]
    shown = desk.opens(f"/people/{sam}")

    got = desk.gets(f"/mail/{mail.id}/raw")
    with practice.at_work():
        RawMail.prune(practice.now + timedelta(days=1))
    gone = desk.gets(f"/mail/{mail.id}/raw")
    practice.at(practice.now + timedelta(days=91))
    later = desk.opens(f"/people/{sam}")

    assert "Thursday is good." in shown.all_text
    assert "<h1>" not in shown.all_text
    assert got.data == raw
    assert got.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert got.headers["Content-Disposition"].startswith("attachment")
    assert gone.status_code == 404
    assert "Download this email" in shown.all_text
    assert "Download this email" not in later.all_text
    assert "a.pdf" in later.text(".files")


def test_what_was_not_read_to_its_end_has_no_files_to_download(
    practice: Practice, desk: Desk, sam: int
) -> None:
    practice.receives_mail(raw=with_file("large.pdf", b"x" * 700_000))
    mail = practice.incoming()[0]

    assert mail.is_cut
    assert "too long to be read whole" in desk.opens(f"/people/{sam}").all_text
    assert desk.gets(f"/mail/{mail.id}/files/1").status_code == 404


def test_a_stranger_cannot_download_anything(practice: Practice, sam: int) -> None:
    practice.receives_mail(raw=with_file("a.pdf", b"%PDF"))

    for address in ("/mail/1/raw", "/mail/1/files/1"):
        assert practice.app.test_client().get(address).status_code == 303
    assert sam


def test_the_tray_shows_the_files_too(practice: Practice, desk: Desk) -> None:
    raw = with_file("a.pdf", b"%PDF").replace(b"sam@example.org", b"stranger@example.net")
    practice.receives_mail(raw=raw)

    assert "a.pdf" in desk.opens("/today/mail").text(".files")


def test_offers_count_from_the_day_of_the_mail(practice: Practice, desk: Desk, sam: int) -> None:
    answers(practice, "Not now, but in two weeks would be good.")
    practice.at(practice.now + timedelta(days=7))

    assert desk.opens("/today").buttons(".wishes") == ["Later: March 25"]
    assert sam


MOVE = "I am so sorry, I need to reschedule. Would Friday do?"


def has_a_call(practice: Practice, sam: int) -> None:
    with practice.at_work():
        turns.take(sam)
        place = Place(practice.now + timedelta(days=2), Medium.PHONE)
        calls.book(practice.lead(sam), Wish(place, 1), practice.now)


@pytest.mark.parametrize("page", ["/today", "/people/1"])
def test_who_wants_another_time_leads_with_one_key_to_where_the_call_is_moved(
    page: str, practice: Practice, desk: Desk, sam: int
) -> None:
    has_a_call(practice, sam)
    answers(practice, MOVE)

    shown = desk.opens(page)

    assert shown.texts(".wishes a") == ["Move the call…"]
    assert shown.attribute(".wishes a", "data-key") == "y"
    address = shown.attribute(".wishes a", "href")
    assert address.startswith(f"/people/{sam}/booking/new")
    assert "Agree on a call" in desk.opens(address).all_text


def test_without_a_call_it_leads_to_a_letter_that_offers_times(
    practice: Practice, desk: Desk, sam: int
) -> None:
    answers(practice, MOVE)

    shown = desk.opens(f"/people/{sam}")

    assert shown.texts(".wishes a") == ["Offer times"]
    letter = desk.opens(shown.attribute(".wishes a", "href").partition("#")[0])
    assert f"/call/{page_token(practice, sam)}" in letter.text("textarea")
