"""Mails by which a directory of therapists, or a form of one's own, hands on that somebody wrote.

Their layouts change without notice, so the reader goes by labels (`Name:`, `Phone:`, `Message:`) wherever
they stand, and by Reply-To, which is often the person. Whoever sent it is known by the sender's domain.
"""

from __future__ import annotations

from dataclasses import dataclass

from crm.rules.directory_words import (
    ADDRESS,
    DIRECTORIES,
    END,
    FORM_SUBJECT,
    LABEL,
    LABELS,
    OTHER_LABEL,
    PHONE,
)
from crm.rules.inbound import InboundMail


@dataclass(frozen=True)
class DirectoryInquiry:
    """Somebody who wrote through a directory, as far as it could be read; empty where it could not.

    `message` is the whole text where no label says which part of it somebody typed.
    """

    directory: str
    name: str = ""
    email: str = ""
    phone: str = ""
    message: str = ""


def directory_of(mail: InboundMail) -> str | None:
    """Which directory a mail comes from; None when from none that is known."""
    domain = mail.sender.address.rpartition("@")[2].lower()
    return next(
        (name for known, name in DIRECTORIES.items() if domain == known or domain.endswith(f".{known}")), None
    )


def inquiry(mail: InboundMail) -> DirectoryInquiry | None:
    """Who wrote through a directory or a contact form; None when this mail is no such notice."""
    directory = directory_of(mail)
    if directory is None and not FORM_SUBJECT.search(mail.subject):
        return None
    found = _fields(mail.text)
    read = _read(mail, directory or "a contact form", found)
    if directory is None and not (_is_form(found) and (read.email or read.phone)):
        return None
    return read if directory is None or _speaks_of_a_person(found, mail) else None


def _speaks_of_a_person(found: dict[str, str], mail: InboundMail) -> bool:
    """Directories also send newsletters and bills: an inquiry names somebody."""
    return bool({"email", "phone", "message"} & found.keys() or _other_person(mail))


def _is_form(found: dict[str, str]) -> bool:
    return len({"name", "first", "email", "phone", "message"} & found.keys()) >= 3


def _read(mail: InboundMail, directory: str, found: dict[str, str]) -> DirectoryInquiry:
    email = ADDRESS.search(found.get("email", "")) or ADDRESS.search(_other_person(mail))
    phone = PHONE.search(found.get("phone", ""))
    both = f"{found.get('first', '')} {found.get('last', '')}".strip()
    name = both if found.get("first") else found.get("name", "")
    return DirectoryInquiry(
        directory,
        name=_clean_name(name) or _clean_name(mail.reply_to.name if _other_person(mail) else ""),
        email=email[0].strip(".'") if email else "",
        phone=" ".join(phone[0].split()) if phone else "",
        message=found.get("message", "").strip() or mail.text.strip(),
    )


def _other_person(mail: InboundMail) -> str:
    """Reply-To, where it leads to somebody else than the directory itself."""
    address = mail.reply_to.address
    own = mail.sender.address.rpartition("@")[2].lower()
    return address if address and address.rpartition("@")[2].lower() != own and "reply" not in address else ""


def _clean_name(text: str) -> str:
    text = ADDRESS.sub("", text).strip(" <>()[],;*_")
    return text if 0 < len(text) <= 80 and any(letter.isalpha() for letter in text) else ""


def _fields(text: str) -> dict[str, str]:
    """What stands behind each label, on its line or on those below it."""
    found: dict[str, list[str]] = {}
    current = ""
    for line in text.split("\n")[:600]:
        if match := LABEL.match(line[:400]):
            current = next(kind for kind in LABELS if match[kind])
            current = "" if current in found else current
            if current:
                found[current] = [match["value"] + line[400:]]
        elif END.match(line[:400]) or (current != "message" and OTHER_LABEL.match(line[:200])):
            current = ""
        elif current == "message" or (current and not "".join(found[current]).strip()):
            found[current].append(line)
    return {kind: "\n".join(lines).strip() for kind, lines in found.items() if "".join(lines).strip()}
