"""What the operator sets, read once from the environment. What the owner sets lives in `Practice`."""

from __future__ import annotations

import ipaddress
import os
import re
import sys
from collections.abc import Callable, Mapping
from dataclasses import Field, dataclass, field, fields
from datetime import timedelta
from enum import StrEnum
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import quote, urlsplit

T = TypeVar("T")
E = TypeVar("E", bound=StrEnum)
Values = dict[str, Any]


class ConfigError(Exception):
    """Every bad variable at once; each line of `problems` names one and says what would be right."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


class Environment(StrEnum):
    DEVELOPMENT = "development"
    PRODUCTION = "production"


class SmtpSecurity(StrEnum):
    STARTTLS = "starttls"
    TLS = "tls"
    NONE = "none"


class ImapSecurity(StrEnum):
    TLS = "tls"
    STARTTLS = "starttls"
    NONE = "none"


class LogLevel(StrEnum):
    DEBUG = "DEBUG"
    INFO = "INFO"
    WARNING = "WARNING"
    ERROR = "ERROR"


# Readers turn one variable's text into a value, or raise ValueError("it must be ...").


def words(text: str) -> str:
    return text


def key(text: str) -> str:
    if len(text) < 32:
        raise ValueError(f"has {len(text)} characters; it must be random and have at least 32")
    return text


def keys(text: str) -> tuple[str, ...]:
    return tuple(key(part) for part in (each.strip() for each in re.split(r"[,\n]", text)) if part)


def whole(low: int, high: int) -> Callable[[str], int]:
    def read(text: str) -> int:
        if not re.fullmatch(r"[0-9]{1,9}", text) or not low <= int(text) <= high:
            raise ValueError(f"it must be a number from {low} to {high}")
        return int(text)

    return read


def seconds(low: float, high: float) -> Callable[[str], float]:
    def read(text: str) -> float:
        if not re.fullmatch(r"[0-9]{1,6}(\.[0-9]{1,3})?", text) or not low <= float(text) <= high:
            raise ValueError(f"it must be a number of seconds from {low:g} to {high:g}")
        return float(text)

    return read


def duration(text: str) -> timedelta:
    match = re.fullmatch(r"([1-9][0-9]{0,5})([smhd])", text)
    if match is None:
        raise ValueError("it must be a length of time such as 90s, 15m, 4h or 3d")
    unit = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}[match[2]]
    return timedelta(**{unit: int(match[1])})


def durations(text: str) -> tuple[timedelta, ...]:
    try:
        return tuple(duration(part.strip()) for part in text.split(","))
    except ValueError:
        raise ValueError("it must be lengths of time between commas, such as 5m,15m,2h") from None


def choice(kind: type[E]) -> Callable[[str], E]:
    names = {member.lower(): member for member in kind}

    def read(text: str) -> E:
        if text.lower() not in names:
            raise ValueError(f"it must be one of: {', '.join(kind)}")
        return names[text.lower()]

    return read


def yes_or_no(text: str) -> bool:
    if text.lower() not in ("yes", "no"):
        raise ValueError("it must be yes or no")
    return text.lower() == "yes"


def listed(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())


def host(text: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?|[0-9a-fA-F:]*:[0-9a-fA-F:.]+", text):
        raise ValueError("it must be a host's name without scheme, port or path, such as mail.example.org")
    return text.lower()


def hosts(text: str) -> tuple[str, ...]:
    return tuple(host(part.strip()) for part in text.split(","))


def origin(text: str) -> str:
    if not re.fullmatch(r"https?://([A-Za-z0-9.-]+|\[[0-9a-fA-F:.]+\])(:[0-9]{1,5})?/?", text):
        raise ValueError("it must be a web address without a path, such as https://crm.example.org")
    return text.rstrip("/").lower()


def database(text: str) -> str:
    """SQLAlchemy's address: an absolute SQLite path, or Postgres by psycopg 3."""
    if postgres := re.match(r"(postgres|postgresql|postgresql\+psycopg)://", text):
        return f"postgresql+psycopg://{text[postgres.end() :]}"
    path = text.removeprefix("sqlite:///")
    if path in {text, "", ":memory:"}:  # in memory, each process would have a database of its own
        raise ValueError("must begin with postgresql:// or be sqlite:/// and a file's path")
    return f"sqlite:///{Path(path).absolute()}"


def broker(text: str) -> str:
    if not re.match(r"(redis|rediss|redis\+socket|filesystem)://", text):
        raise ValueError("must begin with redis://, rediss://, redis+socket:// or filesystem://")
    return text


def folder(text: str) -> Path:
    return Path(text).absolute()


def variable(
    read: Callable[[str], T],
    default: str | Callable[[Values], str] | None = None,
    *,
    optional: bool = False,
    secret: bool = False,
) -> T:
    """One field and how it is read. A default is text too, or is found from the fields above it.

    A secret may also come from the file that NAME_FILE names, and is shown nowhere.
    """
    facts = {"read": read, "default": default, "optional": optional, "secret": secret}
    return field(repr=not secret, metadata=facts)  # type: ignore[no-any-return]


def passphrase(text: str) -> str:
    if len(text) < 12:
        raise ValueError(f"has {len(text)} characters; it must have at least 12")
    return text


def own_host(values: Values) -> str:
    return urlsplit(values["base_url"]).hostname or ""


def beside_the_data(values: Values) -> str:
    return str(values["data_dir"] / "backups")


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    environment: Environment = variable(choice(Environment), "production")
    secret_key: str = variable(key, secret=True)
    data_keys: tuple[str, ...] | None = variable(keys, optional=True, secret=True)
    data_keys_file: Path | None = variable(folder, optional=True)
    lookup_key: str | None = variable(key, optional=True, secret=True)
    database_url: str = variable(database, secret=True)
    database_password: str | None = variable(words, optional=True, secret=True)
    redis_url: str = variable(broker, "redis://127.0.0.1:6379/0", secret=True)
    base_url: str = variable(origin)
    trusted_hosts: tuple[str, ...] = variable(hosts, own_host)
    trusted_proxies: int = variable(whole(0, 10), "0")
    port: int = variable(whole(1, 65535), "8000")
    data_dir: Path = variable(folder, "data")
    mailbox_dir: Path | None = variable(folder, optional=True)
    log_level: LogLevel = variable(choice(LogLevel), "INFO")

    backup_nightly: bool = variable(yes_or_no, "yes")
    backup_dir: Path = variable(folder, beside_the_data)
    backup_daily: int = variable(whole(1, 366), "7")
    backup_weekly: int = variable(whole(0, 520), "4")
    backup_passphrase: str | None = variable(passphrase, optional=True, secret=True)
    metrics_token: str | None = variable(key, optional=True, secret=True)

    smtp_host: str = variable(host)
    smtp_port: int = variable(whole(1, 65535), "587")
    smtp_security: SmtpSecurity = variable(choice(SmtpSecurity), "starttls")
    smtp_username: str | None = variable(words, optional=True)
    smtp_password: str | None = variable(words, optional=True, secret=True)
    # RFC 5321 4.5.3.2: a server may take minutes to answer, ten of them after the dot.
    smtp_connect_timeout: float = variable(seconds(0.1, 3600), "30")
    smtp_command_timeout: float = variable(seconds(0.1, 3600), "60")
    smtp_data_timeout: float = variable(seconds(0.1, 3600), "600")
    smtp_connections: int = variable(whole(1, 64), "24")
    smtp_mails_per_connection: int = variable(whole(1, 100_000), "100")
    smtp_connection_age: float = variable(seconds(1, 86_400), "300")
    retry_schedule: tuple[timedelta, ...] = variable(durations, "5m,15m,45m,2h,4h")
    retry_for: timedelta = variable(duration, "3d")

    imap_host: str | None = variable(host, optional=True)
    imap_port: int = variable(whole(1, 65535), "993")
    imap_security: ImapSecurity = variable(choice(ImapSecurity), "tls")
    imap_username: str | None = variable(words, optional=True)
    imap_password: str | None = variable(words, optional=True, secret=True)
    imap_token_file: Path | None = variable(folder, optional=True)
    imap_folders: tuple[str, ...] | None = variable(listed, optional=True)
    imap_junk: bool = variable(yes_or_no, "no")
    imap_seconds: float = variable(seconds(1, 3600), "60")
    imap_connect_timeout: float = variable(seconds(0.1, 3600), "30")
    imap_answer_timeout: float = variable(seconds(0.1, 3600), "60")
    mail_keep_days: int = variable(whole(1, 3650), "90")
    reply_plus: bool = variable(yes_or_no, "no")

    form_min_seconds: float = variable(seconds(0, 3600), "3")
    form_token_hours: int = variable(whole(1, 720), "24")
    form_max_bytes: int = variable(whole(1024, 16_777_216), "262144")
    form_posts_per_client_minute: int = variable(whole(1, 100_000), "10")
    api_posts_per_source_minute: int = variable(whole(1, 100_000), "120")
    ack_per_client_hour: int = variable(whole(0, 100_000), "5")
    ack_per_hour: int = variable(whole(0, 100_000), "60")
    drain_seconds: float = variable(seconds(0.1, 300), "2")

    @property
    def is_development(self) -> bool:
        return self.environment is Environment.DEVELOPMENT

    @classmethod
    def from_env(cls, environ: Mapping[str, str]) -> Config:
        """Raises ConfigError with every bad or missing variable; an empty one counts as not set."""
        values: Values = {}
        problems: list[str] = []
        for each in fields(cls):
            try:
                values[each.name] = _read(each, environ, values)
            except ValueError as error:
                problems.append(str(error))
            except KeyError:  # its default hangs on a field that is itself a problem
                continue
        problems += _contradictions(values)
        if problems:
            raise ConfigError(problems)
        return cls(**_with_password(values))

    @classmethod
    def from_env_or_exit(cls, environ: Mapping[str, str] = os.environ) -> Config:
        """For programs: prints the problems and exits 2 instead of raising."""
        try:
            return cls.from_env(environ)
        except ConfigError as error:
            lines = "".join(f"  {problem}\n" for problem in error.problems)
            sys.stderr.write(f"The configuration cannot be used (.env.example explains each name):\n{lines}")
            sys.exit(2)


def _read(each: Field[Any], environ: Mapping[str, str], values: Values) -> Any:  # noqa: ANN401 - any field's value
    name, facts = each.name.upper(), each.metadata
    text = _text(name, environ, from_file=facts["secret"])
    if text is None:
        if facts["optional"]:
            return None
        default = facts["default"]
        text = default(values) if callable(default) else default
    if text is None:
        raise ValueError(f"{name} is missing; .env.example says what it is for")
    try:
        return facts["read"](text)
    except ValueError as error:
        shown = f"{name}" if facts["secret"] else f"{name} is {text!r};"
        raise ValueError(f"{shown} {error}") from None


def _text(name: str, environ: Mapping[str, str], *, from_file: bool) -> str | None:
    text, path = environ.get(name) or None, environ.get(f"{name}_FILE") or None
    if not from_file or path is None:
        return text
    if text is not None:
        raise ValueError(f"{name} and {name}_FILE are both set; keep one")
    try:
        return Path(path).read_text(encoding="utf-8").strip() or None
    except (OSError, UnicodeError) as error:
        raise ValueError(f"{name}_FILE is {path!r}, which cannot be read: {error}") from None


def _contradictions(values: Values) -> list[str]:
    development = values.get("environment") is Environment.DEVELOPMENT
    found = []
    open_line = values.get("smtp_security") is SmtpSecurity.NONE
    if open_line and "smtp_host" in values and not (development or _is_loopback(values["smtp_host"])):
        found.append("SMTP_SECURITY is 'none'; mail to another machine needs starttls or tls")
    if (values.get("smtp_username") is None) != (values.get("smtp_password") is None):
        found.append("SMTP_USERNAME and SMTP_PASSWORD belong together; set both or neither")
    found += _contradictions_of_reading(values)
    if values.get("mailbox_dir") and not development:
        found.append("MAILBOX_DIR shows mail to anybody; set it only with ENVIRONMENT=development")
    return found


def _contradictions_of_reading(values: Values) -> list[str]:
    """What concerns the mailbox. Without IMAP_HOST none is read, and the rest says nothing."""
    host_name = values.get("imap_host")
    if host_name is None:
        return []
    found = []
    if values.get("imap_security") is ImapSecurity.NONE and not _is_loopback(host_name):
        found.append("IMAP_SECURITY is 'none'; a mailbox on another machine needs tls or starttls")
    if not (values.get("imap_username") or values.get("smtp_username")):
        found.append("IMAP_USERNAME is missing; IMAP_HOST names a mailbox, and somebody has to sign in")
    if values.get("imap_password") and values.get("imap_token_file"):
        found.append("IMAP_PASSWORD and IMAP_TOKEN_FILE are both set; keep one")
    return found


def _is_loopback(name: str) -> bool:
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return name == "localhost"


def _with_password(values: Values) -> Values:
    """Puts DATABASE_PASSWORD into a Postgres address that names a user and no password."""
    password, url = values["database_password"], values["database_url"]
    if not password or not url.startswith("postgresql"):
        return values
    scheme, _, rest = url.partition("://")
    user, at, place = rest.rpartition("@")
    if at and ":" not in user:
        return values | {"database_url": f"{scheme}://{user}:{quote(password, safe='')}@{place}"}
    return values
