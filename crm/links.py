"""Public addresses, made from random tokens kept on the row. Always from the configured base (R23)."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Links:
    """`base_url` is the origin the outside world uses, without a slash at its end.

    `reply_plus`: the mailbox takes mail to name+anything@domain (RFC 5233). `secret`: what the database does
    not know, so that nobody who only has that can make a token.
    """

    base_url: str
    reply_plus: bool = False
    secret: str = field(default="", repr=False)

    def unsubscribe(self, token: str) -> str:
        """GET shows a button, POST stops (RFC 8058)."""
        return f"{self.base_url}/stop/{token}"

    def person_page(self, token: str) -> str:
        """The person's own page: say when a call suits, or that it no longer does."""
        return f"{self.base_url}/call/{token}"

    def times(self, token: str) -> str:
        """Where the person of this page chooses a time to talk."""
        return f"{self.base_url}/call/{token}/times"

    def booking(self, token: str) -> str:
        """One call, as the person sees it."""
        return f"{self.base_url}/booking/{token}"

    def place(self, token: str) -> str:
        """A place that somebody of the waitlist is offered. GET shows it, POST answers."""
        return f"{self.base_url}/place/{token}"

    def calendar(self, token: str) -> str:
        """A clinician's calls, for a calendar program of theirs."""
        return f"{self.base_url}/calendar/{token}.ics"

    def person(self, lead_id: int) -> str:
        return f"{self.base_url}/people/{lead_id}"

    def today(self) -> str:
        return f"{self.base_url}/today"

    def unplaced_mail(self) -> str:
        """Where the mail waits that nobody was found for."""
        return f"{self.base_url}/today/mail"

    def form(self, slug: str = "consultation") -> str:
        """The page of a form; the one every practice begins with has an address of its own."""
        return f"{self.base_url}/consultation" if slug == "consultation" else f"{self.base_url}/f/{slug}"

    def other_programs(self) -> str:
        """Where the owner says which programs are told what."""
        return f"{self.base_url}/settings/other-programs"

    def erasures(self) -> str:
        """Whose records are erased soon, or are asked to be."""
        return f"{self.base_url}/settings/privacy/coming"

    def reply_to(self, address: str, token: str) -> str | None:
        """An address of the practice's mailbox that says who answers; None where it takes no such ones."""
        local, at, domain = address.rpartition("@")
        return f"{local}+{token}{at}{domain}" if self.reply_plus and at and "+" not in local else None

    def setup(self, token: str) -> str:
        return f"{self.base_url}/setup/{token}"

    def sealed(self, nonce: str) -> str:
        """The token of a link that works once. The web and the worker make the same, and neither keeps it."""
        return hmac.new(self.secret.encode(), f"link {nonce}".encode(), hashlib.sha256).hexdigest()

    def joining(self, token: str) -> str:
        """Where somebody who is invited chooses a password."""
        return f"{self.base_url}/join/{token}"

    def new_password(self, token: str) -> str:
        return f"{self.base_url}/sign-in/new-password/{token}"

    def forgotten(self) -> str:
        return f"{self.base_url}/sign-in/forgotten"

    def hook(self, token: str) -> str:
        """Where a form builder hands in what was typed. Whoever knows it may."""
        return f"{self.base_url}/hooks/{token}"

    def mail_in(self, token: str) -> str:
        """Where a mail provider posts what came in. Whoever knows it may, if the provider signs nothing."""
        return f"{self.base_url}/mail-in/{token}"

    def inquiries(self) -> str:
        return f"{self.base_url}/api/v1/inquiries"

    def api_reference(self) -> str:
        return f"{self.base_url}/api/v1"
