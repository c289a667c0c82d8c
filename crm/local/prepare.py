"""The operator's verbs that come before a start, in one process: most of their time is loading."""

from __future__ import annotations

import logging
import sys

from crm import cli


def main(wanted: list[str]) -> int:
    """The status of the first verb that failed, or 0."""
    if "seed-demo" in wanted:
        logging.disable(logging.WARNING)  # the troubles of an invented past are no news
    return next((status for verb in wanted if (status := cli.main([verb]))), 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
