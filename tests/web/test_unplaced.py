"""Mail nobody could be found for: it is shown, and the owner says whose it is."""

from __future__ import annotations

from collections.abc import Callable

from crm.db import db
from crm.models import Lead, Reply
from crm.rules.inbound import InboundMail
from tests.practice import Practice
from tests.web.desk import Desk
from tests.web.reading import Page

TRAY = "/today/mail"


def words(page: Page) -> str:
    return page.text("main")


def only_mail(practice: Practice) -> int:
    (mail,) = practice.incoming()
    return mail.id


def test_today_says_nothing_of_a_tray_that_is_empty(practice: Practice, desk: Desk) -> None:
    assert "placed" not in words(desk.opens("/today"))
    assert "Every email has its place." in words(desk.opens(TRAY))


def test_who_nobody_knows_is_on_today_by_a_line_and_in_the_tray_with_their_words(
    practice: Practice, desk: Desk
) -> None:
    practice.receives_mail(
        from_="Ana Ruiz <ana@example.net>", subject="A call", text="Do you take new clients?"
    )

    assert "One email couldn’t be placed." in words(desk.opens("/today"))
    assert desk.opens(TRAY).heading == "Mail we couldn’t place"
    page = words(desk.opens(TRAY))
    assert "Ana Ruiz" in page
    assert "ana@example.net" in page
    assert "A call" in page
    assert "Do you take new clients?" in page
    assert "Nobody you know has this address" in page
    assert "“INBOX”" in page


def test_who_writes_from_another_address_is_proposed_and_given_by_one_button(
    practice: Practice, desk: Desk
) -> None:
    sam = practice.receives_inquiry("Sam Rivers <sam@example.org>")
    practice.advance(minutes=1)
    practice.receives_mail(from_="Sam Rivers <sam.rivers@work.example>", text="Thursday works for me.")
    mail = only_mail(practice)

    assert "It’s from Sam Rivers" in words(desk.opens(TRAY))
    page = desk.does(f"{TRAY}/{mail}/person", lead_id=sam)
    practice.advance(days=30)

    assert "Sam has it in their story now" in page.toast
    assert len(practice.outbox.to("sam@example.org")) == 1
    assert "Thursday works for me." in words(desk.opens(f"/people/{sam}"))
    assert "Every email has its place." in words(desk.opens(TRAY))


def test_given_to_the_wrong_person_it_is_taken_back_without_a_trace(practice: Practice, desk: Desk) -> None:
    sam = practice.receives_inquiry("Sam Rivers <sam@example.org>")
    practice.advance(minutes=1)
    practice.receives_mail(from_="ana@example.net", text="My secret words.")
    mail = only_mail(practice)
    page = desk.does(f"{TRAY}/{mail}/person", lead_id=sam)

    page = desk.does(page.undo)
    story = practice.story(sam)
    practice.advance(days=10)

    assert "It is here again" in page.toast
    assert "My secret words." in words(desk.opens(TRAY))
    assert "My secret words." not in words(desk.opens(f"/people/{sam}"))
    assert "reply_received" not in story
    assert len(practice.outbox.to("sam@example.org")) > 1
    with practice.reading():
        assert db.session.scalars(db.select(Reply)).all() == []


def test_what_asks_for_no_more_mail_holds_for_who_it_is_given_to_until_it_is_taken_back(
    practice: Practice, desk: Desk
) -> None:
    sam = practice.receives_inquiry("Sam Rivers <sam@example.org>")
    practice.receives_mail(from_="ana@example.net", text="Please stop emailing me.")
    mail = only_mail(practice)

    page = desk.does(f"{TRAY}/{mail}/person", lead_id=sam)
    given = practice.story(sam)
    desk.does(page.undo)
    practice.advance(days=10)

    assert "unsubscribed" in given
    assert len(practice.outbox.to("sam@example.org")) > 1


def test_somebody_new_is_made_of_it_and_nothing_is_sent(practice: Practice, desk: Desk) -> None:
    practice.receives_mail(from_="Ana Ruiz <ana@example.net>", text="Do you take new clients?")

    page = desk.does(f"{TRAY}/{only_mail(practice)}/newcomer")
    practice.advance(days=30)

    assert "Ana is here now, and waits for you on Today. No email goes out." in page.toast
    assert practice.outbox.to("ana@example.net") == []
    today = words(desk.opens("/today"))
    assert "Ana Ruiz" in today
    assert "Do you take new clients?" in today


def test_the_settings_of_the_mailbox_lead_to_it(practice: Practice, desk: Desk) -> None:
    practice.receives_mail(from_="ana@example.net")

    assert "One email couldn’t be placed" in words(desk.opens("/settings/sending"))


def test_made_twice_it_is_one_person(practice: Practice, desk: Desk) -> None:
    practice.receives_mail(from_="Ana Ruiz <ana@example.net>")
    mail = only_mail(practice)

    desk.does(f"{TRAY}/{mail}/newcomer")
    page = desk.does(f"{TRAY}/{mail}/newcomer")

    assert "dealt with already" in page.toast


def test_an_address_that_became_somebodys_is_proposed_instead(practice: Practice, desk: Desk) -> None:
    practice.receives_mail(from_="Ana Ruiz <ana@example.net>")
    practice.receives_inquiry("Ana Ruiz <ana@example.net>")

    page = desk.does(f"{TRAY}/{only_mail(practice)}/newcomer")

    assert "You know this address already" in page.toast
    assert "It’s from Ana Ruiz" in words(page)


def test_what_is_not_about_the_practice_is_put_away_and_can_be_had_back(
    practice: Practice, desk: Desk
) -> None:
    practice.receives_mail(from_="shop@example.net", text="Your lamp is on its way.")

    page = desk.does(f"{TRAY}/{only_mail(practice)}/dismissal")
    assert "Every email has its place." in words(page)
    page = desk.does(page.undo)

    assert "Your lamp is on its way." in words(page)


def test_somebody_else_is_found_by_their_name(practice: Practice, desk: Desk) -> None:
    practice.receives_inquiry("Maya Okafor <maya@example.org>")
    practice.receives_mail(from_="family@example.net", text="It is me.")

    page = desk.opens(TRAY, mail=only_mail(practice), q="maya")

    assert "It’s from Maya Okafor" in words(page)


def test_what_could_not_be_read_is_shown_with_where_it_lies(practice: Practice, desk: Desk) -> None:
    practice.receives_inquiry("Sam Rivers <sam@example.org>")
    practice.understands = breaks
    practice.receives_mail(from_="Sam <sam@example.org>", text="A bomb of a mail")
    practice.reads_mail()

    page = desk.opens(TRAY)

    assert "sam@example.org" in words(page)
    assert "It could not be read here" in words(page)
    assert "“INBOX”" in words(page)
    assert "whose follow-ups were paused because of it" in words(page)
    assert "It’s from" not in words(page)
    assert "Every email has its place." in words(desk.does(f"{TRAY}/{only_mail(practice)}/dismissal"))


def test_a_complaint_is_told_once_with_whom_it_is_about(practice: Practice, desk: Desk) -> None:
    practice.receives_inquiry("Sam Rivers <sam@example.org>")
    practice.advance(minutes=1)
    practice.receives_mail(raw=complaint(practice.outbox.only_to("sam@example.org").message_id))

    page = desk.opens(TRAY)

    assert "Somebody marked an email of yours as spam." in words(page)
    assert "It is about Sam Rivers." in words(page)
    assert page.buttons("article") == ["I have seen it"]


def test_whom_a_directory_names_without_an_address_is_not_given_the_directorys(
    practice: Practice, desk: Desk
) -> None:
    practice.receives_mail(
        from_="Psychology Today <noreply@psychologytoday.com>",
        subject="New email from Ana Lopez",
        text="Name: Ana Lopez\nPhone: (213) 555-0119\nMessage: I would like to talk.\n",
    )

    page = desk.opens(TRAY)
    desk.does(f"{TRAY}/{only_mail(practice)}/newcomer")

    assert "A directory handed on what somebody wrote" in words(page)
    assert "Add as someone new" not in page.buttons("article")
    with practice.reading():
        assert db.session.scalars(db.select(Lead)).all() == []


def test_what_was_given_to_somebody_is_not_put_away_by_a_page_that_is_old(
    practice: Practice, desk: Desk
) -> None:
    sam = practice.receives_inquiry("Sam Rivers <sam@example.org>")
    practice.receives_mail(from_="ana@example.net", text="My words.")
    mail = only_mail(practice)
    desk.does(f"{TRAY}/{mail}/person", lead_id=sam)

    for act in ("dismissal", "return", "person"):
        assert "dealt with already" in desk.does(f"{TRAY}/{mail}/{act}", lead_id=sam).toast

    assert "My words." in words(desk.opens(f"/people/{sam}"))


def test_words_of_danger_stand_out_in_the_list(practice: Practice, desk: Desk) -> None:
    practice.receives_mail(from_="first@example.net")
    practice.receives_mail(from_="second@example.net", text="I want to kill myself.")

    assert "Read first" in words(desk.opens(TRAY))


def test_forty_mails_cost_no_more_queries_than_two(
    practice: Practice, desk: Desk, count_queries: Callable[[Callable[[], object]], int]
) -> None:
    def receives(*numbers: int) -> None:
        for number in numbers:
            practice.receives_mail(from_=f"Person {number} <p{number}@example.net>", text=f"Words {number}")

    receives(1, 2)
    two = count_queries(lambda: desk.gets(TRAY))
    receives(*range(3, 40))

    assert count_queries(lambda: desk.gets(TRAY)) == two
    assert "Nine more follow when these are placed." in words(desk.opens(TRAY))


def complaint(message_id: str) -> bytes:
    """A provider's report (RFC 5965) on one of our emails."""
    lines = (
        "From: <feedback@provider.example>",
        "To: <connor@springstreet.example>",
        "Message-ID: <report@provider.example>",
        "MIME-Version: 1.0",
        "Content-Type: multipart/report; report-type=feedback-report; boundary=b",
        "",
        "--b",
        "Content-Type: text/plain",
        "",
        "An abuse report.",
        "--b",
        "Content-Type: message/feedback-report",
        "",
        "Feedback-Type: abuse",
        "User-Agent: Provider/1",
        "Version: 1",
        "",
        "--b",
        "Content-Type: message/rfc822",
        "",
        f"Message-ID: {message_id}",
        "To: sam@example.org",
        "Subject: I got your note",
        "",
        "Dear Sam",
        "--b--",
        "",
    )
    return "\r\n".join(lines).encode()


def breaks(_raw: bytes) -> InboundMail:
    raise RecursionError
