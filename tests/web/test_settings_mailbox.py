"""Settings, Mailbox: which way answers come in, and whether both halves of it work."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from crm.db import db
from crm.flows import proofs
from crm.mail.transport import Refused
from crm.models import Account, MailProvider
from crm.models import Practice as PracticeRow
from crm.rules.probes import is_nobody
from tests.outbox import Received
from tests.practice import OWNER_EMAIL, Practice
from tests.stories.test_what_comes_back import bounced
from tests.web import providers as says
from tests.web.desk import Desk
from tests.web.reading import Page

PAGE = "/settings/mailbox"
MAILBOX = "hello@springstreet.example"


@pytest.fixture
def desk(practice: Practice, client: FlaskClient) -> Desk:
    with practice.at_work():
        PracticeRow.current().sender_address = MAILBOX
    return Desk(practice, client)


def connects(desk: Desk, kind: str) -> Page:
    return desk.does(f"{PAGE}/providers", PAGE, kind=kind)


def address_on(page: Page) -> str:
    return page.text("#address").removeprefix("http://localhost")


def test_an_address_is_shown_once_and_takes_mail(practice: Practice, desk: Desk) -> None:
    page = connects(desk, "postmark")
    address = address_on(page)

    answer = practice.app.test_client().post(address, json=says.postmark_mail())

    assert address.startswith("/mail-in/")
    assert "Nothing has come yet." in page.all_text
    assert answer.status_code == 200
    again = desk.opens(PAGE)
    assert address not in again.all_text
    assert "Last heard: Inbound mail, today at 1:52 pm." in again.all_text


def test_each_provider_is_connected_once(desk: Desk) -> None:
    for kind in ("postmark", "mailgun", "ses"):
        connects(desk, kind)

    assert connects(desk, "ses").toast == "Amazon SES is connected already."
    assert desk.opens(PAGE).texts("#connect") == []


def test_another_address_shuts_the_one_before(practice: Practice, desk: Desk) -> None:
    old = address_on(connects(desk, "postmark"))
    with practice.reading():
        provider_id = db.session.scalars(sa.select(MailProvider.id)).one()

    new = address_on(desk.does(f"{PAGE}/providers/{provider_id}/address"))

    post = practice.app.test_client().post
    assert post(old, json=says.postmark_mail()).status_code == 401
    assert post(new, json=says.postmark_mail()).status_code == 200
    desk.does(f"{PAGE}/providers/{provider_id}/closure")
    assert post(new, json=says.postmark_mail()).status_code == 401
    assert "Disconnected." in desk.opens(PAGE).all_text


def test_mailguns_key_is_pasted_and_not_shown(practice: Practice, desk: Desk) -> None:
    address = address_on(connects(desk, "mailgun"))
    event = says.mailgun_event("opened", "", practice.now)
    before = practice.app.test_client().post(address, json=event).status_code
    told = desk.opens(PAGE).all_text

    desk.does(f"{PAGE}/providers/1/key", PAGE, signing_secret=says.KEY)

    assert before == 401
    assert "its signing key has to be pasted first" in told
    assert practice.app.test_client().post(address, json=event).status_code == 200
    assert says.KEY not in desk.opens(PAGE).all_text
    assert desk.sends(f"{PAGE}/providers/1/key", signing_secret="").status_code == 422


def test_what_nobody_knows_is_shown_until_it_was_seen(practice: Practice, desk: Desk) -> None:
    address = address_on(connects(desk, "postmark"))
    practice.app.test_client().post(address, json=says.postmark_event("Telepathy", ""))

    shown = desk.opens(PAGE)
    desk.does(f"{PAGE}/unknown/acknowledgement")

    assert "Postmark: Telepathy" in shown.text("#unknown")
    assert desk.opens(PAGE).texts("#unknown") == []


def sends_both(practice: Practice, desk: Desk) -> tuple[Received, Received]:
    """The one that comes back and the one that bounces."""
    practice.connects_the_mailbox()
    desk.does(f"{PAGE}/tests")
    practice.work()
    back, gone = practice.outbox.received[-2:]
    return (gone, back) if is_nobody(back.recipient) else (back, gone)


def test_both_halves_are_told_as_they_come_true(practice: Practice, desk: Desk) -> None:
    back, gone = sends_both(practice, desk)
    waiting = desk.opens(PAGE)

    practice.receives_mail(raw=back.mail.as_bytes())
    bounced(practice, gone.message_id, recipient=gone.recipient)

    assert gone.recipient.endswith("@springstreet.example")
    assert waiting.attribute("#both-ways", "hx-get") == PAGE
    assert "It has to bounce." in waiting.text("#outcomes")
    done = desk.opens(PAGE)
    assert "came back today at 1:52 pm. What people answer will be seen." in done.text("#outcomes")
    assert "Dead addresses will be noticed." in done.text("#outcomes")
    assert "hx-get" not in done.root.find("#both-ways")[0].attributes
    assert not practice.incoming()[-1].for_tray


def test_a_bounce_that_never_comes_has_a_reason(practice: Practice, desk: Desk) -> None:
    sends_both(practice, desk)

    practice.advance(minutes=16)

    assert "(a catch-all)" in desk.opens(PAGE).text("#outcomes")


def test_a_refusal_at_once_is_a_bounce_too_and_no_trouble(practice: Practice, desk: Desk) -> None:
    with practice.at_work():
        owner = Account.owner()
        assert owner is not None
        proofs.send_probe(owner, practice.now)
    practice.outbox.failures = [Refused("550 5.1.1 no such user", dead_address=True)]
    practice.work()

    assert "refused the address nobody has at once" in desk.opens(PAGE).text("#outcomes")
    assert "no such user" not in desk.opens("/follow-ups").all_text


def test_without_a_way_in_there_is_nothing_to_test(desk: Desk) -> None:
    assert "Nothing is read yet" in desk.opens(PAGE).text("#both-ways")
    assert desk.opens(PAGE).buttons("#both-ways") == []


def test_the_other_test_is_not_mixed_up_with_the_bounce(practice: Practice, desk: Desk) -> None:
    sends_both(practice, desk)

    assert "Now it has to come back." in desk.opens("/settings/sending").text("#outcome")
    assert OWNER_EMAIL
