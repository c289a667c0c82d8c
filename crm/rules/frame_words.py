"""What stands under a letter, in each language: why it came, whether more will come, how to stop.

In angle brackets < > stands what is filled in.
"""

from __future__ import annotations

from dataclasses import dataclass

from crm.rules.sheets import FormLanguage
from crm.rules.telling import count_words
from crm.rules.wording import filled


@dataclass(frozen=True)
class FrameWords:
    """One language. `more`: for one, for two, and for any number of emails that may still come."""

    answer: str
    asked: str
    asked_on: str
    waits: str
    last: str
    more: tuple[str, str, str]
    stop: str

    def how_many_more(self, number: int) -> str:
        """I’ll write at most twice more; the last says that it is."""
        if number == 0:
            return self.last
        return filled(self.more[min(number, 3) - 1], number=self.number(number))

    def number(self, number: int) -> str:
        """Three; 3 where nobody has taught us to count."""
        return count_words(number) if self is ENGLISH else str(number)


ENGLISH = FrameWords(
    answer="You’re getting this because you asked for a call at <where>.",
    asked="You asked for a call at <where>.",
    asked_on="You asked for a call at <where> on <day>.",
    waits="You’re getting this because you are on the waitlist of <practice>.",
    last="This is the last note I’ll send by myself.",
    more=(
        "I’ll write at most once more.",
        "I’ll write at most twice more.",
        "I’ll write at most <number> times more.",
    ),
    stop="Stop these emails",
)
SPANISH = FrameWords(
    answer="Recibe este mensaje porque pidió una llamada en <where>.",
    asked="Pidió una llamada en <where>.",
    asked_on="Pidió una llamada en <where> el <day>.",
    waits="Recibe este mensaje porque está en la lista de espera de <practice>.",
    last="Este es el último mensaje que le envío por mi cuenta.",
    more=(
        "Le escribiré como mucho una vez más.",
        "Le escribiré como mucho dos veces más.",
        "Le escribiré como mucho <number> veces más.",
    ),
    stop="No recibir más estos correos",
)
FRAMES = {FormLanguage.ENGLISH: ENGLISH, FormLanguage.SPANISH: SPANISH}
