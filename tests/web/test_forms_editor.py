"""Settings, Your forms: making one, writing it, seeing it, and what is told when something can't be."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from crm.models import Account, ConsentText, FormVersion, InquiryForm, Starts
from crm.rules.sheets import QUESTIONS_AT_MOST, Manner
from tests.practice import Practice
from tests.web.desk import Desk
from tests.web.door import MAYA
from tests.web.reading import Page, read
from tests.web.test_forms import HOSTILE, fields, opens, sends

FIRST = "/settings/form/1"


def typed(page: Page) -> dict[str, Any]:
    """What a browser sends of the editor, unchanged."""
    found: dict[str, Any] = {}
    for each in page.root.find("#edit input"):
        kind = each.attributes.get("type", "text")
        if "name" in each.attributes and (kind != "checkbox" or "checked" in each.attributes):
            found[each.attributes["name"]] = each.attributes.get("value", "")
    for each in page.root.find("#edit textarea"):
        found[each.attributes["name"]] = "".join(part for part in each.inside if isinstance(part, str))
    for each in page.root.find("#edit select"):
        options = each.find("option")
        chosen = next((o for o in options if "selected" in o.attributes), options[0])
        found[each.attributes["name"]] = chosen.attributes["value"]
    return found


def labels(page: Page) -> list[str]:
    return page.texts(".questions summary bdi")


def form(practice: Practice, form_id: int = 1) -> InquiryForm:
    with practice.reading() as session:
        found = session.get_one(InquiryForm, form_id)
        assert found.current.number
        return found


def refused(desk: Desk, at: str = FIRST, **changed: object) -> Page:
    answer = desk.sends(at, **typed(desk.opens(at)) | changed)
    assert answer.status_code == 422
    return read(answer)


def test_the_list_says_where_each_stands_and_who_came(
    practice: Practice, desk: Desk, visitor: FlaskClient
) -> None:
    opens(practice, hosts=("https://couples.example",))
    sends(visitor, **MAYA, q1="Yes")
    practice.advance(days=2)

    rows = desk.opens("/settings/form").texts("#forms li")

    assert "http://localhost/consultation" in rows[0]
    assert "May stand on springstreet.example. Nobody has written through it yet." in rows[0]
    assert "May stand on springstreet.example, couples.example." in rows[1]
    assert "One inquiry in 30 days, the last one" in rows[1]


def test_saving_what_is_there_changes_nothing(practice: Practice, desk: Desk) -> None:
    before = form(practice).current.record

    page = desk.does(FIRST, **typed(desk.opens(FIRST)))

    assert page.toast == "Saved. Whoever opens it from now on sees it like this."
    assert form(practice).current.record == before
    assert form(practice).current.number == 1


def test_what_he_writes_is_what_people_see(practice: Practice, desk: Desk, visitor: FlaskClient) -> None:
    changed = {
        "headline": "Talk with me", "opening": "One.\n\nTwo.", "button_words": "Off it goes", "slug": "talk",
        "questions-2-label": "Your number", "questions-2-help": "I call back in the evening.",
        "thanks": "It is here.", "thanks_words": "You hear from me {by when}.", "manner": "ask_first",
        "box": "You may write to me.",
    }  # fmt: skip

    desk.does(FIRST, **typed(desk.opens(FIRST)) | changed)

    page = read(visitor.get("/f/talk"))
    assert page.heading == "Talk with me"
    assert page.texts("p.lead") == ["One.", "Two."]
    assert "Your number if you’d rather be called" in page.all_text
    assert "I call back in the evening." in page.all_text
    assert page.buttons("main") == ["Off it goes"]
    assert "You may write to me." in page.all_text
    assert "You hear from me by Wednesday afternoon." in visitor.get("/f/talk/thanks").text
    assert form(practice).current.number == 2


def test_a_question_is_moved_taken_out_and_added_without_scripts_and_nothing_is_saved(
    practice: Practice, desk: Desk
) -> None:
    page = desk.opens(FIRST)

    page = read(desk.sends(f"{FIRST}/draft", **typed(page) | {"do": "up-3", "opening": "Half a thou"}))
    assert labels(page)[:3] == ["Your name", "Phone", "Email"]
    assert page.text("#asked-said") == "“Phone” is now 2 of 6."
    assert page.root.find("#up-2[autofocus]")
    page = read(desk.sends(f"{FIRST}/draft", **typed(page) | {"do": "out-1"}))
    page = read(desk.sends(f"{FIRST}/draft", **typed(page) | {"do": "add", "added": "yes_no"}))

    assert labels(page) == ["Phone", "Email", "When are you usually free?", "What brings you here?",
                            "How did you find me?", "Yes or no?"]  # fmt: skip
    assert page.text("#opening") == "Half a thou"
    assert form(practice).current.number == 1
    desk.does(FIRST, **typed(page))
    assert [each.key for each in form(practice).current.sheet.questions][-1] == "q1"


@pytest.mark.parametrize(
    "do", ["", "up", "up-0", "up-99", "down-x", "out-", "out--1", "jump-1", "up-" + "9" * 500]
)
def test_a_button_that_is_none_does_nothing(practice: Practice, desk: Desk, do: str) -> None:
    page = desk.opens(FIRST)

    again = read(desk.sends(f"{FIRST}/draft", **typed(page) | {"do": do, "added": "nothing"}))

    assert labels(again) == labels(page)


def test_at_the_ends_the_focus_goes_to_the_button_that_is_left(desk: Desk) -> None:
    page = read(desk.sends(f"{FIRST}/draft", **typed(desk.opens(FIRST)) | {"do": "up-2"}))

    assert page.root.find("#down-1[autofocus]")
    assert not page.root.find("#up-1")


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"name": ""}, "A name to know it by, such as “Couples”."),
        ({"slug": "Two Words"}, "Small letters, numbers and hyphens"),
        ({"slug": "a/b"}, "Small letters, numbers and hyphens"),
        ({"headline": ""}, "What stands on top? A few words."),
        ({"headline": "x" * 201}, "That is longer than"),
        ({"opening": "x" * 2001}, "That is longer than"),
        ({"thanks": ""}, "A thank you, at least."),
        ({"notice": ""}, "Say that notes may follow"),
        ({"questions-1-label": ""}, "What do you ask? A few words are enough."),
        ({"questions-1-label": "x" * 301}, "That is longer than"),
        ({"questions-3-choices": " \n "}, "Write what they can choose from, one a line."),
        ({"questions-3-choices": "\n".join(map(str, range(31)))}, "Up to 30 choices. These are 31."),
        ({"questions-3-choices": "x" * 201}, "One of them is longer than 200 characters."),
        ({"questions-1-label": "PHONE"}, "“phone” is asked twice."),
        ({"questions-1-ask": "x", "questions-2-ask": "x"}, "Nobody could be answered."),
        ({"hosts": "*.example.com"}, "“*.example.com” is no site it could stand on."),
        ({"hosts": "a.example; script-src *"}, "is no site it could stand on."),
        ({"hosts": "\n".join(f"a{n}.example" for n in range(21))}, "Up to 20 sites. These are 21."),
    ],
)  # fmt: skip
def test_what_cannot_be_is_told_beside_it_and_nothing_typed_is_lost(
    practice: Practice, desk: Desk, changed: dict[str, str], told: str
) -> None:
    page = refused(desk, **{"opening": "Half a thought", **changed})

    assert any(told in each for each in page.texts(".error")), page.texts(".error")
    assert "opening" in changed or page.text("#opening") == "Half a thought"
    assert form(practice).current.number == 1


def test_an_address_that_another_form_has_or_had_is_told(practice: Practice, desk: Desk) -> None:
    form_id = opens(practice)
    with practice.at_work() as session:
        session.get_one(InquiryForm, form_id).move_to("two")

    for slug in ("couples", "two"):
        assert "Another form has this address" in refused(desk, slug=slug).text(".error")


def test_two_who_edit_at_once_are_told_and_the_second_keeps_his_words(practice: Practice, desk: Desk) -> None:
    mine = typed(desk.opens(FIRST))
    desk.does(FIRST, **mine | {"headline": "Theirs"})

    late = desk.sends(FIRST, **mine | {"headline": "Mine"})
    page = read(late, 409)

    assert late.status_code == 409
    assert "It was saved in another window meanwhile." in page.text(".notice")
    assert page.attribute("#headline", "value") == "Mine"
    desk.does(FIRST, **typed(page))
    assert form(practice).current.sheet.headline == "Mine"
    assert form(practice).current.number == 3


def test_an_earlier_version_is_shown_first_and_saved_only_then(practice: Practice, desk: Desk) -> None:
    desk.does(FIRST, **typed(desk.opens(FIRST)) | {"headline": "Second"})

    told = desk.opens(f"{FIRST}/versions")
    back = desk.opens(FIRST, version=1)

    assert [each.partition(":")[2].strip() for each in told.texts("main h2")] == ["Second", "Schedule a call"]
    assert back.attribute("#headline", "value") == "Schedule a call"
    assert form(practice).current.sheet.headline == "Second"
    desk.does(FIRST, **typed(back))
    assert form(practice).current.sheet.headline == "Schedule a call"
    assert desk.gets(FIRST, version=99).status_code == 404


@pytest.mark.parametrize("kind", ["consultation", "short", "couples", "waiting_list", "spanish"])
def test_a_form_begins_from_a_kind_that_works_at_once(
    practice: Practice, desk: Desk, visitor: FlaskClient, kind: str
) -> None:
    page = desk.does("/settings/form/new", came_from="/settings/form", name="Another", start=f"kind-{kind}")

    made = form(practice, 2)
    assert page.heading == "Another"
    assert page.toast == "“Another” is open. Make it yours."
    desk.does("/settings/form/2", **typed(page))
    assert sends(visitor, f"/f/{made.slug}", **MAYA).heading in ("Thank you.", "Gracias.")


def test_a_copy_is_like_its_model_at_an_address_of_its_own(practice: Practice, desk: Desk) -> None:
    form_id = opens(practice, hosts=("https://couples.example",), starts=Starts.NOTHING)

    desk.does("/settings/form/new", name="The other", start=f"form-{form_id}")
    desk.does("/settings/form/new", name="A third", start=f"form-{form_id}")

    model, copy, third = (form(practice, form_id + n) for n in range(3))
    assert (copy.slug, third.slug) == ("couples-copy", "couples-copy-2")
    assert (copy.hosts, copy.starts) == (model.hosts, model.starts)
    assert copy.current.record == model.current.record


@pytest.mark.parametrize("start", ["", "kind-nothing", "form-99", "form-x", "kind-__class__"])
def test_what_is_nothing_to_begin_with_is_refused(desk: Desk, start: str) -> None:
    assert desk.sends("/settings/form/new", name="Another", start=start).status_code == 422


def test_the_preview_is_the_public_page_with_what_is_typed_and_nothing_runs_in_it(
    practice: Practice, desk: Desk, visitor: FlaskClient
) -> None:
    answer = desk.sends(
        f"{FIRST}/preview", **typed(desk.opens(FIRST)) | {"headline": HOSTILE[0], "opening": ""}
    )

    policy = answer.headers["Content-Security-Policy"]
    assert policy.startswith("sandbox allow-same-origin; default-src 'none'")
    assert "script-src" not in policy
    assert "form-action" not in policy.replace("default-src", "")
    assert "&lt;script&gt;alert(1)" in answer.text
    saved = read(desk.gets(f"{FIRST}/look"))
    public = read(visitor.get("/consultation"))
    assert saved.text("main") == public.text("main")
    assert form(practice).current.number == 1


def test_a_preview_of_half_a_form_is_shown_all_the_same(desk: Desk) -> None:
    empty = desk.sends(f"{FIRST}/preview")
    half = desk.sends(
        f"{FIRST}/preview", **{"questions-0-ask": "one", "questions-0-key": "q1", "headline": "x"}
    )

    assert (empty.status_code, half.status_code) == (200, 200)
    assert "tel:988" in empty.text


def test_a_form_of_many_questions_tells_its_limit(practice: Practice, desk: Desk) -> None:
    many: dict[str, Any] = {}
    for n in range(QUESTIONS_AT_MOST + 1):
        many |= {
            f"questions-{n}-key": f"q{n + 1}",
            f"questions-{n}-ask": "short",
            f"questions-{n}-label": f"No. {n}",
        }

    page = refused(desk, **many)

    assert any("Up to 30 questions." in each for each in page.texts(".error"))


def test_tampered_fields_are_left_out(practice: Practice, desk: Desk) -> None:
    changed = {"questions-0-key": "token", "questions-0-ask": "short", "questions-5-key": "../x",
               "follows": "usual", "language": "en"}  # fmt: skip

    desk.does(FIRST, **typed(desk.opens(FIRST)) | changed)

    keys = [each.key for each in form(practice).current.sheet.questions]
    assert keys == ["email", "phone", "free_times", "message"]


@pytest.mark.parametrize(
    "changed", [{"follows": "99"}, {"account_id": "99"}, {"language": "xx"}, {"manner": "x"}]
)
def test_a_choice_that_is_none_is_refused(desk: Desk, changed: dict[str, str]) -> None:
    assert desk.sends(FIRST, **typed(desk.opens(FIRST)) | changed).status_code == 422


def test_whose_they_are_what_follows_and_where_it_stands_are_kept(practice: Practice, desk: Desk) -> None:
    with practice.at_work() as session:
        june = Account.create("june@springstreet.example", "June", "a long enough password", practice.now)
        session.flush()
        june_id = june.id
    changed = {"account_id": str(june_id), "follows": "nothing", "found_us": "The couples page",
               "hosts": "bücher.example\nhttps://A.example/page\na.example"}  # fmt: skip

    page = desk.does(FIRST, **typed(desk.opens(FIRST)) | changed)

    kept = form(practice)
    assert (kept.account_id, kept.starts, kept.sequence_id) == (june_id, Starts.NOTHING, None)
    assert kept.hosts == ["https://xn--bcher-kva.example", "https://a.example"]
    assert kept.found_us == "The couples page"
    assert page.text("#follows option[selected]") == "nothing, not even an answer"


def test_a_sentence_of_consent_says_since_when_it_is_on_record(practice: Practice, desk: Desk) -> None:
    page = desk.opens(FIRST)
    new = read(desk.sends(f"{FIRST}/draft", **typed(page) | {"notice": "You may hear from me."}))

    assert "On record as wording 1, first used today." in page.all_text
    assert "New words. They are put on record when you save" in new.all_text
    desk.does(FIRST, **typed(new))
    with practice.reading() as session:
        version = session.scalars(sa.select(FormVersion).order_by(FormVersion.id.desc())).first()
        assert version is not None
        assert session.get_one(ConsentText, version.notice_id).words == "You may hear from me."


def test_hostile_words_in_the_editor_stay_words(practice: Practice, desk: Desk) -> None:
    hostile = {"headline": HOSTILE[0], "opening": HOSTILE[1], "questions-0-label": HOSTILE[2],
               "questions-3-choices": "\n".join(HOSTILE[:5]), "name": HOSTILE[0][:80]}  # fmt: skip

    page = desk.sends(f"{FIRST}/draft", **typed(desk.opens(FIRST)) | hostile).text
    desk.does(FIRST, **typed(desk.opens(FIRST)) | hostile)
    saved = desk.gets(FIRST).text

    for text in (page, saved):
        assert "<script>alert" not in text
        assert "<img src=x" not in text
    assert form(practice).current.sheet.questions[3].choices == tuple(HOSTILE[:5])


def test_as_many_choices_and_sites_as_may_be_are_kept_whole(practice: Practice, desk: Desk) -> None:
    choices = [f"{number:02} {'long ' * 20}words" for number in range(30)]
    hosts = [f"https://{'a' * 60}.{'b' * 60}.site{number}.example" for number in range(20)]
    changed = {"questions-3-choices": "\n".join(choices), "hosts": "\n".join(hosts)}

    desk.does(FIRST, **typed(desk.opens(FIRST)) | changed)

    saved = form(practice)
    assert saved.current.sheet.questions[3].choices == tuple(choices)
    assert saved.hosts == hosts


@pytest.mark.parametrize("name", ["notice", "box", "questions-0-help"])
def test_a_sentence_that_is_too_long_is_told_and_not_cut(practice: Practice, desk: Desk, name: str) -> None:
    page = refused(desk, **{name: "They may write to me. " * 30})

    assert any("That is longer than" in each for each in page.texts(".error"))
    assert form(practice).current.number == 1


def test_what_to_copy_names_the_form_and_the_plain_one_holds_its_questions(
    practice: Practice, desk: Desk, visitor: FlaskClient
) -> None:
    form_id = opens(practice)

    page = desk.opens(f"/settings/form/{form_id}/site")
    plain = Page(page.text("#plain").replace("\u200b", ""))

    assert page.text("#address") == "http://localhost/f/couples"
    assert 'data-form="couples"' in page.text("#snippet")
    assert 'src="http://localhost/f/couples?embed=light"' in page.text("#frame")
    names = [each.attributes["name"] for each in plain.root.find("input[name]")]
    assert {"name", "email", "phone", "q1", "q2", "website", "version"} <= set(names)


def test_the_consent_of_a_form_may_differ_from_the_practices(
    practice: Practice, desk: Desk, visitor: FlaskClient
) -> None:
    desk.does(FIRST, **typed(desk.opens(FIRST)) | {"manner": str(Manner.ASK_FIRST)})

    page = visitor.get("/consultation").text

    assert 'name="agreed"' in page
    visitor.post("/consultation", data=fields(page, **MAYA))
    practice.advance(days=40)
    assert practice.outbox.subjects_to("maya.o@example.com") == ["I got your note"]


def test_a_form_that_is_not_there_is_not_found(desk: Desk) -> None:
    for address in ("", "/site", "/versions", "/pause", "/look"):
        assert desk.gets(f"/settings/form/99{address}").status_code == 404
    for address in ("", "/draft", "/preview", "/pause", "/archival", "/return"):
        assert desk.sends(f"/settings/form/99{address}").status_code == 404
