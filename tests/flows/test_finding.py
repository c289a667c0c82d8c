"""Finding someone by whatever is remembered of them; and what the index gives away."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial

import pytest
import sqlalchemy as sa

from crm.db import db
from crm.flows import finding, indexing
from crm.flows.acquaintance import Contact, Introduction, edit_contact, introduce
from crm.flows.correspondence import add_note
from crm.flows.finding import Found, find, matching
from crm.flows.triage import take_back
from crm.models import Account, CallResult, Lead, Reply, SearchEntry, SearchIndex, Undo
from crm.models.search_entry import KEY, key_from
from crm.rules.search_words import Place
from tests.interruption import interrupted
from tests.practice import Practice

MAYA = "Maya Okafor <maya.o@example.org>"


def found(practice: Practice, query: str) -> list[int]:
    with practice.reading():
        return [hit.lead_id for hit in find(query).hits]


def why(practice: Practice, query: str) -> list[Place]:
    with practice.reading():
        return [hit.place for hit in find(query).hits]


def notes(practice: Practice, lead_id: int, text: str) -> None:
    with practice.at_work():
        add_note(practice.lead(lead_id), text, owner(), practice.now)


def owner() -> Account:
    owner = Account.owner()
    assert owner is not None
    return owner


def corrects(practice: Practice, lead_id: int, **contact: str) -> None:
    with practice.at_work():
        lead = practice.lead(lead_id)
        before = Contact(lead.name, lead.email or "", lead.phone or "")
        edit_contact(lead, replace(before, **contact), owner(), practice.now)


@pytest.fixture
def maya(practice: Practice) -> int:
    practice.receives_inquiry("Sam Rivers <sam@example.net>", "Could we meet in the evening?")
    return practice.receives_inquiry(MAYA, "I cannot sleep before Wednesdays.", phone="+12135550148")


@pytest.mark.parametrize(
    ("query", "place"),
    [
        ("maya", Place.NAME),
        ("OKAFOR", Place.NAME),
        ("oka", Place.NAME),
        ("okafor maya", Place.NAME),
        ("maya.o@example.org", Place.WHOLE),
        ("Maya.O@Example.org", Place.WHOLE),
        ("maya.o@exam", Place.CONTACT),
        ("(213) 555-0148", Place.WHOLE),
        ("+1 213 555 0148", Place.WHOLE),
        ("555-0148", Place.WHOLE),
        ("0148", Place.CONTACT),
        ("213 55", Place.CONTACT),
        ("sleep", Place.MESSAGE),
        ("wednes", Place.MESSAGE),
        ("maya wednesdays", Place.MESSAGE),
    ],
)
def test_someone_is_found_by_what_is_remembered(
    practice: Practice, maya: int, query: str, place: Place
) -> None:
    assert found(practice, query) == [maya]
    assert why(practice, query) == [place]


@pytest.mark.parametrize(
    "query", ["", " ", "%", "_", "'; DROP TABLE lead --", "maya rivers", "afor", "xx", "🌸", "@"]
)
def test_nobody_is_found_by_what_nobody_has(practice: Practice, maya: int, query: str) -> None:
    assert found(practice, query) == []


def test_replies_letters_notes_and_calls_are_found_too(practice: Practice, maya: int) -> None:
    practice.hears_back(maya, "My therapist in Chicago was wonderful.")
    practice.answers(maya, "The office is behind the courthouse.")
    notes(practice, maya, "Prefers mornings before the kindergarten opens.")
    practice.logs_call(maya, CallResult.VOICEMAIL, "Spoke to her neighbour instead.")

    places = {word: why(practice, word) for word in ("chicago", "courthouse", "kindergarten", "neighbour")}

    assert places == {
        "chicago": [Place.MESSAGE],
        "courthouse": [Place.LETTER],
        "kindergarten": [Place.NOTE],
        "neighbour": [Place.NOTE],
    }


def test_someone_added_by_hand_is_found_at_once(practice: Practice) -> None:
    with practice.at_work():
        contact = Contact("Zoë Müller", phone="+493012345678")
        zoe = introduce(Introduction(contact, note="Came through Dr. Øster"), owner(), practice.now).id

    for query in ("zoe", "muller", "MÜLL", "030 12345678", "+49 30 1234", "oster"):
        assert found(practice, query) == [zoe], query


def test_who_was_corrected_is_found_by_the_new_and_not_by_the_old(practice: Practice, maya: int) -> None:
    corrects(practice, maya, name="Maja Okonkwo", email="maja@example.com", phone="+13105550199")

    for query in ("maja", "okonkwo", "maja@example.com", "310 555 0199", "sleep"):
        assert found(practice, query) == [maya], query
    for query in ("okafor", "maya.o@example.org", "213 555 0148"):
        assert found(practice, query) == [], query


def test_a_letter_that_was_taken_back_is_found_no_more(practice: Practice, maya: int) -> None:
    undo_id = practice.answers(maya, "The office is behind the courthouse.")
    before = found(practice, "courthouse")

    with practice.at_work():
        assert take_back(db.session.get_one(Undo, undo_id), practice.now)

    assert before == [maya]
    assert found(practice, "courthouse") == []


def test_the_words_of_our_own_templates_find_nobody(practice: Practice, maya: int) -> None:
    practice.advance(days=4)

    assert found(practice, "unsubscribe") == []
    assert found(practice, "the door stays open") == []


def test_a_text_that_moves_to_another_person_is_found_there(practice: Practice, maya: int) -> None:
    """As in a merge."""
    practice.hears_back(maya, "My therapist in Chicago was wonderful.")
    robin = practice.receives_inquiry("Robin Lee <robin@example.com>")

    with practice.at_work():
        db.session.scalars(sa.select(Reply).where(Reply.lead_id == maya)).one().lead_id = robin

    assert found(practice, "chicago") == [robin]


def test_what_was_removed_is_found_no_more(practice: Practice, maya: int) -> None:
    notes(practice, maya, "Prefers mornings before the kindergarten opens.")

    with practice.at_work():
        lead = practice.lead(maya)
        db.session.delete(next(event.note for event in lead.events if event.note))
        for event in lead.events:
            event.note = None

    assert found(practice, "kindergarten") == []
    assert found(practice, "maya") == [maya]


def test_the_index_forgets_a_person_with_their_row(practice: Practice) -> None:
    with practice.at_work() as session:
        session.add(lead := Lead(contact_key="tel:1", name="Kim Novak", created_at=practice.now,
                                 stage_changed_at=practice.now))  # fmt: skip
        session.flush()
        kim = lead.id
    before = found(practice, "kim")

    with practice.at_work() as session:
        session.delete(practice.lead(kim))

    assert before == [kim]
    assert found(practice, "kim") == []
    with practice.reading() as session:
        assert session.scalars(sa.select(SearchEntry).where(SearchEntry.lead_id == kim)).all() == []


def test_nothing_is_indexed_by_a_transaction_that_fails(practice: Practice, maya: int) -> None:
    def fails_halfway() -> None:
        with practice.at_work():
            add_note(practice.lead(maya), "Kindergarten", owner(), practice.now)
            db.session.flush()
            raise InterruptedError

    with pytest.raises(InterruptedError):
        fails_halfway()
    notes(practice, maya, "Something else")

    assert found(practice, "kindergarten") == []


def test_two_who_write_about_one_person_at_once_leave_nothing_out(practice: Practice, maya: int) -> None:
    with interrupted(practice, "SELECT search_entry", partial(notes, practice, maya, "Kindergarten")):
        notes(practice, maya, "Courthouse")

    assert found(practice, "courthouse") == [maya]
    assert found(practice, "kindergarten") == [maya]


def test_suspected_spam_is_found_like_anybody(practice: Practice) -> None:
    seo = practice.receives_inquiry("Best SEO <seo@example.net>", "Buy backlinks", honeypot="yes")

    assert found(practice, "seo backlinks") == [seo]


def test_whole_addresses_come_before_names_and_names_before_messages(practice: Practice) -> None:
    mentioned = practice.receives_inquiry("Ann Bell <ann@example.com>", "Robin Lee sent me.")
    in_address = practice.receives_inquiry("Pat Moss <robin@example.net>")
    older = practice.receives_inquiry("Robin Hill <r.hill@example.com>")
    newer = practice.receives_inquiry("Robin Lee <robin@example.com>")

    assert found(practice, "robin") == [newer, older, in_address, mentioned]
    assert found(practice, "robin lee") == [newer, mentioned]
    assert found(practice, "robin@example.com")[0] == newer
    assert found(practice, "robin@example.net") == [in_address]


def pages(practice: Practice, query: str, most: int) -> list[Found]:
    with practice.reading():
        seen = [find(query, most=most)]
        while spot := seen[-1].further:
            seen.append(find(query, finding.Spot.read(str(spot)), most))
        return seen


def test_pages_show_everybody_once(practice: Practice) -> None:
    ids = [practice.receives_inquiry(f"Robin {n} Rivers <p{n}@example.com>", "An evening") for n in range(7)]

    for query in ("robin", "rivers robin", "evening robin"):
        shown = [[hit.lead_id for hit in page.hits] for page in pages(practice, query, 3)]
        assert [len(page) for page in shown] == [3, 3, 1]
        assert [each for page in shown for each in page] == ids[::-1]


def test_who_searches_by_words_that_everybody_has_is_told_so(
    practice: Practice, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(finding, "LOOKED_AT", 3)
    rare = practice.receives_inquiry("Evan Rivers <evan@example.com>", "Monday")
    for n in range(5):
        practice.receives_inquiry(f"Robin {n} Rivers <p{n}@example.com>")
        practice.receives_inquiry(f"Evan {n} Lee <e{n}@example.com>")

    with practice.reading():
        assert find("rivers evan").is_cut
        assert not find("rivers monday").is_cut
        assert [hit.lead_id for hit in find("rivers monday").hits] == [rare]


def test_others_may_narrow_their_own_queries(practice: Practice, maya: int) -> None:
    practice.receives_inquiry("Ann Bell <ann@example.com>", "Maya sent me.")

    with practice.reading() as session:
        assert sorted(session.scalars(matching("maya"))) == [maya, maya + 1]
        assert list(session.scalars(matching("maya", Place.NAME))) == [maya]
        assert list(session.scalars(matching("maya bell"))) == [maya + 1]
        assert list(session.scalars(matching("%"))) == []


def test_nothing_of_a_person_stands_in_the_index(practice: Practice, maya: int) -> None:
    with practice.reading() as session:
        rows = session.execute(sa.text("SELECT * FROM search_entry")).all()

    assert len(rows) > 50
    assert {type(value) for row in rows for value in row} == {int}
    assert not any(plain in repr(rows) for plain in ("12135550148", "2135550148", "5550148", "maya"))


def test_another_key_makes_other_tokens(practice: Practice, maya: int) -> None:
    with practice.reading() as session:
        before = set(session.scalars(sa.select(SearchEntry.token).where(SearchEntry.lead_id == maya)))

    with changed_key(practice):
        with practice.at_work():
            indexing.refresh([maya])
        with practice.reading() as session:
            after = set(session.scalars(sa.select(SearchEntry.token).where(SearchEntry.lead_id == maya)))

    assert len(before) == len(after)
    assert before & after == set()


def test_after_the_key_has_changed_everybody_is_taken_once_more(
    practice: Practice, maya: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(indexing, "AT_ONCE", 1)
    assert takes(practice) == 2
    assert takes(practice) == 0

    with changed_key(practice):
        lost, whole = found(practice, "maya"), is_whole(practice)
        again = takes(practice)
        healed, whole_again = found(practice, "maya"), is_whole(practice)

    assert (lost, whole) == ([], False)
    assert again == 2
    assert (healed, whole_again) == ([maya], True)


def test_people_from_before_the_index_are_found_after_the_update(practice: Practice, maya: int) -> None:
    with practice.at_work() as session:
        session.execute(sa.delete(SearchEntry))
        session.execute(sa.delete(SearchIndex))

    assert found(practice, "maya") == []
    assert takes(practice) == 2
    assert found(practice, "maya") == [maya]
    assert found(practice, "sleep") == [maya]


def test_however_many_are_written_at_once_all_are_found(
    practice: Practice, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(indexing, "AT_ONCE", 2)

    with practice.at_work():
        ids = [introduce(Introduction(Contact(f"Robin {n}", f"r{n}@example.com")), owner(), practice.now).id
               for n in range(5)]  # fmt: skip

    assert found(practice, "robin") == ids[::-1]


def test_taking_everybody_again_changes_nothing(practice: Practice, maya: int) -> None:
    takes(practice)
    before = entries(practice)

    with practice.at_work():
        indexing.begin()
    assert takes(practice) == 2

    assert entries(practice) == before


@pytest.mark.parametrize(
    ("name", "message", "query"),
    [
        ("مريم الخطيب", "", "مريم"),
        ("שרה כהן", "", "כהן"),
        ("山田太郎", "", "山田"),
        ("김민수", "", "민수"),
        ("O’Brien", "", "obrien"),
        ("Łukasz Żółć", "", "lukasz zolc"),
        ("x" * 300, "", "xxxxxxxxxxxxxxx"),
        ("A B " * 75, "", "a b"),
        ("Sam", "I feel 😀 " * 2000, "😀"),
        ("Sam", "wörd " * 400_000, "word"),
        ("Sam", "ring me at 213-555-0199 please", "(213) 555-0199"),
    ],
)
def test_names_and_texts_of_every_kind_hold(practice: Practice, name: str, message: str, query: str) -> None:
    lead_id = practice.receives_inquiry("Someone <s@example.org>", message)
    corrects(practice, lead_id, name=name)

    assert found(practice, query) == [lead_id]
    assert len(entries(practice)) < 3_000


@contextmanager
def changed_key(practice: Practice) -> Iterator[None]:
    """As if the operator had started everything with another SECRET_KEY."""
    with practice.reading():
        engine = db.engine
    key = engine.get_execution_options()[KEY]
    engine.update_execution_options(**{KEY: key_from("another secret, as long as the first one was")})
    try:
        yield
    finally:
        engine.update_execution_options(**{KEY: key})


def entries(practice: Practice) -> set[tuple[int, int, int]]:
    with practice.reading() as session:
        return {(row.lead_id, row.token, row.place) for row in session.scalars(sa.select(SearchEntry))}


def takes(practice: Practice) -> int:
    """How many people it took until everybody could be found."""
    people, whole = 0, False
    while not whole:
        with practice.at_work():
            step = indexing.go_on(practice.now)
        people, whole = people + step.people, step.is_whole
    return people


def is_whole(practice: Practice) -> bool:
    with practice.reading():
        return SearchIndex.is_whole()
