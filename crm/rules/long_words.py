"""Where a very long letter is folded, so that what stands below it is not miles away."""

from __future__ import annotations

from dataclasses import dataclass

from crm.rules.next_words import Sentence, Span

SHOWN = 3000
"""Characters, about two pages: hardly anybody writes more."""
WORTH_IT = 600
"""Fewer than so many more are not folded away."""


@dataclass(frozen=True)
class Folded:
    """What is seen at once, and the rest. `has_marks`: in the rest stands what must not be overlooked."""

    first: tuple[Sentence, ...]
    rest: tuple[Sentence, ...] = ()

    @property
    def has_marks(self) -> bool:
        return any(span.strong for paragraph in self.rest for span in paragraph)


def folded(paragraphs: tuple[Sentence, ...]) -> Folded:
    """Cut between two words. Short letters have no rest."""
    if sum(map(_length, paragraphs)) <= SHOWN + WORTH_IT:
        return Folded(paragraphs)
    left, first, rest = SHOWN, [], []
    for paragraph in paragraphs:
        here, later = _cut(paragraph, left)
        left -= _length(paragraph)
        first += [here] if here else []
        rest += [later] if later else []
    return Folded(tuple(first), tuple(rest))


def _cut(paragraph: Sentence, at: int) -> tuple[Sentence, Sentence]:
    """What fits into so many characters, up to the end of a word; a mark stays whole."""
    here: list[Span] = []
    for number, span in enumerate(paragraph):
        if len(span.text) <= at:
            here.append(span)
            at -= len(span.text)
            continue
        end = 0 if span.strong or at <= 0 else span.text.rfind(" ", 0, at) + 1 or at
        pieces = [Span(span.text[:end])] if end else []
        return tuple(here + pieces), (Span(span.text[end:], strong=span.strong), *paragraph[number + 1 :])
    return tuple(here), ()


def _length(paragraph: Sentence) -> int:
    return sum(len(span.text) for span in paragraph)
