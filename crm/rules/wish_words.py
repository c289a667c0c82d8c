"""The words of wishes in English and Spanish. Those that act name the mail, or stand alone."""

from __future__ import annotations

import re

_MAIL = r"(?:e-?mails?|mails?|messages?|messaging|newsletters?|correspondence|follow[- ]?ups?|reminders?|notes?|emailing|mailing)"
_CORREO = r"(?:correos?(?: electr[oó]nicos?)?|e-?mails?|mensajes?|mails?|recordatorios?)"

ALONE = re.compile(
    r"(?:please |pls |plz )?(?:stop|unsubscribe|un subscribe|remove|remove me|opt out|optout|cancel|stop it|stop this|stop now|stop please|unsubscribe me"
    r"|unsubscribe please|remove please|remove me please|no more|no more please|take me off|enough)(?: please| thanks| thank you| now)?"
    r"|(?:por favor )?(?:baja|alto|basta|parar|pare|paren|para|cancelar|dar de baja|darme de baja|desuscribir|desuscribirme|cancelar suscripci[oó]n|eliminar|no m[aá]s)(?: por favor| gracias| ya)?"
)
"""The whole of somebody's new words."""

UNSUBSCRIBE_SUBJECT = re.compile(
    r"(?:re: ?)?(?:please )?(?:unsubscribe|un-subscribe|list-unsubscribe|opt[ -]?out|remove(?: me)?|stop|(?:darme de )?baja)(?: me)?(?: please)?\W{0,3}(?:from .{1,60}|[\w.-]{1,40})?",
    re.IGNORECASE,
)

STOP_MAIL = re.compile(
    rf"\b(?:(?:stop|quit|cease) (?:sending|emailing|e-mailing|mailing|messaging|contacting|writing(?: to)?|spamming|bothering)(?: (?:me|us|to me|these|this|any|all|your|more|such|out|the|of|my inbox|anymore|{_MAIL}))*"
    rf"|stop (?:all |these |the |your |with the |this )+{_MAIL}"
    rf"|(?:do not|don't|dont|never|no longer|please not) (?:ever )?(?:send|email|e-mail|mail|contact|message|write(?: to)?) (?:me|us|to me)(?: (?:again|any ?more|any more|any|further|these|more|{_MAIL}|emails?))+"
    rf"|(?:do not|don't|dont) (?:email|e-mail|contact|mail|message) me\b"
    rf"|no (?:more|further|other) {_MAIL}|(?:do not|don't|dont|no longer) (?:want|wish|need|care)(?: to)? (?:(?:receive|get|to|any|more|further|these|your|the|such|of) ){{0,6}}{_MAIL}"
    rf"|(?:take|remove|delete|drop|strike) (?:me|my (?:name|address|e-?mail(?: address)?|contact|information|info)) (?:off|from|out of) (?:(?:your|the|this|that|all|any|of|future|mailing|e-?mail|contact|distribution|marketing) ){{0,4}}(?:lists?|database|system|records|contacts|files?|newsletter|{_MAIL}|communications?|this|it)\b"
    r"|(?:take|remove) me off[ ,.!]*(?:please|now|$)|^\W{0,3}(?:please )?remove me[ ,.!]*(?:please|now|immediately)?\W{0,3}$"
    rf"|(?:^|[.!?,;] |please |can you |could you |just )unsubscribe (?:me|my|this|from)\b|(?:please|want to|like to|wish to|need to) unsubscribe\b|opt (?:me )?out (?:of|from)\b|opt me out"
    r"|(?:want|like|wish) to (?:be (?:removed|taken off|unsubscribed)|opt out)|be (?:removed|taken off) (?:from )?(?:your|the|this) (?:mailing )?list"
    rf"|(?:deje|dejen|dejad|deja|dejar|pare|paren|para) de (?:enviar(?:me|nos)?|mandar(?:me|nos)?|escribir(?:me|nos)?|contactar(?:me)?)(?: (?:m[aá]s|estos|esos|{_CORREO}))*"
    rf"|no (?:me )?(?:env[ií]e[ns]?|mande[ns]?|escriba[ns]?|contacte[ns]?)(?: m[aá]s)?(?: {_CORREO}| estos {_CORREO})*(?: m[aá]s)?|no (?:quiero|deseo)(?: recibir)? (?:m[aá]s )?(?:(?:de )?(?:estos |sus |esos ))?{_CORREO}"
    rf"|no m[aá]s {_CORREO}|(?:dar(?:me)?|d[eé](?:n)?me|quiero darme) de baja|(?:quit|borr|elimin|sac|sáqu|bórr|quít)[a-zéíáe]*(?:me)? de (?:la|su|esta|tu|sus) lista"
    r"|cancel(?:ar|en|e) (?:mi|la) suscripci[oó]n)",
    re.IGNORECASE | re.MULTILINE,
)

SPOILS = re.compile(
    r"(?:don't|dont|do not|never|not|didn't|please don't|won't|wouldn't|can't|cannot|hope you (?:don't|never)) (?:ever )?(?:want you to |ask you to |mean (?:for you )?to )?(?:stop|quit|cease|unsubscribe|remove|take me off)\b"
    r"|\bif\b|\bunless\b|\buntil\b|\bbefore\b|\bwould you mind\b|\bor\b.{0,40}\?|no (?:deje|dejes|dejen|pare|paren)\b|\bsi (?:no|usted|ya)\b|\bhasta que\b"
    r"|\b(?:he|she|they|husband|wife|mother|mom|dad|father|ex|boss|people|everyone|someone|who)\b[^.!?\n]{0,60}\b(?:stop|quit|emailing|writing|contacting|send)",
    re.IGNORECASE,
)
"""Turns the words round, or makes them somebody else's: then the owner decides."""

NOT_MEANT = re.compile(
    r"\?|mistake|accident|oops|sorry|did(?: not|n't) (?:mean|want)|\bstill\b|\bbut\b|instead|por error|sin querer|equivoc|\bpero\b|call me|keep",
    re.IGNORECASE,
)
"""Beside the word `unsubscribe` this says that more is meant than that."""

PERHAPS = re.compile(
    r"\b(?:please stop|stop please|leave me alone|too many (?:e-?mails|messages)|unsubscribe|stop (?:it|this)|enough (?:already|with|of)|no more|(?:por favor )?(?:d[eé]jenme|d[eé]jeme) en paz|ya basta|demasiados correos)\b",
    re.IGNORECASE,
)

PROPOSALS = {
    "found_someone": re.compile(
        r"\b(?:(?:already |have |i've |i |we |just )?(?:found|chosen|picked|selected|started (?:with|seeing)|am seeing|i'm seeing|signed up with|went with|decided (?:to go |on going )?(?:with|on)|going with)"
        r" (?:an?other|a|someone|somebody|a different|a new|my|one|else|him|her|another)(?: (?:therapist|counsel\w+|psych\w+|person|someone|provider|practice|else|new|good|great|wonderful|local|one|closer|nearby|who|that)\b)+"
        r"|found (?:someone|somebody|help|a therapist)|(?:ya )?(?:encontr[eé]|tengo|he encontrado|encontramos) (?:a )?(?:otr[oa]|un[oa]?|alguien|una?) ?(?:terapeuta|psic[oó]log[oa]|persona|alguien|consejer[oa])?)",
        re.IGNORECASE,
    ),
    "call_me": re.compile(
        r"\b(?:(?:please |can you |could you |would you |just )?(?:call|ring|phone|telephone) me\b|give me a (?:call|ring)|(?:easier|better|prefer(?:ably)?|rather) (?:to |by |on the )?(?:talk|call|phone|speak)"
        r"|reach me (?:at|by phone|on)|my (?:cell|phone|number) is|(?:ll[aá]m[ae]me|me (?:puede|podr[ií]a) llamar|ll[aá]menme|puede llamarme|mi (?:n[uú]mero|tel[eé]fono|celular) es))",
        re.IGNORECASE,
    ),
    "later": re.compile(
        r"\b(?:(?:after|until after|once) (?:the )?(?:holidays?|new year'?s?|christmas|thanksgiving|summer|winter|spring|semester|finals|exams|vacation|my (?:trip|vacation|surgery|move|exams|wedding)|easter)"
        r"|(?:in|until|till|around|early|mid|late|sometime in|beginning of|end of|starting(?: in)?) (?:january|february|march|april|may|june|july|august|september|october|november|december)(?! \d{4} i)\b"
        r"|in (?:a|one|two|three|four|five|six|a few|a couple(?: of)?|\d) (?:weeks?|months?)(?: or so)?|next (?:month|year|spring|summer|fall|autumn|winter|semester)"
        r"|(?:reach out|contact you|get back to you|write|be in touch|touch base|check back|circle back) (?:again )?(?:later|when|after|in|once|then|next)|not (?:right )?now but|maybe later|at a later (?:time|date)"
        r"|despu[eé]s de (?:las |la )?(?:fiestas|vacaciones|navidad|navidades|a[nñ]o nuevo|semana santa)|(?:en|hasta|a partir de) (?:enero|febrero|marzo|abril|mayo|junio|julio|agosto|septiembre|octubre|noviembre|diciembre)"
        r"|el (?:pr[oó]ximo (?:mes|a[nñ]o)|mes que viene|a[nñ]o que viene)|m[aá]s adelante|dentro de (?:un|dos|tres|unos|unas) (?:mes(?:es)?|semanas?))",
        re.IGNORECASE,
    ),
    "not_now": re.compile(
        r"\b(?:not (?:a good time|the right time|ready(?: yet)?|right now|at this time|at the moment)|(?:can't|cannot|can not) (?:afford|do this right now)|need (?:some |more )?time|ahora no|no es (?:un )?buen momento|no estoy list[oa]|todav[ií]a no)\b",
        re.IGNORECASE,
    ),
    "no_interest": re.compile(
        r"\b(?:(?:no longer|not|isn't|am not|i'm not) (?:interested|looking|in need|needed)|(?:changed|change) my mind|don't need (?:this|it|therapy|help|a therapist)(?: any ?more)?|no thank(?:s| you)|ya no (?:me interesa|estoy interesad[oa]|lo necesito|necesito)|no me interesa|no,? gracias)\b",
        re.IGNORECASE,
    ),
    "wrong_person": re.compile(
        r"\b(?:wrong (?:person|address|e-?mail|number)|(?:never|didn't|did not) (?:contact|write|sign up|signed up|contacted|wrote|ask|fill|request)(?:ed)?\b[^.\n]{0,30}|don't know who you are|who is this|persona equivocada|no soy (?:yo|esa persona)|nunca (?:escrib[ií]|los contact[eé]|me (?:inscrib[ií]|registr[eé])))",
        re.IGNORECASE,
    ),
    "move_call": re.compile(
        r"\b(?:resched\w+|(?:move|change|push back|postpone|cancel) (?:our|my|the) (?:call|appointment|consultation|time|meeting|session)|(?:can't|cannot|won't be able to) make (?:it|our|the)|reprogramar|cambiar (?:la|mi|nuestra) (?:cita|llamada|hora)|cancelar (?:la|mi) (?:cita|llamada))",
        re.IGNORECASE,
    ),
}
