"""What every child is told: what the operator set, and for the rest what serves one machine best."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from crm.local.sockets import HOME

# What the demo would share with a real practice if it listened to it.
NOT_IN_DEMO = (
    "DATABASE_URL",
    "DATABASE_URL_FILE",
    "DATABASE_PASSWORD",
    "BACKUP_DIR",
    "ENVIRONMENT",
    "SMTP_HOST",
    "IMAP_HOST",
)
SMTP_OWN = ("SMTP_HOST", "SMTP_PORT", "SMTP_SECURITY", "SMTP_USERNAME", "SMTP_PASSWORD", "SMTP_PASSWORD_FILE")


@dataclass(frozen=True)
class Wishes:
    """The command line. `port` None: what PORT says, or 8000."""

    demo: bool = False
    port: int | None = None


def data_dir(given: Mapping[str, str], wishes: Wishes) -> Path:
    """Invented people never move in with real ones: the demo keeps a folder of its own."""
    own = "data/demo" if wishes.demo else "data"
    return Path(given.get("DATA_DIR") or own).absolute()


def for_children(given: Mapping[str, str], wishes: Wishes, data: Path, key_file: Path) -> dict[str, str]:
    """All but where mail goes and where Redis is, when the operator left those to us."""
    port = str(wishes.port or given.get("PORT") or 8000)
    ignored = NOT_IN_DEMO if wishes.demo else ()
    env = {name: value for name, value in given.items() if value and name not in ignored}
    env |= {"DATA_DIR": str(data), "PORT": port, "PYTHONUNBUFFERED": "1"}
    if not {"SECRET_KEY", "SECRET_KEY_FILE"} & env.keys():
        env["SECRET_KEY_FILE"] = str(key_file)
    if not {"DATABASE_URL", "DATABASE_URL_FILE"} & env.keys():
        env["DATABASE_URL"] = f"sqlite:///{data / 'practice.sqlite3'}"
    env.setdefault("ENVIRONMENT", "development")
    if "BASE_URL" not in env:
        env["BASE_URL"] = f"http://{HOME}:{port}"
        env.setdefault("TRUSTED_HOSTS", f"{HOME},localhost")
    return env


def catches_mail(env: Mapping[str, str]) -> bool:
    """Whether mail stays here. In production it never does; there, SMTP_HOST is the operator's to set."""
    return "SMTP_HOST" not in env and env["ENVIRONMENT"].lower() == "development"


def with_catcher(env: Mapping[str, str], data: Path) -> dict[str, str]:
    """All mail goes to the catcher, whose SMTP_PORT is yet to be found, and can be read in the browser."""
    kept = {name: value for name, value in env.items() if name not in SMTP_OWN}
    return {"MAILBOX_DIR": str(data / "mailbox")} | kept | {"SMTP_HOST": HOME, "SMTP_SECURITY": "none"}
