"""What a list is called, and who sees it."""

from __future__ import annotations

from wtforms import Form, HiddenField, RadioField, StringField
from wtforms.validators import DataRequired, Length

from crm.rules.tags import NAME_LIMIT, tag_name
from crm.web.forms.picks import picks

MINE, EVERYONE = "mine", "everyone"


class NameForm(Form):
    """A name."""

    name = StringField(
        "Name",
        filters=[lambda typed: tag_name(typed or "")],
        validators=[
            DataRequired("Give it a name, such as “Waiting since last week”."),
            Length(max=NAME_LIMIT, message=f"That is long for a name. {NAME_LIMIT} letters are enough."),
        ],
    )


class ViewForm(NameForm):
    """A new one. `query`: the filters."""

    query = HiddenField()
    whose = RadioField(
        "Who sees it", choices=picks({MINE: "Only I", EVERYONE: "Everyone here"}), default=MINE
    )
