from __future__ import annotations

import re

import pytest
from markupsafe import Markup

from crm.mail.language import BrokenText
from crm.mail.letters import Blanks, Content, Crisis, Frame, letter
from crm.mail.pieces import FIELDS
from crm.rules.wording import Wording
from crm.seeds.texts import TEMPLATES

LINK = "https://crm.example/call/t0ken"
MAYA = Blanks(first_name="Maya", my_name="Connor", booking_link=LINK)
STOP = "https://crm.example/stop/t0ken"


def filled(body: str, blanks: Blanks = MAYA, frame: Frame | None = None) -> Content:
    return letter(Wording("A subject", "A preview", body)).fill(blanks, frame or Frame())


def paragraphs(content: Content) -> list[str]:
    """What stands in each paragraph of the HTML, styles left out."""
    return re.findall(r"<p [^>]*>(.*?)</p>", content.html, re.DOTALL)


def test_every_blank_on_screen_has_a_value_to_fill_it() -> None:
    assert set(FIELDS.values()) == set(Blanks._fields)


def test_blanks_are_filled_in_subject_preview_text_and_html() -> None:
    content = letter(Wording("For {first name}", "From {my name}", "Hi {first name}")).fill(MAYA, Frame())

    assert (content.subject, content.preview, content.text) == ("For Maya", "From Connor", "Hi Maya\n")
    assert "<title>For Maya</title>" in content.html
    assert ">From Connor</div>" in content.html
    assert paragraphs(content) == ["Hi Maya"]


@pytest.mark.parametrize("missing", ["", "   ", "\x00", "\u200b"[:0]])
def test_a_missing_first_name_says_hi_there(missing: str) -> None:
    for body in ("Hi {first name},", "Hi {{ first_name }},"):
        content = filled(body, Blanks(first_name=missing))

        assert content.text == "Hi there,\n"
        assert paragraphs(content) == ["Hi there,"]


def test_a_missing_promise_is_still_a_sentence() -> None:
    assert filled("By **{reply-by time}**.").text == "By a few days from now.\n"


def test_a_blank_alone_in_its_paragraph_takes_it_along_when_empty() -> None:
    body = "Before\n\n{line from you}\n\nAfter\n\n{booking link}\n\nEnd"

    content = filled(body, Blanks())

    assert content.text == "Before\n\nAfter\n\nEnd\n"
    assert paragraphs(content) == ["Before", "After", "End"]


def test_a_line_from_you_keeps_its_lines() -> None:
    content = filled("{line from you}", Blanks(line_from_you="Ana: 555-0142\r\nLee: 555-0143"))

    assert content.text == "Ana: 555-0142\nLee: 555-0143\n"
    assert paragraphs(content) == ["Ana: 555-0142<br>\nLee: 555-0143"]


class TestLightMarkdown:
    def test_bold_italic_and_line_breaks(self) -> None:
        content = filled("**bold** and *slanted*\nnext line\n\nWarmly,\n{my name}")

        assert paragraphs(content) == [
            "<strong>bold</strong> and <em>slanted</em><br>\nnext line",
            "Warmly,<br>\nConnor",
        ]
        assert content.text == "bold and slanted\nnext line\n\nWarmly,\nConnor\n"

    def test_marks_round_a_blank(self) -> None:
        assert paragraphs(filled("**{first name}** _{my name}_")) == ["<strong>Maya</strong> <em>Connor</em>"]

    def test_links_show_their_address_in_the_text(self) -> None:
        content = filled("[the map](https://maps.example/?a=1&b=2), [call](tel:+15550142), [988](tel:988)")

        assert content.text == ("the map (https://maps.example/?a=1&b=2), call (tel:+15550142), 988\n")
        assert 'href="https://maps.example/?a=1&amp;b=2"' in content.html
        assert 'href="tel:988"' in content.html

    def test_the_booking_link_can_be_a_links_target_or_stand_by_itself(self) -> None:
        content = filled("[Tell me]({booking link}) or go to {booking link}.")

        assert content.text == f"Tell me ({LINK}) or go to {LINK}.\n"
        assert re.findall(r'<a href="([^"]*)"[^>]*>([^<]*)</a>', content.html) == [
            (LINK, "Tell me"),
            (LINK, LINK),
        ]

    def test_lists(self) -> None:
        content = filled(
            "Bring:\n\n- nothing\n- nobody\n  at all\n\nThen:\n\n3. sit\n4. talk\n\n   long\n\nBye"
        )

        assert content.text == (
            "Bring:\n\n- nothing\n- nobody\n  at all\n\nThen:\n\n3. sit\n\n4. talk\n\n   long\n\nBye\n"
        )
        assert '<ol start="3"' in content.html
        assert content.html.count("<li") == 4

    @pytest.mark.parametrize(
        "body",
        ["# no heading", "> no quote", "    no code", "`no code`", "---", "| no | table |", "```\nno\n```"],
    )
    def test_everything_else_stays_as_it_was_typed(self, body: str) -> None:
        assert filled(body).text.strip() == body.strip()

    def test_html_is_words(self) -> None:
        content = filled("<b>bold</b> <script>alert(1)</script> <!-- x --> &amp;")

        assert content.text == "<b>bold</b> <script>alert(1)</script> <!-- x --> &amp;\n"
        assert "<script" not in content.html
        assert "&lt;b&gt;bold" in content.html

    def test_a_picture_is_never_loaded(self) -> None:
        assert "<img" not in filled("![x](https://tracker.example/pixel.gif)").html


class TestTheButton:
    def test_it_is_a_link_in_a_coloured_cell_and_two_lines_of_text(self) -> None:
        content = filled("Hi\n{button Tell me & see}\nBye")

        assert content.text == f"Hi\n\nTell me & see:\n{LINK}\n\nBye\n"
        assert re.search(rf'bgcolor="#1B5060"[^>]*><a href="{LINK}"[^>]*>Tell me &amp; see</a>', content.html)

    def test_without_a_link_there_is_no_button(self) -> None:
        content = filled("Hi\n\n{button Tell me}\n\nBye", Blanks())

        assert content.text == "Hi\n\nBye\n"
        assert "<a " not in content.html

    def test_it_can_hang_on_a_condition(self) -> None:
        body = "Hi\n{% if first_name %}\n{button Tell me}\n{% endif %}\nBye"

        assert "Tell me" in filled(body).html
        assert "Tell me" not in filled(body, Blanks(booking_link=LINK)).html
        assert filled(body, Blanks(booking_link=LINK)).text == "Hi\n\nBye\n"


class TestStrangersWords:
    NASTY = "<b onmouseover=alert(1)>'\"&{{ 7 * 7 }}{% if %}{my name} **x** [y](https://evil.example)"

    def test_they_are_escaped_in_html_and_literal_in_text_and_never_read_again(self) -> None:
        content = filled("Hi {first name}!", Blanks(first_name=self.NASTY, my_name="Connor"))

        assert content.text == f"Hi {self.NASTY}!\n"
        assert paragraphs(content) == [
            (
                "Hi &lt;b onmouseover=alert(1)&gt;&#39;&#34;&amp;{{ 7 * 7 }}{% if %}{my name} **x** "
                "[y](https://evil.example)!"
            )
        ]
        assert "evil.example" not in "".join(re.findall('href="([^"]*)"', content.html))

    def test_they_cannot_leave_an_attribute(self) -> None:
        blanks = Blanks(booking_link='https://x.example/" onclick="alert(1)')
        content = filled("[x]({booking link})\n\n{button Go}", blanks)

        assert 'onclick="' not in content.html

    def test_markup_is_no_way_round(self) -> None:
        assert "<b>" not in filled("{first name}", Blanks(first_name=Markup("<b>x</b>"))).html

    @pytest.mark.parametrize(
        "character", ["\n", "\r", "\r\n", "\x00", "\x0b", "\x85", "\u2028", "\u2029", "\t"]
    )
    def test_they_are_one_line_in_a_subject(self, character: str) -> None:
        wording = Wording("About {first name}", "For {first name}", "Hi")
        name = f"Maya{character}Bcc: x@example.org"

        content = letter(wording).fill(Blanks(first_name=name), Frame())

        assert content.subject in ("About Maya Bcc: x@example.org", "About MayaBcc: x@example.org")
        assert len(content.preview.splitlines()) == 1

    def test_they_are_short_in_a_subject(self) -> None:
        content = letter(Wording("About {first name}", "", "Hi")).fill(
            Blanks(first_name="M" * 3_000), Frame()
        )

        assert len(content.subject) <= 70
        assert content.subject.endswith("…")

    def test_an_encoded_word_stays_what_it_looks_like(self) -> None:
        wording = Wording("About {first name}", "", "Hi {first name}")
        content = letter(wording).fill(Blanks(first_name="=?utf-8?q?a=0ABcc:_x@y?="), Frame())

        assert "=?" not in content.subject
        assert content.text == "Hi =?utf-8?q?a=0ABcc:_x@y?=\n"

    @pytest.mark.parametrize("character", ["\x00", "\x1b", "\u202e", "\ufeff", "\ud800", "\ue000"])
    def test_what_cannot_be_seen_is_left_out(self, character: str) -> None:
        content = filled("Hi {first name}!", Blanks(first_name=f"Ma{character}ya"))

        assert content.text == "Hi Maya!\n"

    def test_they_are_not_endless(self) -> None:
        content = filled("{first name} " * 40, Blanks(first_name="M" * 100_000))

        assert len(content.html) < 200_000

    def test_a_letter_that_grew_too_long_is_refused(self) -> None:
        with pytest.raises(BrokenText, match="200 kB"):
            filled("{first name} " * 900, Blanks(first_name="M" * 2_000))


class TestTheFrame:
    FULL = Frame("You asked for a call.", "Spring Street, 1 Example St & Co", STOP, Crisis.LAST)

    def test_why_where_and_how_to_stop_stand_below_in_both_parts(self) -> None:
        content = filled("Hi", frame=self.FULL)

        assert content.text.endswith(
            f"-- \nYou asked for a call.\nSpring Street, 1 Example St & Co\nStop these emails: {STOP}\n"
        )
        for part in (
            "You asked for a call.",
            "1 Example St &amp; Co",
            f'href="{STOP}"',
            "Stop these emails</a>",
        ):
            assert part in content.html

    @pytest.mark.parametrize("crisis", [Crisis.LAST, Crisis.FIRST])
    def test_the_line_with_988_and_911_stands_after_the_letter_or_before_it(self, crisis: Crisis) -> None:
        content = filled("The letter itself.", frame=Frame(crisis=crisis))

        for part in (content.text, content.html):
            assert part.count("988") >= 1
            assert "911" in part
            assert (part.index("911") < part.index("The letter itself.")) is (crisis is Crisis.FIRST)

    def test_a_personal_letter_has_no_footer_and_no_crisis_line(self) -> None:
        content = filled("Hi")

        assert content.text == "Hi\n"
        assert "Stop these emails" not in content.html
        assert "988" not in content.html
        assert "border-top" not in content.html

    def test_without_a_preview_line_none_is_hidden_in_it(self) -> None:
        content = letter(Wording("A subject", "", "Hi")).fill(MAYA, Frame())

        assert 'class="preview"' not in content.html


def test_an_acknowledgement_holds_nothing_a_stranger_typed() -> None:
    blanks = Blanks(booking_link=LINK, reply_by_time="Tuesday evening", my_name="Connor")

    content = letter(TEMPLATES["got_your_note"]).fill(blanks, Frame(crisis=Crisis.LAST))

    assert content.text.startswith("Hi there,")
    assert "Tuesday evening" in content.text


def test_the_same_wording_is_compiled_once() -> None:
    assert letter(Wording("a", "b", "c")) is letter(Wording("a", "b", "c"))


def test_a_broken_wording_is_refused_again_and_blocks_no_other() -> None:
    for _ in range(2):
        with pytest.raises(BrokenText):
            letter(Wording("s", "", "{% for x in y %}"))

    assert filled("Hi").text == "Hi\n"
