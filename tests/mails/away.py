"""Automatic replies, as programs of many makers and languages write them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date

from crm.rules.verdicts import Kind
from tests.mails.writing import SUBJECT, Specimen, as_html, head, in_quoted_printable, mail, quoted, threaded

Maker = Callable[[str, str], bytes]
WHO = "Lee Stone <lee@work.example>"


def exchange(subject: str, text: str) -> bytes:
    lines = head(
        WHO,
        subject,
        Auto_Submitted="auto-generated",
        X_MS_Exchange_Inbox_Rules_Loop="lee@work.example",
        X_Auto_Response_Suppress="All",
    )
    lines |= {
        "Return-Path": "<>",
        "Content-Type": "text/html; charset=utf-8",
        "Content-Transfer-Encoding": "quoted-printable",
    }
    return mail(lines | threaded(), in_quoted_printable(f"<html><body><p>{as_html(text)}</p></body></html>"))


def exchange_stripped(subject: str, text: str) -> bytes:
    """A gateway took every header away that says so."""
    return mail(head(WHO, subject, X_Auto_Response_Suppress="All") | threaded(), text)


def gmail(subject: str, text: str) -> bytes:
    lines = head(WHO, subject, Auto_Submitted="auto-replied", Precedence="bulk", X_Autoreply="yes")
    return mail(lines | threaded(), f"{text}\n\n-- \nLee Stone\n")


def sieve(subject: str, text: str) -> bytes:
    lines = head(
        WHO,
        subject,
        Auto_Submitted="auto-replied (vacation)",
        X_Sieve="Pigeonhole Sieve 0.5",
        Precedence="bulk",
    )
    return mail({"Return-Path": "<>"} | lines | threaded(), text)


def cpanel(subject: str, text: str) -> bytes:
    return mail(
        head(WHO, subject, X_Autorespond=SUBJECT, Precedence="auto_reply", X_Loop="lee@work.example"), text
    )


def zimbra(subject: str, text: str) -> bytes:
    return mail(head(WHO, subject, Auto_Submitted="auto-replied (zimbra; vacation)", Precedence="bulk"), text)


def yahoo(subject: str, text: str) -> bytes:
    return mail(head(WHO, subject, X_Autoreply="true", Auto_Submitted="auto-replied"), text)


def bare(subject: str, text: str) -> bytes:
    """No header says anything."""
    return mail(head(WHO, subject) | threaded(), text)


def quoting(subject: str, text: str) -> bytes:
    return mail(head(WHO, subject), f"{text}\n\n{quoted()}\n")


def pathless(subject: str, text: str) -> bytes:
    return mail({"Return-Path": "<>"} | head(WHO, subject) | threaded(), text)


RE = f": Re: {SUBJECT}"
CASES: tuple[tuple[Maker, str, str, date | None], ...] = (
    (
        exchange,
        f"Automatic reply: {SUBJECT}",
        "I am out of the office until Monday, November 9 with limited access to email. I will reply when I return.",
        date(2026, 11, 9),
    ),
    (
        exchange_stripped,
        f"Automatic reply: {SUBJECT}",
        "Thank you for your email. I am currently out of the office and will return on 11/16/2026.",
        date(2026, 11, 16),
    ),
    (
        gmail,
        f"Out of office Re: {SUBJECT}",
        "I'm on vacation through November 20th. Back on the 23rd.",
        date(2026, 11, 23),
    ),
    (sieve, f"Auto: {SUBJECT}", "I will be away from 2 November to 12 November 2026.", date(2026, 11, 12)),
    (
        cpanel,
        f"Re: {SUBJECT}",
        "Hello, thank you for your message. We have received it and will answer within two business days.",
        None,
    ),
    (
        zimbra,
        f"Out of Office Re: {SUBJECT}",
        "I am away for two weeks and will not be reading mail.",
        date(2026, 11, 17),
    ),
    (yahoo, f"Auto-Reply: {SUBJECT}", "On holiday. Back Friday.", date(2026, 11, 6)),
    (bare, f"Automatic reply: {SUBJECT}", "I'm away and return Nov 10.", date(2026, 11, 10)),
    (
        bare,
        f"Out of Office: {SUBJECT}",
        "I am out of the office, returning Wednesday, November 11th.",
        date(2026, 11, 11),
    ),
    (bare, "Auto Reply", "Your mail has arrived. I read mail once a week.", None),
    (bare, f"Autoreply: {SUBJECT}", "In Japan till the end of the month!", None),
    (
        bare,
        f"Out of the office Re: {SUBJECT}",
        "I will be out of the office starting 10/30/2026 and will not return until 11/12/2026.",
        date(2026, 11, 12),
    ),
    (
        quoting,
        f"Automatic Response{RE}",
        "Thanks for your note. I am travelling and will respond upon my return on 2026-11-15.",
        date(2026, 11, 15),
    ),
    (
        pathless,
        f"Re: {SUBJECT}",
        "Maternity leave. For anything urgent please write to my colleague Ana.",
        None,
    ),
    (pathless, f"I am away Re: {SUBJECT}", "Back on December 1.", date(2026, 12, 1)),
    (
        exchange,
        f"Respuesta automática: {SUBJECT}",
        "Estoy de vacaciones y regreso el lunes 9 de noviembre. Gracias por su mensaje.",
        date(2026, 11, 9),
    ),
    (
        bare,
        f"Respuesta automática: {SUBJECT}",
        "Estaré fuera de la oficina hasta el 15 de noviembre de 2026.",
        date(2026, 11, 15),
    ),
    (
        gmail,
        f"Fuera de la oficina Re: {SUBJECT}",
        "Estoy fuera de la oficina. Vuelvo el próximo martes.",
        date(2026, 11, 10),
    ),
    (bare, f"Fuera de oficina: {SUBJECT}", "No tendré acceso al correo. Regreso el 12/11/2026.", None),
    (
        exchange,
        f"Automatische Antwort: {SUBJECT}",
        "Vielen Dank für Ihre Nachricht. Ich bin ab dem 16. November 2026 wieder im Büro.",
        date(2026, 11, 16),
    ),
    (
        bare,
        f"Abwesenheitsnotiz: {SUBJECT}",
        "Ich bin bis einschließlich 13.11.2026 nicht im Büro und lese keine E-Mails.",
        date(2026, 11, 13),
    ),
    (
        bare,
        f"Abwesend Re: {SUBJECT}",
        "Ich bin zurzeit im Urlaub und ab Montag wieder für Sie da.",
        date(2026, 11, 9),
    ),
    (
        exchange,
        f"Réponse automatique : {SUBJECT}",
        "Je suis absent du bureau jusqu'au 20 novembre et vous répondrai à mon retour.",
        date(2026, 11, 20),
    ),
    (bare, f"Réponse automatique : {SUBJECT}", "Je serai de retour le 16 novembre.", date(2026, 11, 16)),
    (
        bare,
        f"Absence du bureau: {SUBJECT}",
        "Je suis actuellement absente, de retour lundi 9 novembre.",
        date(2026, 11, 9),
    ),
    (exchange, f"Resposta automática: {SUBJECT}", "Estou de férias até 18 de novembro.", date(2026, 11, 18)),
    (bare, f"Risposta automatica: {SUBJECT}", "Sono fuori ufficio fino al 14 novembre.", date(2026, 11, 14)),
    (bare, f"Automatisch antwoord: {SUBJECT}", "Ik ben afwezig tot 17 november.", date(2026, 11, 17)),
    (bare, f"Autosvar: {SUBJECT}", "Jag är på semester.", None),
    (bare, f"Automatisk svar: {SUBJECT}", "Jeg er ikke på kontoret.", None),
    (bare, f"Automaattinen vastaus: {SUBJECT}", "Olen lomalla.", None),
    (bare, f"Autom. svar: {SUBJECT}", "Tillbaka snart.", None),
    (bare, f"Odpowiedź automatyczna: {SUBJECT}", "Jestem na urlopie.", None),
    (bare, f"Automatická odpověď: {SUBJECT}", "Jsem mimo kancelář.", None),
    (bare, f"Automatikus válasz: {SUBJECT}", "Szabadságon vagyok.", None),
    (bare, f"Автоматический ответ: {SUBJECT}", "Я в отпуске до 10 ноября.", None),
    (bare, f"自動返信: {SUBJECT}", "ただいま不在にしております。", None),
    (bare, f"自动回复: {SUBJECT}", "您好,我正在休假。", None),
    (bare, f"자동 회신: {SUBJECT}", "부재중입니다.", None),
    (bare, f"Otomatik Yanıt: {SUBJECT}", "İzindeyim.", None),
    (
        bare,
        f"Re: {SUBJECT}",
        "This is an automated response. Our office is closed for the holidays and reopens on January 4.",
        date(2027, 1, 4),
    ),
    (
        bare,
        f"Re: {SUBJECT}",
        "*** This is an automatically generated message, please do not reply ***\n\nWe got your mail. Ticket 4711 was opened.",
        None,
    ),
    (bare, f"Re: {SUBJECT}", "Este es un mensaje automático. Hemos recibido su correo.", None),
    (
        bare,
        f"Re: {SUBJECT}",
        "Please note that this mailbox is not monitored. Write to hello@work.example instead.",
        None,
    ),
    (bare, f"Vacation: {SUBJECT}", "Gone fishing, back in a week.", None),
    (bare, f"OOO: {SUBJECT}", "I'm OOO this week and back Monday.", date(2026, 11, 9)),
    (bare, f"OOO Re: {SUBJECT}", "Hi! I'm out this week with no laptop. See you on 9 November.", None),
    (bare, f"[Auto-Reply] {SUBJECT}", "I check mail at noon and at four.", None),
    (
        exchange,
        f"Automatic reply: {SUBJECT}",
        "I no longer work at Work Inc. Please contact hr@work.example.",
        None,
    ),
    (bare, f"Away from my mail Re: {SUBJECT}", "I am hiking and will be back on Sunday.", date(2026, 11, 8)),
    (
        gmail,
        f"Thanks for your email! Re: {SUBJECT}",
        "We read every mail. Our reply can take three days.",
        None,
    ),
    (cpanel, "We have received your message", "Somebody will be in touch.", None),
    (exchange, f"Accepted: {SUBJECT}", "I am in meetings today and will answer tomorrow.", None),
    (sieve, f"Re: {SUBJECT}", "Ich bin im Urlaub und am 10. November zurück.", date(2026, 11, 10)),
    (zimbra, f"Ausente Re: {SUBJECT}", "Estaré ausente del 1 al 20 de noviembre.", date(2026, 11, 20)),
    (bare, f"Out of office autoreply: {SUBJECT}", "I'm away until next Thursday.", None),
    (
        bare,
        f"On leave Re: {SUBJECT}",
        "I am on annual leave until 16th November 2026. Your email will not be forwarded.",
        date(2026, 11, 16),
    ),
    (
        bare,
        f"Holiday notice: {SUBJECT}",
        "I'm on holiday, with limited access to email, and will get back to you when I return on November 12.",
        date(2026, 11, 12),
    ),
    (
        bare,
        f"Canned reply: {SUBJECT}",
        "This is an auto-reply. I am at a retreat from Nov 1 - Nov 14.",
        date(2026, 11, 14),
    ),
    (
        quoting,
        f"AUTO: Lee Stone is out of the office (returning 11/19/2026): {SUBJECT}",
        "I am out of the office until 11/19/2026.\n\nNote: This is an automated response to your message sent on 11/03/2026.\nThis is the only notification you will receive while this person is away.",
        date(2026, 11, 19),
    ),
)


def specimens() -> Iterator[Specimen]:
    for number, (maker, subject, text, back) in enumerate(CASES):
        name = f"{number} {maker.__name__}: {subject[:40]}"
        yield Specimen(name, Kind.AUTO_REPLY, maker(subject, text), returns_on=back)
