"""People who sound like machines, and machines that sound like people. Written after the first rules."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from crm.rules.verdicts import Kind
from crm.rules.wishes import Wish
from tests.mails.people import gmail, iphone, outlook_desktop, outlook_web, thunderbird, yahoo
from tests.mails.writing import OUR_WORDS, OURS, SUBJECT, Specimen, head, in_base64, mail, quoted, threaded

SAM = "Sam Rivers <sam@example.org>"
LEE = "Lee Stone <lee@work.example>"


def people() -> Iterator[Specimen]:
    for name, raw, text, wish in (
        ("subject says out of office", mail(head(SAM, f"Re: {SUBJECT}") | threaded(), "I'm out of office all week, sorry for the delay! Next Monday?"), None, None),
        ("answers their own automatic reply", mail(head(LEE, f"Re: Automatic reply: {SUBJECT}") | threaded(), "Back now. Thursday is fine."), "Back now. Thursday is fine.", None),
        ("forwards our mail with a question", gmail(SAM, "Is this really from you? It looks automated."), "Is this really from you? It looks automated.", None),
        ("quotes a bounce in their text", mail(head(SAM) | threaded(), "I got this when I wrote to you:\n\n550 5.1.1 User unknown\n\nAm I doing something wrong?"), None, None),
        ("called postmaster by name", mail(head("Jo Postmaster <jo.postmaster@example.org>"), "Thursday please"), "Thursday please", None),
        ("over a Google group of ours", mail(head(SAM, List_ID="<hello.practice.example>", Precedence="list", Mailing_list="list hello@practice.example") | threaded(), "Thursday please"), "Thursday please", None),
        ("a company’s program suppresses answers", outlook_desktop("Kim <kim@big.example>", "Could you send me your fee?"), "Could you send me your fee?", None),
        ("a scanner’s footer", mail(head(SAM) | threaded(), "Yes, Thursday.\n\nThis email has been scanned for viruses automatically by MailGuard."), None, None),
        ("long disclaimer", outlook_web("Kim <kim@bank.example>", "Thursday works.\n\nThis message is intended only for the named recipient. Do not reply to this email if you are not the recipient."), None, None),
        ("an empty answer above a quotation", mail(head(SAM) | threaded(), f"\n\nOn Tue, Nov 3, 2026 at 9:00 AM Connor Hale <connor@practice.example> wrote:\n{quoted()}"), None, None),
        ("only a picture", mail(head(SAM, Content_Type="image/jpeg; name=a.jpg", Content_Transfer_Encoding="base64") | threaded(), in_base64("jpeg")), None, None),
        ("crying", iphone(SAM, "I cant stop thinking about it and emailing you at 3am. sorry"), "I cant stop thinking about it and emailing you at 3am. sorry", None),
        ("stop it all", gmail(SAM, "I just want everything to stop."), "I just want everything to stop.", None),
        ("no stop", iphone(SAM, "Please never stop doing what you do."), "Please never stop doing what you do.", None),
        ("an ex", yahoo(SAM, "He keeps sending me emails. I told him do not contact me again and he laughed."), None, None),
        ("a doctor", gmail(SAM, "My doctor said I should stop the emails to my mother. What do you think?"), None, None),
        ("a question about stopping", gmail(SAM, "If I unsubscribe from the emails, can I still call you?"), None, None),
        ("do not", iphone(SAM, "Don't send me to someone else please, I want to talk to you."), "Don't send me to someone else please, I want to talk to you.", None),
        ("remove from the slot", gmail(SAM, "Please remove me from your Thursday list and put me on Friday."), None, None),
        ("too many", gmail(SAM, "These are too many emails for me right now."), None, Wish.PERHAPS_NO_MORE_MAIL),
        ("leave me alone", gmail(SAM, "leave me alone"), None, Wish.PERHAPS_NO_MORE_MAIL),
        ("stop, with a reason", gmail(SAM, "Please stop sending me these emails, I found a therapist."), None, Wish.NO_MORE_MAIL),
        ("stop, politely", thunderbird(SAM, "Thank you for your kindness. I would prefer not to receive any more emails."), None, Wish.NO_MORE_MAIL),
        ("stop, in anger", iphone(SAM, "STOP EMAILING ME"), "STOP EMAILING ME", Wish.NO_MORE_MAIL),
        ("stop contacting", gmail(SAM, "please stop contacting me"), None, Wish.NO_MORE_MAIL),
        ("off the list", gmail(SAM, "Kindly take my name off your mailing list."), None, Wish.NO_MORE_MAIL),
        ("desuscribirme", gmail(SAM, "Quisiera que dejen de mandarme mensajes, gracias"), None, Wish.NO_MORE_MAIL),
        ("no me mande", gmail(SAM, "No me mande más correos por favor."), None, Wish.NO_MORE_MAIL),
        ("elsewhere", gmail(SAM, "Just wanted to let you know I've already started seeing someone. Thank you!"), None, Wish.FOUND_SOMEONE),
        ("elsewhere in Spanish", gmail(SAM, "Gracias, pero ya tengo terapeuta."), None, Wish.FOUND_SOMEONE),
        ("call", gmail(SAM, "Would you mind giving me a call? 213 555 0123"), None, Wish.CALL_ME),
        ("spring", gmail(SAM, "Things are hectic, could we talk in the new year?"), None, Wish.LATER),
        ("summer", gmail(SAM, "Let's touch base after the summer"), None, Wish.LATER),
        ("in April", gmail(SAM, "I will be ready in April I think."), None, Wish.LATER),
        ("not ready", gmail(SAM, "I don't think I'm ready yet."), None, Wish.NOT_NOW),
        ("away, and says so himself", gmail(SAM, "I'm out of the office until Friday and will reply properly then, promise!"), "I'm out of the office until Friday and will reply properly then, promise!", None),
        ("on leave, with a wish", iphone(SAM, "Thanks for your note. I'm on medical leave until the 20th, so any time works. Can you call?"), None, None),
        ("a crisis in their family", gmail(SAM, "Thank you for writing. There was an emergency with my son and I will get back to you when I can breathe."), None, None),
        ("died", gmail(SAM, "Sam passed away in October. Please remove his address from your list. His sister"), None, Wish.PERHAPS_NO_MORE_MAIL),
    ):  # fmt: skip
        yield Specimen(f"tricky: {name}", Kind.HUMAN_REPLY, raw, new_text=text, wish=wish)


def machines() -> Iterator[Specimen]:
    for name, raw, back in (
        ("reads like a person", mail(head(LEE, f"Automatic reply: {SUBJECT}") | threaded(), "Hi! Lovely to hear from you. Talk soon, Lee"), None),
        ("a ticket system", mail(head("Help <support@work.example>", f"[Ticket #4711] {SUBJECT}", Auto_Submitted="auto-replied") | threaded(), "We got it."), None),
        ("ticket without headers", mail(head("Help <support@work.example>", f"[#4711] Re: {SUBJECT}", Precedence="bulk") | threaded(), "Your request was received."), None),
        ("a challenge", mail(head("Spam filter <noreply@filter.example>", f"Re: {SUBJECT}"), "Click here to prove that you are a person."), None),
        ("moved away", mail({"Return-Path": "<>"} | head(LEE, f"Re: {SUBJECT}") | threaded(), "I have a new address: lee@new.example"), None),
        ("iCloud", mail(head("lee@icloud.example", f"Re: {SUBJECT}", X_Apple_Action="VACATION", Precedence="junk") | threaded(), "Away until 9 November."), date(2026, 11, 9)),
        ("Lotus", mail(head(LEE, "Lee Stone is out of the office"), "I will be out of the office starting 11/02/2026 and will not return until 11/09/2026."), date(2026, 11, 9)),
        ("external tag", mail(head(LEE, f"[EXTERNAL] Automatic reply: {SUBJECT}") | threaded(), "Out today."), None),
        ("Spanish, no headers", mail(head(LEE, f"Respuesta automatica: {SUBJECT}") | threaded(), "Estoy fuera hasta el 10 de noviembre"), date(2026, 11, 10)),
        ("German, in the subject", mail(head(LEE, f"Abwesenheit: {SUBJECT}") | threaded(), "Ich bin bis zum 10.11. im Urlaub."), date(2026, 11, 10)),
        ("French accent lost", mail(head(LEE, f"Reponse automatique : {SUBJECT}") | threaded(), "Absent jusqu'au 12 novembre"), date(2026, 11, 12)),
        ("encoded subject", mail(head(LEE, "=?utf-8?B?QXV0b21hdGlzY2hlIEFudHdvcnQ6IEhhbGxv?="), "Bin am 9.11. wieder da"), date(2026, 11, 9)),
        ("text says so first", mail(head(LEE) | threaded(), "[AUTOMATED RESPONSE]\n\nThank you for contacting us."), None),
        ("thank you for contacting", mail(head("Clinic <info@clinic.example>", "Thank you for contacting the clinic", Auto_Submitted="auto-generated"), "Someone will call."), None),
        ("a calendar program", mail(head("Calendar <calendar-notification@cal.example>", "Accepted: call", Auto_Submitted="auto-generated"), "Lee accepted."), None),
        ("in two weeks", mail(head(LEE, f"Out of office: {SUBJECT}") | threaded(), "I'm away for the next 10 days."), date(2026, 11, 13)),
        ("day before month", mail(head(LEE, f"Out of office: {SUBJECT}") | threaded(), "Back on 16/11/2026."), date(2026, 11, 16)),
        ("first of", mail(head(LEE, f"Out of office: {SUBJECT}") | threaded(), "I return to work on the 30th of November."), date(2026, 11, 30)),
        ("a past date", mail(head(LEE, f"Out of office: {SUBJECT}") | threaded(), "I was back on October 1."), None),
        ("a note with nothing but its words", mail(head(LEE) | threaded(), "Thank you for your email. I am out of the office until Monday, November 9 with limited access to email. For urgent matters please contact Ana at ana@work.example. I will respond when I return."), date(2026, 11, 9)),
        ("a note in Spanish with its words alone", mail(head(LEE) | threaded(), "Gracias por su mensaje. Estoy de vacaciones hasta el 10 de noviembre, con acceso limitado al correo. Responderé a mi regreso."), date(2026, 11, 10)),
        ("a closed office", mail(head("Clinic <front@clinic.example>") | threaded(), "Thank you for contacting us. Our office is closed through November 8. If this is an emergency please call 911. We will get back to you on Monday."), date(2026, 11, 9)),
        ("in five years", mail(head(LEE, f"Out of office: {SUBJECT}") | threaded(), "Back in 2031."), None),
    ):  # fmt: skip
        yield Specimen(f"tricky: {name}", Kind.AUTO_REPLY, raw, returns_on=back)


def servers() -> Iterator[Specimen]:
    them = "sam.rivers@gone.example"
    copy = f"From: {OURS}\nTo: {them}\nSubject: {SUBJECT}\n\n{OUR_WORDS}"
    for name, kind, raw in (
        ("Microsoft’s access denied", Kind.HARD_BOUNCE, mail(head("postmaster@work.example", f"Undeliverable: {SUBJECT}"), f"Delivery has failed to these recipients or groups:\n\n{them}\nYour message couldn't be delivered.\n\n550 5.4.1 Recipient address rejected: Access denied. AS(201806281)")),
        ("our own server’s notice", Kind.HARD_BOUNCE, mail(head("MAILER-DAEMON@practice.example", "Undelivered Mail Returned to Sender", Message_ID="<4F2A.1@practice.example>"), f"<{them}>: User unknown in virtual mailbox table")),
        ("no MX wanted", Kind.HARD_BOUNCE, mail(head("MAILER-DAEMON@mx.example", "Undelivered Mail Returned to Sender"), f"<{them}>: Domain gone.example does not accept mail (nullMX)")),
        ("a dead domain", Kind.HARD_BOUNCE, mail(head("MAILER-DAEMON@mx.example", "Undelivered Mail Returned to Sender"), f"<{them}>: Host or domain name not found. Name service error for name=gone.example type=AAAA: Host not found")),
        ("no name server answers", Kind.SOFT_BOUNCE, mail(head("MAILER-DAEMON@mx.example", "Undelivered Mail Returned to Sender"), f"<{them}>: Host or domain name not found. Name service error for name=gone.example type=MX: Host not found, try again")),
        ("Spanish", Kind.HARD_BOUNCE, mail(head("postmaster@correo.example", "No se puede entregar: Hola"), f"No se pudo entregar el mensaje a {them}. El usuario no existe.\n\n--- Mensaje original ---\n{copy}")),
        ("German", Kind.HARD_BOUNCE, mail(head("mailer-daemon@post.example", "Unzustellbar: Hallo"), f"Ihre Nachricht an {them} konnte nicht zugestellt werden. Empfänger unbekannt: 550 User unknown")),
        ("suspended", Kind.SOFT_BOUNCE, mail(head("MAILER-DAEMON@mx.example", "failure notice"), f"<{them}>:\n550 5.2.1 The email account that you tried to reach is disabled.")),
        ("blocked by Gmail", Kind.SOFT_BOUNCE, mail(head("mailer-daemon@googlemail.com", "Delivery Status Notification (Failure)", X_Failed_Recipients=them), f"Your message wasn't delivered to {them}. 550-5.7.1 Our system has detected that this message is likely unsolicited mail. User unknown is not the reason.")),
        ("a second warning", Kind.DELAY_NOTICE, mail(head("postmaster@work.example", f"Delayed: {SUBJECT}"), f"Delivery to these recipients has been delayed:\n{them}\n\nThis server will continue to try for another day. You do not need to resend.")),
        ("gave up after days", Kind.SOFT_BOUNCE, mail(head("MAILER-DAEMON@mx.example", "Undelivered Mail Returned to Sender"), f"<{them}>: connect to mx.gone.example[192.0.2.7]:25: Connection timed out")),
    ):  # fmt: skip
        yield Specimen(f"tricky: {name}", kind, raw, recipient=them)


def specimens() -> Iterator[Specimen]:
    yield from people()
    yield from machines()
    yield from servers()
