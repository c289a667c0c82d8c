"""What a form says by itself, in each language: hints, what is missing, what happens then."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from crm.rules.day_words import DAYS
from crm.rules.promises import EVENING, NOON, SCREEN_WORDS, Promise, by_when_in_words
from crm.rules.sheets import Ask, FormLanguage, Question, Sheet

if TYPE_CHECKING:
    from datetime import datetime

    from crm.rules.windows import SendingWindow

BY_WHEN = "{by when}"
"""In thank-you words it becomes "by Wednesday afternoon"."""


@dataclass(frozen=True)
class FormWords:
    """One language. A name in braces is filled in."""

    optional: str
    rather_called: str
    a_sentence: str
    send_to: str
    send: str
    leave_empty: str
    many: str
    then_title: str
    then: tuple[str, str, str]
    email_on_its_way: str
    yes: str
    no: str
    need_name: str
    need_any: str
    need_email: str
    need_phone: str
    need_answer: str
    no_such_domain: str
    bad_email: str
    bad_phone: str
    long_name: str
    long_message: str
    long_answer: str
    notice: str
    box: str
    personal_only: str
    promises: dict[Promise, str]

    def sending_to(self, signer: str) -> str:
        """Send to Connor, on the button."""
        return self.send_to.format(signer=signer) if signer else self.send


ENGLISH = FormWords(
    optional="optional",
    rather_called="if you’d rather be called",
    a_sentence="optional, a sentence is plenty",
    send_to="Send to {signer}",
    send="Send",
    leave_empty="Leave this empty",
    many="Many notes came from your network just now. Wait a minute, then send yours again. "
    "Everything you typed is still here.",
    then_title="What happens then",
    then=(
        "I read your note myself.",
        "You hear from me within {promise}.",
        "We talk for fifteen minutes. If I’m not the right person, I’ll help you find someone who is.",
    ),
    email_on_its_way="If you left an email address, a short email is on its way so you know it arrived.",
    yes="Yes",
    no="No",
    need_name="What should I call you? A first name is enough.",
    need_any="How can I reach you? An email address or a phone number is enough.",
    need_email="How can I reach you? An email address is enough.",
    need_phone="How can I reach you? A phone number is enough.",
    need_answer="This one is needed. A few words are enough.",
    no_such_domain="There is no “{wrong}”. Did you mean {meant}?",
    bad_email="That address looks unfinished. It should read like name@example.com.",
    bad_phone="That number looks unfinished. With its area code it reads like (213) 555-0148.",
    long_name="That is longer than a name can be here. A short form is fine.",
    long_message="That is longer than I can take in one note. The first pages are plenty.",
    long_answer="That is longer than I can take here. Up to {limit} characters fit.",
    notice="If we lose touch, I may send up to three more notes. Each has a link to stop.",
    box="If we lose touch, you may send me up to three more notes. Each has a link to stop.",
    personal_only="Only answer me yourself, please",
    promises=SCREEN_WORDS,
)
SPANISH = FormWords(
    optional="opcional",
    rather_called="si prefiere que le llame",
    a_sentence="opcional, con una frase basta",
    send_to="Enviar a {signer}",
    send="Enviar",
    leave_empty="Deje esto vacío",
    many="Acaban de llegar muchos mensajes desde su red. Espere un minuto y envíe el suyo de nuevo. "
    "Todo lo que escribió sigue aquí.",
    then_title="Qué pasa después",
    then=(
        "Leo su mensaje personalmente.",
        "Le respondo en un plazo de {promise}.",
        "Hablamos quince minutos. Si no soy la persona adecuada, le ayudo a encontrar a quien lo sea.",
    ),
    email_on_its_way="Si dejó un correo electrónico, recibirá un mensaje breve para que sepa que llegó.",
    yes="Sí",
    no="No",
    need_name="¿Cómo quiere que le llame? Basta con su nombre.",
    need_any="¿Cómo puedo responderle? Basta con un correo electrónico o un teléfono.",
    need_email="¿Cómo puedo responderle? Basta con un correo electrónico.",
    need_phone="¿Cómo puedo responderle? Basta con un teléfono.",
    need_answer="Esta respuesta hace falta. Bastan unas palabras.",
    no_such_domain="No existe “{wrong}”. ¿Quiso decir {meant}?",
    bad_email="Parece que a esa dirección le falta algo. Debe leerse como nombre@ejemplo.com.",
    bad_phone="Parece que a ese número le falta algo. Con su código de área se lee como (213) 555-0148.",
    long_name="Es más largo de lo que cabe aquí. Una forma corta está bien.",
    long_message="Es más largo de lo que puedo recibir en un mensaje. Las primeras páginas bastan.",
    long_answer="Es más largo de lo que cabe aquí. Caben hasta {limit} caracteres.",
    notice="Si perdemos el contacto, puedo enviarle hasta tres mensajes más. Cada uno trae un enlace para no "
    "recibir otros.",
    box="Si perdemos el contacto, puede enviarme hasta tres mensajes más. Cada uno trae un enlace para no "
    "recibir otros.",
    personal_only="Por favor, respóndame solo personalmente",
    promises={
        Promise.SAME_DAY: "el mismo día hábil",
        Promise.ONE_BUSINESS_DAY: "un día hábil",
        Promise.TWO_BUSINESS_DAYS: "dos días hábiles",
        Promise.THREE_BUSINESS_DAYS: "tres días hábiles",
    },
)
WORDS = {FormLanguage.ENGLISH: ENGLISH, FormLanguage.SPANISH: SPANISH}


def words_of(sheet: Sheet) -> FormWords:
    return WORDS[sheet.language]


def aside(sheet: Sheet, question: Question) -> str:
    """What stands beside a label: that it may be left empty, and how little is enough."""
    words = words_of(sheet)
    if sheet.needs(question) or question.ask in (Ask.EMAIL, Ask.FREE_TIMES):
        return ""
    asides = {Ask.PHONE: words.rather_called, Ask.MESSAGE: words.a_sentence}
    return asides.get(question.ask, words.optional)


def button_words(sheet: Sheet, signer: str) -> str:
    """The owner's own, else to whom it goes."""
    words = words_of(sheet)
    return sheet.button or words.sending_to(signer)


def thanks_words(sheet: Sheet, by: datetime, window: SendingWindow) -> str:
    """The owner's, with the day he promised in the form's language; never a clock."""
    return sheet.thanks_words.replace(BY_WHEN, _by_when(sheet.language, by, window))


def _by_when(language: FormLanguage, by: datetime, window: SendingWindow) -> str:
    if language is FormLanguage.ENGLISH:
        return f"by {by_when_in_words(by, window)}"
    local = by.astimezone(window.zone)
    part = "al mediodía" if local.time() < NOON else "por la tarde"
    part = "a última hora de la tarde" if local.time() >= EVENING else part
    return f"a más tardar el {DAYS[local.weekday()]} {part}"
