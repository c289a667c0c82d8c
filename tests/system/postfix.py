"""A real Postfix on 127.0.0.1, which hands all mail on to dovecot and bounces what dovecot will not take."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.conftest import answers, need
from tests.local.waiting import until
from tests.mail.servers import listening

DAEMONS = Path("/usr/lib/postfix/sbin")
MAIN = """
compatibility_level = 3.6
queue_directory = {home}/queue
data_directory = {home}/data
command_directory = /usr/sbin
daemon_directory = {daemons}
maillog_file = {home}/maillog
maillog_file_prefixes = {home}
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
myhostname = mail.springstreet.example
mydestination =
mynetworks = 127.0.0.0/8
smtpd_relay_restrictions = permit_mynetworks, reject
smtpd_reject_unlisted_recipient = no
disable_dns_lookups = yes
alias_maps =
default_transport = lmtp:inet:127.0.0.1:{lmtp}
relay_transport = lmtp:inet:127.0.0.1:{lmtp}
"""
MASTER = """
127.0.0.1:{port} inet n - n - - smtpd
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
lmtp unix - - n - - lmtp
error unix - - n - - error
retry unix - - n - - error
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
"""


class Postfix:
    """Takes mail from this machine for anybody."""

    def __init__(self, home: Path, lmtp: int) -> None:
        with listening() as found:
            self.port: int = found.getsockname()[1]
        self.home = home
        home.chmod(0o755)
        for name in ("etc", "queue", "data"):
            (home / name).mkdir()
        os.chown(home / "data", pwd.getpwnam("postfix").pw_uid, -1)
        given = {"home": home, "daemons": DAEMONS, "lmtp": lmtp, "port": self.port}
        (home / "etc/main.cf").write_text(MAIN.format(**given))
        (home / "etc/master.cf").write_text(MASTER.format(**given))
        self._run("start")
        assert until(lambda: answers(self.port), 20), self.said()

    def said(self) -> str:
        log = self.home / "maillog"
        return log.read_text(errors="replace") if log.exists() else "no log"

    def close(self) -> None:
        self._run("stop")

    def _run(self, verb: str) -> None:
        command = ["/usr/sbin/postfix", "-c", str(self.home / "etc"), verb]
        subprocess.run(command, check=verb == "start", capture_output=True, timeout=60)


@contextmanager
def postfix(lmtp: int) -> Iterator[Postfix]:
    there = shutil.which("/usr/sbin/postfix") is not None and os.geteuid() == 0
    need("postfix, and root to start one", there=there)
    with tempfile.TemporaryDirectory(prefix="postfix-") as folder:
        server = Postfix(Path(folder), lmtp)
        try:
            yield server
        finally:
            server.close()
