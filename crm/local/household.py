"""Who lives here: the commands of the children, and of the step that comes before them."""

from __future__ import annotations

import sys
from pathlib import Path

from crm.local.children import Child

WORKER_PATIENCE = 25.0  # a drain's budget of 20 s, and a little for the mail it is in the middle of
# Celery's warning, by its first words: who runs this as root on a machine of his own has decided so.
AS_ROOT = "You're running the worker with superuser privileges"


def preparation(*, demo: bool) -> Child:
    verbs = ("migrate", "plant", "seed-demo", "setup-link") if demo else ("migrate", "plant", "setup-link")
    return Child("prepare", (sys.executable, "-m", "crm.local.prepare", *verbs))


def catcher(listening: int) -> Child:
    return Child("mail", (sys.executable, "-m", "crm.local.catcher", str(listening)), listening=(listening,))


def web(listening: int) -> Child:
    words = "--worker-class gthread --threads 8 --graceful-timeout 5 --log-level warning --no-control-socket"
    command = (
        sys.executable,
        "-m",
        "gunicorn",
        "--bind",
        f"fd://{listening}",
        *words.split(),
        "crm.wsgi:app",
    )
    return Child("web", command, listening=(listening,), patience=8.0)


def worker(data: Path) -> Child:
    """With beat inside: there is one worker here, so there is one beat."""
    words = "--beat --pool threads --concurrency 5 --without-gossip --without-mingle --without-heartbeat"
    python = (sys.executable, "-W", f"ignore:{AS_ROOT}")
    celery = (*python, "-m", "celery", "--quiet", "--app", "worker.celery_app:celery", "worker")
    schedule = ("--schedule", str(data / "beat-schedule"), "--loglevel", "WARNING")
    return Child("worker", (*celery, *words.split(), *schedule), patience=WORKER_PATIENCE)
