"""The public form: whoever writes is stored, told what is missing, and never stored twice."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from crm.db import db
from crm.models import FollowUpPolicy
from crm.models import Practice as PracticeRow
from crm.rules.stages import CloseReason, Stage
from crm.web.forms.consultation import AGREED, NOTICE
from tests.practice import Practice
from tests.web.door import FORM, MAYA, Visitor, impatient, inquiries, limits, locked, people
from tests.web.reading import read


def test_a_note_is_stored_and_thanked_for_and_answered_by_mail(
    practice: Practice, visitor: FlaskClient
) -> None:
    answer = Visitor(visitor).sends(**MAYA)
    practice.advance(seconds=5)

    assert (answer.status_code, answer.location) == (303, "/consultation/thanks")
    assert "by Wednesday afternoon" in visitor.get(answer.location).text
    assert [each.message for each in inquiries(practice)] == ["I read your piece."]
    assert practice.outbox.subjects_to("maya.o@example.com") == ["I got your note"]


def test_a_note_from_somebody_new_asks_the_database_little(
    practice: Practice, visitor: FlaskClient, count_queries: Callable[[Callable[[], object]], int]
) -> None:
    Visitor(visitor).sends(**MAYA | {"email": "before@example.com"})
    form = Visitor(visitor)
    with practice.reading():
        dialect = db.engine.dialect.name

    assert count_queries(lambda: form.sends(**MAYA)) <= {"postgresql": 5, "sqlite": 13}[dialect]
    assert len(inquiries(practice)) == 2


def test_the_form_and_the_thanks_name_who_to_call_in_a_crisis(visitor: FlaskClient) -> None:
    for address in (FORM, "/consultation/thanks"):
        page = visitor.get(address).text
        assert 'href="tel:988"' in page
        assert 'href="tel:911"' in page


def test_nobody_is_reached_without_an_address_or_a_number(practice: Practice, visitor: FlaskClient) -> None:
    answer = Visitor(visitor).sends(name="Maya", email="", phone="")

    assert answer.status_code == 422
    assert "How can I reach you? An email address or a phone number is enough." in answer.text
    assert people(practice) == []


def test_an_unfinished_address_is_told_and_everything_typed_is_kept(
    practice: Practice, visitor: FlaskClient
) -> None:
    answer = Visitor(visitor, button="article-end").sends(
        name="Maya Okafor",
        email="maya.o@example",
        free_times=["Midday", "Evenings"],
        message="It put words\nto something.",
        found_us="A friend or family member",
        personal_only="y",
    )

    page = read(answer)
    assert answer.status_code == 422
    assert page.text(".error") == "That address looks unfinished. Is something missing after “example”?"
    assert page.attribute("#name", "value") == "Maya Okafor"
    assert page.attribute("#email", "value") == "maya.o@example"
    assert page.attribute("#email", "aria-invalid") == "true"
    assert page.text("#message") == "It put words to something."
    assert [box.attributes["value"] for box in page.root.find(".choice input[checked]")] == [
        "Midday",
        "Evenings",
    ]
    assert page.text("option[selected]") == "A friend or family member"
    assert page.root.find("#personal_only[checked]")
    assert page.attribute("#button", "value") == "article-end"
    assert people(practice) == []


def test_a_phone_number_alone_is_enough(practice: Practice, visitor: FlaskClient) -> None:
    answer = Visitor(visitor).sends(name="Rosa", phone="213 555 0148")
    practice.advance(days=30)

    (rosa,) = people(practice)
    assert answer.status_code == 303
    assert (rosa.phone, rosa.email) == ("+12135550148", None)
    assert practice.outbox.to("") == []


def test_half_a_phone_number_is_told(visitor: FlaskClient) -> None:
    answer = Visitor(visitor).sends(name="Rosa", phone="555")

    assert answer.status_code == 422
    assert "With its area code it reads like (213) 555-0148." in answer.text


def test_a_bad_address_beside_a_good_number_is_kept_and_gets_no_mail(
    practice: Practice, visitor: FlaskClient
) -> None:
    answer = Visitor(visitor).sends(name="Rosa", email="rosa@@nowhere", phone="(213) 555-0148")
    practice.advance(days=30)

    (rosa,), (inquiry,) = people(practice), inquiries(practice)
    assert answer.status_code == 303
    assert rosa.email is None
    assert (inquiry.email, inquiry.phone) == ("rosa@@nowhere", "+12135550148")
    assert practice.messages(rosa.id) == []


def test_a_domain_that_looks_mistyped_is_asked_about_once_and_then_believed(
    practice: Practice, visitor: FlaskClient
) -> None:
    sam = Visitor(visitor)

    asked = sam.sends(name="Sam", email="sam@gmial.com")
    kept = read(asked).attribute("#kept_email", "value")
    believed = sam.sends(name="Sam", email="sam@gmial.com", kept_email=kept)

    assert asked.status_code == 422
    assert "There is no “gmial.com”. Did you mean gmail.com?" in read(asked).text(".error")
    assert believed.status_code == 303
    assert [each.email for each in people(practice)] == ["sam@gmial.com"]


def test_another_mistyped_domain_is_asked_about_again(visitor: FlaskClient) -> None:
    answer = Visitor(visitor).sends(name="Sam", email="sam@gmal.com", kept_email="sam@gmial.com")

    assert answer.status_code == 422


def test_a_double_click_is_one_inquiry(practice: Practice, visitor: FlaskClient) -> None:
    maya = Visitor(visitor)

    answers = [maya.sends(**MAYA).status_code for _ in range(2)]
    practice.advance(minutes=1)

    assert answers == [303, 303]
    assert len(inquiries(practice)) == 1
    assert len(practice.outbox.to("maya.o@example.com")) == 1


def test_going_back_and_sending_the_same_again_is_one_inquiry(
    practice: Practice, visitor: FlaskClient
) -> None:
    Visitor(visitor).sends(**MAYA)
    practice.advance(minutes=10)
    Visitor(visitor).sends(**MAYA)

    assert len(inquiries(practice)) == 1


def test_going_back_and_adding_a_sentence_is_a_second_inquiry_of_the_same_person(
    practice: Practice, visitor: FlaskClient
) -> None:
    maya = Visitor(visitor)
    maya.sends(**MAYA)
    maya.sends(**MAYA | {"message": "I read your piece. Evenings are best."})

    assert len(people(practice)) == 1
    assert [each.message for each in inquiries(practice)][1] == "I read your piece. Evenings are best."


def test_somebody_who_was_closed_and_writes_again_is_open_again(
    practice: Practice, visitor: FlaskClient
) -> None:
    Visitor(visitor).sends(**MAYA)
    (maya,) = people(practice)
    practice.advance(days=40)
    with practice.at_work():
        practice.lead(maya.id).close(CloseReason.UNREACHABLE, practice.now)

    Visitor(visitor).sends(**MAYA | {"message": "I’m ready now."})

    (maya,) = people(practice)
    assert maya.stage is Stage.NEW
    assert len(inquiries(practice)) == 2


def test_the_page_the_article_and_the_button_are_kept(practice: Practice, visitor: FlaskClient) -> None:
    place = {"page": "https://springstreet.example/post", "article": "A person", "button": "article-end"}

    Visitor(visitor, **place).sends(**MAYA)

    (inquiry,) = inquiries(practice)
    assert (inquiry.page, inquiry.article, inquiry.button) == tuple(place.values())


def test_an_address_cannot_put_words_into_somebodys_form(visitor: FlaskClient) -> None:
    page = visitor.get(FORM, query_string={"name": "Mallory", "message": "Sign here", "token": "mine"}).text

    assert "Mallory" not in page
    assert "Sign here" not in page
    assert 'value="mine"' not in page


def test_by_default_a_sentence_says_that_notes_may_follow(practice: Practice, visitor: FlaskClient) -> None:
    maya = Visitor(visitor)
    maya.sends(**MAYA)

    assert NOTICE in maya.page
    assert inquiries(practice)[0].consent_wording == NOTICE
    assert people(practice)[0].follow_ups_wanted


def test_who_wants_a_personal_answer_only_gets_the_acknowledgement_and_no_more(
    practice: Practice, visitor: FlaskClient
) -> None:
    Visitor(visitor).sends(**MAYA, personal_only="y")
    practice.advance(days=40)

    assert practice.outbox.subjects_to("maya.o@example.com") == ["I got your note"]


@pytest.mark.parametrize(("ticked", "emails"), [({}, 1), ({"agreed": "y"}, 4)])
def test_where_the_practice_asks_first_an_empty_box_means_no(
    practice: Practice, visitor: FlaskClient, ticked: dict[str, str], emails: int
) -> None:
    with practice.at_work():
        PracticeRow.current().follow_up_policy = FollowUpPolicy.ASK_FIRST

    Visitor(visitor).sends(**MAYA, **ticked)
    practice.advance(days=40)

    assert len(practice.outbox.to("maya.o@example.com")) == emails
    assert inquiries(practice)[0].consent_wording == AGREED


def test_the_form_may_stand_on_the_practices_own_site_and_nowhere_else(visitor: FlaskClient) -> None:
    policy = visitor.get(FORM).headers["Content-Security-Policy"]

    own = "'self' https://springstreet.example https://www.springstreet.example"
    assert policy.endswith(f"frame-ancestors {own}")


def test_in_a_frame_the_form_looks_like_the_site_around_it(visitor: FlaskClient) -> None:
    assert 'data-theme="light"' in visitor.get(FORM, query_string={"embed": "light"}).text
    assert 'data-theme="dark"' in visitor.get(FORM, query_string={"embed": "dark"}).text
    assert "data-theme" not in visitor.get(FORM, query_string={"embed": "auto"}).text
    assert "embedded.js" not in visitor.get(FORM).text


def test_in_a_frame_every_next_page_knows_it_is_in_a_frame(visitor: FlaskClient) -> None:
    framed = Visitor(visitor, embed="light")

    wrong, right = framed.sends(name="Maya", email="maya@"), framed.sends(**MAYA)

    assert "data-answer" in wrong.text
    assert "embedded.js" in wrong.text
    assert right.location == "/consultation/thanks?embed=light"
    assert "embedded.js" in visitor.get(right.location).text


def test_many_notes_from_one_place_are_asked_to_wait_and_keep_what_was_typed(
    practice: Practice, visitor: FlaskClient
) -> None:
    with limits(practice.app, posts_per_client_minute=2):
        for number in range(2):
            Visitor(visitor).sends(name="Sam", email=f"sam{number}@example.com")
        refused = Visitor(visitor).sends(**MAYA)
        practice.advance(minutes=2)
        later = Visitor(visitor).sends(**MAYA)

    assert refused.status_code == 429
    assert refused.headers["Retry-After"] == "60"
    assert "I read your piece." in refused.text
    assert later.status_code == 303


def test_a_locked_database_gives_back_what_was_typed_and_takes_it_a_little_later(
    practice: Practice, visitor: FlaskClient
) -> None:
    maya = Visitor(visitor, button="article-end")

    with impatient(practice.app), locked(practice):
        refused = maya.sends(**MAYA, free_times=["Evenings"], found_us="A search", personal_only="y")
    page = read(refused, 503)
    again = maya.sends(
        **{
            field.attributes["name"]: field.attributes["value"]
            for field in page.root.find("form input[value]")
        },
        message=page.text("#message"),
    )

    assert refused.headers["Retry-After"] == "10"
    assert page.heading == "Your note isn’t with me yet."
    assert "tel:988" in refused.text
    assert again.status_code == 303
    (inquiry,) = inquiries(practice)
    assert (inquiry.name, inquiry.message) == ("Maya Okafor", "I read your piece.")
    assert (inquiry.free_times, inquiry.found_us, inquiry.personal_only) == ("Evenings", "A search", True)
    assert inquiry.button == "article-end"


def test_while_the_database_is_away_the_frame_still_shows_the_page(
    practice: Practice, visitor: FlaskClient
) -> None:
    maya = Visitor(visitor)

    with impatient(practice.app), locked(practice):
        refused = maya.sends(**MAYA)

    assert "https://springstreet.example" in refused.headers["Content-Security-Policy"]
    assert "Spring Street Therapy" in refused.text
