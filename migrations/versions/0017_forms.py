"""Several forms: what each asks and says by version, their addresses, and every wording of consent"""

import hashlib
import json
from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

NOTICE = "If we lose touch, I may send up to three more notes. Each has a link to stop."
BOX = "If we lose touch, you may send me up to three more notes. Each has a link to stop."
WITHOUT_CHOICES = {"help": "", "required": False, "choices": []}
FIRST = {
    "language": "en",
    "headline": "Schedule a call",
    "opening": "Fifteen minutes, free, by phone or video. It isn’t a session and there is nothing to prepare. "
    "It’s a way to find out how it feels to talk with me.",
    "button": "",
    "thanks": "Thank you.",
    "thanks_words": "Your note is with me. I’ll answer you myself {by when}.",
    "manner": "practice",
    "notice": NOTICE,
    "box": BOX,
    "personal_only": "Only answer me yourself, please",
    "questions": [
        {
            "key": "name",
            "ask": "name",
            "label": "Your name",
            "help": "Whatever you like to be called.",
            "required": True,
            "choices": [],
        },
        {"key": "email", "ask": "email", "label": "Email", **WITHOUT_CHOICES},
        {"key": "phone", "ask": "phone", "label": "Phone", **WITHOUT_CHOICES},
        {
            "key": "free_times",
            "ask": "free_times",
            "label": "When are you usually free?",
            "help": "",
            "required": False,
            "choices": ["Mornings", "Midday", "Late afternoon", "Evenings"],
        },
        {
            "key": "message",
            "ask": "message",
            "label": "What brings you here?",
            "help": "Only I read this. Leave out anything you’d rather say aloud.",
            "required": False,
            "choices": [],
        },
        {
            "key": "found_us",
            "ask": "found_us",
            "label": "How did you find me?",
            "help": "",
            "required": False,
            "choices": [
                "An article on this site",
                "A search",
                "Psychology Today",
                "A friend or family member",
                "A colleague’s referral",
                "Somewhere else",
            ],
        },
    ],
}
"""The form as it was until now, word for word."""


def upgrade() -> None:
    _wordings()
    _forms()
    _inquiries()
    if op.get_bind().execute(sa.text("SELECT 1 FROM practice")).first():
        _carry_on()


def _wordings() -> None:
    op.create_table(
        "consent_text",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("first_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consent_text")),
        sa.UniqueConstraint("digest", name=op.f("uq_consent_text_digest")),
    )


def _forms() -> None:
    op.create_table(
        "inquiry_form",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("found_us", sa.Text(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.Column("starts", sa.String(length=40), nullable=False),
        sa.Column("sequence_id", sa.Integer(), nullable=True),
        sa.Column("hosts", sa.JSON(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("paused_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("pause_words", sa.Text(), nullable=False),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("current_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["account.id"],
            name=op.f("fk_inquiry_form_account_id_account"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["sequence_id"],
            ["sequence.id"],
            name=op.f("fk_inquiry_form_sequence_id_sequence"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inquiry_form")),
        sa.UniqueConstraint("slug", name=op.f("uq_inquiry_form_slug")),
    )
    op.create_table(
        "form_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("form_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.Column("record", sa.JSON(), nullable=False),
        sa.Column("notice_id", sa.Integer(), nullable=False),
        sa.Column("box_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["form_id"], ["inquiry_form.id"], name=op.f("fk_form_version_form_id_inquiry_form")
        ),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["account.id"],
            name=op.f("fk_form_version_account_id_account"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["notice_id"], ["consent_text.id"], name=op.f("fk_form_version_notice_id_consent_text")
        ),
        sa.ForeignKeyConstraint(
            ["box_id"], ["consent_text.id"], name=op.f("fk_form_version_box_id_consent_text")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_form_version")),
        sa.UniqueConstraint("form_id", "number", name=op.f("uq_form_version_form_id_number")),
    )
    with op.batch_alter_table("inquiry_form") as form:
        form.create_foreign_key("fk_inquiry_form_current", "form_version", ["current_id"], ["id"])
    op.create_table(
        "form_slug",
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("form_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["form_id"], ["inquiry_form.id"], name=op.f("fk_form_slug_form_id_inquiry_form")
        ),
        sa.PrimaryKeyConstraint("slug", name=op.f("pk_form_slug")),
    )


def _inquiries() -> None:
    with op.batch_alter_table("inquiry") as inquiry:
        inquiry.add_column(sa.Column("form_version_id", sa.Integer(), nullable=True))
        inquiry.add_column(sa.Column("consent_id", sa.Integer(), nullable=True))
        inquiry.add_column(sa.Column("shown_at", sa.DateTime(timezone=True), nullable=True))
        inquiry.add_column(sa.Column("agreed", sa.Boolean(), nullable=True))
        inquiry.create_foreign_key(
            op.f("fk_inquiry_form_version_id_form_version"), "form_version", ["form_version_id"], ["id"]
        )
        inquiry.create_foreign_key(
            op.f("fk_inquiry_consent_id_consent_text"), "consent_text", ["consent_id"], ["id"]
        )
    op.create_index("ix_inquiry_form", "inquiry", ["form_version_id", "received_at"])


def _carry_on() -> None:
    """The form there was is the first one; whoever came through it did so by its first version."""
    now = datetime.now(UTC)
    _keep_wordings(now)
    ids = {words: _consent_id(words) for words in (NOTICE, BOX)}
    _insert(
        "inquiry_form",
        {"id": 1, "name": FIRST["headline"], "slug": "consultation", "found_us": "", "starts": "usual"}
        | {"hosts": "[]", "revision": 1, "made_at": now, "pause_words": ""},
    )
    _insert(
        "form_version",
        {"id": 1, "form_id": 1, "number": 1, "created_at": now, "record": json.dumps(FIRST)}
        | {"notice_id": ids[NOTICE], "box_id": ids[BOX]},
    )
    _insert("form_slug", {"slug": "consultation", "form_id": 1})
    op.execute("UPDATE inquiry_form SET current_id = 1")
    op.execute(
        "UPDATE inquiry SET form_version_id = 1 WHERE source_id IS NULL AND consent_wording <> ''"
    )
    if op.get_bind().dialect.name == "postgresql":
        for table in ("inquiry_form", "form_version"):
            op.execute(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), 1)")


def _keep_wordings(now: datetime) -> None:
    """Every sentence that anybody was ever shown, since the first who was."""
    shown = sa.text(
        "SELECT consent_wording, min(received_at) FROM inquiry WHERE consent_wording <> '' "
        "GROUP BY consent_wording ORDER BY 2"
    ).columns(sa.column("words", sa.Text), sa.column("first_at", sa.DateTime(timezone=True)))
    first = {words: at for words, at in op.get_bind().execute(shown)}
    for words in dict.fromkeys([*first, NOTICE, BOX]):
        digest = hashlib.sha256(words.encode()).hexdigest()
        _insert("consent_text", {"digest": digest, "words": words, "first_at": first.get(words, now)})
    op.execute(
        "UPDATE inquiry SET consent_id = (SELECT id FROM consent_text WHERE words = inquiry.consent_wording) "
        "WHERE consent_wording <> ''"
    )


def _consent_id(words: str) -> int:
    found = sa.text("SELECT id FROM consent_text WHERE words = :words")
    return int(op.get_bind().execute(found, {"words": words}).scalar_one())


def _insert(table: str, row: dict[str, object]) -> None:
    """With instants as their column keeps them: SQLite's without the zone, which is UTC."""
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    kinds = {name: sa.DateTime(timezone=True) for name, value in row.items() if isinstance(value, datetime)}
    values = {
        name: value.replace(tzinfo=None) if is_sqlite and isinstance(value, datetime) else value
        for name, value in row.items()
    }
    columns = [sa.column(name, kinds.get(name)) for name in row]
    op.get_bind().execute(sa.table(table, *columns).insert().values(values))


def downgrade() -> None:
    raise NotImplementedError("there is no way back: restore the backup you made before the update")
