"""One file out of a mail's bytes, in the order in which `parse` lists them."""

from __future__ import annotations

from collections.abc import Iterator

from crm.mail import mime
from crm.mail.mime import Part, Reading


def attached(raw: bytes, number: int) -> bytes | None:
    """The file of this number, from 1 on; None where there are not so many. Never raises."""
    for at, part in enumerate(attachments_in(mime.read(raw, Reading())), 1):
        if at == number:
            return part.decoded()
    return None


def attachments_in(top: Part) -> Iterator[Part]:
    """The parts that are files, and mails that were attached whole."""
    for part in top.walk():
        is_whole = not part.children or part.type in mime.CARRIERS
        if part is not top and (part.is_attached or part.file_name) and is_whole:
            yield part
