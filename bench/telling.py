"""The figures, line by line, and whether each aim was met."""

from __future__ import annotations

import math


def tell(words: str) -> None:
    print(words, flush=True)


def ratio(what: str, figure: float, *, at_least: float = -math.inf, at_most: float = math.inf) -> None:
    """One figure; where there is an aim, it is said, and whether it was met."""
    aim = ""
    if math.isfinite(at_least):
        aim = f"  (aim: at least {at_least:g}: {_met(figure >= at_least)})"
    if math.isfinite(at_most):
        aim = f"  (aim: at most {at_most:g}: {_met(figure <= at_most)})"
    tell(f"{what}: {figure:.2f}{aim}")


def _met(met: bool) -> str:  # noqa: FBT001 - a figure's verdict
    return "met" if met else "NOT MET"
