"""`make bench`: how soon somebody is answered, and how fast the rest goes, on Postgres with one worker."""

from __future__ import annotations

import shutil
import smtplib
import statistics
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from time import monotonic

import sqlalchemy as sa

from crm import clock
from crm.db import db, transaction
from crm.flows.follow_up import plan_next_message
from crm.models import Message
from tests.conftest import answers, postgres_database
from tests.local.waiting import until
from tests.system.house import HOME, House, open_house
from tests.system.postoffice import Manners, PostOffice, post_office

INQUIRIES, BULK, MAILS, THREADS = 50, 300, 500, 8
RELAY_SECONDS = 0.015
"""How long a near relay takes to answer a text (STACK.md)."""
PATIENCE = 300
RHYTHM = {"DRAIN_SECONDS": "2", "FORM_POSTS_PER_CLIENT_MINUTE": "100000"}


def main() -> None:
    if not answers(5432):
        sys.exit("Nothing answers at 127.0.0.1:5432; the measurements need a Postgres there.")
    print(f"One worker with {THREADS} threads, a relay that takes {RELAY_SECONDS * 1000:.0f} ms a mail.")
    with practice() as (house, office):
        answer_times(house, office)
    with practice() as (house, office):
        throughput(house, office)


@contextmanager
def practice() -> Iterator[tuple[House, PostOffice]]:
    folder = Path(tempfile.mkdtemp(prefix="bench-"))
    try:
        with (
            postgres_database() as url,
            post_office() as office,
            open_house(folder, url, office, **RHYTHM) as house,
        ):
            office.manners = Manners(pace=RELAY_SECONDS)
            house.redis()
            yield house, office
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def answer_times(house: House, office: PostOffice) -> None:
    """Form posted to acknowledgement accepted, while follow-ups go out."""
    house.beat()
    house.worker(threads=THREADS)
    visitor = house.web()
    house.receives("first@example.org")
    until(lambda: bool(office.accepted), PATIENCE)
    make_due(house, [f"bulk{n}@example.net" for n in range(BULK)])
    posted = {}
    for n in range(INQUIRIES):
        posted[f"p{n}@example.org"] = monotonic()
        visitor.asks_for_a_call(f"p{n}@example.org", message=f"Number {n}")
    left = house.due()
    until(lambda: set(posted) <= set(office.recipients()), PATIENCE)
    waits = sorted(mail.at - posted[mail.recipient] for mail in office.accepted if mail.recipient in posted)
    p50, p95 = statistics.median(waits), waits[int(len(waits) * 0.95)]
    print(f"form opened and posted -> accepted, {INQUIRIES} inquiries while {BULK} follow-ups are due")
    print(f"  p50 {p50:.2f} s   p95 {p95:.2f} s   ({left} mails still waited after the last form)")


def throughput(house: House, office: PostOffice) -> None:
    """Due to accepted, beside a bare loop over one connection."""
    make_due(house, [f"p{n}@example.org" for n in range(MAILS)])
    house.worker(threads=THREADS)
    house.beat()
    until(lambda: len(office.accepted) == MAILS, PATIENCE)
    times = sorted(mail.at for mail in office.accepted)
    ours = (MAILS - 1) / (times[-1] - times[0])
    plain = plain_loop(office, office.accepted[0].raw)
    print(f"mails a second, {MAILS} due follow-ups: {ours:.1f}")
    print(f"  a bare smtplib loop over one connection: {plain:.1f}")


def make_due(house: House, addresses: list[str]) -> None:
    """A follow-up to each that wants to be out now; the acknowledgement before it counts as sent."""
    for address in addresses:
        message_id = house.receives(address, due_in=timedelta(days=1))
        with house.app.app_context(), transaction():
            first, now = db.session.get_one(Message, message_id), clock.now()
            first.sent("250 before the measurement", now)
            db.session.flush()
            if first.enrollment:
                plan_next_message(first.enrollment, since=now, now=now)
    later = (Message.state == sa.literal_column("'scheduled'"), Message.to_address.in_(addresses))
    with house.app.app_context(), transaction() as session:
        session.execute(sa.update(Message).where(*later).values(due_at=clock.now(), by_hand_at=clock.now()))


def plain_loop(office: PostOffice, raw: bytes) -> float:
    began = monotonic()
    with smtplib.SMTP(HOME, office.port, "bench.example") as smtp:
        for n in range(MAILS):
            smtp.sendmail("bench@example.org", f"plain{n}@example.org", raw)
    return MAILS / (monotonic() - began)


main()
