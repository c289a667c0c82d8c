"""What is shown of each table to somebody who may not see everything: a clinician, or an assistant.

Each table has its line in SHOWN, and tests/models/test_sight.py asks for a line that is missing. Until then
as little as may be is shown of it: their own people's rows to a clinician, their account's to both. How it is
shown is in `eyes`: by views of these rows that stand before the tables.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from crm.rules.permissions import Sight

if TYPE_CHECKING:
    from collections.abc import Mapping

    import sqlalchemy as sa
    from sqlalchemy.engine import Dialect

ALL, NONE, MINE = "1 = 1", "1 = 0", "account_id = {me}"
MINE_AS_CLINICIAN = "clinician_id = {me}"
OWN = "(SELECT lead_id FROM {main}assignment WHERE account_id = {me})"
OWN_MESSAGES = f"(SELECT id FROM {{main}}message WHERE lead_id IN {OWN})"  # noqa: S608 - our own words
OF_OWN = f"lead_id IN {OWN}"
ABOUT_OWN = f"message_id IN {OWN_MESSAGES}"
OFFERED_TO_OWN = f"id IN (SELECT vacancy_id FROM {{main}}offer WHERE {OF_OWN})"  # noqa: S608 - the same
ON_OWN = f"id IN (SELECT tag_id FROM {{main}}lead_tag WHERE {OF_OWN})"  # noqa: S608 - the same


class Rows(NamedTuple):
    """Which rows of a table are shown to whom."""

    to_a_clinician: str
    to_an_assistant: str


OF_THE_PRACTICE = Rows(ALL, ALL)
OF_A_PERSON = Rows(OF_OWN, ALL)
OF_THE_ACCOUNT = Rows(MINE, MINE)
KEPT_FROM_THEM = Rows(NONE, NONE)
SHOWN: Mapping[str, Rows] = {
    "account": OF_THE_PRACTICE,
    "alias": OF_A_PERSON,
    "assignment": OF_A_PERSON,
    "attempt": Rows(ABOUT_OWN, ALL),
    "audit": Rows(OF_OWN, NONE),
    "audit_anchor": KEPT_FROM_THEM,
    "audit_head": KEPT_FROM_THEM,
    "booking": OF_A_PERSON,
    "busy_time": OF_THE_PRACTICE,
    "call_settings": OF_THE_PRACTICE,
    "challenge": OF_THE_ACCOUNT,
    "colleague": OF_THE_PRACTICE,
    "consent_text": OF_THE_PRACTICE,
    "crisis_edition": OF_THE_PRACTICE,
    "decision": Rows(ABOUT_OWN, ALL),
    "delivery": KEPT_FROM_THEM,
    "dispatch": KEPT_FROM_THEM,
    "dispatch_try": KEPT_FROM_THEM,
    "distinction": Rows(f"{OF_OWN} AND other_id IN {OWN}", ALL),
    "domain_check": OF_THE_PRACTICE,
    "domain_pause": OF_THE_PRACTICE,
    "draft": Rows(f"{MINE} AND {OF_OWN}", MINE),
    "email_template": OF_THE_PRACTICE,
    "enrollment": OF_A_PERSON,
    "event": OF_A_PERSON,
    "form_slug": OF_THE_PRACTICE,
    "form_version": OF_THE_PRACTICE,
    "guess_tally": KEPT_FROM_THEM,
    "half_sign_in": KEPT_FROM_THEM,
    "import_row": KEPT_FROM_THEM,
    "incoming": Rows(OF_OWN, NONE),
    "inquiry": OF_A_PERSON,
    "inquiry_form": OF_THE_PRACTICE,
    "instance": OF_THE_PRACTICE,
    "invitation": KEPT_FROM_THEM,
    "job_run": OF_THE_PRACTICE,
    "kept_answer": KEPT_FROM_THEM,
    "key_check": OF_THE_PRACTICE,
    "lead": Rows(f"id IN {OWN}", ALL),
    "lead_tag": Rows(OF_OWN, NONE),
    "listener": KEPT_FROM_THEM,
    "mail_account": OF_THE_PRACTICE,
    "mail_folder": OF_THE_PRACTICE,
    "mail_parcel": KEPT_FROM_THEM,
    "mail_provider": KEPT_FROM_THEM,
    "merge": OF_A_PERSON,
    "message": OF_A_PERSON,
    "note": OF_A_PERSON,
    "occupancy": OF_THE_PRACTICE,
    "offer": OF_A_PERSON,
    "opening": OF_THE_PRACTICE,
    "own_calendar": Rows(MINE_AS_CLINICIAN, MINE_AS_CLINICIAN),
    "passkey": OF_THE_ACCOUNT,
    "password_reset": KEPT_FROM_THEM,
    "people_import": KEPT_FROM_THEM,
    "practice": OF_THE_PRACTICE,
    "raw_mail": KEPT_FROM_THEM,
    "recovery_code": OF_THE_ACCOUNT,
    "reply": OF_A_PERSON,
    "saved_view": OF_THE_ACCOUNT,
    "search_entry": Rows(OF_OWN, "place >= 4"),  # names, addresses and numbers (rules.search_words.Place)
    "search_index": OF_THE_PRACTICE,
    "sender_rule": OF_THE_PRACTICE,
    "sequence": OF_THE_PRACTICE,
    "sequence_version": OF_THE_PRACTICE,
    "setup_link": KEPT_FROM_THEM,
    "sign_in": OF_THE_ACCOUNT,
    "source": OF_THE_PRACTICE,
    "special_day": OF_THE_PRACTICE,
    "step": OF_THE_PRACTICE,
    "suppression": OF_THE_PRACTICE,  # only ever asked for by somebody's address
    "sweep": KEPT_FROM_THEM,
    "sweep_person": KEPT_FROM_THEM,
    "tag": Rows(ON_OWN, NONE),
    "template_version": OF_THE_PRACTICE,
    "undo": Rows(f"{MINE} AND {OF_OWN}", MINE),
    "vacancy": Rows(f"{MINE_AS_CLINICIAN} OR {OFFERED_TO_OWN}", ALL),  # its words may name somebody
}

WORDS = "CASE WHEN {column} = '' THEN '' ELSE {veil} END"
SUBJECT = "CASE WHEN {column} IS NULL OR (kind <> 'reply' AND body IS NULL) THEN {column} ELSE {veil} END"
LETTER = "CASE WHEN {column} IS NULL THEN NULL ELSE {veil} END"
NOTHING, NO_LIST, NO_FACTS = "''", "CAST('[]' AS {json})", "CAST('{{}}' AS {json})"
VEILED: Mapping[str, Mapping[str, str]] = {
    "colleague": {"notes": WORDS, "before": NO_FACTS},
    "inquiry": {
        "message": WORDS,
        "more": NO_FACTS,
        "touch": NO_FACTS,
        "signs": NO_LIST,
        "crisis_words": NO_LIST,
        **dict.fromkeys(("found_us", "page", "article", "button"), NOTHING),
    },
    "lead": {
        **dict.fromkeys(("found_us", "found_us_key", "looking_for", "line_from_you"), NOTHING),
        "quarantine_reasons": NO_LIST,
    },
    "merge": {"record": NO_FACTS},
    "message": {
        "subject": SUBJECT,
        "sent_subject": SUBJECT,
        **dict.fromkeys(("preview", "body", "sent_text"), LETTER),
    },
    "note": {"text": WORDS},
    "reply": {"text": WORDS},
}
"""What an assistant is shown in place of words: the sentence that says who sees them, or nothing."""

DIALECTS: Mapping[str, Mapping[str, str]] = {
    "postgresql": {
        "main": "",
        "me": "CAST(current_setting('crm.looks_as') AS integer)",
        "veil": "current_setting('crm.veil')",
        "json": "json",
    },
    "sqlite": {
        "main": "main.",
        "me": "(SELECT account_id FROM temp.looking)",
        "veil": "(SELECT veil FROM temp.looking)",
        "json": "text",
    },
}
"""How each database tells a view whose eyes they are, and what stands in place of words (`eyes`)."""


def view_of(table: sa.Table, sight: Sight, dialect: Dialect) -> str:
    """The statement that puts a view of one connection before the table, under the same name."""
    words, quote = DIALECTS[dialect.name], dialect.identifier_preparer.quote
    veiled = VEILED.get(table.name, {}) if sight is Sight.NO_WORDS else {}
    columns = (
        f"{veiled[column.name].format(column=quote(column.name), **words)} AS {quote(column.name)}"
        if column.name in veiled
        else quote(column.name)
        for column in table.columns
    )
    rows = SHOWN.get(table.name) or _unlisted(table)
    which = rows.to_a_clinician if sight is Sight.THEIR_OWN else rows.to_an_assistant
    name, place, where = quote(table.name), words["main"], which.format(**words)
    shown = f"SELECT {', '.join(columns)} FROM {place}{name} WHERE {where}"  # noqa: S608 - nothing of anybody else's
    return f"CREATE TEMP VIEW {name} AS {shown}"


def _unlisted(table: sa.Table) -> Rows:
    if "lead_id" in table.columns:
        return Rows(OF_OWN, NONE)
    return OF_THE_ACCOUNT if "account_id" in table.columns else KEPT_FROM_THEM
