"""What an email says: its subject, preview line and message, and what a reader would stumble over."""

from __future__ import annotations

import re
from dataclasses import dataclass

from crm.rules.telling import listed, things

SUBJECT_LENGTH = 45
"""Phones cut longer subjects on a lock screen."""

LONG_LETTER = 250
"""Words after which a letter is no longer read at once."""

_LINK = re.compile(r"\{button\b[^}]*\}|\{booking link\}|\]\([^)\s]+|(?<!\()\bhttps?://\S+", re.IGNORECASE)
_IMAGE = re.compile(r"!\[|<img\b", re.IGNORECASE)
_PRIVATE = re.compile(
    r"\b(?:therap\w*|psych\w*|counsel\w*|sessions?|appointments?|clinic\w*|patients?|clients?"
    r"|anxi\w*|depress\w*|trauma\w*|panic|grief|bereave\w*|ptsd|ocd|adhd|bipolar|suicid\w*|crisis|self-harm"
    r"|addict\w*|rehab\w*|disorders?|diagnos\w*|symptoms?|medicat\w*|treatments?|mental(?: health)?)\b",
    re.IGNORECASE,
)
_DANGLING = frozenset({"", "a", "and", "at", "for", "in", "my", "of", "the", "with"})


@dataclass(frozen=True)
class Wording:
    """The owner's text with its blanks still open. `body` is light Markdown."""

    subject: str
    preview: str
    body: str


@dataclass(frozen=True)
class Check:
    """One thing looked at before an email is saved, in a sentence for the owner."""

    ok: bool
    sentence: str


def filled(words: str, **values: str | int) -> str:
    """With what stands between < > filled in; braces are left to the letter."""
    for name, value in values.items():
        words = words.replace(f"<{name}>", str(value))
    return words


def checks(wording: Wording, rendered_text: str, sender: str = "") -> list[Check]:
    """What the editor says beside a text. `rendered_text` is the letter filled, `sender` its From name.

    None of these forbids saving: unknown blanks do, and mail/language finds them.
    """
    return [_size(wording, rendered_text), _privacy(wording, sender), _subject(wording.subject)]


def private_words(text: str) -> list[str]:
    """The words that nobody should read over a shoulder, as they stand in the text."""
    return list(dict.fromkeys(match.group() for match in _PRIVATE.finditer(text)))


def discreet(name: str) -> str:
    """A practice's name for the sender line, without what should not stand on a lock screen."""
    words = _PRIVATE.sub("", name).split()
    while words and words[-1].strip(",&-–·|").casefold() in _DANGLING:
        words.pop()
    return " ".join(words).strip(" ,&-–·|")


def _size(wording: Wording, rendered_text: str) -> Check:
    words = len(rendered_text.split())
    images = len(_IMAGE.findall(wording.body))
    links = things(len(_LINK.findall(wording.body)), "link")
    length = "1 word" if words == 1 else f"{words} words"
    told = f"{length}, {links}, {things(images, 'image')}, no tracking"
    if words > LONG_LETTER:
        return Check(ok=False, sentence=f"{told}. Under {LONG_LETTER} words it’s read at once")
    if images:
        return Check(ok=False, sentence=f"{told}. Images are left out of emails")
    return Check(ok=True, sentence=told)


def _privacy(wording: Wording, sender: str) -> Check:
    places = (("sender", sender), ("subject", wording.subject), ("preview line", wording.preview))
    telling = [(place, found) for place, text in places if (found := private_words(text))]
    if not telling:
        return Check(ok=True, sentence="Sender, subject and preview say nothing private")
    told = listed([f"the {place} says {listed([f'“{word}”' for word in found])}" for place, found in telling])
    return Check(ok=False, sentence=f"Shows on a lock screen: {told}")


def _subject(subject: str) -> Check:
    length = len(subject.strip())
    if not length:
        return Check(ok=False, sentence="The subject is empty")
    if length >= SUBJECT_LENGTH:
        return Check(ok=False, sentence=f"The subject has {length} characters; phones cut it after 44")
    return Check(ok=True, sentence="The subject fits on a phone")
