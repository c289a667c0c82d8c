"""The forms a practice can begin with. Written for this product; the first is the one it starts with."""

from __future__ import annotations

from dataclasses import dataclass, replace

from crm.rules.sheet_words import BY_WHEN, WORDS
from crm.rules.sheets import Ask, Consent, FormLanguage, Manner, Question, Sheet

FREE_TIMES = ("Mornings", "Midday", "Late afternoon", "Evenings")
FOUND_US = (
    "An article on this site",
    "A search",
    "Psychology Today",
    "A friend or family member",
    "A colleague’s referral",
    "Somewhere else",
)
FIRST = "consultation"
"""The name in the address of the form that every practice has."""


def consent_in(language: FormLanguage) -> Consent:
    words = WORDS[language]
    return Consent(Manner.AS_PRACTICE, words.notice, words.box, words.personal_only)


READY = {
    "name": Question("name", Ask.NAME, "Your name", "Whatever you like to be called.", required=True),
    "email": Question("email", Ask.EMAIL, "Email"),
    "phone": Question("phone", Ask.PHONE, "Phone"),
    "free_times": Question("free_times", Ask.FREE_TIMES, "When are you usually free?", choices=FREE_TIMES),
    "message": Question(
        "message",
        Ask.MESSAGE,
        "What brings you here?",
        "Only I read this. Leave out anything you’d rather say aloud.",
    ),
    "found_us": Question("found_us", Ask.FOUND_US, "How did you find me?", choices=FOUND_US),
    "reach": Question(
        "q1", Ask.ONE, "How shall I reach you?", choices=("By email", "By phone", "By text message")
    ),
    "whom": Question(
        "q1",
        Ask.ONE,
        "Who is this for?",
        choices=("For me", "For us as a couple", "For my child", "For someone else"),
    ),
    "short": Question("q1", Ask.SHORT, "A short question"),
    "long": Question("q1", Ask.LONG, "A question with room for a longer answer"),
    "one": Question("q1", Ask.ONE, "Choose one", choices=("This", "That")),
    "several": Question("q1", Ask.SEVERAL, "Choose any that fit", choices=("This", "That")),
    "yes_no": Question("q1", Ask.YES_NO, "Yes or no?"),
}
"""What can be added, ready to be changed."""

CONSULTATION = Sheet(
    questions=tuple(READY[each] for each in ("name", "email", "phone", "free_times", "message", "found_us")),
    headline="Schedule a call",
    opening="Fifteen minutes, free, by phone or video. It isn’t a session and there is nothing to prepare. "
    "It’s a way to find out how it feels to talk with me.",
    thanks="Thank you.",
    thanks_words=f"Your note is with me. I’ll answer you myself {BY_WHEN}.",
    consent=consent_in(FormLanguage.ENGLISH),
)
SHORT = replace(
    CONSULTATION,
    questions=(READY["name"], READY["email"], READY["phone"], READY["message"]),
    headline="Write to me",
    opening="A few words are enough. You don’t have to explain everything, and nothing here commits you.",
)
COUPLES = replace(
    CONSULTATION,
    questions=(
        READY["name"],
        replace(READY["short"], label="Your partner’s name", help="A first name is enough."),
        READY["email"],
        READY["phone"],
        Question("q2", Ask.YES_NO, "Does your partner know that you’re writing?"),
        READY["free_times"],
        replace(
            READY["message"],
            label="What would you like to be different between you?",
            help="Only I read this. You needn’t agree about it.",
        ),
    ),
    headline="A call for the two of you",
    opening="Fifteen minutes, free, together or one of you first. It’s a way to find out "
    "whether the three of us could work with each other.",
)
WAITING_LIST = replace(
    CONSULTATION,
    questions=(
        READY["name"],
        READY["email"],
        READY["phone"],
        replace(READY["whom"], key="q1"),
        Question("q2", Ask.SEVERAL, "When could you come?", choices=FREE_TIMES),
        Question("q3", Ask.YES_NO, "Shall I tell you of a colleague who has room sooner?"),
        READY["message"],
    ),
    headline="The waiting list",
    opening="I have no room right now. Leave a way to reach you and I’ll write when I do, "
    "or tell you of somebody I trust.",
    thanks_words=f"You’re on my list. I’ll write to you myself {BY_WHEN}, to say how long it may take.",
)
IN_SPANISH = Sheet(
    questions=(
        Question("name", Ask.NAME, "Su nombre", "Como prefiera que le llame.", required=True),
        Question("email", Ask.EMAIL, "Correo electrónico"),
        Question("phone", Ask.PHONE, "Teléfono"),
        Question(
            "free_times",
            Ask.FREE_TIMES,
            "¿Cuándo suele tener tiempo?",
            choices=("Por la mañana", "A mediodía", "Por la tarde", "Por la noche"),
        ),
        Question(
            "message",
            Ask.MESSAGE,
            "¿Qué le trae por aquí?",
            "Solo yo leo esto. Deje fuera lo que prefiera decir de viva voz.",
        ),
    ),
    headline="Hablemos",
    opening="Quince minutos, sin costo, por teléfono o por video. No es una sesión y no hay nada "
    "que preparar. Es una manera de saber cómo se siente hablar conmigo.",
    thanks="Gracias.",
    thanks_words=f"Su mensaje está conmigo. Le responderé personalmente {BY_WHEN}.",
    consent=consent_in(FormLanguage.SPANISH),
    language=FormLanguage.SPANISH,
)


@dataclass(frozen=True)
class Kind:
    """A form to start from. `slug` is proposed for its address."""

    name: str
    slug: str
    sheet: Sheet


KINDS = {
    "consultation": Kind("A free consultation", "call", CONSULTATION),
    "short": Kind("A few words", "write", SHORT),
    "couples": Kind("Couples", "couples", COUPLES),
    "waiting_list": Kind("A waiting list", "waiting-list", WAITING_LIST),
    "spanish": Kind("En español", "hablemos", IN_SPANISH),
}
