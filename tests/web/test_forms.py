"""Several forms: each at its address with its own questions, and what people send by it is never lost."""

from __future__ import annotations

from dataclasses import replace

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from crm.flows import asking
from crm.models import Account, Assignment, ConsentText, FormVersion, InquiryForm, Sequence, Starts
from crm.rules.sheets import Ask, Manner, Question, Sheet
from crm.seeds.forms import CONSULTATION, IN_SPANISH
from tests.practice import Practice
from tests.web.desk import Desk
from tests.web.door import MAYA, hidden, inquiries, people
from tests.web.reading import Page, read

KNOWS = Question("q1", Ask.YES_NO, "Does your partner know?", required=True)
TOPICS = Question("q2", Ask.SEVERAL, "What is it about?", choices=("Trust", "Children", "Money"))
TELL = Question("q3", Ask.LONG, "Tell me more")
ASKED = replace(CONSULTATION, questions=(*CONSULTATION.questions, KNOWS, TOPICS, TELL), headline="For two")


def opens(practice: Practice, sheet: Sheet = ASKED, slug: str = "couples", **more: object) -> int:
    """Another form of the practice."""
    with practice.at_work():
        terms = replace(asking.Terms("Couples", slug), **more)  # type: ignore[arg-type]
        form = asking.make_form(terms, sheet, practice.now)
        practice.app.extensions.pop("remembered_forms", None)
        return form.id


def changes(practice: Practice, form_id: int, sheet: Sheet) -> None:
    """The owner saves another version meanwhile."""
    with practice.at_work() as session:
        form = session.get_one(InquiryForm, form_id)
        owner = Account.owner()
        assert owner is not None
        asking.save_form(form, asking.terms_of(form), sheet, practice.now, owner.id)


def fields(page: str, **typed: object) -> dict[str, object]:
    """What a browser sends of this page."""
    return {name: hidden(page, name) for name in ("token", "version")} | typed


def sends(visitor: FlaskClient, address: str = "/f/couples", /, **typed: object) -> Page:
    page = visitor.get(address).text
    answer = visitor.post(address, data=fields(page, **typed))
    return read(answer) if answer.status_code == 422 else read(visitor.get(answer.location))


def test_another_form_has_its_own_words_and_questions(practice: Practice, visitor: FlaskClient) -> None:
    opens(practice)

    page = read(visitor.get("/f/couples"))

    assert page.heading == "For two"
    assert "Does your partner know?" in page.all_text
    assert page.texts("fieldset .choices")[1:2] == ["Yes No"]
    assert "Does your partner know?" not in visitor.get("/consultation").text


def test_the_answers_to_his_own_questions_are_kept_with_the_words_that_were_asked(
    practice: Practice, visitor: FlaskClient, desk: Desk
) -> None:
    opens(practice)

    thanks = sends(visitor, **MAYA, q1="No", q2=["Trust", "Money"], q3="It is\nlong.")

    (inquiry,) = inquiries(practice)
    assert thanks.heading == "Thank you."
    assert inquiry.more == {
        "Does your partner know?": "No",
        "What is it about?": "Trust, Money",
        "Tell me more": "It is\nlong.",
    }
    assert "Does your partner know?: No" in desk.opens(f"/people/{inquiry.lead_id}").text("#story")


def test_danger_in_an_own_answer_is_read_first(practice: Practice, visitor: FlaskClient) -> None:
    opens(practice)

    sends(visitor, **MAYA, q1="Yes", q3="I want to kill myself")

    assert people(practice)[0].read_first_at is not None


def test_what_the_owner_offers_to_choose_is_never_held_against_anybody(
    practice: Practice, visitor: FlaskClient
) -> None:
    links = tuple(f"🔥💰 See https://example{n}.xyz" for n in range(6))
    choose = Question("q1", Ask.SEVERAL, "Which of these?", choices=links)
    opens(practice, replace(CONSULTATION, questions=(*CONSULTATION.questions, choose)))

    sends(visitor, **MAYA, q1=list(links))

    assert people(practice)[0].quarantined_at is None


def test_links_in_an_own_answer_are_looked_at_for_spam(practice: Practice, visitor: FlaskClient) -> None:
    opens(practice)
    links = " ".join(f"https://buy{n}.example" for n in range(9))

    sends(visitor, **MAYA, q1="Yes", q3=links)

    assert people(practice)[0].quarantined_at is not None


def test_a_needed_answer_is_asked_for_and_nothing_typed_is_lost(
    practice: Practice, visitor: FlaskClient
) -> None:
    opens(practice)

    page = sends(visitor, **MAYA, q2=["Money", "The dog"], q3="Long story")

    assert page.text(".error") == "This one is needed. A few words are enough."
    ticked = [each.attributes["value"] for each in page.root.find("input[checked]")]
    assert ticked == ["Money", "The dog"]
    assert page.text("#q3") == "Long story"
    assert inquiries(practice) == []


def test_a_choice_that_is_none_is_kept_as_it_was_said(practice: Practice, visitor: FlaskClient) -> None:
    opens(practice)

    sends(visitor, **MAYA, q1="Perhaps", q2=["Trust", "<b>Dog</b>"])

    (inquiry,) = inquiries(practice)
    assert inquiry.more == {"Does your partner know?": "Perhaps", "What is it about?": "Trust, <b>Dog</b>"}


def test_whoever_has_an_older_version_open_is_stored_with_the_questions_of_then(
    practice: Practice, visitor: FlaskClient, desk: Desk
) -> None:
    form_id = opens(practice)
    page = visitor.get("/f/couples").text
    practice.advance(hours=1)
    changes(
        practice, form_id, replace(CONSULTATION, questions=(CONSULTATION.questions[1],), headline="Shorter")
    )

    answer = visitor.post(
        "/f/couples", data=fields(page, **MAYA, q1="Yes", q2=["Trust"], phone="213 555 0148")
    )

    (inquiry,) = inquiries(practice)
    assert answer.status_code == 303
    assert inquiry.more == {"Does your partner know?": "Yes", "What is it about?": "Trust"}
    assert (inquiry.name, inquiry.message, inquiry.phone) == (
        "Maya Okafor",
        "I read your piece.",
        "+12135550148",
    )
    with practice.reading() as session:
        assert session.get_one(FormVersion, inquiry.form_version_id).number == 1
    assert "Couples, version 1" in desk.opens(f"/people/{inquiry.lead_id}").text("#privacy")


def test_an_older_version_that_lacks_something_is_asked_by_its_own_questions(
    practice: Practice, visitor: FlaskClient
) -> None:
    form_id = opens(practice)
    page = visitor.get("/f/couples").text
    changes(practice, form_id, replace(ASKED, questions=ASKED.questions[:3]))

    again = read(visitor.post("/f/couples", data=fields(page, **MAYA)))

    assert "Does your partner know?" in again.all_text
    assert again.attribute("#version", "value").startswith("1-")


@pytest.mark.parametrize("version", ["", "0-box", "999999-notice", "x", "1", "-1-box", "1-box'--", "9" * 40])
def test_a_version_that_is_none_loses_nobody(practice: Practice, visitor: FlaskClient, version: str) -> None:
    """Such as plain HTML that was pasted long ago: questions of since then are not insisted on."""
    opens(practice)
    token = hidden(visitor.get("/f/couples").text, "token")

    answer = visitor.post("/f/couples", data={"token": token, "version": version, **MAYA})

    assert answer.status_code == 303 or version == "1-box'--"
    assert len(inquiries(practice)) == 1


def test_a_form_that_rests_says_kindly_how_else_to_write(
    practice: Practice, visitor: FlaskClient, desk: Desk
) -> None:
    form_id = opens(practice)

    page = desk.does(f"/settings/form/{form_id}/pause", pause_words="Back in May.\n\nTake care.")

    resting = read(visitor.get("/f/couples"))
    assert page.toast == "“Couples” rests. Its page says how else to reach you."
    assert resting.heading == "This form is resting."
    assert "Back in May." in resting.all_text
    assert "connor@springstreet.example" in resting.all_text
    assert 'href="tel:988"' in visitor.get("/f/couples").text
    assert 'href="/consultation"' in visitor.get("/f/couples").text
    assert not resting.root.find("form")


@pytest.mark.parametrize("act", ["pause", "archival"])
def test_who_has_it_open_while_it_is_closed_is_stored_and_thanked(
    practice: Practice, visitor: FlaskClient, desk: Desk, act: str
) -> None:
    form_id = opens(practice)
    page = visitor.get("/f/couples").text
    desk.does(f"/settings/form/{form_id}/{act}")

    answer = visitor.post("/f/couples", data=fields(page, **MAYA, q1="Yes"))

    assert visitor.get(answer.location).status_code == 200
    assert len(inquiries(practice)) == 1


def test_what_was_put_away_is_gone_for_strangers_and_comes_back_whole(
    practice: Practice, visitor: FlaskClient, desk: Desk
) -> None:
    form_id = opens(practice)
    sends(visitor, **MAYA, q1="Yes")

    toast = desk.does(f"/settings/form/{form_id}/archival")
    away = visitor.get("/f/couples")
    desk.does(toast.undo)

    assert (away.status_code, visitor.get("/f/couples").status_code) == (410, 200)
    assert len(inquiries(practice)) == 1


def test_an_address_of_before_leads_to_the_form_with_what_it_was_asked_with(
    practice: Practice, visitor: FlaskClient
) -> None:
    form_id = opens(practice)
    page = visitor.get("/f/couples").text
    with practice.at_work() as session:
        session.get_one(InquiryForm, form_id).move_to("the-two-of-you")

    old = visitor.get("/f/couples?embed=light&button=top")
    sent = visitor.post("/f/couples", data=fields(page, **MAYA, q1="Yes"))

    assert (old.status_code, old.location) == (303, "/f/the-two-of-you?embed=light&button=top")
    assert sent.location == "/f/the-two-of-you/thanks"
    assert len(inquiries(practice)) == 1


def test_the_first_form_keeps_its_old_address_when_it_moves(practice: Practice, visitor: FlaskClient) -> None:
    with practice.at_work() as session:
        session.get_one(InquiryForm, 1).move_to("call")

    assert visitor.get("/consultation").location == "/f/call"
    assert visitor.get("/f/call").status_code == 200


@pytest.mark.parametrize(
    "address", ["/f/nobody", "/f/" + "a" * 3000, "/f/%00", "/f/%ff", "/f/..%2fsettings", "/f/'--"]
)
def test_an_address_that_is_no_forms_is_not_found(visitor: FlaskClient, address: str) -> None:
    assert visitor.get(address).status_code == 404
    assert visitor.post(address, data=MAYA).status_code == 404


def test_who_comes_through_it_is_with_its_clinician_and_in_its_sequence(
    practice: Practice, visitor: FlaskClient
) -> None:
    with practice.at_work() as session:
        june = Account.create("june@springstreet.example", "June", "a long enough password", practice.now)
        other = session.scalars(
            sa.select(Sequence).where(Sequence.key != "new_inquiry", Sequence.active)
        ).first()
        session.flush()
        ids, name = (june.id, other.id), other.name  # type: ignore[union-attr]
    opens(practice, account_id=ids[0], starts=Starts.CHOSEN, sequence_id=ids[1], found_us="The couples page")

    sends(visitor, **MAYA, q1="Yes")

    (maya,) = people(practice)
    with practice.reading():
        assert Assignment.of(maya.id) == ids[0]
    assert maya.found_us == "The couples page"
    assert f"follow_ups_started: {name}" in practice.story(maya.id)


def test_a_form_that_starts_nothing_sends_nothing_and_promises_no_email(
    practice: Practice, visitor: FlaskClient, desk: Desk
) -> None:
    opens(practice, starts=Starts.NOTHING)

    thanks = sends(visitor, **MAYA, q1="Yes")
    practice.advance(days=40)

    (maya,) = people(practice)
    assert "email is on its way" not in thanks.all_text
    assert practice.outbox.to("maya.o@example.com") == []
    assert "your form starts no follow-ups" in desk.opens(f"/people/{maya.id}").text("#story")


def test_set_free_from_quarantine_they_still_are_whose_form_it_was(
    practice: Practice, visitor: FlaskClient, desk: Desk
) -> None:
    opens(practice, starts=Starts.NOTHING)
    sends(visitor, **MAYA, q1="Yes", website="filled in")
    (maya,) = people(practice)
    assert maya.quarantined_at is not None

    desk.does(f"/people/{maya.id}/freedom")
    practice.advance(days=40)

    assert practice.outbox.to("maya.o@example.com") == []


def test_each_note_points_at_the_very_sentence_its_writer_saw_and_when(
    practice: Practice, visitor: FlaskClient, desk: Desk
) -> None:
    asks = replace(ASKED.consent, manner=Manner.ASK_FIRST, box="You may write to me thrice.")
    form_id = opens(practice, replace(ASKED, consent=asks))
    page = visitor.get("/f/couples").text
    practice.advance(minutes=7)
    changes(practice, form_id, replace(ASKED, consent=replace(asks, box="You may write to me once.")))

    visitor.post("/f/couples", data=fields(page, **MAYA, q1="Yes", agreed="y"))
    sends(visitor, **MAYA | {"email": "sam@example.org"}, q1="Yes")

    first, second = inquiries(practice)
    with practice.reading() as session:
        texts = [session.get_one(ConsentText, each.consent_id).words for each in (first, second)]
    assert texts == ["You may write to me thrice.", "You may write to me once."]
    assert (first.agreed, second.agreed) == (True, False)
    assert first.shown_at is not None
    assert (first.received_at - first.shown_at).total_seconds() == 420
    told = desk.opens(f"/people/{first.lead_id}").text("#privacy details")
    assert "“You may write to me thrice.” They ticked the box." in told
    assert "Sent today at 1:59 pm, from a page of today at 1:52 pm." in told
    assert "They left the box empty." in desk.opens(f"/people/{second.lead_id}").text("#privacy details")


def test_what_the_page_asked_with_counts_when_the_practice_changes_its_mind_meanwhile(
    practice: Practice, visitor: FlaskClient, desk: Desk
) -> None:
    page = visitor.get("/consultation").text
    desk.does("/settings/form", website="springstreet.example", follow_up_policy="ask_first")

    visitor.post("/consultation", data=fields(page, **MAYA))

    (inquiry,) = inquiries(practice)
    assert inquiry.consent_wording == CONSULTATION.consent.notice
    assert (inquiry.agreed, people(practice)[0].follow_ups_wanted) == (None, True)


def test_the_same_sentence_is_on_record_once(practice: Practice) -> None:
    for slug in ("one", "two", "three"):
        opens(practice, slug=slug)

    with practice.reading() as session:
        words = session.scalars(sa.select(ConsentText.words)).all()
    assert sorted(words) == sorted({CONSULTATION.consent.notice, CONSULTATION.consent.box})


def test_a_form_in_spanish_speaks_spanish_and_still_says_whom_to_call(
    practice: Practice, visitor: FlaskClient
) -> None:
    opens(practice, IN_SPANISH, "hablemos")

    html = visitor.get("/f/hablemos").text
    wrong = sends(visitor, "/f/hablemos", name="", email="maya@gmial.com")
    thanks = sends(visitor, "/f/hablemos", name="Maya", email="maya@example.com")

    assert '<html lang="es"' in html
    assert html.count('href="tel:988"') == 2
    assert "Enviar a Connor" in html
    assert wrong.texts(".error") == [
        "¿Cómo quiere que le llame? Basta con su nombre.",
        "No existe “gmial.com”. ¿Quiso decir gmail.com?",
    ]
    assert "a más tardar el miércoles por la tarde" in thanks.all_text
    assert inquiries(practice)[0].consent_wording.startswith("Si perdemos el contacto")


HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "{{ 7*7 }} {by when}",
    "\u202eright to left שלום",
    "🫶🏽 a heart",
    "x" * 300,
    "'; DROP TABLE inquiry; --",
]
