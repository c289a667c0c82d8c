"""What an email says: its subject, preview line and message, and what a reader would stumble over."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Wording:
    """The owner's text with its blanks still open. `body` is light Markdown."""

    subject: str
    preview: str
    body: str
