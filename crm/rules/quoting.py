"""What somebody wrote himself, and the rest of his mail: quoted history, signature. Folded, never dropped.

Where it is not plain what is whose, everything counts as new: a word too many on the screen costs a
glance, a lost one costs a person.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice, takewhile

from crm.rules.quoting_words import (
    ATTRIBUTIONS,
    FORWARDS,
    GOES_ON,
    HEADER_WORDS,
    LEADS,
    MAY_BREAK,
    NOTICE_BEGINS,
    NOTICE_SAYS,
    ORIGINAL_MESSAGE,
    REACHES,
    SENT_FROM,
    SHARES_LINE,
    STARTS,
)

ATTRIBUTION_LINES = 4
"""Mail programs break `On ... wrote:` into so many lines at most."""


CARD_LINES, CARD_WIDTH = 8, 80
"""A card is no longer and no wider."""

LOOKED_AT = 1_500
"""Lines among which history and signatures are looked for; nobody writes so many above them."""


@dataclass(frozen=True)
class Reply:
    """`new` is what the person wrote; `folded` what is shown on asking. Together they are the whole text."""

    new: str
    folded: str = ""


def fold(text: str) -> Reply:
    """The person's own words apart from what they quote and sign with. Loses no line."""
    lines = [part for line in text.replace("\r\n", "\n").split("\n") for part in _apart(line)]
    kinds = _marked(lines)
    new = [line for line, is_new in zip(lines, kinds, strict=True) if is_new]
    folded = [line for line, is_new in zip(lines, kinds, strict=True) if not is_new]
    if not any(line.strip() for line in new):
        return (
            Reply(text.strip())
            if not any(_is_quoted(line) for line in lines)
            else Reply("", text.strip("\n"))
        )
    return Reply("\n".join(new).strip(), "\n".join(folded).strip("\n"))


def _apart(line: str) -> tuple[str, ...]:
    """Own words and the introduction that shares their line, as two lines."""
    shared = SHARES_LINE.fullmatch(line) if "wrote:" in line or "Original Message" in line else None
    return (shared["own"], shared["intro"]) if shared else (line,)


def _marked(lines: list[str]) -> list[bool]:
    """For each line whether it is the person's own."""
    own = [True] * len(lines)
    at = 0
    while at < len(lines):
        if _is_quoted(lines[at]):
            own[at] = False
        elif at < LOOKED_AT and (length := _history(lines, at)) is not None:
            end = _end_of_history(lines, at + length)
            own[at:end] = [False] * (end - at)
            at = end
            continue
        elif at < LOOKED_AT and _begins_signature(lines, at):
            end = _end_of_signature(lines, at)
            own[at:end] = [False] * (end - at)
            at = end
            continue
        at += 1
    return own


def _is_quoted(line: str) -> bool:
    return line.lstrip(" \t\u00a0").startswith((">", "|>", "»"))


def _history(lines: list[str], at: int) -> int | None:
    """How many lines introduce the quoted history here; None where none begins."""
    line = lines[at].strip()
    if not line:
        return None
    if ORIGINAL_MESSAGE.fullmatch(line) or FORWARDS.fullmatch(line) or GOES_ON.fullmatch(line):
        return 1
    is_ruled = _RULE.fullmatch(line) or _TITLED_RULE.fullmatch(line)
    if _header_block(lines, _next_full(lines, at + 1) if is_ruled else at):
        return 1
    return _attribution(lines, at)


_RULE = re.compile(r"[_\-=*—]{5,200}")
_TITLED_RULE = re.compile(r"[_\-=*—]{4,60} ?[^_\-=*—]{3,60} ?[_\-=*—]{4,60}")


def _header_block(lines: list[str], at: int) -> bool:
    """Outlook's `From: ... Sent: ... To: ... Subject:`, in any of its languages, at least three of them."""
    if at >= len(lines) or not _header_word(lines[at]):
        return False
    found, empty = set(), 0
    for line in lines[at : at + 12]:
        if word := _header_word(line):
            found.add(word)
        elif not line.strip():
            empty += 1
            if empty > 4:
                break
    return len(found - {"cc", "other"}) >= 3


def _header_word(line: str) -> str:
    word = line.strip().strip("*>").partition(":")[0].strip(" *\u00a0").lower()
    return HEADER_WORDS.get(word, "") if ":" in line[:30] else ""


def _next_full(lines: list[str], at: int) -> int:
    return next((n for n in range(at, min(at + 3, len(lines))) if lines[n].strip()), len(lines))


def _attribution(lines: list[str], at: int) -> int | None:
    """`On Monday ... Sam wrote:`, on up to four lines; how many, or None."""
    if at + 1 < len(lines) and _is_quoted(lines[at + 1]) and LEADS.fullmatch(lines[at].strip()):
        return 1
    for count in range(1, ATTRIBUTION_LINES + 1):
        if at + count > len(lines) or not lines[at + count - 1].strip() or _is_quoted(lines[at + count - 1]):
            return None
        if _introduces(lines[at : at + count]):
            return count
        if count == 1 and not MAY_BREAK.match(lines[at].strip()):
            return None
    return None


def _introduces(lines: list[str]) -> bool:
    """Whether these lines together say who wrote what follows, and none of them has to stay."""
    said = " ".join(line.strip() for line in lines)
    end = said.rstrip("* ")[-1:]
    may_end_so = end in ":：-" or (end == ">" and said.lstrip("\"'*")[:1].isdigit())
    if not may_end_so or len(said) > 400 or not any(pattern.fullmatch(said) for pattern in ATTRIBUTIONS):
        return False
    return not any(STARTS.match(lines[later].strip()) for later in range(1, len(lines)))


def _end_of_history(lines: list[str], at: int) -> int:
    """Where the quotation that an introduction began is over.

    With `>` marks it ends where they end, so answers between and below stay. Without, it goes to the end.
    """
    first = _next_full(lines, at)
    if first >= len(lines) or not _is_quoted(lines[first]):
        return len(lines) if first < len(lines) or at >= len(lines) else at
    return first


def _begins_signature(lines: list[str], at: int) -> bool:
    line = lines[at].rstrip("\r")
    if at == 0 or not line:
        return False
    if line in ("-- ", "--", "--\u00a0", "—") or SENT_FROM.fullmatch(line.strip()):
        return True
    return _is_card(lines, at) or _is_notice(lines, at)


def _is_card(lines: list[str], at: int) -> bool:
    """Whether a ruled line stands above a visiting card: a few short lines and a way to reach somebody."""
    if not _RULE.fullmatch(lines[at].strip()):
        return False
    below = list(islice(filter(str.strip, _foot(lines, at + 1)), CARD_LINES + 1))
    is_short = 0 < len(below) <= CARD_LINES and all(len(line) <= CARD_WIDTH for line in below)
    return is_short and any(REACHES.search(line) for line in below)


def _foot(lines: list[str], at: int) -> Iterator[str]:
    """The lines from here to the end, or to history or a notice; no more than show that it is no card."""
    for n in range(at, min(at + 3 * CARD_LINES, len(lines))):
        if _is_quoted(lines[n]) or _history(lines, n) is not None or _is_notice(lines, n):
            return
        yield lines[n]


def _is_notice(lines: list[str], at: int) -> bool:
    """Whether a lawyer’s notice about confidential mail begins here: it says so twice, as no person does."""
    is_first = not lines[at - 1].strip() or bool(_RULE.fullmatch(lines[at - 1].strip()))
    if not is_first or not NOTICE_BEGINS.match(lines[at].strip()):
        return False
    paragraph = " ".join(takewhile(str.strip, lines[at : at + 12]))
    return len({match[0].lower() for match in NOTICE_SAYS.finditer(paragraph)}) > 1


def _end_of_signature(lines: list[str], at: int) -> int:
    """A signature is over where quotation begins; `Sent from my iPhone` is one line."""
    if SENT_FROM.fullmatch(lines[at].strip()):
        return at + 1
    for n in range(at + 1, len(lines)):
        if _is_quoted(lines[n]) or (n < LOOKED_AT and _history(lines, n) is not None):
            return n
    return len(lines)
