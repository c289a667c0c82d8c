"""The verbs that need neither configuration nor database, and so load nothing of either."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING, Any

from crm.cli.mails import classify
from crm.cli.rendering import render

if TYPE_CHECKING:
    from collections.abc import Callable


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m crm")
    add_verbs(parser.add_subparsers(dest="verb", required=True))
    options = parser.parse_args(arguments)
    return VERBS[options.verb](options)


def add_verbs(verbs: Any) -> None:  # noqa: ANN401 - argparse has no public name for it
    """The words each of them takes."""
    verbs.add_parser("classify", help=first_line(classify)).add_argument(
        "--ours", action="append", default=[], help="an address we write from; may be given again"
    )
    verbs.add_parser("render", help=first_line(render))


def first_line(verb: Callable[..., int]) -> str:
    """What `--help` says of a verb."""
    return (verb.__doc__ or "").splitlines()[0]


VERBS: dict[str, Callable[[argparse.Namespace], int]] = {
    "classify": lambda options: classify(sys.stdin.buffer.read(), options.ours),
    "render": lambda _options: render(sys.stdin.buffer.read().decode("utf-8", "replace")),
}
