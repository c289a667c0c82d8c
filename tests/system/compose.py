"""What docker-compose.yml says, started without Docker: each service's own command, as a local process.

Only names that exist just inside Compose's network are changed: the hosts postgres, redis and mailpit, the
ports, the secrets under /run/secrets and the folders of volumes.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from secrets import token_hex
from typing import Any

import yaml

from tests.local.waiting import until
from tests.system.house import HOME
from tests.system.processes import ROOT, Program, Programs

PATIENCE = 90
"""Seconds a start may take on a machine that does much else."""
Service = dict[str, Any]


def services(*names: str) -> dict[str, Service]:
    """Of these files, the later laid over the earlier as Compose does for environments and ports."""
    merged: dict[str, Service] = {}
    for name in names:
        for service, said in yaml.safe_load((ROOT / name).read_text(encoding="utf-8"))["services"].items():
            base = merged.setdefault(service, {})
            environment = base.get("environment", {}) | said.get("environment", {})
            merged[service] = base | said | ({"environment": environment} if environment else {})
    return merged


@dataclass(frozen=True)
class Surroundings:
    """Where this machine keeps what Compose would provide. `database`: user:password@host:port/name."""

    folder: Path
    database: str
    mail_port: int
    web_port: int
    redis_port: int
    password: str

    def localized(self, text: str, service: str) -> str:
        """The same words with the names of this machine."""
        for there, here in self._places(service).items():
            text = re.sub(there, here, text)
        return text

    def secrets(self, service: str) -> Path:
        return self.folder / service / "secrets"

    def _places(self, service: str) -> dict[str, str]:
        return {
            r"=/tmp/": f"={self.folder / service}/",  # its tmpfs
            r"practice@postgres:5432/practice": self.database,
            r"//redis:6379": f"//{HOME}:{self.redis_port}",
            r"^mailpit$": HOME,
            r"^1025$": str(self.mail_port),
            r"^8000$": str(self.web_port),
            r"127\.0\.0\.1:8000": f"{HOME}:{self.web_port}",
            r"/run/secrets": str(self.secrets(service)),
            r"^/data": str(self.folder / "data"),
            r"^/backups": str(self.folder / "backups"),
        }


class Composed:
    """The services of a file, started in the order and on the conditions it names."""

    def __init__(self, running: Programs, around: Surroundings, said: Mapping[str, Service]) -> None:
        self._running, self._around, self.said = running, around, said
        self._started: dict[str, Program] = {}

    def up(self) -> None:
        """Everything that has a command. Raises AssertionError when a condition is not met in time."""
        for name, service in self.said.items():
            if "command" in service:
                self.start(name)

    def start(self, name: str) -> None:
        """This service, after those it waits for."""
        if name in self._started or "command" not in self.said[name]:
            return
        for before, wait in self.said[name].get("depends_on", {}).items():
            self.start(before)
            self._await(before, wait["condition"])
        self._started[name] = self._running.start(name, self._command(name), self.environment(name))

    def down(self) -> dict[str, int]:
        """Stop what still runs, the last first, as `docker compose stop` does; with the exit statuses."""
        return {
            name: program.stop() for name, program in reversed(self._started.items()) if program.is_running()
        }

    def run(self, name: str, *command: str) -> str:
        """One more command in a service's surroundings, as `docker compose exec` does: what it prints."""
        job = self._running.start(f"exec-{token_hex(4)}", list(command), self.environment(name))
        assert job.result(PATIENCE) == 0, job.said()
        return job.said()

    def environment(self, name: str) -> dict[str, str]:
        """Its own environment, with only those secret files that it was granted."""
        service, folder = self.said[name], self._around.secrets(name)
        folder.mkdir(parents=True, exist_ok=True)
        for secret in service.get("secrets", ()):
            (folder / secret).write_text(self._secret(secret), encoding="utf-8")
        values = service.get("environment", {}).items()
        return {key: self._around.localized(str(value), name) for key, value in values}

    def _secret(self, name: str) -> str:
        contents = {"secret_key": "k" * 48, "database_password": self._around.password, "smtp_password": ""}
        return f"{contents[name]}\n"

    def _command(self, name: str) -> list[str]:
        words = [self._around.localized(word, name) for word in self.said[name]["command"]]
        if words[0] == "redis-server":
            words += [
                "--port",
                str(self._around.redis_port),
                "--bind",
                HOME,
                "--dir",
                str(self._around.folder),
            ]
        return words

    def _await(self, name: str, condition: str) -> None:
        match condition:
            case "service_completed_successfully":
                assert self._started[name].result(PATIENCE) == 0, self._started[name].said()
            case "service_healthy":
                assert until(partial(self.is_healthy, name), PATIENCE), self._running.logs()
            case _:
                raise AssertionError(f"a condition this test does not know: {condition}")

    def is_healthy(self, name: str) -> bool:
        """What its own healthcheck says, run where the service runs."""
        kind, *words = self.said[name]["healthcheck"]["test"]
        assert kind == "CMD"
        ports = {"redis-cli": ["-p", str(self._around.redis_port)]}
        check = self._running.start(
            f"health-{name}",
            words[:1] + ports.get(words[0], []) + words[1:],
            {**self.environment(name), "PGHOST": HOME},
        )
        return check.result(30) == 0
