"""The Celery application. It is a doorbell: it carries no ids and no state; the database decides.

Start a worker: `celery -A worker.celery_app:celery worker --pool threads`.
Every setting below was run; STACK.md says what happened without it.
"""

from __future__ import annotations

import gc
import threading

from celery import Celery
from celery.signals import (
    setup_logging,
    worker_process_init,
    worker_ready,
    worker_shutdown,
    worker_shutting_down,
)

from config import Config
from crm import log
from crm.app import post, start
from crm.db import db
from worker.broker import settings_for
from worker.jobs import beat_schedule
from worker.pulse import Pulse
from worker.steady_beat import SteadyBeat
from worker.tasks import register

config = Config.from_env_or_exit()
flask_app = start(config)
stopping = threading.Event()
outgoing = post(config, stopping=stopping.is_set)
celery = Celery("practice")
celery.conf.update(
    accept_content=["json"],
    task_serializer="json",
    task_ignore_result=True,
    task_acks_late=True,
    task_reject_on_worker_lost=False,
    worker_prefetch_multiplier=1,
    worker_cancel_long_running_tasks_on_connection_loss=False,
    worker_max_tasks_per_child=5_000,
    worker_max_memory_per_child=400_000,
    worker_hijack_root_logger=False,
    worker_enable_remote_control=False,
    broker_connection_retry_on_startup=True,
    broker_connection_max_retries=None,
    **settings_for(config.redis_url),
    beat_schedule=beat_schedule(config),
    beat_scheduler="worker.steady_beat:SteadyBeat",
    timezone="UTC",
)
register(celery, flask_app, outgoing)
SteadyBeat.pulse = Pulse("beat", flask_app)
own_pulse = Pulse("worker", flask_app)


@setup_logging.connect  # type: ignore[untyped-decorator,unused-ignore]
def _log_like_everyone(**_: object) -> None:
    log.configure(config.log_level, as_json=not config.is_development)


@worker_process_init.connect  # type: ignore[untyped-decorator,unused-ignore]
def _own_connections(**_: object) -> None:
    """A pool shared over a fork loses rows, and a shared line mixes up mails: each child opens its own."""
    with flask_app.app_context():
        db.engine.dispose(close=False)
    forget = getattr(outgoing.transport, "forget", None)
    if forget:
        forget()


@worker_ready.connect  # type: ignore[untyped-decorator,unused-ignore]
def _look_no_more_for_garbage_here(**_: object) -> None:
    """The program itself is no garbage; looking through all of it again stops a burst for 0.15 s."""
    gc.collect()
    gc.freeze()


@worker_ready.connect  # type: ignore[untyped-decorator,unused-ignore]
def _show_that_it_lives(**_: object) -> None:
    own_pulse.start()


@worker_shutting_down.connect  # type: ignore[untyped-decorator,unused-ignore]
def _take_up_nothing_new(**_: object) -> None:
    stopping.set()


@worker_shutdown.connect  # type: ignore[untyped-decorator,unused-ignore]
def _say_goodbye(**_: object) -> None:
    own_pulse.stop()
    close = getattr(outgoing.transport, "close", None)
    if close:
        close()
