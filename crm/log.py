"""Lines about what happened: ids, counts, states and codes only.

Names, addresses, texts and tokens cannot get in: a key off the list is dropped, a value that could be more
than an id or a word is withheld, and an exception is told by its class and place, for its message may quote
what a person wrote (SQLAlchemy's quotes the parameters). Other libraries' lines go through the same door.
"""

from __future__ import annotations

import logging
import re
import sys
from datetime import datetime, timedelta
from pathlib import PurePath
from traceback import extract_tb
from types import TracebackType
from typing import Any
from uuid import UUID

import structlog
from structlog.stdlib import BoundLogger, ProcessorFormatter
from structlog.typing import EventDict, Processor, WrappedLogger

from crm import clock

# fmt: off
TELLABLE_KEYS = frozenset({
    "attempt", "attempts", "code", "count", "database", "duration", "endpoint", "error", "event", "host",
    "job", "kind", "level", "logger", "method", "outcome", "pid", "port", "process", "reason", "release",
    "route", "service", "signal", "stage", "state", "status", "step", "timestamp", "version", "where",
})
TELLABLE_ENDINGS = (
    "_at", "_code", "_count", "_id", "_ids", "_ms", "_reason", "_seconds", "_state", "_status",
)
# fmt: on
WITHHELD = "(withheld)"

_EVENT = re.compile(r"[a-z][a-z0-9_]*")
# No "@", no "/", no space: no address, no path with a token, no sentence.
_WORD = re.compile(r"[\w.:+-]{1,80}", re.ASCII)
_SERVER = re.compile(r"[a-z+]+://(:\*\*@)?[A-Za-z0-9.-]+(:[0-9]+)?(/[0-9]{0,3}/?)?")
_ADDRESS = re.compile(r"\S*@\S*")

# They say something every two seconds, or print paths that carry tokens.
_QUIET = (
    *("amqp", "celery.app.trace", "celery.apps.worker", "celery.beat", "celery.worker.consumer.connection"),
    *("celery.worker.strategy", "kombu", "mail", "werkzeug"),
)
_WITH_HANDLERS_OF_THEIR_OWN = ("celery", "gunicorn.error", "gunicorn.access")


def get(name: str) -> BoundLogger:
    """A logger. Its events are snake_case words: `log.info("message_sent", message_id=7, attempts=1)`."""
    logger: BoundLogger = structlog.stdlib.get_logger(name)
    return logger


def configure(level: str = "INFO", *, as_json: bool) -> None:
    """One line per event on standard output, as JSON or for reading. Later calls replace earlier ones."""
    _take_over_the_root(level, structlog.processors.JSONRenderer() if as_json else readable)
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            structlog.contextvars.merge_contextvars,
            keep_the_event_a_word,
            *_COMMON,
            ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=BoundLogger,
    )


def _take_over_the_root(level: str, renderer: Processor) -> None:
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(
        ProcessorFormatter(
            foreign_pre_chain=[fill_in_cautiously, *_COMMON],
            processors=[only_what_may_be_told, add_time, renderer],
            use_get_message=False,
            pass_foreign_args=True,
        )
    )
    logging.basicConfig(level=level, handlers=[handler], force=True)
    for name in _QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)
    for name in _WITH_HANDLERS_OF_THEIR_OWN:
        logging.getLogger(name).handlers, logging.getLogger(name).propagate = [], True


def keep_the_event_a_word(_logger: WrappedLogger, _method: str, line: EventDict) -> EventDict:
    """An event with a value formatted into it would carry that value past the list of keys."""
    if not _EVENT.fullmatch(str(line.get("event"))):
        line["event"] = WITHHELD
    return line


def fill_in_cautiously(_logger: WrappedLogger, _method: str, line: EventDict) -> EventDict:
    """Another library's message: its own words, with only those values put in that are ids or words."""
    template, args = _ADDRESS.sub(WITHHELD, str(line["event"])), line.pop("positional_args", None)
    try:
        if isinstance(args, dict):
            line["event"] = template % {key: tellable(value) for key, value in args.items()}
        else:
            line["event"] = template % tuple(tellable(value) for value in args or ())
    except (
        TypeError,
        ValueError,
    ):  # a number was withheld where the template wants one, or a stray percent sign
        line["event"] = template
    return line


def tell_failure(_logger: WrappedLogger, _method: str, line: EventDict) -> EventDict:
    """Replaces an exception by the names of its classes, outermost first, and the last places it passed."""
    found = line.pop("exc_info", None)
    line.pop("stack_info", None)
    error = sys.exc_info()[1] if found is True else found[1] if isinstance(found, tuple) else found
    if isinstance(error, BaseException):
        line["where"] = _places(error.__traceback__)
        line["error"] = []
        while error is not None:
            line["error"].append(type(error).__name__)
            error = error.__cause__ or error.__context__
    return line


def _places(trace: TracebackType | None) -> list[str]:
    """The last six as `capture.py:31:find_or_start`."""
    return [
        f"{PurePath(at.filename).name}:{at.lineno}:{at.name.strip('<>')}" for at in extract_tb(trace)[-6:]
    ]


def only_what_may_be_told(_logger: WrappedLogger, _method: str, line: EventDict) -> EventDict:
    told: EventDict = {"event": line.pop("event")}
    dropped = []
    for key, value in line.items():
        if key in TELLABLE_KEYS or key.endswith(TELLABLE_ENDINGS):
            told[key] = tellable(value)
        elif not key.startswith("_"):
            dropped.append(key)
    if dropped:
        told["withheld"] = dropped
    return told


def tellable(value: object) -> Any:  # noqa: ANN401 - whatever JSON can hold
    match value:
        case None | bool() | int() | float():
            return value
        case datetime():
            return value.isoformat()
        case timedelta():
            return value.total_seconds()
        case list() | tuple() | set() | frozenset():
            return [tellable(each) for each in value]
    text = str(value) if isinstance(value, str | UUID) else ""
    return text if _WORD.fullmatch(text) or _SERVER.fullmatch(text) else WITHHELD


def add_time(_logger: WrappedLogger, _method: str, line: EventDict) -> EventDict:
    return {"timestamp": clock.now().isoformat(timespec="milliseconds"), **line}


def readable(_logger: WrappedLogger, _method: str, line: EventDict) -> str:
    """`09:12:03 info    crm.flows.delivery  message_sent message_id=7 attempts=1`; the time is UTC."""
    time, level = line.pop("timestamp")[11:19], line.pop("level")
    told = [f"{time} {level:<8}{line.pop('logger')} ", line.pop("event")]
    for key, value in line.items():
        told.append(f"{key}={','.join(map(str, value)) if isinstance(value, list) else value}")
    return " ".join(told)


_COMMON: list[Processor] = [tell_failure, structlog.stdlib.add_logger_name, structlog.stdlib.add_log_level]
