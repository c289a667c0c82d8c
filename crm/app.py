"""The composition root: from Config to a Flask application with its database, pages and error pages."""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import sqlalchemy as sa
from flask import Flask
from sqlalchemy.exc import DBAPIError
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.routing import IntegerConverter, Map

import crm.models  # noqa: F401 - maps every model
from config import Config
from crm import log
from crm.db import db, prepare_engine
from crm.flows import call_notes, ceilings, indexing, outbox, recounting
from crm.flows import trail as keeping_record
from crm.flows.amazon import FETCH_SECONDS, Amazon
from crm.flows.delivery import Post
from crm.flows.reading import Inbox
from crm.flows.settling import Retries
from crm.key_check import WrongKey, guard
from crm.keyring import Keyring, read_keys
from crm.links import Links
from crm.mail.apart import ReaderApart
from crm.mail.imap import ImapMailbox
from crm.mail.imap_login import ImapSettings
from crm.mail.smtp import SmtpSettings, SmtpTransport
from crm.mail.transport import Transport
from crm.models import audit, search_entry
from crm.models.eyes import Eyes
from crm.outside.guard import Guard
from crm.outside.telling import Outside
from crm.rules.inbound import InboundMail
from crm.rules.intake import Limits
from crm.rules.reach import Reach
from crm.rules.trail import key_from
from crm.sealed import hand_over
from crm.web import (
    BLUEPRINTS,
    access,
    error_pages,
    filters,
    gate,
    meanwhile,
    security,
    sent_files,
    shell,
    trail,
)
from crm.web.environment import QuickEnvironment

ROOT = Path(__file__).resolve().parent.parent
SESSION_COOKIE = "crm_page"
ALIVE = {"keepalives_idle": 30, "keepalives_interval": 10, "keepalives_count": 3}
"""The kernel asks a silent server whether it still stands, and within a minute we know (crm.db)."""
POSTGRES = ("lock_timeout=20s", "timezone=UTC", "random_page_cost=1.1")
DATA_KEYS = "data_keys"
"""The file of keys in the data folder, where nothing else is said (crm.local.folder makes it)."""
logger = log.get(__name__)


def create_app(config: Config) -> Flask:
    """One application for web, worker and command line; what differs is who calls it."""
    app = Flask("crm", template_folder=str(ROOT / "templates"), static_folder=str(ROOT / "crm/static"))
    app.jinja_environment = QuickEnvironment
    app.config.update(_flask_settings(config))
    app.extensions |= _at_hand(config)
    db.init_app(app)
    with app.app_context():
        app.extensions["eyes"] = _prepare_database(config)
    for follower in (indexing, outbox, call_notes, keeping_record):
        follower.FOLLOWER.keep_up()
    if config.trusted_proxies:
        hops = config.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=0)  # type: ignore[method-assign]
    _add_pages(app, config)
    error_pages.register(app)
    return app


def _at_hand(config: Config) -> dict[str, object]:
    """What pages ask the application for."""
    return {
        "config": config,
        "amazon": Amazon(Outside(Guard(Reach()), all_seconds=FETCH_SECONDS)),
        "links": links(config),
        "guard": Guard(Reach(at_home=config.is_development)),
        "limits": limits(config),
        "mail_server": config.smtp_host,
        "mail_kept_for": timedelta(days=config.mail_keep_days),
    }


def _prepare_database(config: Config) -> Eyes:
    """Its settings, its keys, and the eyes of those who do not see everything."""
    prepare_engine(db.engine)
    hand_over(db.engine, keyring := keyring_from(config))
    guard(db.engine, keyring)
    eyes = Eyes(db.engine)
    sa.event.listen(db.engine, "engine_disposed", lambda _engine: eyes.shut())
    return eyes


def links(config: Config) -> Links:
    return Links(config.base_url, config.reply_plus, config.secret_key)


def start(config: Config) -> Flask:
    """The application, for a program that begins: where its keys are not this database's, it ends here."""
    app = create_app(config)
    with app.app_context():
        try:
            db.engine.connect().close()
            db.engine.dispose()  # a process that forks from here on must not inherit a connection
        except WrongKey as wrong:
            sys.stderr.write(f"{wrong}\n")
            sys.exit(2)
        except DBAPIError:  # it may come later, and is asked then
            logger.warning("database_unavailable_at_start")
    return app


def keyring_from(config: Config) -> Keyring:
    """The keys of the practice's data. What SECRET_KEY sealed before there were others, it still opens."""
    own = config.data_dir / DATA_KEYS
    file = config.data_keys_file or (own if own.exists() and not config.data_keys else None)
    keys = read_keys(file) if file else config.data_keys or ()
    return Keyring(keys, config.lookup_key or config.secret_key, file, last=config.secret_key)


def limits(config: Config) -> Limits:
    """How much the public form takes and answers (R13)."""
    return Limits(
        min_seconds=config.form_min_seconds,
        token_hours=config.form_token_hours,
        posts_per_client_minute=config.form_posts_per_client_minute,
        acks_per_client_hour=config.ack_per_client_hour,
        acks_per_hour=config.ack_per_hour,
        posts_per_source_minute=config.api_posts_per_source_minute,
    )


def post(
    config: Config, transport: Transport | None = None, stopping: Callable[[], bool] | None = None
) -> Post:
    """What a worker sends with. `stopping` says that it should take up nothing new."""
    understand = ReaderApart().parse
    return Post(
        transport=transport or SmtpTransport(smtp_settings(config)),
        links=links(config),
        retries=Retries(config.retry_schedule, config.retry_for),
        connections=config.smtp_connections,
        stopping=stopping or (lambda: False),
        data_dir=config.data_dir,
        outside=outside(config),
        inbox=inbox(config, understand),
        understand=understand,
        mail_kept_for=timedelta(days=config.mail_keep_days),
    )


def inbox(config: Config, understand: Callable[[bytes], InboundMail]) -> Inbox | None:
    """The mailbox in which answers arrive, if there is one."""
    settings = imap_settings(config)
    if settings is None:
        return None
    return Inbox(
        mailbox=ImapMailbox(settings),
        understand=understand,
        every=timedelta(seconds=config.imap_seconds),
    )


def imap_settings(config: Config) -> ImapSettings | None:
    if config.imap_host is None:
        return None
    password = None if config.imap_token_file else config.imap_password or config.smtp_password
    return ImapSettings(
        host=config.imap_host,
        port=config.imap_port,
        security=config.imap_security,
        username=config.imap_username or config.smtp_username or "",
        password=password,
        token_file=config.imap_token_file,
        more_folders=config.imap_folders or (),
        reads_junk=config.imap_junk,
        connect_timeout=config.imap_connect_timeout,
        answer_timeout=config.imap_answer_timeout,
    )


def outside(config: Config) -> Outside:
    """The way to other programs. On a developer's own machine they may stand beside us."""
    return Outside(Guard(Reach(at_home=config.is_development)))


def smtp_settings(config: Config) -> SmtpSettings:
    return SmtpSettings(
        host=config.smtp_host,
        port=config.smtp_port,
        security=config.smtp_security,
        username=config.smtp_username,
        password=config.smtp_password,
        connect_timeout=config.smtp_connect_timeout,
        command_timeout=config.smtp_command_timeout,
        data_timeout=config.smtp_data_timeout,
        mails_per_connection=config.smtp_mails_per_connection,
        connection_age=config.smtp_connection_age,
    )


def _flask_settings(config: Config) -> dict[str, object]:
    secure = config.base_url.startswith("https://")
    return {
        "SECRET_KEY": config.secret_key,
        "SQLALCHEMY_DATABASE_URI": config.database_url,
        "SQLALCHEMY_ENGINE_OPTIONS": _engine_options(config),
        "MAX_CONTENT_LENGTH": config.form_max_bytes,
        "MAX_FORM_MEMORY_SIZE": config.form_max_bytes,
        "MAX_FORM_PARTS": 200,
        "TRUSTED_HOSTS": list(config.trusted_hosts),
        "SESSION_COOKIE_NAME": f"__Host-{SESSION_COOKIE}" if secure else SESSION_COOKIE,
        "SESSION_COOKIE_SECURE": secure,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "WTF_CSRF_TIME_LIMIT": None,
        "WTF_CSRF_SSL_STRICT": False,  # it wants a Referer, which we tell browsers not to send; see security
        "WTF_I18N_ENABLED": False,
    }


def _engine_options(config: Config) -> dict[str, object]:
    """The keys of the search index and the access record travel with the engine, so that whoever writes has
    them at hand. So do our own addresses, for whoever writes down what other programs are told, and how many
    emails at most go to who has proven nothing.

    A database that is away or locked must end in a 503 and not in a page that never comes. On SQLite
    a pragma says how long to wait (crm.db); here Postgres would wait for ever. It tells instants in UTC, as
    we keep them: from another zone each would have to be turned. The connection used last is used first: it
    has its statements prepared. Disks have no heads any more: an entry of an index costs little more than the
    next row. Told so, Postgres also keeps the plan of the counts round each page instead of making it anew.
    """
    key: dict[str, object] = {
        "execution_options": {
            search_entry.KEY: search_entry.key_from(config.secret_key),
            audit.KEY: key_from(config.secret_key),
            recounting.LINKS: Links(config.base_url),
            ceilings.LIMITS: limits(config),
        }
    }
    if config.database_url.startswith("sqlite"):
        return key
    patience = {"connect_timeout": 10, "options": " ".join(f"-c {each}" for each in POSTGRES)} | ALIVE
    return key | {"pool_use_lifo": True, "connect_args": patience}


class RowId(IntegerConverter):
    """A row’s id in an address. One that no row can have is a page that does not exist."""

    def __init__(self, url_map: Map) -> None:
        super().__init__(url_map, max=2**31 - 1)


def _add_pages(app: Flask, config: Config) -> None:
    app.url_map.converters["int"] = RowId
    security.protect(app)
    access.require_sign_in(app)
    gate.protect(app)
    filters.register(app)
    shell.register(app)
    meanwhile.register(app)
    sent_files.register(app)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    if config.mailbox_dir is not None:
        from crm.web import mailbox  # noqa: PLC0415 - development only

        app.register_blueprint(mailbox.bp)
    trail.register(app)
