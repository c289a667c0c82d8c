"""How mail programs of many languages introduce what is quoted, and how telephones sign."""

from __future__ import annotations

import re

WROTE = (
    r"wrote|writes|sent|schrieb|geschrieben|escribi[oó]|a [eé]crit|escreveu|ha scritto|scrive|schreef|geschreven"
    r"|skrev|skreiv|napisał(?:\(a\)|a)?|pisze|napsal\(?a?\)?|kirjoitti|ezt írta|írta|a scris|έγραψε|şunu yazdı|şunları yazdı"
    r"|yazdı|đã viết|viết|написал\(?а?\)?|пишет|пише|написав|va escriure|כתב|כתבה|كتب|写道|寫道|작성|さんは書きました|のメール"
)
BEGINS = (
    r"on|am|el|le|em|il|il giorno|op|den|de|dnia|w dniu|dne|el dia|lun|mar|mer|mié|jeu|jue|ven|vie|sam|sáb|dim"
    r"|dom|mon|tue|wed|thu|fri|sat|sun|em seg|data|στις|пн|вт|ср|чт|пт|сб|вс|في|ב|vào|a|tor|ons|tir|man|fre|lør|søn"
    r"|pon|śr|czw|pt|sob|niedz|wt|ma|ti|ke|to|pe|la|su|za|zo|wo|do|vr|di"
)
"""First words of an introduction that mail programs break over several lines."""

ADDRESS = r"[\w.+\-']{1,64}@[\w.\-]{1,190}"
MOMENT = r"\d{1,2}[:.h]\d{2}|\b(?:19|20)\d\d\b|\d{1,2}[/.\-]\d{1,2}[/.\-]\d{2,4}|\d年"

_BRACKETED = rf"[<(\[]\s?(?:mailto:)?{ADDRESS}\s?[>)\]]+"
_SAID = rf"(?<!\w)(?:{WROTE})(?!\w)"
ATTRIBUTIONS = (
    re.compile(
        rf"(?:[\"'*“]?(?:{BEGINS})\b|[\"'*]?\d)(?=.{{0,390}}(?:{ADDRESS}|{MOMENT})).{{0,390}}{_SAID}.{{0,120}}[:：]\**",
        re.IGNORECASE,
    ),
    re.compile(
        rf".{{0,120}}(?:{_BRACKETED}.{{0,120}}{_SAID}|{_SAID}.{{0,120}}{_BRACKETED}).{{0,60}}[:：]\**",
        re.IGNORECASE,
    ),
    re.compile(
        rf"(?=.{{0,300}}(?:{MOMENT})).{{0,300}}(?:{_BRACKETED}|님이 작성|さん|のメール).{{0,10}}[:：]",
        re.IGNORECASE,
    ),
    re.compile(rf"[\"'*]?\d{{4}}[/.-]\d{{1,2}}[/.-]\d{{1,2}} .{{1,120}}{_BRACKETED}:?", re.IGNORECASE),
    re.compile(rf"-{{2,6}} ?.{{1,300}}{_SAID}\W{{0,6}}-{{2,6}}", re.IGNORECASE),
)
"""A line that says who wrote what follows. The first two want a moment or an address beside the verb."""

LEADS = re.compile(rf".{{0,120}}{_SAID}.{{0,20}}[:：]\W{{0,3}}", re.IGNORECASE)
"""`Sam wrote:`, which is enough where what he wrote follows with its marks in the very next line."""

STARTS = re.compile(rf"[\"'*“]?(?:{BEGINS})\b.{{0,80}}\d", re.IGNORECASE)
"""How a whole introduction begins, so that a line of one's own before it stays."""

SHARES_LINE = re.compile(
    r"(?P<own>[^<>@]{1,2000}?\S)[ \t]+(?P<intro>(?:On (?:Mon|Tue|Wed|Thu|Fri|Sat|Sun|Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec|\d)[^\n]{5,250}? wrote:|-{4,} ?Original Message ?-{4,})[^\n]*)"
)
"""Own words and an introduction on one line, after a program lost the break between them."""

GOES_ON = re.compile(
    rf"(?:{BEGINS})\b.{{0,200}}(?:{MOMENT}).{{0,200}}<\s?{ADDRESS}\s?>,? ?(?:{WROTE}) ?[:：]\s.{{0,20000}}",
    re.IGNORECASE,
)
"""The same with the quotation on its own line, as some telephones write it."""

MAY_BREAK = re.compile(
    rf"[\"'*]?(?:{BEGINS})\b[^\w]|.{{0,200}}[<\[(](?:mailto:)?(?:{ADDRESS})?|\d{{4}}[-年/.]|\d{{1,2}}[./-]\d{{1,2}}[./-]\d{{2,4}}",
    re.IGNORECASE,
)
"""How the first of several lines of an introduction looks; a sentence of one's own seldom does."""

_ORIGINAL = (
    r"original message|original appointment|ursprüngliche (?:nachricht|mail)|originalnachricht|mensaje original"
    r"|message d.origine|message original|mensagem original|messaggio originale|oorspronkelijk bericht"
    r"|ursprungligt meddelande|oprindelig meddelelse|original melding|opprinnelig melding|wiadomość oryginalna"
    r"|původní zpráva|исходное сообщение|пересылаемое сообщение|alkuperäinen viesti|eredeti üzenet|mesaj original"
    r"|αρχικό μήνυμα|orijinal mesaj|原始邮件|原始郵件|元のメッセージ|원본 메시지|reply message|antwort nachricht"
)
_FORWARDED = (
    r"forwarded message|weitergeleitete nachricht|mensaje reenviado|message transféré|mensagem encaminhada"
    r"|messaggio inoltrato|doorgestuurd bericht|vidarebefordrat meddelande|videresendt meddelelse"
)
ORIGINAL_MESSAGE = re.compile(
    rf"[-_*=<>\s]{{2,60}}(?:{_ORIGINAL})[-_*=<>\s]{{1,60}}.{{0,600}}", re.IGNORECASE
)
FORWARDS = re.compile(
    rf"\W{{2,60}}(?:{_FORWARDED})\W{{0,60}}|begin forwarded message:|anfang der weitergeleiteten nachricht:"
    r"|inicio del mensaje reenviado:|début du message réexpédié ?:|inizio messaggio inoltrato:",
    re.IGNORECASE,
)

HEADER_WORDS = {
    **dict.fromkeys(
        "from von de da van från fra från: od от от: von: lähettäjä feladó expéditeur remitente mittente 发件人 寄件者 差出人 보낸사람".split(),
        "from",
    ),
    **dict.fromkeys(
        "sent date gesendet datum enviado fecha envoyé enviada data inviato verzonden skickat sendt wysłano odesláno"
        " отправлено дата lähetetty dato küldve 发送时间 寄件日期 送信日時 日時 보낸날짜 date/time".split(),
        "sent",
    ),
    **dict.fromkeys(
        "to an para à a aan till til do komu кому vastaanottaja címzett 收件人 宛先 받는사람 an:".split(),
        "to",
    ),
    **dict.fromkeys(
        "subject betreff asunto objet assunto oggetto onderwerp ämne emne temat předmět тема aihe tárgy 主题 主旨 件名 제목".split(),
        "subject",
    ),
    **dict.fromkeys("cc kopie copie копия kopia 抄送 副本".split(), "cc"),
    **dict.fromkeys("reply-to importance wichtigkeit importancia".split(), "other"),
}

SENT_FROM = re.compile(
    r"(?:sent (?:from|via|with|using) .{1,80}|get outlook for .{1,40}|sent from (?:yahoo )?mail .{1,60}"
    r"|(?:enviado|enviada) (?:desde|do|da|de|a partir|con|por|via|pelo) .{1,80}|obtener outlook para .{1,40}"
    r"|obter o outlook para .{1,40}|von meine[mr] .{1,60} gesendet|gesendet (?:von|mit|über) .{1,60}"
    r"|diese nachricht wurde von meinem .{1,80}|holen sie sich outlook für .{1,40}|outlook für .{1,20} beziehen"
    r"|envoyé (?:de|depuis|à partir) .{1,80}|télécharger outlook pour .{1,40}|obtenir outlook pour .{1,40}"
    r"|inviato (?:da|dal) .{1,60}|scarica outlook per .{1,40}|(?:verstuurd|verzonden) (?:vanaf|vanuit|met) .{1,60}"
    r"|download outlook voor .{1,40}|skickat från .{1,60}|sendt fra .{1,60}|lähetetty .{1,60}|wysłane z .{1,60}"
    r"|отправлено (?:с|из) .{1,60}|iphoneから送信|我的 ?iphone ?发出.{0,20}|发自我的 ?.{1,20}|yahoo mail: .{1,60})\W{0,3}",
    re.IGNORECASE,
)
"""What a telephone or a program signs with, one line by itself."""

REACHES = re.compile(rf"{ADDRESS}|\b(?:https?://|www\.)\S|\+?\d[\d ().-]{{6,20}}\d", re.IGNORECASE)
"""A way to reach somebody, as it stands on a visiting card."""

NOTICE_BEGINS = re.compile(
    r"\W{0,6}(?:confidential|privileged|disclaimer|this (?:e-?mail|message|communication|transmission|electronic|document)|the (?:information|contents?) (?:contained |transmitted )?(?:in|of)"
    r"|aviso (?:legal|de confidencialidad)|este (?:correo|mensaje|e-?mail)|la informaci[oó]n (?:contenida|de este)|diese (?:e-?mail|nachricht)|ce (?:message|courriel|mail)|questo messaggio|esta mensagem|dit bericht)",
    re.IGNORECASE,
)
NOTICE_SAYS = re.compile(
    r"confiden[ct]ial|privileged|proprietary|intended (?:only|solely|exclusively|for the)|(?:named|designated|intended) (?:recipient|addressee)|in error|unauthori[sz]ed|(?:strictly )?prohibited|destroy|delete (?:it|this|the)"
    r"|destinatari[oa]|por error|prohibid|privilegiad|vertraulich|irrtümlich|adressat|destinataire|par erreur|riservat|per errore|vertrouwelijk",
    re.IGNORECASE,
)
"""What lawyers have written under mails. One of these words a person may use, two in such a paragraph not."""
