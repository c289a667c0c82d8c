"""What became of an attack."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

SHOWN = 5


@dataclass
class Outcome:
    """One line of the list. `broke` says of each try that got through how it did."""

    attack: str
    what: str
    tries: int = 0
    broke: list[str] = field(default_factory=list)
    told: str = ""

    @property
    def held(self) -> bool:
        return self.tries > 0 and not self.broke

    def tried(self, what: str, *, held: bool, answered: object = "") -> None:
        """One try, and whether the house held."""
        self.tries += 1
        if not held:
            self.broke.append(f"{what} {answered}".strip())

    def lines(self) -> Iterator[str]:
        verdict = "held " if self.held else "BROKE"
        more = f"; {self.told}" if self.told else ""
        count = f"{self.tries:>6,} tried, {len(self.broke)} through"
        yield f"{verdict} {self.attack:<14} {count}: {self.what}{more}"
        yield from (f"      {each}"[:200] for each in self.broke[:SHOWN])


def gathered(attack: str, what: str, broke: Mapping[str, bool]) -> Outcome:
    """Of tries of which all is known by now: whether each got through."""
    outcome = Outcome(attack, what)
    for name, through in broke.items():
        outcome.tried(name, held=not through)
    return outcome
