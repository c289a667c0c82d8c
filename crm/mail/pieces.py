"""A text taken apart: plain words, and the pieces between braces that will be filled later."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from enum import StrEnum

from jinja2 import Environment
from jinja2.exceptions import TemplateSyntaxError

FIELDS = {
    "first name": "first_name",
    "booking link": "booking_link",
    "reply-by time": "reply_by_time",
    "call date and time": "call_time",
    "practice name": "practice_name",
    "my name": "my_name",
    "office address": "office_address",
    "line from you": "line_from_you",
}
"""The blanks as they read on screen, in the order of the Insert menu, and the field that fills each."""

BUTTON = "button"
BLANKS = frozenset({*FIELDS, BUTTON})
"""Everything that may stand between single braces."""

FALLBACKS = {
    "first name": "there",
    "reply-by time": "a few days from now",
    "call date and time": "the time we agreed on",
    "practice name": "my practice",
}
"""What is said when nothing is known, so that "Hi {first name}," becomes "Hi there,"."""

PIECE_AT_MOST = 1_000
"""Characters between one pair of braces: a constant and a few words."""

_NAMES = {name.replace("-", " "): name for name in FIELDS}
_ON_SCREEN = {field: name for name, field in FIELDS.items()}
_BETWEEN_BRACES = re.compile(r"\{([^{}\n]*)\}|\{")
_BUTTON = re.compile(r"button\b\s*(.*)", re.IGNORECASE)
_SHOWN = 40
_LEXER = Environment(autoescape=True)
"""Only ever takes sources apart; nothing is compiled or run here."""


class Kind(StrEnum):
    """What stands in the place of a piece: a word, the booking link, a button, or nothing (if and else)."""

    BLANK = "blank"
    LINK = "link"
    BUTTON = "button"
    BLOCK = "block"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Piece:
    """What stood between braces. `jinja` fills it; `name` is a plain blank's name, or a button's label."""

    kind: Kind
    jinja: str
    name: str = ""

    @property
    def needs_a_value(self) -> bool:
        """Whether it says nothing at all when its value is missing."""
        return self.kind in (Kind.BLANK, Kind.LINK) and self.name in FIELDS and self.name not in FALLBACKS

    @property
    def stands_alone(self) -> bool:
        """Whether it belongs on a line of its own, outside any paragraph."""
        return self.kind in (Kind.BLOCK, Kind.BUTTON)


Part = str | Piece
LINK = Piece(Kind.LINK, "{{ booking_link }}", "booking link")
BRACE = Piece(Kind.BLANK, '{{ "{" }}')
"""A brace that is just a brace: Markdown must not move it in front of another and make Jinja of the two."""


def take_apart(source: str) -> list[Part]:
    """An owner's text in order. Raises jinja2's TemplateSyntaxError for braces that do not close."""
    parts: list[Part] = []
    for part in lex(source):
        parts += _screen_blanks(part) if isinstance(part, str) else [_as_blank(part)]
    return parts


def lex(source: str) -> Iterator[Part]:
    """A Jinja source in order: its words and, each as one piece, what stands between double braces."""
    line, inside = 1, None
    for line, kind, value in _LEXER.lex(source):
        match kind.removeprefix("variable_").removeprefix("block_").removeprefix("comment_"):
            case "data":
                yield value
            case "begin":
                inside = ""
            case "end":
                yield from _closed(kind, (inside or "").strip())
                inside = None
            case "raw_begin":
                raise TemplateSyntaxError("raw text has no place in an email", line)
            case _:
                inside = (inside or "") + value
                if len(inside) > PIECE_AT_MOST:
                    raise TemplateSyntaxError("what stands between braces is too long", line)
    if inside is not None:
        raise TemplateSyntaxError("what begins between braces does not end", line)


def _closed(kind: str, inside: str) -> Iterator[Piece]:
    if kind == "variable_end":
        yield Piece(Kind.BLANK, f"{{{{ {inside} }}}}")
    elif kind == "block_end":
        yield Piece(Kind.BLOCK, f"{{% {inside} %}}")


def no_such_blank(name: str, known: frozenset[str]) -> str:
    """For the owner: which name means nothing, and which one was probably meant."""
    shown = name if len(name) <= _SHOWN else f"{name[:_SHOWN]}…"
    close = get_close_matches(name.casefold(), sorted(known - {BUTTON}), n=1)
    guess = f" Did you mean {{{close[0]}}}?" if close else ""
    return f"There is no blank called {{{shown}}}.{guess}"


def on_screen(field: str) -> str:
    """A field's name as the owner knows it: first_name -> first name."""
    return _ON_SCREEN.get(field, field.replace("_", " "))


def _screen_blanks(text: str) -> Iterator[Part]:
    at = 0
    for found in _BETWEEN_BRACES.finditer(text):
        if found.start() > at:
            yield text[at : found.start()]
        yield BRACE if found[1] is None else _named(found[1])
        at = found.end()
    if at < len(text):
        yield text[at:]


def _named(inside: str) -> Piece:
    if button := _BUTTON.fullmatch(inside.strip()):
        return Piece(Kind.BUTTON, LINK.jinja, button[1].strip())
    wanted = " ".join(inside.replace("_", " ").replace("-", " ").casefold().split())
    name = _NAMES.get(wanted)
    return _blank(name) if name else Piece(Kind.UNKNOWN, "", " ".join(inside.split()))


def _blank(name: str) -> Piece:
    if name == LINK.name:
        return LINK
    spare = f' or "{FALLBACKS[name]}"' if name in FALLBACKS else ""
    return Piece(Kind.BLANK, f"{{{{ {FIELDS[name]}{spare} }}}}", name)


def _as_blank(piece: Piece) -> Piece:
    """`{{ first_name }}` is the same blank as `{first name}`."""
    field = piece.jinja[2:-2].strip()
    return _blank(_ON_SCREEN[field]) if field in _ON_SCREEN else piece
