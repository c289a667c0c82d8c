"""The migrations make what the models say, on both databases."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import sqlalchemy as sa

from crm.key_check import what_is_wrong
from crm.keyring import Keyring
from crm.migrating import differences, upgrade
from crm.rules.plan_record import kept, plan_from
from crm.rules.plans import Plan, PlanEmail
from crm.rules.windows import Wait, WaitUnit
from crm.sealed import hand_over
from tests.conftest import answers, need, postgres_database


def differences_after_upgrade(url: str) -> list[object]:
    engine = sa.create_engine(url)
    try:
        with engine.connect() as connection:
            upgrade(connection)
            connection.commit()
            return differences(connection)
    finally:
        engine.dispose()


def test_the_migrations_match_the_models_on_sqlite(tmp_path: Path) -> None:
    assert differences_after_upgrade(f"sqlite:///{tmp_path}/crm.db") == []


def test_the_migrations_match_the_models_on_postgres() -> None:
    need("PostgreSQL on port 5432", there=answers(5432))

    with postgres_database() as url:
        found = differences_after_upgrade(url.replace("postgresql://", "postgresql+psycopg://"))

    assert found == []


def test_migrating_twice_changes_nothing(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/crm.db"

    differences_after_upgrade(url)

    assert differences_after_upgrade(url) == []


@pytest.mark.parametrize("url", ["sqlite://"])
def test_an_empty_database_does_not_match(url: str) -> None:
    engine = sa.create_engine(url)

    with engine.connect() as connection:
        found = differences(connection)
    engine.dispose()

    assert found != []


BEFORE_VERSIONS = """
    INSERT INTO email_template (id) VALUES (1), (2);
    INSERT INTO template_version (id, template_id, number, subject, preview, body, created_at)
    VALUES (1, 1, 1, 'Hello', '', '', '2026-03-01'), (2, 2, 1, 'Gone', '', '', '2026-03-01');
    UPDATE email_template SET current_id = id;
    INSERT INTO sequence (id, name, trigger, active, quiet_days, created_at)
    VALUES (1, 'First', 'inquiry', true, 14, '2026-03-01');
    INSERT INTO step (id, sequence_id, template_id, position, wait_count, wait_unit, at_once, removed_at)
    VALUES (1, 1, 1, 0, 3, 'days', false, NULL), (2, 1, 2, 1, 5, 'days', false, '2026-03-01')
"""
"""What a practice on the first schema has: a sequence of two emails, one of them taken out since."""


def first_version_after_upgrade(url: str) -> list[tuple[object, ...]]:
    engine = sa.create_engine(url)
    try:
        with engine.connect() as connection:
            upgrade(connection, to="0001")
            for statement in BEFORE_VERSIONS.split(";"):
                connection.execute(sa.text(statement))
            connection.commit()
            upgrade(connection)
            versions = sa.text("SELECT sequence_id, number, account_id, record FROM sequence_version")
            return [tuple(row) for row in connection.execute(versions)]
    finally:
        engine.dispose()


def shown(versions: list[tuple[object, ...]]) -> tuple[object, ...]:
    """The only version: whose, which, by whom, and its plan."""
    ((sequence, number, account, record),) = versions
    plan = plan_from(json.loads(record) if isinstance(record, str) else record)  # type: ignore[arg-type]
    return sequence, number, account, plan


A_PERSON = """
    INSERT INTO lead (contact_key, name, email, phone, free_times, prefers, found_us, looking_for,
        line_from_you, created_at, unsubscribe_token, page_token, stage, stage_changed_at,
        follow_ups_wanted, quarantine_reasons)
    VALUES ('mailto:sam@gmial.com', 'Sam Rivers', 'sam@gmial.com', '+12135550148', '', '',
        'A friend', '', '', '2026-03-01', 'a', 'b', 'new', '2026-03-01', true, '[]')
"""


KEYRING = Keyring(["a key of the data which has many letters"], "a key of what is looked up")


def engine_with_keys(url: str) -> sa.Engine:
    """As `crm migrate` has it: since there are people, what they are looked up by is hashed."""
    engine = sa.create_engine(url)
    hand_over(engine, KEYRING)
    return engine


def keys_after_upgrade(url: str) -> list[tuple[object, ...]]:
    engine = engine_with_keys(url)
    try:
        with engine.connect() as connection:
            upgrade(connection, to="0003")
            connection.execute(sa.text(A_PERSON))
            connection.commit()
            upgrade(connection)
            keys = connection.execute(
                sa.text("SELECT id, mailbox_key, phone_key, name_key, found_us_key FROM lead")
            )
            return [tuple(row) for row in keys]
    finally:
        engine.dispose()


SAMS_KEYS = [(1, *map(KEYRING.hashed, ("sam@gmail.com", "12135550148", "rivers sam", "A friend")))]


def test_whoever_was_there_before_is_found_by_the_keys_of_look_alikes_on_sqlite(tmp_path: Path) -> None:
    assert keys_after_upgrade(f"sqlite:///{tmp_path}/crm.db") == SAMS_KEYS


def test_whoever_was_there_before_is_found_by_the_keys_of_look_alikes_on_postgres() -> None:
    need("PostgreSQL on port 5432", there=answers(5432))

    with postgres_database() as url:
        assert keys_after_upgrade(url.replace("postgresql://", "postgresql+psycopg://")) == SAMS_KEYS


def hashed_after_upgrade(url: str) -> tuple[list[tuple[object, ...]], str | None]:
    """What one person and one wish are looked up by, and what is wrong with the keys of the data."""
    engine = engine_with_keys(url)
    try:
        with engine.connect() as connection:
            upgrade(connection, to="0003")
            connection.execute(sa.text(A_PERSON))
            connection.execute(sa.text(A_WISH))
            connection.commit()
            upgrade(connection)
            found = rows(
                connection, "SELECT l.contact_key = s.address_key, l.name FROM lead l, suppression s"
            )
            ((hashed, sealed),) = rows(connection, "SELECT hashed, sealed FROM key_check")
            return found, what_is_wrong(KEYRING, str(hashed), str(sealed))
    finally:
        engine.dispose()


A_WISH = """
    INSERT INTO suppression (address_key, reason, at) VALUES ('sam@gmial.com', 'unsubscribed', '2026-03-01')
"""


def test_a_wish_from_before_is_found_by_the_hash_of_its_person_on_sqlite(tmp_path: Path) -> None:
    found, wrong = hashed_after_upgrade(f"sqlite:///{tmp_path}/crm.db")

    assert (found, wrong) == ([(1, "Sam Rivers")], None)


def test_a_wish_from_before_is_found_by_the_hash_of_its_person_on_postgres() -> None:
    need("PostgreSQL on port 5432", there=answers(5432))

    with postgres_database() as url:
        found, wrong = hashed_after_upgrade(url.replace("postgresql://", "postgresql+psycopg://"))

    assert (found, wrong) == ([(True, "Sam Rivers")], None)


def test_without_a_key_nobody_who_is_there_is_left_unhashed(tmp_path: Path) -> None:
    engine = sa.create_engine(f"sqlite:///{tmp_path}/crm.db")

    with engine.connect() as connection:
        upgrade(connection, to="0003")
        connection.execute(sa.text(A_PERSON))
        connection.commit()
        with pytest.raises(RuntimeError, match="takes the practice's key"):
            upgrade(connection)
    engine.dispose()


FIRST_PLAN = Plan((PlanEmail(1, 1, "Hello", Wait(3)),), 14)


def test_a_sequence_from_before_begins_its_versions_with_how_it_is_on_sqlite(tmp_path: Path) -> None:
    versions = first_version_after_upgrade(f"sqlite:///{tmp_path}/crm.db")

    assert shown(versions) == (1, 1, None, FIRST_PLAN)


def test_a_sequence_from_before_begins_its_versions_with_how_it_is_on_postgres() -> None:
    need("PostgreSQL on port 5432", there=answers(5432))

    with postgres_database() as url:
        versions = first_version_after_upgrade(url.replace("postgresql://", "postgresql+psycopg://"))

    assert shown(versions) == (1, 1, None, FIRST_PLAN)


WROTE_BEFORE = """
    INSERT INTO practice (id, name, signer, office_address, locality, website, zone_name, weekdays,
        opens, closes, rests_on_holidays, absences, promise, follow_up_policy, sender_name,
        sender_address, notify_owner, warns_of_promises, first_steps, asks_proof, crisis_checklist,
        gap_days, weekly_cap, account_failures)
    VALUES (1, 'Spring Street', 'Connor', '', '', '', 'America/Los_Angeles', '[]', '08:30:00', '18:00:00',
        true, '[]', 'one_business_day', 'notice', '', '', true, true, '[]', false, '', 1, 3, 0);
    INSERT INTO lead (id, contact_key, name, free_times, prefers, found_us, looking_for, line_from_you,
        created_at, unsubscribe_token, page_token, stage, stage_changed_at, follow_ups_wanted,
        quarantine_reasons, name_key)
    VALUES (1, 'mailto:sam@example.org', 'Sam', '', '', '', '', '', '2026-03-01', 'a', 'b', 'new',
        '2026-03-01', true, '[]', 'sam');
    INSERT INTO inquiry (lead_id, received_at, nonce, content_key, name, email, phone, message, free_times,
        found_us, page, article, button, personal_only, consent_wording, client_key, network_key,
        body_print, signs, crisis_words, more)
    VALUES {notes}
"""
A_NOTE = (
    "(1, '{at}', '{n}', '{n}', '', '', '', '', '', '', '', '', '', false, '{words}', '', '', '', "
    "'[]', '[]', '{{}}')"
)
NOTES = [
    ("2026-03-01 08:00:00", "You may hear from me."),
    ("2026-03-02 08:00:00", ""),
    ("2026-03-03 08:00:00", "You may hear from me."),
    ("2026-03-04 08:00:00", "Another sentence."),
]


FORMS_THERE_ARE = """
    SELECT f.slug, v.number, s.slug FROM inquiry_form f
    JOIN form_version v ON v.id = f.current_id JOIN form_slug s ON s.form_id = f.id
"""
NOTES_POINT_AT = """
    SELECT i.form_version_id, c.words, c.first_at < '2026-03-02' FROM inquiry i
    LEFT JOIN consent_text c ON c.id = i.consent_id ORDER BY i.received_at
"""


def rows(connection: sa.Connection, query: str) -> list[tuple[object, ...]]:
    return [tuple(row) for row in connection.exec_driver_sql(query)]


def first_form_after_upgrade(url: str) -> tuple[list[tuple[object, ...]], list[tuple[object, ...]]]:
    """The addresses there are, and of each note its form's version and the words it points at."""
    notes = ", ".join(A_NOTE.format(at=at, n=n, words=words) for n, (at, words) in enumerate(NOTES))
    engine = engine_with_keys(url)
    try:
        with engine.connect() as connection:
            upgrade(connection, to="0015")
            for statement in WROTE_BEFORE.format(notes=notes).split(";"):
                connection.exec_driver_sql(statement)
            connection.commit()
            upgrade(connection)
            connection.commit()
            return rows(connection, FORMS_THERE_ARE), rows(connection, NOTES_POINT_AT)
    finally:
        engine.dispose()


FIRST_FORM = [("consultation", 1, "consultation")]
POINTED_AT = [
    (1, "You may hear from me.", True),
    (None, None, None),
    (1, "You may hear from me.", True),
    (1, "Another sentence.", False),
]


def test_the_form_there_was_is_the_first_one_on_sqlite(
    tmp_path: Path,
) -> None:
    forms, notes = first_form_after_upgrade(f"sqlite:///{tmp_path}/crm.db")

    assert (forms, notes) == (FIRST_FORM, POINTED_AT)


def test_the_form_there_was_is_the_first_one_on_postgres() -> None:
    need("PostgreSQL on port 5432", there=answers(5432))

    with postgres_database() as url:
        forms, notes = first_form_after_upgrade(url.replace("postgresql://", "postgresql+psycopg://"))

    assert (forms, notes) == (FIRST_FORM, POINTED_AT)


NOTES_AFTER_MISSED_CALLS = """
    INSERT INTO email_template (id, key) VALUES (1, 'missed_each_other');
    INSERT INTO sequence (id, key, name, trigger, active, quiet_days, needs_approval, stops_on_call,
        stops_on_move, created_at)
    VALUES (1, 'no_show', 'No-show', 'no_show', true, 14, false, true, true, '2026-03-01'),
        (2, 'mine', 'Mine', 'by_hand', true, 14, false, true, true, '2026-03-01');
    INSERT INTO step (id, sequence_id, template_id, position, wait_count, wait_unit, at_once, max_late_hours,
        needs_approval)
    VALUES (1, 1, 1, 0, 1, 'business_days', false, 72, false),
        (2, 2, 1, 0, 1, 'business_days', false, 72, false);
    INSERT INTO sequence_version (id, sequence_id, number, created_at, record)
    VALUES (1, 1, 1, '2026-03-01', '{record}')
"""
WAS = Plan((PlanEmail(1, 1, "We missed each other", Wait(1, WaitUnit.BUSINESS_DAYS)),), 14)
IS = Plan((PlanEmail(1, 1, "We missed each other", Wait(1, WaitUnit.BUSINESS_MORNINGS)),), 14)


def waits_after_upgrade(url: str) -> tuple[list[tuple[object, ...]], Plan]:
    engine = sa.create_engine(url)
    try:
        with engine.connect() as connection:
            upgrade(connection, to="0028")
            record = json.dumps(kept(WAS)).replace("'", "''")
            for statement in NOTES_AFTER_MISSED_CALLS.replace("{record}", record).split(";"):
                connection.exec_driver_sql(statement)
            connection.commit()
            upgrade(connection)
            units = rows(connection, "SELECT wait_unit FROM step ORDER BY id")
            newest = sa.text("SELECT record FROM sequence_version").columns(record=sa.JSON())
            return units, plan_from(connection.scalars(newest).one())
    finally:
        engine.dispose()


def test_a_note_after_a_missed_call_goes_in_the_morning_from_now_on_on_sqlite(tmp_path: Path) -> None:
    assert waits_after_upgrade(f"sqlite:///{tmp_path}/crm.db") == (
        [("business_mornings",), ("business_days",)],
        IS,
    )


def test_a_note_after_a_missed_call_goes_in_the_morning_from_now_on_on_postgres() -> None:
    need("PostgreSQL on port 5432", there=answers(5432))

    with postgres_database() as url:
        found = waits_after_upgrade(url.replace("postgresql://", "postgresql+psycopg://"))

    assert found == ([("business_mornings",), ("business_days",)], IS)


def steps_after_upgrade(url: str, said: list[str]) -> list[str]:
    engine = sa.create_engine(url)
    try:
        with engine.connect() as connection:
            upgrade(connection, to="0016")
            connection.exec_driver_sql(WROTE_BEFORE.partition(";")[0])
            kept = sa.table("practice", sa.column("first_steps", sa.JSON))
            connection.execute(sa.update(kept).values(first_steps=said))
            connection.commit()
            upgrade(connection)
            return list(connection.scalars(sa.select(kept.c.first_steps)).one())
    finally:
        engine.dispose()


def test_a_list_of_first_steps_that_was_put_away_does_not_come_back(tmp_path: Path) -> None:
    before = ["account", "form", "hours", "profile", "sequence"]

    assert "second_step" in steps_after_upgrade(f"sqlite:///{tmp_path}/put-away.db", before)
    assert steps_after_upgrade(f"sqlite:///{tmp_path}/open.db", ["hours"]) == ["hours"]
