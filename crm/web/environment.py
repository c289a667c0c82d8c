"""Where templates live: Flask's, with globals quick to look through, and no indents in what is sent."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from flask.templating import Environment
from jinja2.runtime import Context, Macro

if TYPE_CHECKING:
    from collections.abc import MutableMapping


INDENTS = re.compile(r"(?<=\n)[ \t]+")
KEEP_INDENTS = ("email/", "settings/plain_form.html")
"""Mail programs and people read these as they are."""


class QuickContext(Context):
    """Jinja asks whatever is called what it wants to be told. Of macros, a hundred a page, it is known."""

    def call(self, called: Any, /, *given: Any, **named: Any) -> Any:  # noqa: ANN401 - as Jinja has it
        if type(called) is not Macro:
            return super().call(called, *given, **named)
        named.pop("_block_vars", None)
        named.pop("_loop_vars", None)
        return called(self.eval_ctx, *given, **named)


class QuickEnvironment(Environment):
    """Every import and include compares and copies the globals, some thirty times a page.

    Jinja chains them, so that those which are added while templates are already in use are seen; here all are
    known once the app is made.
    """

    context_class = QuickContext

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        return {**self.globals, **(d or {})}

    def preprocess(self, source: str, name: str | None = None, filename: str | None = None) -> str:
        """Indents are for who writes a template. They go before it is compiled; lines keep their numbers."""
        source = super().preprocess(source, name, filename)
        if name is None or name.startswith(KEEP_INDENTS) or not name.endswith(".html"):
            return source
        return INDENTS.sub("", source)
