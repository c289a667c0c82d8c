"""The verbs that look after a practice: its database is opened for them, and closed again."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from config import Config
from crm import log
from crm.cli import alone, upkeep
from crm.cli.accounts import create_owner, reset_link, second_step_off, setup_link
from crm.cli.addresses import routes
from crm.cli.data_keys import keys
from crm.cli.ledger import advance, messages, people, verify
from crm.cli.schema import migrate, plant, reindex, seed_demo
from crm.cli.trail import add_arguments, audit
from crm.db import db

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Flask


def main(arguments: list[str]) -> int:
    options = _parser().parse_args(arguments)
    return _run(Config.from_env_or_exit(), options)


def _run(config: Config, options: argparse.Namespace) -> int:
    log.configure("WARNING", as_json=False)
    from crm.app import start  # noqa: PLC0415 - after the configuration has been checked

    app = start(config)
    try:
        with app.app_context():
            return (VERBS | upkeep.VERBS)[options.verb](app, options)
    finally:
        with app.app_context():
            db.engine.dispose()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m crm", description="Look after a practice's CRM.")
    verbs = parser.add_subparsers(dest="verb", required=True)
    for name, run in VERBS.items():
        verb = verbs.add_parser(name, help=alone.first_line(run))
        for words, how in TAKES.get(name, {}).items():
            verb.add_argument(words, **how)
        if name == "audit":
            add_arguments(verb)
    upkeep.add_verbs(verbs)
    alone.add_verbs(verbs)
    return parser


VERBS: dict[str, Callable[[Flask, argparse.Namespace], int]] = {
    "migrate": migrate,
    "reindex": reindex,
    "plant": plant,
    "setup-link": setup_link,
    "create-owner": create_owner,
    "reset-link": reset_link,
    "second-step-off": second_step_off,
    "seed-demo": seed_demo,
    "advance": advance,
    "messages": messages,
    "people": people,
    "routes": routes,
    "verify": verify,
    "audit": audit,
    "keys": keys,
}
_TO_THEM = {"--email": {"required": True, "help": "the address they sign in with"}}
TAKES: dict[str, dict[str, dict[str, Any]]] = {
    "create-owner": {"--email": {"required": True}, "--name": {"required": True}},
    "reset-link": _TO_THEM,
    "second-step-off": _TO_THEM,
    "advance": {
        "--person": {"type": int, "required": True, "help": "the number in their page's address"},
    },
    "messages": {"--json": {"action": "store_true", "help": "how it prints in any case"}},
    "people": {"--json": {"action": "store_true", "help": "how it prints in any case"}},
    "routes": {"--json": {"action": "store_true", "help": "for machines"}},
    "verify": {"--json": {"action": "store_true", "help": "for machines"}},
    "migrate": {"--without-backup": {"action": "store_true", "help": "keep nothing first"}},
    "keys": {"what": {"choices": ("status", "new", "rotate", "check")}},
}
"""The words each verb takes, and how."""
