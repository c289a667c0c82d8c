"""The world's mail servers in memory: takes every mail, or fails in the way a test asks for."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser

from flask import has_app_context

from crm.mail.compose import Email
from crm.mail.transport import NotSent


@dataclass(frozen=True)
class Received:
    """One mail as it arrived."""

    recipient: str
    mail: EmailMessage

    @property
    def subject(self) -> str:
        return str(self.mail["Subject"])

    @property
    def message_id(self) -> str:
        return str(self.mail["Message-ID"])

    @property
    def text(self) -> str:
        part = self.mail.get_body(("plain",))
        return str(part.get_content()) if part else ""

    @property
    def html(self) -> str:
        part = self.mail.get_body(("html",))
        return str(part.get_content()) if part else ""


@dataclass
class Outbox:
    """A transport that remembers. `failures` are raised in order, one per attempt, before mail is taken."""

    received: list[Received] = field(default_factory=list)
    failures: list[NotSent] = field(default_factory=list)
    before_hand_over: Callable[[], None] | None = None
    after_hand_over: Exception | None = None

    async def send(self, email: Email, hand_over: Callable[[], Awaitable[object]]) -> str:
        assert not has_app_context(), "a line talks to the world and never to the database"
        if self.before_hand_over:
            self.before_hand_over()
        if self.failures:
            raise self.failures.pop(0)
        await hand_over()
        if self.after_hand_over:
            raise self.after_hand_over
        mail = BytesParser(policy=policy.default).parsebytes(email.raw)
        assert isinstance(mail, EmailMessage)
        self.received.append(Received(email.recipient, mail))
        return "250 2.0.0 accepted"

    def to(self, address: str) -> list[Received]:
        return [each for each in self.received if each.recipient == address]

    def only_to(self, address: str) -> Received:
        (only,) = self.to(address)
        return only

    def subjects_to(self, address: str) -> list[str]:
        return [each.subject for each in self.to(address)]
