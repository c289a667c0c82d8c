"""What the owner chooses for many people at once."""

from __future__ import annotations

from wtforms import Form, RadioField, StringField
from wtforms.validators import DataRequired, InputRequired, Length, ValidationError

from crm.rules.stages import CLOSE_WORDS, SCREEN_WORDS, CloseReason, Stage
from crm.rules.tags import NAME_LIMIT, tag_name
from crm.rules.telling import opening
from crm.web.forms.picks import picks

ADD, REMOVE = "add", "remove"
MOVES = {stage: words for stage, words in SCREEN_WORDS.items() if stage is not Stage.CONSULT_BOOKED}
"""A call is agreed with one person at a time. A referral of many takes no letter along."""


class MoveForm(Form):
    """Where to; and why, where they are closed."""

    stage = RadioField("Move to", choices=picks(MOVES), validators=[InputRequired("Choose a stage.")])
    reason = RadioField(
        "If you close them, why?",
        choices=picks({reason: opening(words) for reason, words in CLOSE_WORDS.items()}),
        validate_choice=False,
    )

    def validate_reason(self, field: RadioField) -> None:
        if self.stage.data == Stage.CLOSED and field.data not in {*CloseReason}:
            raise ValidationError("Choose a reason. Reports count them.")


class TagForm(Form):
    """Which tag, and whether it is put on or taken off."""

    name = StringField(
        "Tag",
        filters=[lambda typed: tag_name(typed or "")],
        validators=[
            DataRequired("Write a tag, such as “evenings only”."),
            Length(max=NAME_LIMIT, message=f"That is long for a tag. {NAME_LIMIT} letters are enough."),
        ],
    )
    do = RadioField("What to do", choices=picks({ADD: "Put it on", REMOVE: "Take it off"}), default=ADD)


class StartForm(Form):
    """Which sequence."""

    sequence = RadioField("Follow-ups", coerce=int, validators=[InputRequired("Choose what to start.")])


class AssignForm(Form):
    """Whose they are from now on. 0 is nobody in particular."""

    account = RadioField("With", coerce=int, validators=[InputRequired("Choose who.")])
