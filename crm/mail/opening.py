"""Opening a connection: smtplib's part, in a thread of its own while the loop goes on."""

from __future__ import annotations

import asyncio
import smtplib
import threading
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import NamedTuple, TypeVar

from crm.mail.account import SmtpSettings, connected
from crm.mail.transport import TryLater
from crm.mail.wire import Answer, Wire

T = TypeVar("T")


class Opened(NamedTuple):
    """A connection ready for MAIL, and whether its server takes several commands at once (RFC 2920)."""

    wire: Wire
    pipelines: bool


async def opened(settings: SmtpSettings) -> Opened:
    """Greeted, safe, signed in. Raises TryLater: without a connection no other mail goes either."""
    try:
        smtp = await in_a_thread(partial(connected, settings))
    except smtplib.SMTPResponseException as answer:
        raise _account(str(Answer(answer.smtp_code, _text(answer.smtp_error)))) from None
    except (smtplib.SMTPException, OSError, ValueError) as error:
        raise _account(f"no usable connection: {error}") from None
    return Opened(Wire(*smtp.hand_on()), pipelines=smtp.has_extn("pipelining"))


async def in_a_thread(act: Callable[[], T]) -> T:
    """What `act` returns or raises. Unlike asyncio's own, it waits for no other thread and dies with us."""
    loop = asyncio.get_running_loop()
    done: asyncio.Future[T] = loop.create_future()

    def settle(tell: Callable[[], None]) -> None:
        with suppress(RuntimeError):  # the loop has ended meanwhile
            loop.call_soon_threadsafe(lambda: None if done.cancelled() else tell())

    def run() -> None:
        try:
            result = act()
        except Exception as failure:  # noqa: BLE001 - raised again where it is waited for
            settle(partial(done.set_exception, failure))
        else:
            settle(partial(done.set_result, result))

    threading.Thread(target=run, daemon=True).start()
    return await done


def _account(reply: str) -> TryLater:
    return TryLater(reply, account_level=True)


def _text(reply: bytes | str) -> str:
    return reply.decode("utf-8", "replace") if isinstance(reply, bytes) else reply
