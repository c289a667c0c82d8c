"""The operator's verbs: `python -m crm VERB`. Each prints what it did in one line."""

from __future__ import annotations

from crm.cli import alone


def main(arguments: list[str]) -> int:
    """Run one verb; the exit status is 0 when it worked, 2 when something it was told is wrong."""
    if arguments and arguments[0] in alone.VERBS:
        return alone.main(arguments)
    from crm.cli import verbs  # noqa: PLC0415 - two seconds of loading, for those who need it

    return verbs.main(arguments)
