"""What a provider's relay has to be told so that what it reports later can be matched to our email."""

from __future__ import annotations

POSTMARK = "postmarkapp.com"
VALUE = 80
"""Letters of a piece of Postmark's metadata."""


def marks_for(host: str, message_id: str) -> bytes:
    """Header lines for this relay; none for most. `message_id` is one of ours, in plain ASCII.

    Postmark gives each mail a Message-ID of its own unless it is asked to keep ours; then no answer could
    be matched by its thread. Its reports name ours only where the metadata does. Mailgun keeps ours and
    names it; Amazon SES replaces it in any case, and tells the original headers if it is so set.
    """
    if not (host == POSTMARK or host.endswith(f".{POSTMARK}")):
        return b""
    bare = message_id.strip("<>")
    named = f"X-PM-Metadata-message-id: {bare}\r\n" if len(bare) <= VALUE else ""
    return f"X-PM-KeepID: true\r\n{named}".encode("ascii")
