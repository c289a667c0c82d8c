"""Light Markdown, once as HTML and once as text: bold, italic, links, lists, paragraphs and line breaks.

Works on text whose blanks are hidden (crm/mail/cloak.py) and leaves them hidden.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from html import escape

from markdown_it import MarkdownIt
from markdown_it.token import Token

from crm.mail.cloak import HIDDEN, Cloak
from crm.mail.pieces import FIELDS, LINK, Kind, Part, Piece

BLOCKS = ("paragraph", "list")
WORDS = ("newline", "escape", "emphasis", "balance_pairs", "link", "autolink")
NESTING_AT_MOST = 20
MARKS_AT_MOST = 2_000
"""Lines, stars and brackets. A letter has a handful; Markdown takes seconds over 50,000 of them."""

IF_LINK = Piece(Kind.BLOCK, "{% if booking_link %}")
END_IF = Piece(Kind.BLOCK, "{% endif %}")
_GAP = re.compile(r"\n[ \t]*\n")
_TARGET = re.compile(r"\]\(\s*<?([^)>\s]*)")
_ALLOWED_TARGET = re.compile(r"(?:https?://[^\s]+|mailto:[^\s]+|tel:[0-9+().-]+)", re.IGNORECASE)
_HTML = {
    "strong_open": "<strong>",
    "strong_close": "</strong>",
    "em_open": "<em>",
    "em_close": "</em>",
    "link_close": "</a>",
    "softbreak": "<br>\n",
    "hardbreak": "<br>\n",
    "bullet_list_open": "<ul>\n",
    "bullet_list_close": "</ul>\n",
    "ordered_list_close": "</ol>\n",
    "list_item_open": "<li>",
    "list_item_close": "</li>\n",
}


def problems(parts: list[Part]) -> list[str]:
    """What a text says that an email cannot hold, in sentences for the owner."""
    cloak = Cloak()
    text = cloak.hide(parts)
    if sum(map(text.count, "[]*_<\\\n")) > MARKS_AT_MOST:
        return ["There are too many lines, stars or brackets for a letter."]
    found = [f"A link can’t lead to “{target[:60]}”." for target in _bad_targets(text, cloak)]
    buttons = [piece for piece in cloak.pieces(text) if piece.kind is Kind.BUTTON]
    if len(buttons) > 1:
        found.append("One button is enough; make the other a link.")
    if not all(piece.name for piece in buttons):
        found.append("The button needs a word or two: {button Tell me when suits you}.")
    if any(_has_button(line, cloak) and not _stands_alone(line, cloak) for line in text.split("\n")):
        found.append("The button needs a line of its own.")
    return found


def _has_button(text: str, cloak: Cloak) -> bool:
    return any(piece.kind is Kind.BUTTON for piece in cloak.pieces(text))


def to_html(text: str, cloak: Cloak, button: Callable[[str], str]) -> str:
    """An HTML fragment without classes or styles; `button` makes the HTML of a button from its label."""
    return "".join(_html(_parse(text, cloak), cloak, button))


def to_text(text: str, cloak: Cloak) -> str:
    """Plain text that reads as well: marks gone, a link followed by its address, lists with dashes."""
    return "".join(_text(_parse(text, cloak), cloak)).strip()


def _html(tokens: list[Token], cloak: Cloak, button: Callable[[str], str]) -> Iterator[str]:
    tight = False
    for token in tokens:
        match token.type:
            case "paragraph_open":
                tight = token.hidden
            case "inline" if _stands_alone(token.content, cloak):
                for each in token.content.strip():
                    piece = cloak.piece(each)
                    yield button(piece.name) if piece and piece.kind is Kind.BUTTON else each
            case "inline":
                words = "".join(_words_as_html(token.children or [], cloak))
                yield words if tight else f"<p>{words}</p>\n"
            case "ordered_list_open":
                start = token.attrGet("start")
                yield f'<ol start="{start}">\n' if start else "<ol>\n"
            case _:
                yield _HTML.get(token.type, "")


def _words_as_html(tokens: list[Token], cloak: Cloak) -> Iterator[str]:
    in_link = False
    for token in tokens:
        match token.type:
            case "text" | "text_special":
                words = escape(token.content, quote=False)
                yield words if in_link else HIDDEN.sub(lambda found: _link_itself(found[0], cloak), words)
            case "link_open":
                in_link = True
                yield f'<a href="{escape(str(token.attrGet("href")))}">'
            case _:
                in_link = in_link and token.type != "link_close"
                yield _HTML.get(token.type, "")


def _link_itself(character: str, cloak: Cloak) -> str:
    """The booking link standing in a sentence is a link; every other blank is a word."""
    piece = cloak.piece(character)
    is_link = piece is not None and piece.kind is Kind.LINK
    return f'<a href="{character}">{character}</a>' if is_link else character


def _text(tokens: list[Token], cloak: Cloak) -> Iterator[str]:
    lists: list[int | None] = []
    marker, tight = "", False
    for token in tokens:
        match token.type:
            case "bullet_list_open" | "ordered_list_open":
                lists.append(_first_number(token))
            case "bullet_list_close" | "ordered_list_close":
                lists.pop()
                yield "" if lists or not tight else "\n"
            case "list_item_open":
                marker, lists[-1] = _next_marker(lists[-1])
            case "paragraph_open":
                tight = token.hidden
            case "inline" if _stands_alone(token.content, cloak):
                yield "".join(_alone_as_text(token.content.strip(), cloak))
            case "inline":
                words = "".join(_words_as_text(token.children or []))
                yield _indented(words, marker, len(lists)) + ("\n" if tight else "\n\n")
                marker = " " * len(marker)


def _first_number(token: Token) -> int | None:
    return int(token.attrGet("start") or 1) if token.type == "ordered_list_open" else None


def _next_marker(number: int | None) -> tuple[str, int | None]:
    return ("- ", None) if number is None else (f"{number}. ", number + 1)


def _indented(words: str, marker: str, depth: int) -> str:
    """A list item: its marker before the first line, the others beneath its words."""
    if not depth:
        return words
    margin = "  " * (depth - 1)
    return margin + marker + words.replace("\n", f"\n{margin}{' ' * len(marker)}")


def _alone_as_text(characters: str, cloak: Cloak) -> Iterator[str]:
    for each in characters:
        piece = cloak.piece(each)
        if piece and piece.kind is Kind.BUTTON:
            yield cloak.hide([IF_LINK, piece.name, ":\n", LINK, "\n\n", END_IF])
        else:
            yield each


def _words_as_text(tokens: list[Token]) -> Iterator[str]:
    href, label = "", ""
    for token in tokens:
        match token.type:
            case "text" | "text_special":
                label += token.content
                yield token.content
            case "softbreak" | "hardbreak":
                yield "\n"
            case "link_open":
                href, label = str(token.attrGet("href")), ""
            case "link_close" if href.removeprefix("mailto:").removeprefix("tel:") != label:
                yield f" ({href})"


class _LightMarks(MarkdownIt):
    """A parser that knows nothing but light marks, and leaves addresses as they were written."""

    def __init__(self, cloak: Cloak) -> None:
        super().__init__("zero", {"maxNesting": NESTING_AT_MOST})
        self.enable([*BLOCKS, *WORDS])
        self._cloak = cloak

    def validateLink(self, url: str) -> bool:  # noqa: N802 - markdown-it's name
        return _may_lead_to(url, self._cloak)

    def normalizeLink(self, url: str) -> str:  # noqa: N802 - markdown-it's name
        return url

    def normalizeLinkText(self, link: str) -> str:  # noqa: N802 - markdown-it's name
        return link


def _parse(text: str, cloak: Cloak) -> list[Token]:
    return _LightMarks(cloak).parse(_with_room(text, cloak))


def _with_room(text: str, cloak: Cloak) -> str:
    """Buttons and ifs get lines of their own; a blank alone in its paragraph takes it along when empty."""
    lines = (f"\n{line.strip()}\n" if _stands_alone(line, cloak) else line for line in text.split("\n"))
    return "\n\n".join(_unless_empty(chunk, cloak) for chunk in _GAP.split("\n".join(lines)))


def _unless_empty(paragraph: str, cloak: Cloak) -> str:
    piece = cloak.piece(paragraph.strip()) if len(paragraph.strip()) == 1 else None
    if piece is None or not piece.needs_a_value:
        return paragraph
    has_value = Piece(Kind.BLOCK, f"{{% if {FIELDS[piece.name]} %}}")
    return cloak.hide([has_value, "\n\n"]) + paragraph + cloak.hide(["\n\n", END_IF])


def _stands_alone(line: str, cloak: Cloak) -> bool:
    """Whether a line holds nothing but buttons and ifs."""
    pieces = [cloak.piece(each) for each in line.strip()]
    return bool(pieces) and all(piece is not None and piece.stands_alone for piece in pieces)


def _bad_targets(text: str, cloak: Cloak) -> list[str]:
    return [HIDDEN.sub("{…}", target) for target in _TARGET.findall(text) if not _may_lead_to(target, cloak)]


def _may_lead_to(target: str, cloak: Cloak) -> bool:
    """The web, a mailbox, a phone; or the booking link, whole. No other blank may shape an address."""
    if piece := cloak.piece(target) if len(target) == 1 else None:
        return piece.kind is Kind.LINK
    return _ALLOWED_TARGET.fullmatch(target) is not None and not HIDDEN.search(target)
