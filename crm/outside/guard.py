"""For every address an owner can type: where it leads, and whether we may go there.

Whoever is to connect does so to one of the `machines` that were judged here, and asks for no name again:
between two questions a resolver of ill will gives two answers.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from crm.outside.lookup import Lookup, look_up
from crm.rules.reach import Objection, Place, Reach


@dataclass(frozen=True)
class Way:
    """A place, and the machines it stands for: each of them outside."""

    place: Place
    machines: tuple[str, ...]


@dataclass(frozen=True)
class Guard:
    reach: Reach = field(default_factory=Reach)
    lookup: Lookup = look_up

    def way_to(self, url: str, seconds: float) -> Way | Objection:
        """By its spelling, and by every machine its name stands for now: one inside forbids them all."""
        place = self.reach.place(url)
        if isinstance(place, Objection):
            return place
        try:
            machines = self.lookup(place.host, place.port, seconds)
        except OSError:
            return Objection.NO_NAME
        if not machines:
            return Objection.NO_NAME
        objections = (self.reach.objection(each) for each in machines)
        return next(filter(None, objections), None) or Way(place, tuple(machines))
