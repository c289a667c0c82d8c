"""What mails of strangers taught us that ours had not: each lesson in words of our own."""

from __future__ import annotations

from collections.abc import Iterator

from crm.rules.verdicts import Kind
from tests.mails.undelivered import WHOM, postfix
from tests.mails.writing import Specimen, head, mail

DEAD = (
    ("an address in the sentence", "5.0.0", f"550 The user [{WHOM}] does not exist in this house"),
    ("words tied by underscores", "5.0.0", "550 BAD_RECIPIENT, read https://help.gone.example/why"),
    ("no mailbox was found", "5.7.1", "550 5.7.1 No mailbox found here"),
    ("no mail box is available", "5.0.0", "550 No mail box available for that name"),
    ("not a known user", "5.0.0", f'550 "{WHOM}" is not a known user'),
    ("not an active address", "5.0.0", f"550-{WHOM} is not an active address with us"),
    ("the address alone", "5.0.0", f"550 <{WHOM}>: not found"),
    ("a user in brackets", "5.0.0", f"550 user ({WHOM}) unknown."),
    ("nonexistent", "5.7.1", "554 5.7.1 Recipient address rejected: Nonexistent user"),
    ("nobody there", "5.0.0", "550 There is no one at this address"),
    ("a directory", "5.0.0", "550 Address not present in directory"),
    ("unavailable or denied", "5.0.0", f"550 Mailbox unavailable or access denied - <{WHOM}>"),
    ("Polish", "5.0.0", "550 Taki odbiorca nie istnieje"),
    ("Italian", "5.0.0", "550 Nessun utente con questo nome"),
)
ALIVE = (
    ("their size", "5.1.1", f"550 RCPT TO:<{WHOM}> largest message size exceeded"),
    ("our own address", "5.1.1", "550 5.1.1 Sender address rejected: user unknown, no such user"),
    ("our own domain", "5.0.0", "550 The domain of sender address us@practice.example does not exist"),
    ("asking back about us", "5.0.0", "550 Sender verify failed: no such user here"),
)


def servers() -> Iterator[Specimen]:
    for name, code, said in DEAD:
        yield Specimen(f"lesson: {name}", Kind.HARD_BOUNCE, postfix(code, said), recipient=WHOM)
    for name, code, said in ALIVE:
        yield Specimen(f"lesson: {name}", Kind.SOFT_BOUNCE, postfix(code, said), recipient=WHOM)
    yield from in_their_own_words()


def in_their_own_words() -> Iterator[Specimen]:
    guessed = (
        "   ----- The following addresses had permanent fatal errors -----\n"
        f"{WHOM}\n    (reason: 553 Your SPF record does not name this machine)\n    (expanded from: <{WHOM}>)\n\n"
        f"   ----- Transcript of session follows -----\n... while talking to mx.gone.example.:\n>>> DATA\n550 5.1.1 {WHOM}... User unknown"
    )
    yield Specimen(
        "lesson: sendmail only guesses",
        Kind.SOFT_BOUNCE,
        mail(
            head("Mail Delivery Subsystem <MAILER-DAEMON@out.example>", "Returned mail: see transcript"),
            guessed,
        ),
        recipient=WHOM,
    )
    yield Specimen(
        "lesson: a server without a name",
        Kind.HARD_BOUNCE,
        mail(
            {"Return-Path": "<>"} | head("<>", "", Auto_Submitted="auto-replied"),
            f"You wrote to {WHOM}. That's not a valid user here.",
        ),
        recipient=WHOM,
    )
    marked = WHOM.replace("sam", "prvs=12ab34=sam")
    yield Specimen(
        "lesson: an address with a mark",
        Kind.HARD_BOUNCE,
        postfix("5.1.1", "550 5.1.1 User unknown").replace(WHOM.encode(), marked.encode()),
        recipient=WHOM,
    )
    odd = "mango-=#43@gone.example"
    yield Specimen(
        "lesson: an address with an equals sign",
        Kind.HARD_BOUNCE,
        postfix("5.1.1", "550 5.1.1 User unknown").replace(WHOM.encode(), odd.encode()),
        recipient=odd,
    )


def specimens() -> Iterator[Specimen]:
    yield from servers()
