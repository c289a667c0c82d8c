"""What strangers see of the practice, and where its form may stand; remembered, should the database go."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask import current_app

from crm.rules.framing import host_of, is_same_site

if TYPE_CHECKING:
    from crm.models import Practice

REMEMBERED = "practice_face"


@dataclass(frozen=True)
class Face:
    """The practice on its public pages, as far as it is known."""

    name: str = "Schedule a call"
    signer: str = ""
    locality: str = ""
    website: str = ""

    @classmethod
    def of(cls, practice: Practice) -> Face:
        """This practice's; kept in the process, so that a page can be shown while the database is away."""
        face = cls(practice.name, practice.signer, practice.locality, practice.website)
        current_app.extensions[REMEMBERED] = face
        return face

    @classmethod
    def remembered(cls) -> Face:
        found: Face = current_app.extensions.get(REMEMBERED, cls())
        return found

    @property
    def framed_by(self) -> str:
        """Who may show the form in a frame: this program, and the practice's site with and without www."""
        bare = host_of(self.website)
        if not bare:
            return "'self'"
        scheme = self.website.partition(":")[0]
        return f"'self' {scheme}://{bare} {scheme}://www.{bare}"

    def is_home(self, origin: str) -> bool:
        """Whether a request names the practice's own site as where it comes from."""
        return is_same_site(origin, self.website)
