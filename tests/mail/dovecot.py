"""A real dovecot on 127.0.0.1: its mailboxes are folders of the test's, one for each user who signs in."""

from __future__ import annotations

import grp
import imaplib
import os
import pwd
import shutil
import smtplib
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from crm.mail.imap import ImapMailbox
from crm.mail.imap_login import ImapSettings
from tests.conftest import answers, need
from tests.local.waiting import until
from tests.mail.servers import listening

PASSWORD = "an-app-password-of-16"
USER = "connor@springstreet.example"
SAM = "sam@example.org"
"""Besides the owner the only one who has a mailbox here."""

SETTINGS = """
base_dir = {home}/run
state_dir = {home}/state
log_path = {home}/log
protocols = imap lmtp
listen = 127.0.0.1
ssl = {tls}
{certificate}
disable_plaintext_auth = no
auth_mechanisms = plain login
default_login_user = {user}
default_internal_user = {user}
default_internal_group = {group}
mail_location = maildir:{home}/mail/%u
first_valid_uid = 1
passdb {{
  driver = passwd-file
  args = {home}/users
}}
userdb {{
  driver = passwd-file
  args = {home}/users
}}
namespace inbox {{
  inbox = yes
  mailbox Sent {{
    special_use = \\Sent
    auto = create
  }}
  mailbox Junk {{
    special_use = \\Junk
    auto = create
  }}
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {imap}
  }}
  inet_listener imaps {{
    port = {imaps}
    ssl = {tls}
  }}
}}
service anvil {{
  chroot =
}}
service lmtp {{
  inet_listener lmtp {{
    address = 127.0.0.1
    port = {lmtp}
  }}
}}
"""


class Dovecot:
    """Mail comes in by LMTP, as from a mail server, or is laid into a folder, as a mail program does."""

    def __init__(self, home: Path, pem: Path | None = None) -> None:
        self.home, self.pem = home, pem
        self.imap, self.imaps, self.lmtp = (_free() for _ in range(3))
        owner = pwd.getpwnam("nobody") if os.geteuid() == 0 else pwd.getpwuid(os.geteuid())
        (home / "mail").mkdir()
        os.chown(home / "mail", owner.pw_uid, owner.pw_gid)
        home.chmod(0o755)  # its user must get to the mail
        users = (
            f"{name}:{{PLAIN}}{PASSWORD}:{owner.pw_uid}:{owner.pw_gid}::{home}/mail/{name}"
            for name in (USER, SAM)
        )
        (home / "users").write_text("".join(f"{line}\n" for line in users))
        settings = home / "dovecot.conf"
        settings.write_text(self._settings(owner))
        self._process = subprocess.Popen(["dovecot", "-F", "-c", str(settings)], stdin=subprocess.DEVNULL)
        assert until(lambda: answers(self.imap) and answers(self.lmtp), 20), (home / "log").read_text()

    def mailbox(self, **changes: object) -> ImapMailbox:
        return ImapMailbox(self.settings(**changes))

    def settings(self, **changes: object) -> ImapSettings:
        plain: dict[str, object] = {
            "host": "127.0.0.1",
            "port": self.imap,
            "username": USER,
            "password": PASSWORD,
            "security": "none",
            "connect_timeout": 5,
            "answer_timeout": 10,
        }
        return ImapSettings(**plain | changes)  # type: ignore[arg-type]

    def deliver(self, *mails: bytes, to: str = USER) -> None:
        """As the mail server of the practice's domain does."""
        with smtplib.LMTP("127.0.0.1", self.lmtp) as line:
            for mail in mails:
                line.sendmail("somebody@example.net", [to], mail)

    def lay(self, folder: str, *mails: bytes, user: str = USER) -> None:
        """As a mail program keeps a copy of what was sent."""
        with self.program(user) as line:
            for mail in mails:
                line.append(folder, "(\\Seen)", "", mail)

    def flags(self, folder: str = "INBOX") -> set[bytes]:
        """Every mark on every mail of a folder."""
        with self.program() as line:
            line.select(folder, readonly=True)
            _, lines = line.fetch("1:*", "(FLAGS)")
            return {mark for each in lines for mark in imaplib.ParseFlags(each)}  # type: ignore[arg-type]

    def recreate(self, folder: str) -> None:
        """A server that lost its index: the same mails under a new UIDVALIDITY."""
        with self.program() as line:
            line.rename(folder, f"{folder}-before")
            line.create(folder)
            line.select(f"{folder}-before", readonly=True)
            line.copy("1:*", folder)

    @contextmanager
    def program(self, user: str = USER) -> Iterator[imaplib.IMAP4]:
        """The owner's own mail program."""
        with imaplib.IMAP4("127.0.0.1", self.imap) as line:
            line.login(user, PASSWORD)
            yield line

    def close(self) -> None:
        self._process.terminate()
        self._process.wait(10)

    def _settings(self, owner: pwd.struct_passwd) -> str:
        tls = f"ssl_cert = <{self.pem}\nssl_key = <{self.pem}" if self.pem else ""
        return SETTINGS.format(
            home=self.home,
            tls="yes" if self.pem else "no",
            certificate=tls,
            user=owner.pw_name,
            group=grp.getgrgid(owner.pw_gid).gr_name,
            imap=self.imap,
            imaps=self.imaps if self.pem else 0,
            lmtp=self.lmtp,
        )


def _free() -> int:
    with listening() as found:
        port: int = found.getsockname()[1]
        return port


@contextmanager
def dovecot(pem: Path | None = None) -> Iterator[Dovecot]:
    """Its folder has a short name: the paths of its sockets are limited."""
    need("dovecot with IMAP and LMTP", there=shutil.which("dovecot") is not None)
    with tempfile.TemporaryDirectory(prefix="dovecot-") as folder:
        server = Dovecot(Path(folder), pem)
        try:
            yield server
        finally:
            server.close()
