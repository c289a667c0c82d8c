"""Opening the house and closing it: who is started when, and what the person at the terminal is told."""

from __future__ import annotations

import http.client
import socket
import time
from dataclasses import dataclass, field
from threading import Event, Thread

from config import Config
from crm.local import household, sockets
from crm.local.broker import Broker
from crm.local.supervisor import Failed, Supervisor

REDIS_WITHIN, PAGES_WITHIN, ASK_AGAIN = 10.0, 60.0, 0.2  # seconds


@dataclass
class House:
    """The parts, put together by `__main__`. Sockets stay open here for as long as the house does."""

    config: Config
    supervisor: Supervisor
    broker: Broker
    web: socket.socket
    catching: socket.socket | None
    began_at: float = field(default_factory=time.monotonic)

    def open(self, *, demo: bool) -> None:
        """Returns when the pages answer, or have had their time. Raises Failed or Stopped."""
        say, keep = self.supervisor.screen.say, self.supervisor.keep
        say(f"Everything is kept in {self.config.data_dir}. Stop with Ctrl-C.")
        say(f"{self.broker.told}.")
        if self.broker.server:
            keep(self.broker.server)
        if self.catching:
            keep(household.catcher(self.catching.fileno()))
        if demo:
            say("Setting up the invented practice; the first time takes a few seconds longer ...")
        told = self.supervisor.finish(household.preparation(demo=demo))
        link = self._pass_on(told)
        if not self.supervisor.wait_for(self.broker.is_there, REDIS_WITHIN):
            raise Failed("Redis does not start; its own words stand above.")
        keep(household.web(self.web.fileno()))
        keep(household.worker(self.config.data_dir))
        self._wait_for_pages()
        self._tell_what_to_open(link)

    def close(self) -> None:
        self.supervisor.screen.say("Stopping ...")
        self.supervisor.stop()
        self.broker.clear_away()
        self.supervisor.screen.say("Stopped. Nothing is left running.")

    def _pass_on(self, told: list[str]) -> str | None:
        """All but the one-time link, which is returned: it is for the last line."""
        link = None
        for line in told:
            if line.startswith(f"{self.config.base_url}/setup/"):
                link = line.strip()
            else:
                self.supervisor.screen.say(line)
        return link

    def _wait_for_pages(self) -> None:
        answered = Event()
        Thread(target=_ask_until_answered, args=[self.config, answered], daemon=True).start()
        if self.supervisor.wait_for(answered.is_set, PAGES_WITHIN):
            self.supervisor.screen.say(f"Ready after {time.monotonic() - self.began_at:.1f} s.")
        else:
            self.supervisor.screen.say("The pages do not answer yet; what web says above tells why.")

    def _tell_what_to_open(self, link: str | None) -> None:
        say, address = self.supervisor.screen.say, self.config.base_url
        if self.catching:
            say(f"No mail leaves this machine; read it at {address}/mailbox.")
        if link:
            say(f"Open {address} and make your account with this link, which works once: {link}")
        else:
            say(f"Open {address}")


def _ask_until_answered(config: Config, answered: Event) -> None:
    """A page that is merely slow to come is waited for; one that broke is asked for again."""
    while not _answers(config):
        answered.wait(ASK_AGAIN)
    answered.set()


def _answers(config: Config) -> bool:
    connection = http.client.HTTPConnection(sockets.HOME, config.port, timeout=PAGES_WITHIN)
    try:
        connection.request("GET", "/health", headers={"Host": config.trusted_hosts[0]})
        return connection.getresponse().status == http.client.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
