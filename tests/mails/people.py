"""Mails of people: what they write, in the shape their mail programs give it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from crm.rules.verdicts import Kind
from crm.rules.wishes import Wish
from tests.mails.writing import (
    OUR_WORDS,
    OURS,
    SUBJECT,
    Specimen,
    alternative,
    as_html,
    head,
    in_base64,
    in_quoted_printable,
    mail,
    quoted,
    threaded,
)

WHEN_LONG = "Tuesday, November 3, 2026 9:00 AM"


def gmail(sender: str, text: str) -> bytes:
    intro = "On Tue, Nov 3, 2026 at 9:00 AM Connor Hale <connor@practice.example>\nwrote:"
    page = f'<div dir="ltr">{as_html(text)}</div><br><div class="gmail_quote"><div dir="ltr" class="gmail_attr">{as_html(intro)}<br></div><blockquote class="gmail_quote">{as_html(OUR_WORDS)}</blockquote></div>'
    more, body = alternative(f"{text}\n\n{intro}\n\n{quoted()}", page)
    return mail(head(sender) | threaded() | more, body)


def gmail_spanish(sender: str, text: str) -> bytes:
    intro = "El mar, 3 nov 2026 a las 9:00, Connor Hale (<connor@practice.example>)\nescribió:"
    more, body = alternative(f"{text}\n\n{intro}\n\n{quoted()}", f"<div>{as_html(text)}</div>")
    return mail(head(sender) | threaded() | more, body)


def gmail_german(sender: str, text: str) -> bytes:
    intro = "Am Di., 3. Nov. 2026 um 09:00 Uhr schrieb Connor Hale <\nconnor@practice.example>:"
    return mail(
        head(sender, "AW: Your free fifteen minutes") | threaded(), f"{text}\n\n{intro}\n\n{quoted()}"
    )


def gmail_french(sender: str, text: str) -> bytes:
    intro = "Le mar. 3 nov. 2026 à 09:00, Connor Hale <connor@practice.example> a\nécrit :"
    return mail(head(sender) | threaded(), f"{text}\n\n{intro}\n\n{quoted()}")


def gmail_portuguese(sender: str, text: str) -> bytes:
    intro = "Em ter., 3 de nov. de 2026 às 09:00, Connor Hale <connor@practice.example>\nescreveu:"
    return mail(head(sender) | threaded(), f"{text}\n\n{intro}\n\n{quoted()}")


def gmail_italian(sender: str, text: str) -> bytes:
    intro = "Il giorno mar 3 nov 2026 alle ore 09:00 Connor Hale <connor@practice.example>\nha scritto:"
    return mail(head(sender, "R: Your free fifteen minutes") | threaded(), f"{text}\n\n{intro}\n\n{quoted()}")


def iphone(sender: str, text: str) -> bytes:
    intro = "On Nov 3, 2026, at 9:00 AM, Connor Hale <connor@practice.example> wrote:"
    body = f"{text}\n\nSent from my iPhone\n\n> {intro}\n> \n{quoted()}"
    return mail(head(sender, X_Mailer="iPhone Mail (22A3354)") | threaded(), body)


def apple_mail(sender: str, text: str) -> bytes:
    intro = "On Nov 3, 2026, at 9:00 AM, Connor Hale <connor@practice.example> wrote:"
    page = f'<html><head><style>body{{color:red}}</style></head><body>{as_html(text)}<div><br><blockquote type="cite"><div>{as_html(intro)}</div><br><div>{as_html(OUR_WORDS)}</div></blockquote></div></body></html>'
    more, body = alternative(f"{text}\n\n> {intro}\n> \n{quoted()}\n", page)
    return mail(head(sender, X_Mailer="Apple Mail (2.3774.600.62)") | threaded() | more, body)


def outlook_desktop(sender: str, text: str) -> bytes:
    block = f"From: {OURS} \nSent: {WHEN_LONG}\nTo: sam@example.org\nSubject: {SUBJECT}"
    lines = head(
        sender, f"RE: {SUBJECT}", X_Auto_Response_Suppress="DR, OOF, AutoReply", Thread_Topic=SUBJECT
    )
    return mail(lines | threaded(), f"{text}\n\n \n\n{block}\n\n{OUR_WORDS}\n")


def outlook_german(sender: str, text: str) -> bytes:
    block = (
        f"Von: {OURS}\nGesendet: Dienstag, 3. November 2026 09:00\nAn: sam@example.org\nBetreff: {SUBJECT}"
    )
    return mail(head(sender, f"AW: {SUBJECT}") | threaded(), f"{text}\n\n{block}\n\n{OUR_WORDS}\n")


def outlook_spanish(sender: str, text: str) -> bytes:
    block = (
        f"De: {OURS}\nEnviado: martes, 3 de noviembre de 2026 9:00\nPara: sam@example.org\nAsunto: {SUBJECT}"
    )
    return mail(
        head(sender, f"RE: {SUBJECT}") | threaded(),
        f"{text}\n\n________________________________\n{block}\n\n{OUR_WORDS}\n",
    )


def outlook_web(sender: str, text: str) -> bytes:
    page = (
        f'<html><head><style type="text/css">P {{margin-top:0}}</style></head><body dir="ltr"><div class="elementToProof">{as_html(text)}</div>'
        f'<div id="appendonsend"></div><hr style="display:inline-block;width:98%"><div id="divRplyFwdMsg"><font><b>From:</b> {as_html(OURS)}<br><b>Sent:</b> {WHEN_LONG}<br>'
        f"<b>To:</b> sam@example.org<br><b>Subject:</b> {SUBJECT}</font></div><div>{as_html(OUR_WORDS)}</div></body></html>"
    )
    lines = head(
        sender,
        Content_Type="text/html; charset=utf-8",
        Content_Transfer_Encoding="quoted-printable",
        X_MS_Has_Attach=" ",
    )
    return mail(lines | threaded(), in_quoted_printable(page))


def outlook_phone(sender: str, text: str) -> bytes:
    block = f"From: {OURS}\nSent: {WHEN_LONG}\nTo: sam@example.org <sam@example.org>\nSubject: {SUBJECT}"
    rule = "_" * 32
    return mail(
        head(sender) | threaded(),
        f"{text}\n\nGet Outlook for iOS<https://aka.ms/o0ukef>\n{rule}\n{block}\n\n{OUR_WORDS}",
    )


def yahoo(sender: str, text: str) -> bytes:
    intro = (
        "    On Tuesday, November 3, 2026 at 09:00:00 AM PST, Connor Hale <connor@practice.example> wrote:  "
    )
    body = f" {text}\n\n{intro}\n \n {OUR_WORDS}  "
    return mail(head(sender, X_Mailer="WebService/1.1.22 YMailNorrin") | threaded(), body)


def yahoo_phone(sender: str, text: str) -> bytes:
    intro = "  On Tue, Nov 3, 2026 at 9:00 AM, Connor Hale<connor@practice.example> wrote:  "
    return mail(
        head(sender) | threaded(), f"{text}\n\nSent from Yahoo Mail for iPhone\n\n\n{intro} {OUR_WORDS}\n"
    )


def thunderbird(sender: str, text: str) -> bytes:
    lines = head(
        sender, User_Agent="Mozilla Thunderbird", Content_Type="text/plain; charset=UTF-8; format=flowed"
    )
    return mail(
        lines | threaded(),
        f"{text}\n\nOn 11/3/26 9:00 AM, Connor Hale wrote:\n{quoted()}\n\n-- \nSam Rivers\n+1 213 555 0100\n",
    )


def samsung(sender: str, text: str) -> bytes:
    block = f"-------- Original message --------From: {OURS} Date: 11/3/26  9:00 AM  (GMT-08:00) To: sam@example.org Subject: {SUBJECT} "
    return mail(head(sender) | threaded(), f"{text}\n\n\n\nSent from my Galaxy\n\n\n{block}\n{OUR_WORDS}\n")


def samsung_lines(sender: str, text: str) -> bytes:
    block = f"-------- Original message --------\nFrom: {OURS}\nDate: 11/3/26 9:00 AM (GMT-08:00)\nTo: sam@example.org\nSubject: {SUBJECT}"
    return mail(
        head(sender) | threaded(),
        f"{text}\n\nSent from my Samsung Galaxy smartphone.\n\n{block}\n\n{OUR_WORDS}\n",
    )


def proton(sender: str, text: str) -> bytes:
    intro = "On Tuesday, November 3rd, 2026 at 9:00 AM, Connor Hale <connor@practice.example> wrote:"
    body = f"{text}\n\nSent with [Proton Mail](https://proton.me/) secure email.\n\n------- Original Message -------\n{intro}\n\n{quoted()}\n"
    return mail(
        head(sender, Content_Transfer_Encoding="base64", Content_Type="text/plain; charset=utf-8")
        | threaded(),
        in_base64(body),
    )


def zoho(sender: str, text: str) -> bytes:
    intro = "---- On Tue, 03 Nov 2026 09:00:00 -0800 Connor Hale <connor@practice.example> wrote ---"
    return mail(head(sender) | threaded(), f"{text}\n\n\n{intro}\n\n{OUR_WORDS}\n")


def fresh(sender: str, text: str) -> bytes:
    """Written anew: no thread, nothing quoted."""
    return mail(head(sender, "About the call"), f"{text}\n")


def western(sender: str, text: str) -> bytes:
    lines = head(
        sender,
        "=?iso-8859-1?Q?Re=3A_Your_free_fifteen_minutes?=",
        Content_Type="text/plain; charset=iso-8859-1",
        Content_Transfer_Encoding="8bit",
    )
    return mail(lines | threaded(), text.encode("cp1252", "replace"))


def lying(sender: str, text: str) -> bytes:
    """Says ASCII, is UTF-8."""
    return mail(head(sender, Content_Type="text/plain; charset=us-ascii") | threaded(), text)


Program = Callable[[str, str], bytes]
PROGRAMS: tuple[Program, ...] = (
    gmail, iphone, outlook_desktop, apple_mail, yahoo, outlook_web, thunderbird, samsung_lines,
    outlook_phone, yahoo_phone, proton, zoho, fresh, western, lying, samsung,
)  # fmt: skip
SPANISH: tuple[Program, ...] = (gmail_spanish, outlook_spanish, fresh, lying)

ENGLISH_TEXTS: tuple[tuple[str, Wish | None], ...] = (
    ("Yes please, Thursday at ten works for me.", None),
    ("Hi Connor,\n\nthanks for getting back so fast. I could do Friday after 3pm.\n\nSam", None),
    ("ok", None),
    ("👍", None),
    (
        "I am out of the office until Friday, so could we do next week instead? My boss has no idea I'm doing this.",
        None,
    ),
    ("Sorry for the slow answer, I was on vacation. Is the offer still open?", None),
    ("I tried to write you last week but it bounced, it said user unknown. Did you get it?", None),
    ("My old address is dead, mail delivery failed every time. Please use this one.", None),
    ("Can you call me? I find it hard to write about this.\n213 555 0144", Wish.CALL_ME),
    ("Thank you, but I have found another therapist closer to home. I wish you well.", Wish.FOUND_SOMEONE),
    ("We decided to go with someone else who takes our insurance. Thanks though!", Wish.FOUND_SOMEONE),
    ("Could you reach out again after the holidays? December is just too much.", Wish.LATER),
    ("Not right now. Maybe in March, when the semester is over.", Wish.LATER),
    ("Please stop emailing me.", Wish.NO_MORE_MAIL),
    ("Stop", Wish.NO_MORE_MAIL),
    ("unsubscribe", Wish.NO_MORE_MAIL),
    ("Please take me off your list.", Wish.NO_MORE_MAIL),
    ("No more emails please. I never asked for this.", Wish.NO_MORE_MAIL),
    ("Remove me from this list immediately!!", Wish.NO_MORE_MAIL),
    ("Do not contact me again.", Wish.NO_MORE_MAIL),
    ("I don't want to receive these messages anymore, thank you.", Wish.NO_MORE_MAIL),
    ("please dont stop writing to me, your emails are the only thing that reach me", None),
    ("I can't stop crying and I don't know who else to tell.", None),
    ("I want it all to stop. I am so tired.", None),
    ("I keep asking him to stop texting me but he won't. Can we talk about that?", None),
    ("How do I stop sending him money? That's what I would need help with.", None),
    ("I stopped my medication in May, is that a problem for you?", None),
    ("Can you remove me from the Thursday slot and give me Friday?", None),
    ("My husband reads my mail. Is there another way?", None),
    ("My mother told me to unsubscribe from everything and just go to church.", None),
    ("If I don't answer, please don't stop trying. I get scared.", None),
    ("Could you stop by the question of cost? What is your fee?", None),
    ("I'm not sure therapy is for me. What would the first call be like?", None),
    ("How much is it after the free call? Do you take Aetna?", None),
    ("I need to reschedule, something came up at work. Sorry!", None),
    ("This email was not automatically generated, I promise :) I really do want to talk.", None),
    ("I'm away from my desk a lot, text is best. 323 555 0188", None),
    ("I will be back in LA on the 12th. Then?", None),
    ("I am on leave from work since my father died. Any time is fine.", None),
    ("Mailer daemon is what my brother calls me, ha. Anyway: Tuesday?", None),
    ("Your message said undelivered at first, then it came through twice. Weird. Yes to Thursday.", None),
    ("Do you have anything in the evening? I work days.", None),
    ("Thank you for your kind words. I cried reading them. Thursday at ten.", None),
    ("I think I sent this to the wrong address before. Is this Connor?", None),
    ("No thank you, I am no longer interested.", Wish.NO_INTEREST),
    ("i changed my mind sorry", Wish.NO_INTEREST),
    ("who is this", Wish.WRONG_PERSON),
    ("You have the wrong person. I never signed up for anything.", Wish.WRONG_PERSON),
    ("What does out of network mean? I saw it on your page.", None),
    ("I had a bad experience with a therapist before. He quit on me by an automatic email.", None),
    ("It's about panic attacks. They come when I am driving on the 110.\n\nI have not told anyone.", None),
    ("Can my wife come too?", None),
    ("Do you work with couples? We are on holiday until the 20th but could call from there.", None),
    (
        "Hello, I'm writing from my work account, they add an automatic disclaimer to all mail. Thursday works.\n\nThis message is confidential, please call me and not my husband.",
        None,
    ),
    ("yes", None),
    ("Sí, jueves. Yes, Thursday.", None),
    ("I'd rather talk on the phone than write. When are you free?", Wish.CALL_ME),
    ("I'll be traveling and then it's the holidays, can you get back to me in January?", Wish.LATER),
    ("Is 9.30 possible?\n\nAlso:\n- is it video or phone?\n- do I need to prepare?\n\nBest,\nMaya", None),
    ("I read your article three times. The part about the plane made me laugh and then not.", None),
    ("Please cancel my call on Thursday. I am not ready.", Wish.MOVE_CALL),
    ("Does your office have parking? And is the building accessible? I use a chair.", None),
    ("I lost my job, so money is tight. Is there a sliding scale?", None),
    ("The failure is mine, I forgot the time. Could we try again?", None),
    ("I got an error when I clicked your link: address not found. Thursday still works.", None),
)
SPANISH_TEXTS: tuple[tuple[str, Wish | None], ...] = (
    ("Hola Connor, el jueves a las diez me va bien. Gracias.", None),
    ("Por favor, no me escriba más.", Wish.NO_MORE_MAIL),
    ("Deje de enviarme correos por favor", Wish.NO_MORE_MAIL),
    ("Baja", Wish.NO_MORE_MAIL),
    ("No quiero recibir más correos. Gracias.", Wish.NO_MORE_MAIL),
    ("Quiero darme de baja de esta lista.", Wish.NO_MORE_MAIL),
    ("No deje de escribirme, por favor. Me ayuda mucho.", None),
    ("No puedo dejar de llorar. ¿Podemos hablar esta semana?", None),
    ("Ya encontré otra terapeuta, muchas gracias.", Wish.FOUND_SOMEONE),
    ("¿Me puede llamar? Me cuesta escribir. 213 555 0199", Wish.CALL_ME),
    ("Después de las fiestas sería mejor para mí.", Wish.LATER),
    ("Estoy de vacaciones con mis hijos hasta el lunes, ¿podría ser el martes?", None),
    ("¿Atiende en español? Mi mamá no habla inglés.", None),
    ("Ahora no, más adelante tal vez. Quizás en enero.", Wish.LATER),
    ("Gracias por su mensaje, lloré al leerlo.", None),
)
ELSEWHERE: tuple[tuple[Program, str], ...] = (
    (gmail_german, "Ja, Donnerstag um zehn passt mir gut. Vielen Dank!"),
    (outlook_german, "Ich bin bis Freitag im Urlaub, danach sehr gern."),
    (gmail_french, "Bonjour, jeudi me convient très bien. Merci."),
    (gmail_portuguese, "Bom dia! Quinta-feira está ótimo para mim."),
    (gmail_italian, "Giovedì va benissimo, grazie mille."),
    (outlook_german, "Können wir telefonieren? Schreiben fällt mir schwer."),
    (gmail_french, "Je ne suis pas au bureau demain, plutôt vendredi ?"),
    (gmail_german, "Abwesend bin ich nur am Mittwoch, sonst jederzeit."),
)
NAMES = (
    "Sam Rivers <sam@example.org>", '"Okafor, Maya" <maya.okafor@mail.example>', "jo@example.net", "=?utf-8?B?Sm9zw6kgw5FhbmV6?= <jose@example.com>",
    "Lee <lee.k+therapy@example.org>", '"Pat (work)" <pat@office.example>', "Dana <DANA@Example.ORG>",
)  # fmt: skip


def specimens() -> Iterator[Specimen]:
    """Each text in the shape of one program after the other."""
    for programs, texts in ((PROGRAMS, ENGLISH_TEXTS), (SPANISH, SPANISH_TEXTS)):
        for number, (text, wish) in enumerate(texts):
            program = programs[(number * 5 + number // 16) % len(programs)]
            raw = program(NAMES[number % len(NAMES)], text)
            yield Specimen(
                f"{program.__name__}: {text[:30]}", Kind.HUMAN_REPLY, raw, new_text=text, wish=wish
            )
    for program, text in ELSEWHERE:
        yield Specimen(
            f"{program.__name__}: {text[:30]}", Kind.HUMAN_REPLY, program(NAMES[0], text), new_text=text
        )
    for program in PROGRAMS:
        text = "Thursday is good.\n\nIs there anything I should read before?"
        yield Specimen(f"{program.__name__}: plain", Kind.HUMAN_REPLY, program(NAMES[1], text), new_text=text)
