"""A call chosen after a form: nobody has proved the address, so nothing typed is in any email to it."""

from __future__ import annotations

import re

from flask.testing import FlaskClient

from tests.practice import Practice
from tests.web.test_times import bookings, chooses, sends_form, takes_calls


def test_what_was_chosen_after_a_form_proves_nothing_however_it_is_moved(
    practice: Practice, visitor: FlaskClient
) -> None:
    takes_calls(practice)
    thanks = sends_form(visitor, name="Stranger's words", phone="310 555 0100").location
    after = re.search(r"times=([^&]+)", thanks)
    assert after is not None
    call = chooses(visitor, after[1]).location.rpartition("/")[2]

    chooses(visitor, call, "20260312T1615Z", nonce="n2")
    practice.work()

    assert [each.starts_at.minute for each in bookings(practice)] == [15]
    mails = practice.outbox.to("sam@example.org")
    assert mails
    assert not any("Stranger" in mail.text for mail in mails)
