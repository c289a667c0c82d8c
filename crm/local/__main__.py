"""`python -m crm.local [--demo] [--port N]`: the whole program on this machine, until Ctrl-C."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Mapping

from config import Config
from crm.local import sockets
from crm.local.broker import choose
from crm.local.environment import Wishes, catches_mail, data_dir, for_children, with_catcher
from crm.local.folder import Folder, InUse, Unusable
from crm.local.house import House
from crm.local.screen import on_terminal
from crm.local.supervisor import Failed, Stopped, Supervisor


def main(words: list[str], given: Mapping[str, str]) -> int:
    """0 after it was stopped; 1 when it cannot start here and now; 2 when something it was told is wrong."""
    os.umask(0o077)  # what the children write is as private as the folder
    wishes = _read(words)
    try:
        with Folder(data_dir(given, wishes)) as folder:
            _live(wishes, folder, given)
    except Unusable as problem:
        print(problem, file=sys.stderr)
        return 2
    except (InUse, sockets.Busy, Failed) as problem:
        print(problem, file=sys.stderr)
        return 1
    return 0


def _read(words: list[str]) -> Wishes:
    parser = argparse.ArgumentParser(
        prog="python -m crm.local", description="Run everything on this machine."
    )
    parser.add_argument("--demo", action="store_true", help="fill a practice of its own with invented people")
    parser.add_argument("--port", type=int, help="where the browser finds it; else PORT, else 8000")
    told = parser.parse_args(words)
    return Wishes(demo=told.demo, port=told.port)


def _live(wishes: Wishes, folder: Folder, given: Mapping[str, str]) -> None:
    env = for_children(given, wishes, folder.path, folder.secret_key_file())
    catches = catches_mail(env)
    if catches:
        env = with_catcher(env, folder.path)
    config = Config.from_env_or_exit(env)
    web = sockets.listen(config.port)
    folder.note_address(config.base_url)
    catching = sockets.listen_anywhere() if catches else None
    if catching:
        env["SMTP_PORT"] = str(sockets.port_of(catching))
    broker = choose(env, folder.path)
    supervisor = Supervisor(env | broker.told_to_children(), on_terminal())
    house = House(config, supervisor, broker, web, catching)
    supervisor.listen_to_signals()
    try:
        house.open(demo=wishes.demo)
        supervisor.run()
    except Stopped:
        return
    finally:
        house.close()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], os.environ))
