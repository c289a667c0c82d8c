"""Whose a mail is, asked of the database: by keys alone."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from crm.db import db
from crm.flows.whose import sender_of
from crm.rules.inbound import InboundMail, Mailbox
from tests.practice import Practice

MAIL = InboundMail(
    sender=Mailbox("sam@example.org"),
    to=(Mailbox("connor+0123456789abcdef0123@springstreet.example"),),
    in_reply_to=("<1@springstreet.example>",),
)


def asked(mail: InboundMail) -> tuple[str, Any]:
    seen: list[tuple[str, Any]] = []

    def note(_c: object, _cursor: object, statement: str, values: object, *_: object) -> None:
        if not statement.startswith(("PRAGMA", "BEGIN")):  # SQLite's connections and transactions begin so
            seen.append((statement, values))

    sa.event.listen(db.engine, "before_cursor_execute", note)
    try:
        sender_of(mail)
    finally:
        sa.event.remove(db.engine, "before_cursor_execute", note)
    (only,) = seen
    return only


def test_whose_a_mail_is_costs_one_statement_that_reads_no_table_through(practice: Practice) -> None:
    with practice.reading(), db.engine.connect() as connection:
        statement, values = asked(MAIL)
        how = "EXPLAIN QUERY PLAN"
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql("SET enable_seqscan = off")  # of so few rows it would read them all
            how = "EXPLAIN"
        plan = [str(row[-1]) for row in connection.exec_driver_sql(f"{how} {statement}", values)]

    assert not [line for line in plan if "Seq Scan" in line]
    tables = ("SCAN lead", "SCAN alias", "SCAN message")
    assert not [line for line in plan if line.startswith(tables)]
