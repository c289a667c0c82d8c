"""Stop these emails: looking changes nothing, pressing stops at once, and twice is harmless (R14, R15)."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from crm.rules.sending import StopReason
from tests.practice import Practice
from tests.web.door import MAYA, Visitor, inquiries
from tests.web.reading import read

SAM = "Sam Rivers <sam@example.org>"
ONE_CLICK = "List-Unsubscribe=One-Click"
STOPPED = f"follow_ups_stopped: {StopReason.UNSUBSCRIBED}"


@pytest.fixture
def sam(practice: Practice) -> int:
    """Someone whose acknowledgement has gone, with three more to come."""
    lead_id = practice.receives_inquiry(SAM, "Could we talk?")
    practice.advance(minutes=1)
    return lead_id


def stop_link(practice: Practice, lead_id: int) -> str:
    with practice.reading():
        return f"/stop/{practice.lead(lead_id).unsubscribe_token}"


def mails_in_a_month(practice: Practice) -> int:
    practice.advance(days=30)
    return len(practice.outbox.to("sam@example.org"))


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS"])
def test_looking_at_the_link_changes_nothing(
    practice: Practice, visitor: FlaskClient, sam: int, method: str
) -> None:
    answer = visitor.open(stop_link(practice, sam), method=method)

    assert answer.status_code == 200
    assert STOPPED not in practice.story(sam)
    assert mails_in_a_month(practice) == 4


def test_the_page_has_one_button_and_hides_most_of_the_address(
    practice: Practice, visitor: FlaskClient, sam: int
) -> None:
    page = read(visitor.get(stop_link(practice, sam)))

    assert page.heading == "Stop these emails?"
    assert page.buttons() == ["Stop these emails"]
    assert "s•••••@example.org" in page.all_text
    assert "sam@" not in page.all_text
    assert "Sam" not in page.all_text


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (ONE_CLICK, "application/x-www-form-urlencoded"),
        (
            f'--b\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\n{ONE_CLICK}\r\n--b--\r\n',
            "multipart/form-data; boundary=b",
        ),
        ("", "application/x-www-form-urlencoded"),
        ("{}", "application/json"),
        ("", ""),
    ],
)
def test_pressing_stops_at_once_whatever_the_mail_program_sends(
    practice: Practice, visitor: FlaskClient, sam: int, body: str, content_type: str
) -> None:
    answer = visitor.post(stop_link(practice, sam), data=body, content_type=content_type)

    assert answer.status_code == 200
    assert read(answer).heading == "Done. No more follow-ups."
    assert practice.story(sam)[-1] == STOPPED
    assert mails_in_a_month(practice) == 1


def test_pressing_twice_is_harmless(practice: Practice, visitor: FlaskClient, sam: int) -> None:
    answers = [visitor.post(stop_link(practice, sam)).status_code for _ in range(2)]

    assert answers == [200, 200]
    assert practice.story(sam).count(STOPPED) == 1


def test_a_button_on_another_site_may_stop_too(practice: Practice, visitor: FlaskClient, sam: int) -> None:
    """Mail programs on the web press it from their own pages."""
    headers = {"Origin": "https://mail.example.com", "Sec-Fetch-Site": "cross-site"}

    assert visitor.post(stop_link(practice, sam), headers=headers).status_code == 200
    assert practice.story(sam)[-1] == STOPPED


def test_the_link_in_an_email_is_the_one_that_stops(
    practice: Practice, visitor: FlaskClient, sam: int
) -> None:
    practice.advance(days=4)
    letter = practice.outbox.to("sam@example.org")[-1]

    visitor.post(letter.mail["List-Unsubscribe"].strip("<>").removeprefix("http://localhost"))

    assert practice.story(sam)[-1] == STOPPED


def test_a_letter_already_claimed_does_not_leave_after_the_stop(
    practice: Practice, visitor: FlaskClient, sam: int
) -> None:
    practice.outbox.before_hand_over = lambda: _press(visitor, stop_link(practice, sam))

    assert mails_in_a_month(practice) == 1


def test_who_writes_again_stays_stopped_and_is_still_answered(
    practice: Practice, visitor: FlaskClient, sam: int
) -> None:
    visitor.post(stop_link(practice, sam))
    practice.advance(days=2)

    Visitor(visitor).sends(
        **MAYA | {"name": "Sam", "email": "sam@example.org", "message": "I’d like to now."}
    )

    assert len(inquiries(practice)) == 2
    assert mails_in_a_month(practice) <= 2


def test_undo_lets_him_write_again(practice: Practice, visitor: FlaskClient, sam: int) -> None:
    link = stop_link(practice, sam)
    visitor.post(link)

    answer = visitor.post(f"{link}/undo")

    assert read(answer).heading == "All right, that’s undone."
    assert practice.story(sam)[-1] == "resubscribed"


@pytest.mark.parametrize("place", ["stop", "call"])
def test_a_link_that_is_nobodys_is_not_found(visitor: FlaskClient, place: str) -> None:
    for token in ("nobody", "", "%00", "..%2f..", "a" * 3000, "%F0%9F%8C%8A"):
        assert visitor.get(f"/{place}/{token}").status_code == 404, token
        assert visitor.post(f"/{place}/{token}").status_code == 404, token


def _press(visitor: FlaskClient, link: str) -> None:
    visitor.post(link)
