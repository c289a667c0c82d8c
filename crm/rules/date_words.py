"""How people who are away write a day, in English, Spanish, German, French and their neighbours."""

from __future__ import annotations

import re

MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "january jan enero ene januar jänner janvier janv janeiro gennaio januari januar",
            "february feb febrero februar février févr fevr fevrier fevereiro fev febbraio februari",
            "march mar marzo märz mrz maerz mars março marco maart",
            "april apr abril abr avril avr aprile",
            "may mayo mai maio maggio mei maj",
            "june jun junio juni juin junho giugno giu",
            "july jul julio juli juillet juil julho luglio lug",
            "august aug agosto ago août aout augustus augusti",
            "september sept sep septiembre setiembre septembre setembro settembre set",
            "october oct octubre oktober okt octobre outubro ottobre ott out",
            "november nov noviembre novembre novembro",
            "december dec diciembre dic dezember dez décembre déc dezembro dicembre decembre",
        ),
        start=1,
    )
    for name in names.split()
}
WEEKDAYS = {
    name: number
    for number, names in enumerate(
        (
            "monday lunes montag lundi segunda lunedì maandag",
            "tuesday tues martes dienstag mardi terça martedì dinsdag",
            "wednesday miércoles miercoles mittwoch mercredi quarta mercoledì woensdag",
            "thursday thurs jueves donnerstag jeudi quinta giovedì donderdag",
            "friday viernes freitag vendredi sexta venerdì vrijdag",
            "saturday sábado sabado samstag sonnabend samedi sabato zaterdag",
            "sunday domingo sonntag dimanche domenica zondag",
        )
    )
    for name in names.split()
}
NUMBERS = {"one": 1, "two": 2, "three": 3, "four": 4, "a": 1, "an": 1, "una": 1, "un": 1, "dos": 2, "tres": 3,
           "einer": 1, "zwei": 2, "drei": 3, "une": 1, "deux": 2, "trois": 3}  # fmt: skip

_MONTH = "|".join(sorted(MONTHS, key=len, reverse=True))
_DAY = "|".join(sorted(WEEKDAYS, key=len, reverse=True))
_FILLER = rf"(?:(?:{_DAY})[,.]? |the |el |día |dem |den |der |le |l.|on |am |du |o |de |,? ?){{0,4}}"
DATES = re.compile(
    rf"(?P<iso>(?P<iy>20\d\d)-(?P<im>\d\d?)-(?P<id>\d\d?))"
    rf"|(?P<d1>\d{{1,2}})(?:st|nd|rd|th|er|º|ª|\.)?(?: of| de| d.)? ?(?P<m1>{_MONTH})\b\.?(?:,? (?:de |del )?(?P<y1>20\d\d))?"
    rf"|\b(?P<m2>{_MONTH})\.? (?:the )?(?P<d2>\d{{1,2}})(?:st|nd|rd|th)?\b(?:,? (?P<y2>20\d\d))?"
    rf"|(?:the|el|am) (?P<d3>\d{{1,2}})(?:st|nd|rd|th)\b"
    rf"|(?P<n1>\d{{1,2}})(?P<sep>[./-])(?P<n2>\d{{1,2}})(?:[./-](?P<ny>\d{{4}}|\d\d))?(?!\d)",
    re.IGNORECASE,
)
BACK = re.compile(
    r"(?:back|return(?:ing)?|available again|reachable again|in the office again|resume|reopen(?:s|ing)?|regres\w*|vuelvo|volver[eé]|vuelta|de nuevo|reincorpor\w*"
    r"|zurück|wieder|\bab(?: dem| den)?\b|retour|rentr\w*|reviens|reviendrai|de volta|retorno|rientr\w*|torn\w*|terug|tillbaka|tilbage)",
    re.IGNORECASE,
)
UNTIL = re.compile(
    r"(?:\buntil\b|\btill?\b|\bthrough\b|\bthru\b|\bto\b|hasta|\bal\b|\bbis\b|jusqu.(?:au|à|en|aux)?|\bau\b|\baté\b|fino (?:al|a)|\btot\b|\bt/m\b|[-–—])",
    re.IGNORECASE,
)
RELATIVE_DAY = re.compile(
    rf"(?:next|this coming|coming|próximo|kommenden|nächsten|on|el|am|this|le)? ?(?:week )?\b(?P<day>{_DAY})\b(?: next| prochain| que viene)?",
    re.IGNORECASE,
)
IN_SOME_TIME = re.compile(
    r"\b(?:in|for|en|dentro de|durante|dans|für|pendant) (?:the next |about |etwa |unos |environ )?(?P<n>\d{1,2}|a|an|one|two|three|four|una|un|dos|tres|einer|zwei|drei|une|deux|trois)"
    r" (?P<unit>days?|weeks?|días?|dias?|semanas?|tagen?|wochen?|jours?|semaines?)\b",
    re.IGNORECASE,
)

SENTENCE_END = re.compile(r"(?<!\d)[.!?] (?=[A-ZÄÖÜÉ¡¿])")

BEFORE_BACK = re.compile(
    r"\b(?:am|ab|vom|on|el|le|il|på|den|from|ab dem)((?: [\w.,/-]{1,12}){1,4}) (?:ich )?$", re.IGNORECASE
)
"""`am 9. November wieder`: in German the day comes first."""
