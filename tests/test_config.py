from __future__ import annotations

import dataclasses
import re
from datetime import timedelta
from pathlib import Path

import pytest

from config import Config, ConfigError, Environment, LogLevel, SmtpSecurity
from crm.app import imap_settings

ENOUGH = {
    "SECRET_KEY": "an invented key of more than thirty-two characters",
    "DATABASE_URL": "sqlite:////var/lib/practice/practice.sqlite3",
    "BASE_URL": "https://crm.example.org",
    "SMTP_HOST": "smtp.example.org",
}


def problems(**changes: str) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        Config.from_env(ENOUGH | changes)
    return caught.value.problems


def test_four_variables_are_enough_and_the_rest_is_the_careful_choice() -> None:
    config = Config.from_env(ENOUGH)

    assert config.environment is Environment.PRODUCTION
    assert config.smtp_security is SmtpSecurity.STARTTLS
    assert config.trusted_hosts == ("crm.example.org",)
    assert config.trusted_proxies == 0
    assert config.mailbox_dir is None
    assert config.retry_for == timedelta(days=3)


def test_without_a_host_no_mailbox_is_read() -> None:
    config = Config.from_env(ENOUGH)

    assert imap_settings(config) is None


def test_a_mailbox_is_signed_in_to_as_for_sending_unless_said_otherwise(tmp_path: Path) -> None:
    sending = {"IMAP_HOST": "imap.example.org", "SMTP_USERNAME": "connor", "SMTP_PASSWORD": "secret"}
    other = {"IMAP_USERNAME": "box", "IMAP_TOKEN_FILE": str(tmp_path / "token")}
    same = imap_settings(Config.from_env(ENOUGH | sending))
    own = imap_settings(Config.from_env(ENOUGH | sending | other))

    assert same is not None
    assert (same.username, same.password, same.port, same.security) == ("connor", "secret", 993, "tls")
    assert own is not None
    assert (own.username, own.password, own.token_file) == ("box", None, tmp_path / "token")


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"IMAP_SECURITY": "none", "IMAP_USERNAME": "connor"}, "IMAP_SECURITY is 'none'"),
        ({}, "IMAP_USERNAME is missing"),
        ({"IMAP_USERNAME": "c", "IMAP_PASSWORD": "p", "IMAP_TOKEN_FILE": "/t"}, "keep one"),
        ({"IMAP_USERNAME": "c", "IMAP_JUNK": "perhaps"}, "it must be yes or no"),
    ],
)
def test_what_contradicts_itself_about_the_mailbox_is_said(changes: dict[str, str], said: str) -> None:
    (only,) = problems(IMAP_HOST="imap.example.org", ENVIRONMENT="development", **changes)

    assert said in only


def test_everything_missing_is_said_at_once() -> None:
    with pytest.raises(ConfigError) as caught:
        Config.from_env({})

    assert [line.split()[0] for line in caught.value.problems] == list(ENOUGH)


def test_all_bad_variables_are_named_together() -> None:
    found = problems(SMTP_PORT="abc", ENVIRONMENT="staging", RETRY_FOR="long", BASE_URL="crm.example.org")

    assert sorted(line.split()[0] for line in found) == ["BASE_URL", "ENVIRONMENT", "RETRY_FOR", "SMTP_PORT"]
    assert "SMTP_PORT is 'abc'; it must be a number from 1 to 65535" in found


@pytest.mark.parametrize(
    ("name", "value", "right"),
    [
        ("ENVIRONMENT", "prod", "one of: development, production"),
        ("SECRET_KEY", "short", "has 5 characters; it must be random and have at least 32"),
        ("DATABASE_URL", "mysql://root@localhost/crm", "postgresql://"),
        ("DATABASE_URL", "sqlite://", "a file's path"),
        ("DATABASE_URL", "sqlite:///:memory:", "a file's path"),
        ("REDIS_URL", "amqp://localhost", "redis://"),
        ("BASE_URL", "https://crm.example.org/app", "without a path"),
        ("BASE_URL", "https://user@crm.example.org", "a web address"),
        ("BASE_URL", "ftp://crm.example.org", "a web address"),
        ("BASE_URL", "https://crm.example.org:http", "a web address"),
        ("TRUSTED_HOSTS", "https://crm.example.org", "a host's name"),
        ("TRUSTED_PROXIES", "-1", "from 0 to 10"),
        ("TRUSTED_PROXIES", "all", "from 0 to 10"),
        ("PORT", "0", "from 1 to 65535"),
        ("PORT", "65536", "from 1 to 65535"),
        ("PORT", "8_000", "from 1 to 65535"),
        ("PORT", "٨٠٠٠", "from 1 to 65535"),  # digits that int() would take
        ("SMTP_HOST", "smtp.example.org:587", "without scheme, port or path"),
        ("SMTP_SECURITY", "ssl", "one of: starttls, tls, none"),
        ("SMTP_DATA_TIMEOUT", "forever", "a number of seconds from 0.1 to 3600"),
        ("SMTP_CONNECT_TIMEOUT", "0", "a number of seconds"),
        ("SMTP_COMMAND_TIMEOUT", "nan", "a number of seconds"),
        ("RETRY_SCHEDULE", "5m,,15m", "between commas"),
        ("RETRY_SCHEDULE", "5 minutes", "between commas"),
        ("RETRY_FOR", "0d", "such as 90s, 15m, 4h or 3d"),
        ("SMTP_HOST", "example.org\r\nBcc: x", "a host's name"),
        ("LOG_LEVEL", "LOUD", "one of: DEBUG, INFO, WARNING, ERROR"),
    ],
)
def test_a_bad_value_is_answered_with_what_would_be_right(name: str, value: str, right: str) -> None:
    [problem] = problems(**{name: value})

    assert problem.startswith(name)
    assert right in problem


@pytest.mark.parametrize("name", ["SECRET_KEY", "DATABASE_URL", "REDIS_URL"])
def test_a_bad_secret_is_not_repeated(name: str) -> None:
    [problem] = problems(**{name: "hunter2"})

    assert "hunter2" not in problem


@pytest.mark.parametrize(
    ("written", "used"),
    [
        ("postgresql://crm:pw@db/crm", "postgresql+psycopg://crm:pw@db/crm"),
        ("postgres://crm:pw@db/crm", "postgresql+psycopg://crm:pw@db/crm"),
        ("postgresql+psycopg://db/crm", "postgresql+psycopg://db/crm"),
        ("sqlite:////srv/crm.sqlite3", "sqlite:////srv/crm.sqlite3"),
        ("sqlite:///crm.sqlite3", f"sqlite:///{Path.cwd()}/crm.sqlite3"),
    ],
)
def test_a_database_is_spelled_in_one_way(written: str, used: str) -> None:
    assert Config.from_env(ENOUGH | {"DATABASE_URL": written}).database_url == used


@pytest.mark.parametrize("scheme", ["redis", "rediss", "redis+socket", "filesystem"])
def test_each_broker_of_ours_is_accepted(scheme: str) -> None:
    url = f"{scheme}:///run/practice/redis.sock"

    assert Config.from_env(ENOUGH | {"REDIS_URL": url}).redis_url == url


def test_lengths_of_time_and_lists_are_read() -> None:
    config = Config.from_env(
        ENOUGH | {"RETRY_SCHEDULE": "1s, 5m,2h", "RETRY_FOR": "36h", "TRUSTED_HOSTS": "a.example, B.example"}
    )

    assert config.retry_schedule == (timedelta(seconds=1), timedelta(minutes=5), timedelta(hours=2))
    assert config.retry_for == timedelta(hours=36)
    assert config.trusted_hosts == ("a.example", "b.example")


def test_a_choice_may_be_written_in_any_case() -> None:
    config = Config.from_env(ENOUGH | {"LOG_LEVEL": "debug", "SMTP_SECURITY": "TLS"})

    assert (config.log_level, config.smtp_security) == (LogLevel.DEBUG, SmtpSecurity.TLS)


def test_an_empty_variable_counts_as_not_set() -> None:
    assert Config.from_env(ENOUGH | {"SMTP_PORT": "", "SMTP_USERNAME": ""}).smtp_port == 587


def test_a_secret_may_come_from_a_file(tmp_path: Path) -> None:
    secret = tmp_path / "key"
    secret.write_text("a key from a file, long enough for anybody\n")
    environ = {**ENOUGH, "SECRET_KEY": "", "SECRET_KEY_FILE": str(secret)}

    assert Config.from_env(environ).secret_key == "a key from a file, long enough for anybody"


def test_a_secret_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    [problem] = problems(SECRET_KEY="", SECRET_KEY_FILE=str(tmp_path / "nowhere"))

    assert problem.startswith("SECRET_KEY_FILE is ")
    assert "cannot be read" in problem


def test_a_secret_given_twice_is_refused(tmp_path: Path) -> None:
    assert problems(SECRET_KEY_FILE=str(tmp_path)) == [
        "SECRET_KEY and SECRET_KEY_FILE are both set; keep one"
    ]


def test_a_database_password_of_its_own_joins_the_address() -> None:
    config = Config.from_env(
        ENOUGH | {"DATABASE_URL": "postgresql://crm@db/crm", "DATABASE_PASSWORD": "p@ss/word"}
    )

    assert config.database_url == "postgresql+psycopg://crm:p%40ss%2Fword@db/crm"


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "::1"])
def test_unencrypted_mail_is_for_this_machine(host: str) -> None:
    config = Config.from_env(ENOUGH | {"SMTP_HOST": host, "SMTP_SECURITY": "none"})

    assert config.smtp_security is SmtpSecurity.NONE


def test_unencrypted_mail_to_another_machine_is_refused_in_production() -> None:
    [problem] = problems(SMTP_SECURITY="none")

    assert problem.startswith("SMTP_SECURITY")
    assert Config.from_env(ENOUGH | {"SMTP_SECURITY": "none", "ENVIRONMENT": "development"}).is_development


@pytest.mark.parametrize("alone", ["SMTP_USERNAME", "SMTP_PASSWORD"])
def test_half_a_mail_account_is_refused(alone: str) -> None:
    assert problems(**{alone: "connor"}) == [
        "SMTP_USERNAME and SMTP_PASSWORD belong together; set both or neither"
    ]


def test_the_mailbox_page_is_refused_in_production(tmp_path: Path) -> None:
    [problem] = problems(MAILBOX_DIR=str(tmp_path))

    assert problem.startswith("MAILBOX_DIR")


def test_secrets_are_not_shown() -> None:
    secrets = {
        "DATABASE_URL": "postgresql://crm:pw-one@db/crm",
        "REDIS_URL": "redis://:pw-two@redis/0",
        "SMTP_USERNAME": "connor",
        "SMTP_PASSWORD": "pw-three",
    }

    shown = repr(Config.from_env(ENOUGH | secrets))

    assert "pw-" not in shown
    assert ENOUGH["SECRET_KEY"] not in shown


def test_a_program_prints_the_problems_and_exits_with_2(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        Config.from_env_or_exit(ENOUGH | {"PORT": "http", "SMTP_PORT": "smtp"})

    assert stopped.value.code == 2
    told = capsys.readouterr().err
    assert "PORT is 'http'; it must be a number from 1 to 65535" in told
    assert "SMTP_PORT is 'smtp'" in told


def test_the_example_names_every_variable_and_no_other() -> None:
    example = Path(".env.example").read_text(encoding="utf-8")

    named = re.findall(r"^(?:# )?([A-Z_]+)=", example, flags=re.MULTILINE)

    assert sorted(named) == sorted(field.name.upper() for field in dataclasses.fields(Config))


def test_the_example_shows_the_values_used_when_nothing_is_set() -> None:
    example = Path(".env.example").read_text(encoding="utf-8")
    shown = {
        name: value
        for name, value in re.findall(r"^# ([A-Z_]+)=(.+)$", example, flags=re.MULTILINE)
        if name != "TRUSTED_HOSTS"
    }

    assert Config.from_env(ENOUGH | shown) == Config.from_env(ENOUGH)


def test_the_keys_of_the_data_stand_between_commas_or_in_a_file(tmp_path: Path) -> None:
    first, second = "a" * 40, "b" * 40
    file = tmp_path / "data_keys"
    file.write_text(f"{first}\n{second}\n", encoding="ascii")

    written = Config.from_env(ENOUGH | {"DATA_KEYS": f"{first}, {second}"})
    kept = Config.from_env(ENOUGH | {"DATA_KEYS_FILE": str(file)})

    assert written.data_keys == kept.data_keys == (first, second)
    assert (written.data_keys_file, kept.data_keys_file) == (None, file)
    assert first not in repr(written)


def test_a_short_key_of_the_data_is_refused() -> None:
    (only,) = problems(DATA_KEYS=f"{'a' * 40},short", ENVIRONMENT="development")

    assert "DATA_KEYS has 5 characters" in only
