"""A place that is offered: what it is, with whom, to how many at once, and for how long."""

from __future__ import annotations

from wtforms import Form, HiddenField, IntegerField, SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, NumberRange

from crm.rules.waitlist import AT_MOST, FIRST_FEW, HOURS, HOURS_AT_MOST
from crm.web.forms.checks import one_line, row_id

WORDS_LIMIT = 200


class PlaceForm(Form):
    """`people`: whom the page showed, in their order. `again`: a place nobody took."""

    words = StringField(
        "What is it?",
        filters=[one_line(WORDS_LIMIT)],
        validators=[
            InputRequired("Say what the place is, as in “Tuesdays at 4 pm, from April”."),
            Length(max=WORDS_LIMIT, message="Keep it to 200 characters."),
        ],
    )
    clinician = SelectField("With", coerce=int)
    count = IntegerField(
        "How many to ask at once",
        default=FIRST_FEW,
        validators=[
            InputRequired("Say how many people to ask."),
            NumberRange(1, AT_MOST, f"Between one and {AT_MOST} people."),
        ],
    )
    hours = IntegerField(
        "Hours to say yes",
        default=HOURS,
        validators=[
            InputRequired("Say for how many hours it is kept."),
            NumberRange(1, HOURS_AT_MOST, "Between one hour and two weeks, which are 336."),
        ],
    )
    people = HiddenField()
    nonce = HiddenField()
    again = HiddenField()

    def offer(self, clinicians: dict[int, str]) -> None:
        """With whom the place may be."""
        self.clinician.choices = [SelectChoice(each, name) for each, name in clinicians.items()]

    @property
    def seen(self) -> tuple[int, ...]:
        """Whom the page showed; nobody, where somebody has made the list up."""
        given = map(row_id, (self.people.data or "").split(","))
        return tuple(each for each in given if each)

    @property
    def again_id(self) -> int | None:
        return row_id(self.again.data or "") or None
