"""Public addresses, made from random tokens kept on the row. Always from the configured base (R23)."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Links:
    """`base_url` is the origin the outside world uses, without a slash at its end.

    `reply_plus`: the mailbox takes mail to name+anything@domain (RFC 5233).
    """

    base_url: str
    reply_plus: bool = False

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

    def calendar(self, token: str) -> str:
        """A clinician's calls, for a calendar program of theirs."""
        return f"{self.base_url}/calendar/{token}.ics"

    def person(self, lead_id: int) -> str:
        return f"{self.base_url}/people/{lead_id}"

    def today(self) -> str:
        return f"{self.base_url}/today"

    def form(self, slug: str = "consultation") -> str:
        """The page of a form; the one every practice begins with has an address of its own."""
        return f"{self.base_url}/consultation" if slug == "consultation" else f"{self.base_url}/f/{slug}"

    def other_programs(self) -> str:
        """Where the owner says which programs are told what."""
        return f"{self.base_url}/settings/other-programs"

    def reply_to(self, address: str, token: str) -> str | None:
        """An address of the practice's mailbox that says who answers; None where it takes no such ones."""
        local, at, domain = address.rpartition("@")
        return f"{local}+{token}{at}{domain}" if self.reply_plus and at and "+" not in local else None

    def setup(self, token: str) -> str:
        return f"{self.base_url}/setup/{token}"

    def hook(self, token: str) -> str:
        """Where a form builder hands in what was typed. Whoever knows it may."""
        return f"{self.base_url}/hooks/{token}"

    def inquiries(self) -> str:
        return f"{self.base_url}/api/v1/inquiries"

    def api_reference(self) -> str:
        return f"{self.base_url}/api/v1"
