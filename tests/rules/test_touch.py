"""Where someone came from: what may be kept of it, and what never is."""

from __future__ import annotations

import pytest

from crm.rules.touch import Touch, came_from, carried, touch

PT = {"referrer": "https://www.psychologytoday.com/us/therapists?search=anxious", "landing": "/anxiety"}


def test_five_campaign_words_a_host_and_a_path_are_kept() -> None:
    told = {f"utm_{name}": f"a {name}" for name in ("source", "medium", "campaign", "term", "content", "id")}

    assert touch(told | PT | {"gclid": "x"}).kept == {
        **{name: f"a {name}" for name in ("source", "medium", "campaign", "term", "content")},
        "referrer": "psychologytoday.com",
        "landing": "/anxiety",
    }


@pytest.mark.parametrize(
    "said",
    [
        *("maya@example.org", "maya%40example.org", "call 213-555-0148", "<script>alert(1)</script>"),
        *("javascript:alert(1)", "data:text/html,x", "a" * 81, "{{ 7*7 }}", "=HYPERLINK(1)", "\x00<b>"),
        *("5f1c2a0e9b7d4c3a", "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9xx"),
    ],
)
def test_what_may_be_about_someone_or_is_no_word_is_left_out_whole(said: str) -> None:
    told = touch({"utm_source": said, "landing": f"/{said}", "referrer": said})

    assert told.source == ""
    assert "@" not in repr(told)
    assert "<" not in repr(told)
    assert "213" not in repr(told)


@pytest.mark.parametrize(
    ("said", "path"),
    [
        ("https://example.org/anxiety?name=Maya#top", "/anxiety"),
        *(
            (each, each)
            for each in (
                "/blog/not-going-to-therapy-shop-for-a-person-instead",
                "/2026/11/28/on-wifi-and-peanuts/",
                "/talks/2026-11-28",
            )
        ),
        *(
            (each, "")
            for each in (
                "/people/maya@example.org",
                "/p/%6Daya%40example.org",
                "javascript:/x",
                "/" + "a/" * 101,
            )
        ),
        *((each, "") for each in ("/<b>", "//[", "https://[::1", "/reset/0a1b2c3d4e5f6a7b")),
    ],
)
def test_of_a_page_only_its_path_is_kept(said: str, path: str) -> None:
    assert touch({"landing": said}).landing == path


def test_control_characters_and_the_practice_s_own_pages_say_nothing() -> None:
    told = {"utm_source": "news\x00let\x1bter", "referrer": "https://www.springstreet.example/x"}

    assert touch(told, frozenset({"springstreet.example"})).kept == {"source": "newsletter"}


def test_what_a_form_carries_is_read_as_strictly_once_more() -> None:
    came = touch(PT | {"utm_campaign": "spring & all"})

    assert touch(carried(came.as_query)) == came
    assert touch(carried("source=<b>&referrer=javascript:x&landing=/a@b.org&source=x")).kept == {
        "source": "x"
    }


@pytest.mark.parametrize(
    ("kept", "button", "line"),
    [
        (touch(PT).kept, "Book a call", "Came from Psychology Today, button “Book a call” on /anxiety."),
        ({"source": "newsletter", "campaign": "spring"}, "", "Came from newsletter, campaign “spring”."),
        ({"landing": "/anxiety"}, "", "Wrote on /anxiety."),
        ({}, "article-end", "Came by button “article-end”."),
        ({}, "", ""),
    ],
)
def test_it_is_told_in_one_calm_line(kept: dict[str, str], button: str, line: str) -> None:
    assert came_from(kept, button) == line


@pytest.mark.parametrize(
    ("came", "site"),
    [
        (Touch(referrer="uk.search.yahoo.com"), "A search"),
        (Touch(source="PsychologyToday"), "Psychology Today"),
        (Touch(referrer="notgoogle.com"), ""),
        (Touch(source="somebody’s rubbish"), ""),
    ],
)
def test_only_a_site_we_know_answers_how_they_found_the_practice(came: Touch, site: str) -> None:
    assert came.site == site
