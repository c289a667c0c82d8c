"""`crm render`: what becomes of a text with these values in its blanks, or what is wrong with it."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from crm.mail.letters import Blanks
    from crm.rules.wording import Wording

SHAPE = (
    'On stdin stands {"template": TEXT, "values": {NAME: TEXT}}; '
    'in the place of TEXT a template may be {"subject": TEXT, "preview": TEXT, "body": TEXT}.'
)
PARTS = ("subject", "preview", "body")


class Misread(ValueError):  # noqa: N818 - what was told is wrong, not the program
    """What stood on stdin is no template with its values; the message says what would be."""


def render(told: str) -> int:
    """Fill the template on stdin with the values beside it, as JSON; where that fails, say why."""
    from crm.mail.language import BrokenText  # noqa: PLC0415 - a verb loads what it needs
    from crm.mail.letters import Frame, letter  # noqa: PLC0415 - the same

    try:
        wording, blanks = _read(told)
        filled = letter(wording).fill(blanks, Frame())
    except Misread as trouble:
        return _problems([{"where": "stdin", "message": str(trouble)}])
    except BrokenText as trouble:
        return _problems([asdict(problem) for problem in trouble.problems])
    print(json.dumps(filled._asdict()))
    return 0


def _problems(found: list[dict[str, str]]) -> int:
    print(json.dumps({"problems": found}))
    return 2


def _read(told: str) -> tuple[Wording, Blanks]:
    """Raises Misread."""
    try:
        asked: Any = json.loads(told)
    except (ValueError, RecursionError):
        raise Misread(f"This is no JSON. {SHAPE}") from None
    if not isinstance(asked, dict) or "template" not in asked:
        raise Misread(SHAPE)
    return _wording(asked["template"]), _blanks(asked.get("values", {}))


def _wording(template: object) -> Wording:
    from crm.rules.wording import Wording  # noqa: PLC0415 - a verb loads what it needs

    parts = {"body": template} if isinstance(template, str) else template
    if not isinstance(parts, dict) or not set(parts) <= set(PARTS) or not _are_texts(parts):
        raise Misread(f"The template is neither a text nor its parts. {SHAPE}")
    return Wording(*(parts.get(name, "") for name in PARTS))


def _blanks(values: object) -> Blanks:
    """By the name that stands on screen, or by the field's: `first name`, `first_name`."""
    from crm.mail.letters import Blanks  # noqa: PLC0415 - a verb loads what it needs
    from crm.mail.pieces import FIELDS, no_such_blank  # noqa: PLC0415 - the same

    if not isinstance(values, dict) or not _are_texts(values):
        raise Misread(f"The values are texts by name. {SHAPE}")
    fields = {str(name): FIELDS.get(str(name), str(name)) for name in values}
    for name, field in fields.items():
        if field not in FIELDS.values():
            raise Misread(no_such_blank(name, frozenset(FIELDS)))
    return Blanks(**{field: values[name] for name, field in fields.items()})


def _are_texts(named: dict[Any, Any]) -> bool:
    return all(isinstance(value, str) for value in named.values())
