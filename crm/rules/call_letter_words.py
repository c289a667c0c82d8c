"""What emails about a call say, and its entry in a calendar, in each language.

A name in double braces or braces is a blank of a letter (crm/mail/pieces); in angle brackets < > stands what
is filled in here. Nothing in a subject says what kind of call it is.
"""

from __future__ import annotations

from dataclasses import dataclass

from crm.rules.sheets import FormLanguage


@dataclass(frozen=True)
class CallLetterWords:
    """One language."""

    hello: str
    bye: str
    why: str
    agreed_subject: str
    agreed: str
    easy: str
    moved_subject: str
    moved: str
    reminder_subject: str
    reminder: str
    way_out: str
    asked_subject: str
    asked: str
    not_fixed: str
    off_subject: str
    off: str
    another: str
    declined_subject: str
    declined: str
    these_times: str
    by_video: str
    by_video_at: str
    meet: str
    meet_at: str
    ring_me: str
    i_ring: str
    entry: str
    entry_way_out: str
    place_video: str
    place_phone: str


ENGLISH = CallLetterWords(
    hello="Hi {first name},",
    bye="Warmly,",
    why="You’re getting this because you have a call with <signer>.",
    agreed_subject="Our call: <brief>",
    agreed="We talk on {call date and time}.",
    easy="It takes about <minutes> minutes, costs nothing, and there is nothing to prepare.",
    moved_subject="Our call is now <brief>",
    moved="Our call has moved. We now talk on {call date and time}.",
    reminder_subject="A reminder: <brief>",
    reminder="A short reminder: we talk on {call date and time}.",
    way_out="If the time stops suiting you, move it or call it off on [the page of our call](<call>). "
    "No need to explain.",
    asked_subject="The time you’d like: <brief>",
    asked="You’d like to talk on {call date and time}.",
    not_fixed="It isn’t fixed yet: I’ll look at my calendar and tell you whether it works. "
    "To change it meanwhile, go to [the page of our call](<call>).",
    off_subject="Our call is off",
    off="Our call on {call date and time} is off.",
    another="If another time suits you, [choose one here](<times>) or answer this email. "
    "And if not, that’s a good answer too.",
    declined_subject="Another time for our call",
    declined="I can’t make {call date and time} after all, and I’d still like to talk.",
    these_times="These are the times I have: [choose another](<times>). Or answer this email.",
    by_video="We meet by video.",
    by_video_at="We meet by video: <place>",
    meet="We meet in person.",
    meet_at="We meet at <place>.",
    ring_me="Please ring me at <place>.",
    i_ring="I’ll ring you.",
    entry="Call with <clinician>",
    entry_way_out="Move it or call it off: <call>",
    place_video="Video call",
    place_phone="Phone",
)
SPANISH = CallLetterWords(
    hello='{{ first_name | default("Hola") }}:',
    bye="Cordialmente,",
    why="Recibe este mensaje porque tiene una llamada con <signer>.",
    agreed_subject="Hablamos: <brief>",
    agreed="Hablamos el {call date and time}.",
    easy="Dura unos <minutes> minutos, no cuesta nada y no hay nada que preparar.",
    moved_subject="Nueva hora: <brief>",
    moved="Nuestra llamada ha cambiado. Ahora hablamos el {call date and time}.",
    reminder_subject="Recordatorio: <brief>",
    reminder="Un breve recordatorio: hablamos el {call date and time}.",
    way_out="Si la hora deja de convenirle, cámbiela o cancélela en [la página de nuestra llamada](<call>). "
    "No hace falta explicar nada.",
    asked_subject="Su petición: <brief>",
    asked="Le gustaría hablar el {call date and time}.",
    not_fixed="Aún no está confirmado: miraré mi agenda y le diré si es posible. "
    "Para cambiarlo mientras tanto, vaya a [la página de nuestra llamada](<call>).",
    off_subject="Nuestra llamada queda cancelada",
    off="Nuestra llamada del {call date and time} queda cancelada.",
    another="Si le conviene otra hora, [elíjala aquí](<times>) o responda a este correo. "
    "Y si no, también es una buena respuesta.",
    declined_subject="Otra hora para nuestra llamada",
    declined="Al final no puedo el {call date and time}, y me gustaría que habláramos de todos modos.",
    these_times="Estas son las horas que tengo: [elija otra](<times>). O responda a este correo.",
    by_video="Nos vemos por video.",
    by_video_at="Nos vemos por video: <place>",
    meet="Nos vemos en persona.",
    meet_at="Nos vemos en <place>.",
    ring_me="Llámeme, por favor, al <place>.",
    i_ring="Yo le llamo.",
    entry="Llamada con <clinician>",
    entry_way_out="Para cambiarla o cancelarla: <call>",
    place_video="Videollamada",
    place_phone="Teléfono",
)
CALL_LETTERS = {FormLanguage.ENGLISH: ENGLISH, FormLanguage.SPANISH: SPANISH}
