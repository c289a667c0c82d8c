"""The one way out for mail, and the three ways it can go wrong. Each failure names what to do next."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Protocol

from crm.mail.compose import Email
from crm.rules.smtp_replies import REPLY_LENGTH


class NotSent(Exception):  # noqa: N818 - its children are named for the decision they ask for
    """`reply` is what the server said, or what happened instead; never a word of the mail."""

    def __init__(self, reply: str) -> None:
        self.reply = " ".join(reply.split())[:REPLY_LENGTH]
        super().__init__(self.reply)


class TryLater(NotSent):
    """Nothing was accepted; the same mail may be offered again later.

    `account_level`: the sending account itself does not work (no connection, no safe connection,
    no sign-in), so every other mail would end the same way.
    """

    def __init__(self, reply: str, *, account_level: bool) -> None:
        super().__init__(reply)
        self.account_level = account_level


class Refused(NotSent):
    """The server will never take this mail (5xx). `dead_address`: because nobody lives there."""

    def __init__(self, reply: str, *, dead_address: bool) -> None:
        super().__init__(reply)
        self.dead_address = dead_address


class Unsure(NotSent):
    """The whole mail was sent and no answer came back: only the server knows whether it went."""


class Transport(Protocol):
    """Something that takes mails, several at once in one thread: it awaits. Tests have their own."""

    async def send(self, email: Email, hand_over: Callable[[], Awaitable[object]]) -> str:
        """Deliver to the one recipient and return the server's reply to the text.

        `hand_over` is called once, after the recipient was accepted and as the last thing before
        the text may leave; what it raises comes through, and nothing has left then.
        Raises TryLater, Refused or Unsure.
        """
        ...
