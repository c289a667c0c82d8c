"""The little language of the owner's texts: blanks, a button, and if and else. Everything else is refused."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from jinja2.exceptions import TemplateSyntaxError

from crm.mail import marks
from crm.mail.allowed import Refusal, UnknownName, inspect
from crm.mail.pieces import BLANKS, FIELDS, Kind, Part, Piece, no_such_blank, on_screen, take_apart
from crm.rules.wording import Wording

BODY_BYTES = 50_000
LINE_BYTES = 1_000
PIECES_AT_MOST = 1_000


@dataclass(frozen=True)
class Problem:
    """Why a text cannot be used: in its `subject`, `preview` or `body`, and a sentence for the owner."""

    where: str
    message: str


class BrokenText(ValueError):  # noqa: N818 - the text is, not the program
    """A text that cannot be filled; `problems` are sentences for the owner."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__(" ".join(f"{each.where.capitalize()}: {each.message}" for each in problems))
        self.problems = problems


def check(wording: Wording, known: frozenset[str] = BLANKS) -> list[Problem]:
    """Everything that keeps this text from being saved; empty when it is fine. Never raises."""
    return [
        *(Problem("subject", each) for each in _in_a_line(wording.subject, known)),
        *(Problem("preview", each) for each in _in_a_line(wording.preview, known)),
        *(Problem("body", each) for each in _in_the_body(wording.body, known)),
    ]


def _in_a_line(source: str, known: frozenset[str]) -> Iterator[str]:
    parts, problems = _understand(source, LINE_BYTES, known)
    yield from problems
    if any(piece.kind in (Kind.BUTTON, Kind.LINK) for piece in _pieces(parts)):
        yield "A button or a link belongs in the message."


def _in_the_body(source: str, known: frozenset[str]) -> Iterator[str]:
    parts, problems = _understand(source, BODY_BYTES, known)
    yield from problems or marks.problems(parts)


def _understand(source: str, limit: int, known: frozenset[str]) -> tuple[list[Part], list[str]]:
    """The source in parts, and what is wrong with it."""
    if len(source.encode("utf-8", "replace")) > limit:
        return [], [f"This is longer than {limit // 1000:,} kB."]
    try:
        parts = take_apart(source)
    except TemplateSyntaxError as error:
        return [], [f"Something between braces is unfinished or too long, in line {error.lineno}."]
    strangers = dict.fromkeys(piece.name for piece in _pieces(parts) if _is_strange(piece, known))
    if strangers:
        return parts, [no_such_blank(name, known) for name in strangers]
    return parts, list(_refused(_pieces(parts), known))


def _refused(pieces: list[Piece], known: frozenset[str]) -> Iterator[str]:
    """What the pieces say to each other; the words between them make no difference."""
    if len(pieces) > PIECES_AT_MOST or any("\\" in piece.jinja for piece in pieces):
        yield "There is too much, or a backslash, between braces."
        return
    try:
        inspect("".join(piece.jinja for piece in pieces), _fields(known))
    except UnknownName as unknown:
        yield no_such_blank(on_screen(str(unknown)), known)
    except Refusal as refusal:
        yield str(refusal)


def _is_strange(piece: Piece, known: frozenset[str]) -> bool:
    if piece.kind is Kind.BUTTON:
        return "button" not in known
    return piece.kind is Kind.UNKNOWN or bool(piece.name and piece.name not in known)


def _fields(known: frozenset[str]) -> frozenset[str]:
    """A button is filled with the booking link."""
    return frozenset(FIELDS[name] for name in known if name in FIELDS) | {FIELDS["booking link"]}


def _pieces(parts: list[Part]) -> list[Piece]:
    return [part for part in parts if isinstance(part, Piece)]
