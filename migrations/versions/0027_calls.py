"""Calls: hours, settings, a calendar from elsewhere, and the promise that no two calls overlap"""

import secrets
import uuid
from datetime import UTC, datetime, timedelta

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

LENGTH, GRAIN = timedelta(minutes=15), 300
MADE = ("clinician_id", "ends_at", "busy_from", "busy_until", "uid", "token")
AN_ACCOUNT = "account.id"


def upgrade() -> None:
    _hours()
    _settings()
    _own_calendars()
    _bookings()


def _hours() -> None:
    op.create_table(
        "opening",
        sa.Column("id", sa.Integer(), nullable=False),
        _clinician("opening"),
        sa.Column("weekday", sa.Integer(), nullable=False),
        sa.Column("opens", sa.Time(), nullable=False),
        sa.Column("closes", sa.Time(), nullable=False),
        sa.CheckConstraint("opens < closes", name=op.f("ck_opening_opens_before_closes")),
        sa.CheckConstraint("weekday BETWEEN 0 AND 6", name=op.f("ck_opening_weekday_is_one")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_opening")),
        sa.UniqueConstraint(
            "clinician_id", "weekday", "opens", name=op.f("uq_opening_clinician_id_weekday_opens")
        ),
    )
    op.create_table(
        "special_day",
        sa.Column("id", sa.Integer(), nullable=False),
        _clinician("special_day"),
        sa.Column("first", sa.Date(), nullable=False),
        sa.Column("last", sa.Date(), nullable=False),
        sa.Column("opens", sa.Time(), nullable=True),
        sa.Column("closes", sa.Time(), nullable=True),
        sa.CheckConstraint("first <= last", name=op.f("ck_special_day_first_before_last")),
        sa.CheckConstraint(
            "(opens IS NULL) = (closes IS NULL)", name=op.f("ck_special_day_hours_have_two_ends")
        ),
        sa.CheckConstraint(
            "opens IS NULL OR opens < closes", name=op.f("ck_special_day_opens_before_closes")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_special_day")),
    )
    op.create_index("ix_special_day_last", "special_day", ["clinician_id", "last"])


def _settings() -> None:
    op.create_table(
        "call_settings",
        _clinician("call_settings"),
        sa.Column("length_minutes", sa.Integer(), nullable=False),
        sa.Column("pause_before", sa.Integer(), nullable=False),
        sa.Column("pause_after", sa.Integer(), nullable=False),
        sa.Column("notice_hours", sa.Integer(), nullable=False),
        sa.Column("horizon_days", sa.Integer(), nullable=False),
        sa.Column("most_per_day", sa.Integer(), nullable=True),
        sa.Column("confirms", sa.String(length=40), nullable=False),
        sa.Column("zone_name", sa.Text(), nullable=True),
        *(sa.Column(name, sa.Boolean(), nullable=False) for name in ("by_phone", "by_video", "in_person")),
        *(
            sa.Column(name, sa.Text(), nullable=False)
            for name in ("phone_number", "video_link", "address", "instructions")
        ),
        sa.Column("feed_token", sa.Text(), nullable=True),
        sa.Column("feed_has_names", sa.Boolean(), nullable=False),
        *(
            sa.CheckConstraint(rule, name=op.f(f"ck_call_settings_{name}"))
            for name, rule in (
                ("a_call_has_a_length", "length_minutes BETWEEN 5 AND 240"),
                ("pauses", "pause_before BETWEEN 0 AND 240 AND pause_after BETWEEN 0 AND 240"),
                ("notice", "notice_hours BETWEEN 0 AND 720"),
                ("horizon", "horizon_days BETWEEN 1 AND 365"),
                ("most_per_day_is_some", "most_per_day IS NULL OR most_per_day > 0"),
                ("there_is_a_way_to_talk", "by_phone OR by_video OR in_person"),
            )
        ),
        sa.PrimaryKeyConstraint("clinician_id", name=op.f("pk_call_settings")),
        sa.UniqueConstraint("feed_token", name=op.f("uq_call_settings_feed_token")),
    )


def _own_calendars() -> None:
    op.create_table(
        "own_calendar",
        _clinician("own_calendar"),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("next_read_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("claim", sa.Text(), nullable=True),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failure", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("clinician_id", name=op.f("pk_own_calendar")),
    )
    op.create_table(
        "busy_time",
        sa.Column("id", sa.Integer(), nullable=False),
        _clinician("busy_time"),
        sa.Column("begins_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("begins_at < ends_at", name=op.f("ck_busy_time_begins_before_it_ends")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_busy_time")),
    )
    op.create_index("ix_busy_time_ends", "busy_time", ["clinician_id", "ends_at"])


def _clinician(table: str) -> sa.Column:
    reference = sa.ForeignKey(
        AN_ACCOUNT, name=op.f(f"fk_{table}_clinician_id_account"), ondelete="CASCADE"
    )
    return sa.Column("clinician_id", sa.Integer(), reference, nullable=False)


def _bookings() -> None:
    op.create_table(
        "occupancy",
        sa.Column("clinician_id", sa.Integer(), nullable=False),
        sa.Column("grain", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("booking_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["clinician_id"], [AN_ACCOUNT], name=op.f("fk_occupancy_clinician_id_account")
        ),
        sa.ForeignKeyConstraint(
            ["booking_id"], ["booking.id"], name=op.f("fk_occupancy_booking_id_booking"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("clinician_id", "grain", name=op.f("pk_occupancy")),
    )
    op.create_index(op.f("ix_occupancy_booking_id"), "occupancy", ["booking_id"])
    with op.batch_alter_table("booking") as booking:
        booking.add_column(sa.Column("clinician_id", sa.Integer(), nullable=True))
        for name in ("ends_at", "busy_from", "busy_until"):
            booking.add_column(sa.Column(name, sa.DateTime(timezone=True), nullable=True))
        booking.add_column(sa.Column("holds_time", sa.Boolean(), nullable=False, server_default=sa.false()))
        booking.add_column(sa.Column("state", sa.String(40), nullable=False, server_default="confirmed"))
        booking.add_column(sa.Column("uid", sa.Text(), nullable=True))
        booking.add_column(sa.Column("sequence", sa.Integer(), nullable=False, server_default="0"))
        booking.add_column(sa.Column("token", sa.Text(), nullable=True))
        booking.add_column(sa.Column("number", sa.Text(), nullable=False, server_default=""))
        booking.add_column(sa.Column("zone_name", sa.Text(), nullable=True))
        booking.add_column(sa.Column("made_by", sa.String(40), nullable=False, server_default="owner"))
        booking.add_column(sa.Column("nonce", sa.Text(), nullable=True))
    _complete_those_from_before()
    _hold_what_stands()
    with op.batch_alter_table("booking") as booking:
        for name in MADE:
            booking.alter_column(name, nullable=False)
        for name in ("holds_time", "state", "sequence", "number", "made_by"):
            booking.alter_column(name, server_default=None)
        booking.create_foreign_key(
            op.f("fk_booking_clinician_id_account"), "account", ["clinician_id"], ["id"]
        )
        for name in ("uid", "token", "nonce"):
            booking.create_unique_constraint(op.f(f"uq_booking_{name}"), [name])
        for name, rule in RULES.items():
            booking.create_check_constraint(op.f(f"ck_booking_{name}"), rule)
    op.create_index("ix_booking_busy", "booking", ["clinician_id", "busy_until"])
    op.create_index(
        "uq_booking_start",
        "booking",
        ["clinician_id", "starts_at"],
        unique=True,
        sqlite_where=sa.text("holds_time"),
        postgresql_where=sa.text("holds_time"),
    )


RULES = {
    "what_is_over_holds_no_time": "NOT holds_time OR outcome IS NULL",
    "cancelled_is_an_outcome": (
        "(state IN ('cancelled', 'declined')) = (outcome IS NOT NULL AND outcome = 'cancelled')"
    ),
    "starts_before_it_ends": "starts_at < ends_at",
    "pauses_are_around_it": "busy_from <= starts_at AND ends_at <= busy_until",
}
AT = sa.DateTime(timezone=True)
BOOKING = sa.table(
    "booking",
    *(sa.column(name) for name in ("id", "outcome", "clinician_id", "uid", "token", "holds_time", "state")),
    *(sa.column(name, AT) for name in ("starts_at", "ends_at", "busy_from", "busy_until")),
)
OCCUPANCY = sa.table("occupancy", *(sa.column(name) for name in ("clinician_id", "grain", "booking_id")))


def _complete_those_from_before() -> None:
    """Calls of a quarter of an hour with the owner, who is the first account there is."""
    connection = op.get_bind()
    clinician_id = connection.scalar(sa.text("SELECT min(id) FROM account"))
    change = sa.update(BOOKING).where(BOOKING.c.id == sa.bindparam("row_id"))
    found = connection.execute(sa.select(BOOKING.c.id, BOOKING.c.starts_at, BOOKING.c.outcome)).all()
    for row in found:
        values = {
            "clinician_id": clinician_id,
            "ends_at": row.starts_at + LENGTH,
            "busy_from": row.starts_at,
            "busy_until": row.starts_at + LENGTH,
            "uid": str(uuid.uuid4()),
            "token": secrets.token_urlsafe(16),
            "state": "cancelled" if row.outcome == "cancelled" else "confirmed",
        }
        connection.execute(change.values(**values), {"row_id": row.id})


def _hold_what_stands() -> None:
    """What is agreed holds its time. Where two overlap, as nothing forbade it, the first made keeps it."""
    connection, taken = op.get_bind(), set()
    open_ones = sa.select(BOOKING.c.id, BOOKING.c.clinician_id, BOOKING.c.starts_at)
    for row in connection.execute(open_ones.where(BOOKING.c.outcome.is_(None)).order_by(BOOKING.c.id)).all():
        begins = _seconds(row.starts_at)
        grains = set(range(begins // GRAIN, -(-(begins + LENGTH.seconds) // GRAIN)))
        if grains & taken:
            continue
        taken |= grains
        rows = [{"clinician_id": row.clinician_id, "grain": each, "booking_id": row.id} for each in grains]
        connection.execute(sa.insert(OCCUPANCY), rows)
        connection.execute(sa.update(BOOKING).where(BOOKING.c.id == row.id).values(holds_time=True))


def _seconds(at: datetime) -> int:
    return int((at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp())


def downgrade() -> None:
    raise NotImplementedError("there is no way back: restore the backup you made before the update")
