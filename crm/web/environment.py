"""Where templates live: Flask's, with globals that are quick to look through."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask.templating import Environment

if TYPE_CHECKING:
    from collections.abc import MutableMapping


class QuickEnvironment(Environment):
    """Every import and include compares and copies the globals, some thirty times a page.

    Jinja chains them, so that those which are added while templates are already in use are seen; here all are
    known once the app is made.
    """

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        return {**self.globals, **(d or {})}
