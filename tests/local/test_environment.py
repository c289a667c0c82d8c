from __future__ import annotations

from pathlib import Path

import pytest

from config import Config, Environment, SmtpSecurity
from crm.local.environment import Wishes, catches_mail, data_dir, for_children, with_catcher

DATA, KEY = Path("/srv/practice"), Path("/srv/practice/secret_key")


def told(wishes: Wishes = Wishes(), **given: str) -> dict[str, str]:  # noqa: B008 - frozen
    return for_children(given, wishes, DATA, KEY)


def test_nothing_needs_to_be_set(tmp_path: Path) -> None:
    key = tmp_path / "secret_key"
    key.write_text("an invented key of more than thirty-two characters", encoding="ascii")

    env = with_catcher(for_children({}, Wishes(), tmp_path, key), tmp_path)
    config = Config.from_env(env)

    assert config.environment is Environment.DEVELOPMENT
    assert config.base_url == "http://127.0.0.1:8000"
    assert config.database_url == f"sqlite:///{tmp_path}/practice.sqlite3"
    assert config.smtp_host == "127.0.0.1"
    assert config.smtp_security is SmtpSecurity.NONE
    assert config.mailbox_dir == tmp_path / "mailbox"


def test_the_browser_may_also_say_localhost() -> None:
    assert told()["TRUSTED_HOSTS"] == "127.0.0.1,localhost"
    assert told(TRUSTED_HOSTS="crm.test")["TRUSTED_HOSTS"] == "crm.test"
    assert "TRUSTED_HOSTS" not in told(BASE_URL="https://crm.example.org")


@pytest.mark.parametrize(
    ("wishes", "given", "port"),
    [
        (Wishes(), {}, "8000"),
        (Wishes(), {"PORT": "8001"}, "8001"),
        (Wishes(port=8002), {"PORT": "8001"}, "8002"),
        (Wishes(), {"PORT": "many"}, "many"),
    ],
)
def test_the_command_line_goes_before_the_environment(
    wishes: Wishes, given: dict[str, str], port: str
) -> None:
    env = told(wishes, **given)

    assert env["PORT"] == port
    assert env["BASE_URL"] == f"http://127.0.0.1:{port}"


def test_what_the_operator_set_stands() -> None:
    given = {
        "SECRET_KEY": "k" * 40,
        "DATABASE_URL": "postgresql://crm@127.0.0.1/crm",
        "BASE_URL": "https://crm.example.org",
        "ENVIRONMENT": "production",
        "SMTP_HOST": "smtp.example.org",
    }

    env = told(Wishes(), **given)

    assert given.items() <= env.items()
    assert "SECRET_KEY_FILE" not in env


@pytest.mark.parametrize(
    ("given", "stays"),
    [
        ({}, True),
        ({"SMTP_HOST": ""}, True),
        ({"SMTP_HOST": "smtp.example.org"}, False),
        ({"ENVIRONMENT": "production"}, False),
    ],
)
def test_mail_stays_here_unless_a_server_is_named(given: dict[str, str], *, stays: bool) -> None:
    assert catches_mail(told(Wishes(), **given)) is stays


def test_the_catcher_is_asked_for_no_password() -> None:
    env = with_catcher(told(SMTP_USERNAME="connor", SMTP_PASSWORD="open sesame"), DATA)

    assert "SMTP_USERNAME" not in env
    assert "SMTP_PASSWORD" not in env


def test_the_demo_never_touches_the_real_practice() -> None:
    demo = Wishes(demo=True)
    env = told(
        demo,
        DATABASE_URL="postgresql://crm@127.0.0.1/crm",
        SMTP_HOST="smtp.example.org",
        ENVIRONMENT="production",
    )

    assert env["DATABASE_URL"] == "sqlite:////srv/practice/practice.sqlite3"
    assert catches_mail(env)
    assert data_dir({}, demo) == data_dir({}, Wishes()) / "demo"


def test_the_data_folder_is_the_one_that_was_named() -> None:
    assert data_dir({"DATA_DIR": "/srv/practice"}, Wishes(demo=True)) == DATA
