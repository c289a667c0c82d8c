"""Letters: a wording compiled once, with its layout, and filled as often as there are people to write to.

The order is what keeps strangers' words harmless: blanks hidden, then Markdown, layout and inlined styles,
then the blanks back and compiled with autoescape. What is filled in is never read as Markdown or Jinja.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from html import escape as escape_html
from pathlib import Path
from typing import NamedTuple

from css_inline import CSSInliner
from jinja2 import StrictUndefined, Template
from jinja2.exceptions import TemplateError
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup, escape

from crm.mail import marks
from crm.mail.allowed import FILTERS
from crm.mail.cloak import Cloak, tidy
from crm.mail.language import BrokenText, Problem, check
from crm.mail.pieces import Part, lex, take_apart
from crm.rules.frame_words import FRAMES
from crm.rules.sheets import FormLanguage
from crm.rules.wording import Wording

LAYOUTS = Path(__file__).resolve().parents[2] / "templates" / "email"
LETTER, LANGUAGE, STOP = "letter", "{{ lang }}", "{{ stop_words }}"
OUTPUT_AT_MOST = 200_000
SUBJECT_AT_MOST = 120
VALUE_AT_MOST = 2_000
WORD_IN_A_SUBJECT = 60
"""Characters; a longer value is cut with an ellipsis."""


class Crisis(StrEnum):
    """Where the line with 988 and 911 stands."""

    NONE = "none"
    LAST = "last"
    FIRST = "first"


class Blanks(NamedTuple):
    """What is filled in: plain text, or "" for what is not known. Only `line_from_you` may have lines."""

    first_name: str = ""
    booking_link: str = ""
    reply_by_time: str = ""
    call_time: str = ""
    practice_name: str = ""
    my_name: str = ""
    office_address: str = ""
    line_from_you: str = ""


class Frame(NamedTuple):
    """What stands round a letter: why it came, the postal address, the way to stop, 988 and where."""

    why_line: str = ""
    address_line: str = ""
    stop_link: str | None = None
    crisis: Crisis = Crisis.NONE


class Content(NamedTuple):
    """A filled letter as its reader gets it."""

    subject: str
    preview: str
    text: str
    html: str


@dataclass(frozen=True)
class Fixed:
    """A text without blanks: it is filled already."""

    text: str

    def render(self, _values: dict[str, str]) -> str:
        return self.text


@dataclass(frozen=True)
class Letter:
    """A compiled wording."""

    subject: Template | Fixed
    preview: Template | Fixed
    text: Template | Fixed
    html: Template | Fixed

    def fill(self, blanks: Blanks, frame: Frame) -> Content:
        """Raises BrokenText when what comes out is no email any more (over 200 kB)."""
        values = dict(zip(Blanks._fields, map(tidy_line, blanks), strict=True))
        values["line_from_you"] = tidy_value(blanks.line_from_you)
        subject = self._subject(values)
        preview = one_line(_render(self.preview, values))
        values |= zip(Frame._fields, (tidy_line(value or "") for value in frame), strict=True)
        text = _render(self.text, values)
        html = _render(self.html, values | {"subject": subject, "preview": preview})
        return Content(subject, preview, _without_gaps(text), html)

    def _subject(self, values: dict[str, str]) -> str:
        if isinstance(self.subject, Fixed):
            return one_line(self.subject.text)[:SUBJECT_AT_MOST]
        shorts = {name: for_a_subject(value) for name, value in values.items()}
        return one_line(_render(self.subject, shorts))[:SUBJECT_AT_MOST]


@lru_cache(maxsize=256)
def letter(wording: Wording, language: FormLanguage = FormLanguage.ENGLISH) -> Letter:
    """The letter this wording makes, compiled at most once.

    Raises BrokenText for a wording that crm.mail.language.check has something against.
    """
    if problems := check(wording):
        raise BrokenText(problems)
    cloak = Cloak()
    body = cloak.hide(take_apart(wording.body))
    return Letter(
        subject=_compiled(_PLAIN, cloak, cloak.hide(take_apart(wording.subject))),
        preview=_compiled(_PLAIN, cloak, cloak.hide(take_apart(wording.preview))),
        text=_compiled(_PLAIN, cloak, _laid_out(".txt", marks.to_text(body, cloak), cloak, language)),
        html=_compiled(_ESCAPED, cloak, _as_html(body, cloak, language)),
    )


def _as_html(body: str, cloak: Cloak, language: FormLanguage) -> str:
    def button(label: str) -> str:
        return _hidden("_button.html", cloak, {"{{ label }}": escape_html(label)})

    page = _INLINER.inline(_laid_out(".html", marks.to_html(body, cloak, button), cloak, language))
    return _BEYOND_ASCII.sub(lambda found: f"&#{ord(found[0])};", page)


def _without_gaps(text: str) -> str:
    """What was left out leaves no hole."""
    closed = _GAPS.sub("\n\n", text) if "\n\n\n" in text else text
    return closed.strip() + "\n"


def _laid_out(kind: str, body: str, cloak: Cloak, language: FormLanguage) -> str:
    crisis_line = _hidden(f"_crisis.{language}{kind}", cloak, {}).strip()
    of_language = {LANGUAGE: str(language), STOP: FRAMES[language].stop}
    known = of_language | {"{{ body }}": body, "{{ crisis_line }}": crisis_line}
    return _hidden(f"{LETTER}{kind}", cloak, known)


def _hidden(name: str, cloak: Cloak, now: dict[str, str]) -> str:
    """One of our own files, its pieces hidden, but for those that are known `now`."""

    def put(part: Part) -> str:
        if isinstance(part, str):
            return part
        return now[part.jinja] if part.jinja in now else cloak.character(part)

    return "".join(map(put, lex((LAYOUTS / name).read_text(encoding="utf-8"))))


def _compiled(environment: ImmutableSandboxedEnvironment, cloak: Cloak, hidden: str) -> Template | Fixed:
    revealed = cloak.reveal(hidden)
    if "{" not in revealed:
        return Fixed(revealed)
    try:
        return environment.from_string(revealed)
    except (TemplateError, RecursionError) as error:
        raise BrokenText([Problem("body", f"This doesn’t hold together: {error}")]) from None


def _render(template: Template | Fixed, values: dict[str, str]) -> str:
    """The size can be asked at the end: a source of 50 kB has room for few blanks, and none is endless."""
    filled = template.render(values)
    if len(filled) > OUTPUT_AT_MOST:
        raise BrokenText([Problem("body", "Filled in, this is longer than 200 kB.")])
    return filled


def tidy_value(value: str) -> str:
    """A value as plain text (never Markup): no control characters, no spaces around, not endlessly long."""
    value = "".join(value)
    if not (value.isascii() and value.isprintable()):
        value = _INVISIBLE.sub("", tidy(value))
    return value[:VALUE_AT_MOST].strip()


@lru_cache(maxsize=4096)  # most of what is filled in is the practice's own, and the same in every letter
def tidy_line(value: str) -> str:
    """A value on one line."""
    return one_line(tidy_value(value))


def one_line(text: str) -> str:
    """Every kind of line break and run of spaces becomes one space."""
    return " ".join(text.split())


def for_a_subject(value: str) -> str:
    """Short, on one line, and nothing a mail reader could decode again (RELIABILITY.md, fact 1)."""
    line = one_line(value).replace("=?", "= ?")
    return line if len(line) <= WORD_IN_A_SUBJECT else f"{line[: WORD_IN_A_SUBJECT - 1].rstrip()}…"


def _with_line_breaks(value: object) -> Markup:
    safe = escape(value)
    return safe.replace("\n", Markup("<br>\n")) if "\n" in safe else safe


def _environment(*, for_html: bool) -> ImmutableSandboxedEnvironment:
    """An environment that knows nothing: no globals, no loader, no filter or test off the list."""
    known = ImmutableSandboxedEnvironment(
        autoescape=for_html,
        undefined=StrictUndefined,
        finalize=_with_line_breaks if for_html else None,
        cache_size=0,
    )
    known.globals.clear()
    known.filters = {name: known.filters[name] for name in FILTERS} | _OUR_FILTERS
    known.tests = {"defined": _has_value}
    return known


def _has_value(value: str) -> bool:
    return bool(value)


def _default(value: str, instead: str = "", _also_when_empty: object = None) -> str:
    """A value that is not known is empty here, so Jinja's second argument makes no difference."""
    return value or instead


def _as_it_is(value: str) -> str:
    """HTML is escaped without being asked, and text must stay literal."""
    return value


_OUR_FILTERS = {"default": _default, "e": _as_it_is}
_INVISIBLE = re.compile("[\u202a-\u202e\u2060-\u2069\ufeff]")
_GAPS = re.compile(r"\n{3,}")
_BEYOND_ASCII = re.compile("[^\x00-\x7f\ue000-\uf8ff]")
"""Mails are ASCII, and HTML has a number for each character: said once for a letter, not in each mail.

The private use area is the cloak's.
"""
_PLAIN = _environment(for_html=False)
_ESCAPED = _environment(for_html=True)
_INLINER = CSSInliner(load_remote_stylesheets=False)
