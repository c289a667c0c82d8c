"""What notes of absence and of receipt are made of, in the languages that are written to us most."""

from __future__ import annotations

import re
from types import MappingProxyType

_SIGNS = {
    "thanks": (
        r"thank(?:s| you)(?: so much| very much)? for (?:your |this )?(?:e-?mail|message|note|inquiry|enquiry|contacting|reaching out|getting in touch|writing|sending)"
        r"|(?:muchas )?gracias por (?:su|tu|el|contact|escrib|comunic)|dank für (?:ihre|deine|die)|merci (?:de|pour) (?:votre|ton|m.avoir)|obrigad[oa] (?:por|pel)|grazie per (?:il|la|avermi|avere)|(?:be)?dankt? voor (?:uw|je)"
    ),
    "away": (
        r"(?:out of|away from|not in|outside) (?:the |my |our )?(?:office|clinic)|on (?:annual |maternity |paternity |parental |medical |sick |family )?(?:leave|vacation|holiday|pto)|away from (?:my|the) (?:desk|e-?mail|computer)|(?:am|be|is|are) (?:currently |presently )?(?:away|unavailable|travell?ing)(?! for)|office (?:is|will be) closed"
        r"|fuera de (?:la |mi |nuestra )?oficina|de vacaciones|por vacaciones|no (?:estar[eé]|estoy|me encuentro) (?:disponible|en la oficina)|(?:estar[eé]|estoy) (?:ausente|fuera|de (?:baja|permiso|viaje))|oficina (?:est[aá]|estar[aá]) cerrada"
        r"|nicht (?:im|in) (?:b(?:ü|ue)ro|hause?|der praxis)|im urlaub|in elternzeit|außer haus|(?:bin|ist) [^.\n]{0,60}(?:abwesend|nicht [^.\n]{0,40}erreichbar)|(?:absente?|en congés?|hors|en vacances|en déplacement|pas) (?:du |au |de )?(?:bureau|cabinet)?(?=[ ,.]|$)"
        r"|(?:fora d|não estou n)o escrit[oó]rio|de f[eé]rias|estou ausente|fuori (?:sede|ufficio)|in ferie|sono assente|(?:niet|afwezig) (?:op|van) (?:kantoor|het werk)|met vakantie|op vakantie|afwezig|på semester|på ferie|lomalla"
    ),
    "return": (
        r"\breturn(?:ing)?\b|(?:be|am|are|i.m) back\b|\b(?:un)?til\b|\bthrough\b|reopen|regres|hasta (?:el|la)|vuelta|vuelvo|volver[eé]|reincorpor|a partir del|desde el \d"
        r"|\bbis\b|zur(?:ü|ue)ck|r(?:ü|ue)ckkehr|wieder (?:im|für|erreichbar|da|zur)|ab dem|jusqu.(?:au|en|à)|de retour|à mon retour|\bdu \d{1,2}(?:er)?[^.\n]{1,20} au \d|at[eé] (?:o dia|dia|ao|\d)|retorn|fino al|rientro|torner[oò]|\btot\b|terug|\btill\b|tilbage|tillbaka"
    ),
    "no access": (
        r"(?:limited|no|intermittent|sporadic|without|little) access|not (?:be )?(?:checking|monitoring|reading|able to (?:check|respond|reply|read))|unable to (?:respond|reply|check|read)|(?:slower|delayed?) (?:to respond|in responding|response)"
        r"|acceso (?:\w+ ){0,4}limitado|sin acceso|no (?:tendr[eé]|tengo) acceso|kein(?:en|erlei)? zugriff|nicht (?:gelesen|bearbeitet|weitergeleitet)|accès limité|pas accès|sans accès|acesso limitado|sem acesso|accesso limitato|beperkt(?:e)? toegang|geen toegang"
    ),
    "instead": (
        r"urgent|time-sensitive|emergency|(?:can|will|is happy to) (?:gladly )?(?:help|assist) you|immediate (?:assistance|attention|help|need)|in my absence|please (?:contact|call|e-?mail|reach out to|write to) (?!me\b)"
        r"|urgente|urgencia|emergencia|en mi ausencia|durante mi ausencia|dringend|wenden sie sich|kontaktieren sie|vertretung|urgence|contacter (?!moi)|vous pouvez (?:joindre|contacter)|urg[eê]ncia|contact[ae]r (?:a|o|com|il|la)|neem (?:dan )?contact op|spoed"
    ),
    "later": (
        r"will (?:\w+ ){0,3}(?:respond|reply|get back|answer|return your|be in touch|read your|follow up)|(?:respond|reply) (?:to your|to you|upon|when|as soon)|get back to you|responder[eé]|contestar|le atender|antworte|melde mich|beantworte|répondrai|reviendrai vers|traiterai|respond[eo]rei|rispond?er[oò]|beantwoord|svarar|svarer"
    ),
    "received": (
        r"(?:have|has been|was|is) (?:successfully )?received|received your (?:e-?mail|message|request|inquiry|enquiry|note)|(?:one|a member|someone) (?:of|from) our (?:team|staff)|within (?:the next )?(?:\w+ )?(?:\d+|one|two|three|few)(?: ?[-–to]+ ?\d+)? (?:business |working )?(?:hours|days)|(?:business|office|opening) (?:hours|days)|response time|as soon as (?:possible|we can|i can)"
        r"|hemos recibido|recibimos su|horas? h[aá]biles?|d[ií]as? h[aá]biles|horario de (?:oficina|atenci[oó]n)|lo antes posible|(?:ist bei uns|haben [^.\n]{0,40}) (?:eingegangen|erhalten)|so (?:bald|schnell) wie möglich|bien reçu|dans les (?:plus brefs|meilleurs) délais|recebemos (?:sua|seu|a sua|o seu)|abbiamo ricevuto|hebben uw|zo spoedig mogelijk"
    ),
}
SIGNS = MappingProxyType(
    {name: re.compile(rf"(?<!\w)(?:{words})", re.IGNORECASE) for name, words in _SIGNS.items()}
)
"""A person says one or two of these, a program three and nothing else, or four."""

CLAUSES = re.compile(
    r"[.!;:\n…]+(?=\s|$)|,\s|\n|\s(?:and|or|but|y|o|pero|und|oder|aber|et|ou|mais|e|ma|en|maar|och|og)\s",
    re.IGNORECASE,
)

FILLER = re.compile(
    r"(?:hi|hello|dear|good (?:morning|afternoon|day)|greetings|hola|buen[oa]s? (?:d[ií]as?|tardes)|estimad[oa]s?|apreciad[oa]|hallo|guten tag|sehr geehrte[rs]?|liebe[rs]?|bonjour|madame|monsieur|ol[aá]|prezad[oa]|buongiorno|salve|gentile|beste|geachte|hej|hei)(?:\W+\w+){0,4}"
    r"|(?:kind(?:est)?|best|warm(?:est)?|many)?\W*(?:regards|wishes|thanks|sincerely|cheers|best|thank you|yours(?: \w+)?)(?:\W+(?:for your (?:patience|understanding)|in advance|again|so much|very much))?|have a (?:\w+ ){1,2}(?:day|week|weekend)"
    r"|(?:un |muchos )?(?:cordial(?:es)? )?saludos?(?: cordial(?:es)?)?|atentamente|(?:muchas )?gracias(?: por (?:su|tu) (?:comprensi[oó]n|paciencia))?|(?:mit )?(?:freundlichen|besten|vielen?|herzlichen?) (?:grüßen?|dank)|lg|mfg|cordialement|bien (?:à vous|cordialement)|merci(?: de votre compréhension)?|att(?:enciosamente)?|obrigad[oa]|cordiali saluti|distinti saluti|grazie|met vriendelijke groet(?:en)?|groet(?:en)?"
    r"|sorry for (?:any|the) inconvenience|(?:i )?look(?:ing)? forward to (?:\w+ ?){1,4}",
    re.IGNORECASE,
)
"""Greetings, thanks and farewells: they say neither the one nor the other."""

ANSWERS = re.compile(
    r"\b(?:yes|yeah|yep|no|nope|ok|okay|sure|please|monday|tuesday|wednesday|thursday|friday|saturday|sunday|sí|si|claro|vale|lunes|martes|miércoles|jueves|viernes|ja|nein|gern\w*|oui|non|sim|não)\b",
    re.IGNORECASE,
)
"""A short piece with one of these is an answer, and no name."""

_MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|ene|abr|ago|dic|mär|mai|okt|dez|fév|avr|juin|juil|août|déc)\w*"
A_DATE = re.compile(
    rf"(?:\w+ )?(?:{_MONTH}\.? \d{{1,2}}(?:st|nd|rd|th)?|(?:the )?\d{{1,2}}(?:st|nd|rd|th|\.)?(?: of| de)? {_MONTH}|\d{{1,2}}[./-]\d{{1,2}}(?:[./-]\d{{2,4}})?)(?:,? \d{{4}})?|\d{{4}}",
    re.IGNORECASE,
)
"""The day behind a weekday and a comma, and the year behind that."""
