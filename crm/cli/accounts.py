"""The verbs for who signs in, where a browser or mail is of no help."""

from __future__ import annotations

import getpass
import sys
from typing import TYPE_CHECKING

from crm import clock
from crm.db import transaction

if TYPE_CHECKING:
    import argparse

    from flask import Flask


def setup_link(app: Flask, _options: argparse.Namespace) -> int:
    """Print the one-time link that makes the owner's account; nothing when there is one."""
    from crm.models import Account, SetupLink  # noqa: PLC0415 - a verb loads what it needs

    with transaction():
        if Account.owner() is None:
            print(app.extensions["links"].setup(SetupLink.issue(clock.now())))
    return 0


def create_owner(_app: Flask, options: argparse.Namespace) -> int:
    """Make the owner's account here instead of in the browser; asks for the password."""
    from crm.flows.guessable import weakness  # noqa: PLC0415 - a verb loads what it needs
    from crm.models import Account  # noqa: PLC0415 - the same

    password = getpass.getpass("Password: ") if sys.stdin.isatty() else sys.stdin.readline().rstrip("\n")
    if weak := weakness(password, options.name, options.email):
        print(weak, file=sys.stderr)
        return 2
    with transaction():
        Account.create(options.email, options.name, password, clock.now())
    print(f"{options.email} can sign in.")
    return 0


def reset_link(app: Flask, options: argparse.Namespace) -> int:
    """Print a link to choose a new password, for where mail does not work; the second step stays."""
    from crm.flows.entry_links import new_password_link  # noqa: PLC0415 - a verb loads what it needs
    from crm.models import Account  # noqa: PLC0415 - the same

    with transaction():
        account = Account.with_address(options.email)
        link = new_password_link(account, app.extensions["links"], clock.now()) if account else None
    return _say(link, f"Nobody signs in as {options.email}.")


def second_step_off(_app: Flask, options: argparse.Namespace) -> int:
    """Let the password alone open an account again: for an owner whose phone and codes are gone."""
    from crm.models import Account  # noqa: PLC0415 - a verb loads what it needs
    from crm.models.second_step import turn_off  # noqa: PLC0415 - the same

    with transaction():
        if account := Account.with_address(options.email):
            turn_off(account)
        done = f"{account.email} signs in with the password alone now." if account else None
    return _say(done, f"Nobody signs in as {options.email}.")


def _say(done: str | None, trouble: str) -> int:
    """What came of it; where nothing did, why, and status 2."""
    print(done or trouble, file=sys.stdout if done else sys.stderr)
    return 0 if done else 2
