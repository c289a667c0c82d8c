"""Whether it is still them: before what can do harm. Asks nothing yet."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

View = Callable[..., Any]
ASKS_AGAIN = "asks_again"
"""Under this name a view says that it is guarded so."""


def freshly_authenticated(view: View) -> View:
    """Mark what only somebody may do who has just shown that it is them. Goes below the route."""
    setattr(view, ASKS_AGAIN, True)
    return view
