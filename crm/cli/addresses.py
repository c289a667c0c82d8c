"""`crm routes`: every address of the program, and who may call it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import argparse

    from flask import Flask


def routes(app: Flask, options: argparse.Namespace) -> int:
    """Print every route: method, path, who may call it, and what is checked before."""
    from crm.web.route_table import as_json, printed, table  # noqa: PLC0415 - a verb loads what it needs

    lines = list(table(app))
    print(json.dumps([as_json(each) for each in lines]) if options.json else printed(lines))
    return 0
