"""The words of wishes in English and Spanish. Those that act name the mail, or stand alone."""

from __future__ import annotations

import re

_MAIL = r"(?:e-?mails?|mails?|messages?|messaging|newsletters?|correspondence|follow[- ]?ups?|reminders?|notes?|emailing|mailing)"
_CORREO = r"(?:correos?(?: electr[oó]nicos?)?|e-?mails?|mensajes?|mails?|recordatorios?)"

ALONE = re.compile(
    r"(?:please |pls |plz )?(?:stop|unsubscribe|un subscribe|remove|remove me|opt out|optout|stop it|stop this|stop now|unsubscribe me|take me off)(?: please| thanks| thank you| now| pls)*"
    r"|(?:por favor )?(?:baja|dar de baja|darme de baja|desuscribir|desuscribirme|cancelar suscripci[oó]n)(?: por favor| gracias| ya)*"
)
"""The whole of somebody's new words, in small letters and without signs."""

UNSUBSCRIBE_SUBJECT = re.compile(
    r"(?:re: ?)?(?:please )?(?:unsubscribe|un-subscribe|list-unsubscribe|opt[ -]?out|remove(?: me)?|stop|(?:darme de )?baja)(?: me)?(?: please)?\W{0,3}(?:from .{1,60}|[\w.-]{1,40})?",
    re.IGNORECASE,
)

_OBJECT = rf"(?: (?:me|us|to me|these|this|any|all|your|more|such|out|the|of|my inbox|anymore|any more|further|future|again|{_MAIL}))"
_LIST = rf"(?: (?:your|the|this|that|all|any|of|future|mailing|e-?mail|contact|distribution|marketing|address)){{0,4}} (?:lists?|database|system|records|contacts|files?|newsletter|{_MAIL}|communications?|here|this|it)\b"
_LISTA = r"(?: (?:la|su|esta|tu|sus|de|lista|correos?|contactos|base de datos|suscripci[oó]n)){1,6}"

COMMANDS = re.compile(
    rf"\b(?:(?:stop|quit|cease)(?: with)? (?:sending|emailing|e-mailing|mailing|messaging|contacting|writing(?: to)?|spamming|bothering){_OBJECT}{{1,8}}"
    rf"|(?:stop|quit|cease)(?: with| all| these| the| your| this| any| future| further){{1,4}} {_MAIL}"
    rf"|(?:do not|don't|dont|never|no longer|please not) (?:ever )?(?:send|email|e-mail|mail|contact|message|write(?: to)?) (?:me|us|to me){_OBJECT}{{0,6}}"
    rf"|(?:take|remove|delete|drop|strike) (?:me|us|my (?:name|address|e-?mail(?: address)?|contact|information|info|details)) (?:off|from|out of)(?:{_LIST}| ?$)"
    rf"|(?:take|remove) me off|remove me$|opt me out|unsubscribe me|unsubscribe (?:my (?:e-?mail|address)|from{_LIST})"
    rf"|(?:deje|dejen|dejad|deja|dejar|pare|paren) de (?:enviar(?:me|nos)|mandar(?:me|nos)|escribir(?:me|nos)|contactar(?:me|nos))(?: (?:m[aá]s|estos|esos|sus|{_CORREO})){{0,4}}"
    rf"|(?:deje|dejen|pare|paren) de (?:enviar|mandar)(?: (?:m[aá]s|estos|esos|sus|{_CORREO})){{1,4}}"
    rf"|no (?:me|nos) (?:env[ií]e[ns]?|mande[ns]?|escriba[ns]?|contacte[ns]?)(?: (?:m[aá]s|estos|esos|sus|{_CORREO})){{0,4}}"
    rf"|d[eé](?:n)?me de baja|(?:qu[ií]t|b[oó]rr|elim[ií]n|s[aá][cq]u?)[a-z]{{1,5}}me de{_LISTA})",
    re.IGNORECASE,
)
"""What tells us to stop writing. Before it only politeness may stand."""

WISHES_TO_STOP = re.compile(
    rf"\b(?:no (?:more|further|other) {_MAIL}|(?:do not|don't|dont|no longer|not)(?: (?:want|wish|need|care))?(?: to)?(?: (?:be|receive|get|hear|contacted|any|more|further|these|your|the|such|of)){{1,6}} (?:{_MAIL}|from you)"
    rf"|unsubscribe(?: (?:from|me|this|my)(?:{_LIST})?)?$|(?:be )?(?:removed|taken off|unsubscribed)(?: (?:from|off))?{_LIST}|be (?:unsubscribed|taken off|removed)$|opt out(?: (?:of|from){_LIST})?"
    rf"|no (?:quiero|deseo|quisiera)(?: recibir)?(?: (?:m[aá]s|de|estos|sus|esos)){{0,3}} {_CORREO}|no m[aá]s {_CORREO}|darme de baja|que (?:me (?:den|des|d[eé]) de baja|dejen de (?:mandarme|enviarme|escribirme)(?: {_CORREO})?)"
    r"|cancelar (?:mi|la) suscripci[oó]n)",
    re.IGNORECASE,
)
"""What says that somebody wants no more mail. Before it a wish may stand as well."""

_POLITE = (
    r"please|pls|plz|kindly|just|also|so|and|but|ok|okay|hi|hello|hey|dear|connor|dr|thanks|thank|you|for|writing|everything|sorry|really|now|again|can|could|would|will|i|we|ask|asking|am|i'm|you to|immediately|must|no(?= ?,)"
    r"|por|favor|hola|gracias|le|les|pido|pedimos|ya|but please|that|all|your|kindness|help|time|message|interest"
)
POLITENESS = re.compile(
    rf"(?:(?:{_POLITE}|i (?:want|need|would like|'d like) you to|i'd like you to|like you to|want you to)\W+){{0,12}}",
    re.IGNORECASE,
)
WISHING = re.compile(
    rf"(?:(?:{_POLITE}|i'd|want|wish|like|need|prefer|rather|would|to|do|very much|quiero|quisiera|deseo|me gustar[ií]a|necesito|yo)\W+){{0,14}}",
    re.IGNORECASE,
)

SPOILS = re.compile(
    r"\b(?:if|unless|until|before|would you mind|whether|or else|instead|except|rather than|other address|old address|new address|use this|si|hasta que|antes de|a menos que|en vez|excepto)\b"
    r"|\b(?:from|to|with|about|for|by) (?:him|her|them|my (?!inbox|e-?mail|mail|list)|his|their|someone|people|other|that (?!list)|every)|\ba (?:mi|el|ella|ellos) |\bde (?:mi|[eé]l|ella|ellos)\b",
    re.IGNORECASE,
)
"""Says that more is meant than plain “no more mail to me”: then the owner decides."""

LONGEST = 60
"""Words. Who writes more has more to say than that, and the owner reads it first."""

NOT_MEANT = re.compile(
    r"\?|mistake|accident|oops|sorry|did(?: not|n't) (?:mean|want)|\bstill\b|\bbut\b|instead|por error|sin querer|equivoc|\bpero\b|call me|keep",
    re.IGNORECASE,
)
"""Beside the word `unsubscribe` this says that more is meant than that."""

PERHAPS = re.compile(
    rf"\b(?:(?:remove|take|delete) (?:him|her|them|his|their|our) [\w ]{{0,20}}(?:off|from)|stop (?:sending|emailing|contacting|messaging|mailing) |stop (?:the|these|all|your) {_MAIL}|(?:do not|don't) (?:email|contact|write|message) |(?:deje|dejen) de |dar de baja|please stop|stop please|leave me alone|too many (?:e-?mails|messages)|unsubscribe|stop (?:it|this)|enough (?:already|with|of)|no more|(?:por favor )?(?:d[eé]jenme|d[eé]jeme) en paz|ya basta|demasiados correos)\b",
    re.IGNORECASE,
)

PROPOSALS = {
    "found_someone": re.compile(
        r"\b(?:(?:already |have |i've |i |we |just )?(?:found|chosen|picked|selected|started (?:with|seeing)|am seeing|i'm seeing|signed up with|went with|decided (?:to go |on going )?(?:with|on)|going with)"
        r" (?:an?other|a|someone|somebody|a different|a new|my|one|else|him|her|another)(?: (?:therapist|counsel\w+|psych\w+|person|someone|provider|practice|else|new|good|great|wonderful|local|one|closer|nearby|who|that)\b)+"
        r"|found (?:someone|somebody|help|a therapist)|started (?:seeing|with|working with|talking to) (?:someone|somebody|an?other|a (?:new |different )?(?:therap|counsel|psych))\w*|already have (?:a|an|my) (?:new )?(?:therapist|counselor|psych\w+)|(?:ya )?(?:encontr[eé]|tengo|he encontrado|encontramos) (?:a )?(?:otr[oa] ?|un[oa]? ?|alguien ?|una? ?)?(?:terapeuta|psic[oó]log[oa]|persona|alguien|consejer[oa])?)",
        re.IGNORECASE,
    ),
    "call_me": re.compile(
        r"\b(?:(?:please |can you |could you |would you |just )?(?:call|ring|phone|telephone) me\b|(?:give|giving) me a (?:call|ring)|(?:easier|better|prefer(?:ably)?|rather) (?:to |by |on the )?(?:talk|call|phone|speak)"
        r"|reach me (?:at|by phone|on)|my (?:cell|phone|number) is|(?:ll[aá]m[ae]me|me (?:puede|podr[ií]a) llamar|ll[aá]menme|puede llamarme|mi (?:n[uú]mero|tel[eé]fono|celular) es))",
        re.IGNORECASE,
    ),
    "later": re.compile(
        r"\b(?:(?:after|until after|once) (?:the )?(?:holidays?|new year'?s?|christmas|thanksgiving|summer|winter|spring|semester|finals|exams|vacation|my (?:trip|vacation|surgery|move|exams|wedding)|easter)"
        r"|(?:in|until|till|around|early|mid|late|sometime in|beginning of|end of|starting(?: in)?) (?:january|february|march|april|may|june|july|august|september|october|november|december)(?! \d{4} i)\b"
        r"|in (?:a|one|two|three|four|five|six|a few|a couple(?: of)?|\d) (?:weeks?|months?)(?: or so)?|(?:in|after) the new year|next (?:month|year|spring|summer|fall|autumn|winter|semester)"
        r"|(?:reach out|contact you|get back to you|write|be in touch|touch base|check back|circle back) (?:again )?(?:later|when|after|in|once|then|next)|not (?:right )?now but|maybe later|at a later (?:time|date)"
        r"|despu[eé]s de (?:las |la )?(?:fiestas|vacaciones|navidad|navidades|a[nñ]o nuevo|semana santa)|(?:en|hasta|a partir de) (?:enero|febrero|marzo|abril|mayo|junio|julio|agosto|septiembre|octubre|noviembre|diciembre)"
        r"|el (?:pr[oó]ximo (?:mes|a[nñ]o)|mes que viene|a[nñ]o que viene)|m[aá]s adelante|dentro de (?:un|dos|tres|unos|unas) (?:mes(?:es)?|semanas?))",
        re.IGNORECASE,
    ),
    "not_now": re.compile(
        r"\b(?:(?:don't|do not) (?:think|feel)(?: that)?(?: i'm| i am)? ready|not (?:a good time|the right time|ready(?: yet)?|right now|at this time|at the moment)|(?:can't|cannot|can not) (?:afford|do this right now)|need (?:some |more )?time|ahora no|no es (?:un )?buen momento|no estoy list[oa]|todav[ií]a no)\b",
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
