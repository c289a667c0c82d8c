"""One line of what `crm doctor` says."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    """How it is."""

    OK = "ok"
    LOOK = "look"
    WRONG = "wrong"


@dataclass(frozen=True)
class Finding:
    """What was looked at, how it is, and what is to be done; nothing where all is well."""

    level: Level
    about: str
    words: str
    to_do: str = ""

    def __str__(self) -> str:
        line = f"{self.level:<5} {self.about}: {self.words}"
        return f"{line} -> {self.to_do}" if self.to_do else line


def ok(about: str, words: str) -> Finding:
    return Finding(Level.OK, about, words)


def look(about: str, words: str, to_do: str) -> Finding:
    return Finding(Level.LOOK, about, words, to_do)


def wrong(about: str, words: str, to_do: str) -> Finding:
    return Finding(Level.WRONG, about, words, to_do)
