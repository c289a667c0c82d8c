"""Who hands on inquiries by mail, and the labels they and contact forms put before what somebody typed."""

from __future__ import annotations

import re

DIRECTORIES = {
    "psychologytoday.com": "Psychology Today",
    "therapyden.com": "TherapyDen",
    "goodtherapy.org": "GoodTherapy",
    "zencare.co": "Zencare",
    "headway.co": "Headway",
    "helloalma.com": "Alma",
    "zocdoc.com": "Zocdoc",
    "findmonarch.com": "Monarch",
    "monarch.com": "Monarch",
    "simplepractice.com": "SimplePractice",
    "therapytribe.com": "TherapyTribe",
    "openpathcollective.org": "Open Path",
    "inclusivetherapists.com": "Inclusive Therapists",
    "growtherapy.com": "Grow Therapy",
    "mentalhealthmatch.com": "Mental Health Match",
    "betterhelp.com": "BetterHelp",
    "therapyforblackgirls.com": "Therapy for Black Girls",
    "latinxtherapy.com": "Latinx Therapy",
    "networktherapy.com": "Network Therapy",
    "theravive.com": "Theravive",
    "counsellingdirectory.org.uk": "Counselling Directory",
    "counselling-directory.org.uk": "Counselling Directory",
    "choosingtherapy.com": "Choosing Therapy",
}
FORM_SUBJECT = re.compile(
    r"(?:new|website|web|online) (?:contact|inquiry|enquiry|form|message|lead|submission|client|appointment|consultation)"
    r"|contact form|form (?:submission|entry|response)|(?:inquiry|enquiry|message|request|referral) (?:from|via|through) |submission from"
    r"|new (?:submission|entry|response)|sent you a message|wants to (?:connect|talk|schedule)|someone (?:contacted|messaged|is interested)"
    r"|you have a new (?:message|inquiry|referral|client|lead)|potential client|prospective client|formulario de contacto|nuevo mensaje",
    re.IGNORECASE,
)
_WHOSE = r"(?:(?:your|the|their|client|contact|sender|visitor|patient|user|customer|person|full|first and last|reply|best|cell|mobile|daytime|work|home|preferred)(?:['’]s)? ){0,3}"
LABELS = {
    "first": r"first(?: name)?|nombre de pila",
    "last": r"last(?: name)?|surname|family name|apellidos?",
    "name": r"name|from|nombre(?: completo| y apellidos?)?|client|patient|submitted by|who",
    "email": r"e-?mail(?: address)?|correo(?: electr[oó]nico)?|email id",
    "phone": r"(?:phone|telephone|tel|cell|mobile)(?: ?(?:number|no|#))?\.?|tel[eé]fono|celular|number|m[oó]vil",
    "message": r"(?:message|comment|note|inquiry|enquiry|question|detail|description)s?(?: body| text)?|mensaje|comentarios?|what brings you (?:here|in|to therapy)\??|how can (?:i|we) help(?: you)?\??"
    r"|reason for (?:contact|visit|reaching out|seeking therapy|contacting .{1,30})|tell (?:me|us) (?:more|about).{0,40}|about(?: you)?|what would you like to (?:discuss|work on)\??",
}
"""What stands before what somebody typed; the first that fits counts."""
LABEL = re.compile(
    rf"^[\s*_>•\-]{{0,6}}{_WHOSE}(?:{'|'.join(f'(?P<{kind}>{words})' for kind, words in LABELS.items())})(?: (?:from|of) (?:the )?(?:client|visitor|sender|patient|user|person))?"
    r"[*_\s]{0,4}(?:\((?:required|optional)\))?\s?[*_]{0,2}(?:[:=：]|$)[*_\s]{0,4}(?P<value>.*)$",
    re.IGNORECASE,
)
OTHER_LABEL = re.compile(r"^[\s*_>•\-]{0,6}[A-ZÁÉÍÓÚÑ][\w'’/&() -]{1,50}[:：=?]\**\s*(?P<value>.*)$")
ADDRESS = re.compile(r"[\w.+'-]{1,64}@(?:[\w-]{1,63}\.){1,6}[a-zA-Z]{2,24}")
PHONE = re.compile(r"(?<![\w@./-])\+?\(?\d[\d\s().\-/]{7,20}\d(?![\w@])(?:\s?(?:x|ext\.?)\s?\d{1,6})?")
END = re.compile(
    r"^[\s*_>]*(?:--|—{2,}|={3,}|_{3,}|-{3,}|unsubscribe|you (?:are )?receiv(?:ed|ing) this|this (?:e-?mail|message) (?:was|is)|to (?:reply|respond)|reply (?:to|directly|now)|view (?:this|message|profile|inquiry)"
    r"|log ?in|sign in|©|copyright|manage (?:your )?(?:notifications|preferences)|privacy policy|sent (?:from|via) |respond (?:to|now)|click here|powered by|page url|user agent|remote ip|date:|time:|ip address).{0,300}$",
    re.IGNORECASE,
)
