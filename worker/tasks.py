"""Thin tasks: each rings, one job answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from worker.jobs import JOBS, Job

if TYPE_CHECKING:
    from celery import Celery
    from flask import Flask

    from crm.flows.delivery import Post


def register(celery: Celery, app: Flask, post: Post) -> None:
    """One task per job. `shared=False`: by default a second Celery app would silently run the first's."""
    for job in JOBS:
        celery.task(name=f"practice.{job.name}", shared=False)(_task_for(job, app, post))


def _task_for(job: Job, app: Flask, post: Post) -> object:
    def ring() -> None:
        with app.app_context():
            job.run(post)

    ring.__name__ = job.name
    return ring
