"""What somebody wants of us in his own new words: no more mail, or something the owner had better decide.

Only plain words for no more mail act by themselves. Frightened people write “I can’t stop” and “please
don’t stop writing”: whatever could be that is a proposal at most. So is all that stands beside words of
danger: somebody who may be in danger is not cut off by a machine.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from crm.rules import wish_words
from crm.rules.crisis import crisis_words


class Wish(StrEnum):
    """What somebody wants. Only the first acts by itself."""

    NO_MORE_MAIL = "no_more_mail"
    PERHAPS_NO_MORE_MAIL = "perhaps_no_more_mail"
    FOUND_SOMEONE = "found_someone"
    CALL_ME = "call_me"
    LATER = "later"
    NOT_NOW = "not_now"
    NO_INTEREST = "no_interest"
    WRONG_PERSON = "wrong_person"
    MOVE_CALL = "move_call"


@dataclass(frozen=True)
class SaidWish:
    """A wish and the words it was found in, as the person wrote them."""

    wish: Wish
    words: str

    @property
    def acts(self) -> bool:
        """Whether it is carried out at once; everything else is proposed to the owner."""
        return self.wish is Wish.NO_MORE_MAIL


def wishes(new_text: str) -> tuple[SaidWish, ...]:
    """Each wish once, plainest first. `new_text` is what the person wrote, without what is quoted."""
    said = _readable(new_text)
    found: dict[Wish, SaidWish] = {}
    if words := _no_more_mail(said):
        found[words.wish] = words
    for wish, pattern in wish_words.PROPOSALS.items():
        if match := pattern.search(said):
            found.setdefault(Wish(wish), SaidWish(Wish(wish), " ".join(match[0].split())))
    return tuple(found.values())


def goes_with_unsubscribing(new_text: str) -> bool:
    """Whether somebody whose subject says `unsubscribe` says nothing beside it that needs an answer."""
    said = _readable(new_text)
    found = _no_more_mail(said)
    is_plain = found is None or found.acts
    return is_plain and len(said.split()) <= 40 and not wish_words.NOT_MEANT.search(said)


def _readable(new_text: str) -> str:
    """Straight apostrophes, and no line with a link: that is the foot of some mail, not a person's words."""
    lines = new_text[:8_000].replace("’", "'").replace("‘", "'").split("\n")
    return "\n".join(line for line in lines if "://" not in line)


def _no_more_mail(said: str) -> SaidWish | None:
    whole = " ".join(re.sub(r"[^\w'\s]", " ", said.lower()).split())
    if wish_words.ALONE.fullmatch(whole):
        return SaidWish(Wish.NO_MORE_MAIL, said.strip()[:200])
    if len(whole.split()) <= wish_words.LONGEST:
        sentences = _sentences(said)
        for sentence in sentences:
            words = _plainly_said(sentence)
            if words and not crisis_words("\n".join(each for each in sentences if each != sentence)):
                return SaidWish(Wish.NO_MORE_MAIL, words)
    patterns = (wish_words.PERHAPS, wish_words.COMMANDS, wish_words.WISHES_TO_STOP)
    perhaps = next((match for pattern in patterns if (match := pattern.search(said))), None)
    return SaidWish(Wish.PERHAPS_NO_MORE_MAIL, " ".join(perhaps[0].split())) if perhaps else None


def _plainly_said(sentence: str) -> str | None:
    """The words of a sentence that says nothing but “no more mail to me”; None when it may say more."""
    if wish_words.SPOILS.search(sentence):
        return None
    for lead, pattern in (
        (wish_words.POLITENESS, wish_words.COMMANDS),
        (wish_words.WISHING, wish_words.WISHES_TO_STOP),
    ):
        match = pattern.search(sentence)
        if match and lead.fullmatch(sentence, 0, match.start()):
            return match[0].strip()
    return None


def _sentences(said: str) -> list[str]:
    """Lines that a program broke are put together; signs at the ends are left out."""
    joined = re.sub(r"(?<=[\w,]) ?\n(?=[a-z])", " ", said)
    pieces = re.split(
        r"[.!?;:\n…]+|\s[-–—]\s|,(?= ?(?:but|and|thanks|thank|gracias|pero|i (?!don))\b)", joined
    )
    return [" ".join(piece.split()).strip(" ,\"'()*") for piece in pieces]
