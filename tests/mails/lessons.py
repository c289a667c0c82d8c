"""What mails of strangers taught us that ours had not: each lesson in words of our own."""

from __future__ import annotations

from collections.abc import Iterator

from crm.rules.verdicts import Kind
from tests.mails.undelivered import RETURNED, WHOM, postfix
from tests.mails.writing import OUR_WORDS, Specimen, as_html, head, mail, quoted, threaded

DANA = "Dana Reyes <dana@work.example>"

DEAD = (
    ("an address in the sentence", "5.0.0", f"550 The user [{WHOM}] does not exist in this house"),
    ("words tied by underscores", "5.0.0", "550 BAD_RECIPIENT, read https://help.gone.example/why"),
    ("no mailbox was found", "5.7.1", "550 5.7.1 No mailbox found here"),
    ("no mail box is available", "5.0.0", "550 No mail box available for that name"),
    ("not a known user", "5.0.0", f'550 "{WHOM}" is not a known user'),
    ("not an active address", "5.0.0", f"550-{WHOM} is not an active address with us"),
    ("the address alone", "5.0.0", f"550 <{WHOM}>: not found"),
    ("a user in brackets", "5.0.0", f"550 user ({WHOM}) unknown."),
    ("nonexistent", "5.7.1", "554 5.7.1 Recipient address rejected: Nonexistent user"),
    ("an addressee", "5.3.0", f"553 5.3.0 <{WHOM}>... Addressee unknown"),
    (
        "the code behind the words",
        "5.0.0",
        "Requested action not taken: mailbox unavailable. [SMTP Error Code 550]",
    ),
    ("no delivery point", "5.0.0", "550 This name does not have a final delivery point"),
    ("nobody there", "5.0.0", "550 There is no one at this address"),
    ("a directory", "5.0.0", "550 Address not present in directory"),
    ("unavailable or denied", "5.0.0", f"550 Mailbox unavailable or access denied - <{WHOM}>"),
    ("Polish", "5.0.0", "550 Taki odbiorca nie istnieje"),
    ("Italian", "5.0.0", "550 Nessun utente con questo nome"),
    ("nobody of that name", "5.0.0", "sam wasn't found at gone.example."),
    (
        "a domain that Gmail cannot find",
        "4.0.0",
        "DNS Error: 12345 DNS type 'mx' lookup of gone.example responded with code NXDOMAIN",
    ),
    ("a bad one", "5.0.0", f"550 {WHOM} bad address"),
    ("an account", "5.0.0", "550 Invalid account, try another"),
    ("tied by a hyphen", "5.0.0", "550 Invalid-Recipient"),
    ("written as one word", "5.0.0", "550 UserUnknown in this house"),
    ("of a kind", "5.0.0", "550 There is no such email address"),
    ("not to be found", "5.0.0", "550 Unable to find alias user"),
    ("somebody who left", "5.0.0", "550 Sam is no longer an employee"),
    ("not handled here", "5.0.0", "550 This server doesn't handle mail for that user"),
    ("not available", "5.7.1", "550 5.7.1 Requested action not taken: mailbox not available"),
    ("no member", "5.0.0", f"550 User not a member of domain: <{WHOM}>"),
    ("not to be verified", "5.0.0", '550-"The recipient cannot be verified. Please check who you write to"'),
    ("disabled or discontinued", "5.0.0", "554 This account has been disabled or discontinued [#102]."),
    ("German, and maybe closed", "5.0.0", "550 Adressat unbekannt oder Postfach deaktiviert"),
    ("Italian, a wrong one", "5.0.0", "550 Destinatario errato"),
    ("Polish, no account", "5.0.0", "550 Nie ma takiego konta"),
    ("French without accents", "5.0.0", "550 Boite aux lettres inexistante"),
    ("Spanish, not found", "5.0.0", "550 La cuenta no fue encontrada"),
    ("Swedish", "5.0.0", "550 Adressen hittades inte"),
    ("Russian", "5.0.0", "550 Неизвестный получатель"),
    ("Japanese", "5.0.0", "550 宛先不明です"),
    ("Japanese within a sentence", "5.0.0", "550 このユーザは存在しません"),
)
ALIVE = (
    ("their size", "5.1.1", f"550 RCPT TO:<{WHOM}> largest message size exceeded"),
    ("our own address", "5.1.1", "550 5.1.1 Sender address rejected: user unknown, no such user"),
    ("our own domain", "5.0.0", "550 The domain of sender address us@practice.example does not exist"),
    ("asking back about us", "5.0.0", "550 Sender verify failed: no such user here"),
    ("given up, for a time", "4.0.0", f"450 <{WHOM}>: user unknown"),
    (
        "a machine that Gmail cannot find",
        "4.0.0",
        "DNS Error: 12345 DNS type 'mx' lookup of gone.example responded with code NOERROR 12345 DNS type 'a' lookup of mx.gone.example. responded with code NXDOMAIN",
    ),
    ("our own, and bad", "5.0.0", "501 Bad address in MAIL FROM"),
    ("our many others", "5.0.0", "550 Too many invalid recipients"),
    ("a reason that is unknown", "5.0.0", "550 Zustellung abgelehnt, Grund unbekannt"),
)


def servers() -> Iterator[Specimen]:
    for name, code, said in DEAD:
        yield Specimen(f"lesson: {name}", Kind.HARD_BOUNCE, postfix(code, said), recipient=WHOM)
    for name, code, said in ALIVE:
        yield Specimen(f"lesson: {name}", Kind.SOFT_BOUNCE, postfix(code, said), recipient=WHOM)
    yield from in_their_own_words()


def in_their_own_words() -> Iterator[Specimen]:
    guessed = (
        "   ----- The following addresses had permanent fatal errors -----\n"
        f"{WHOM}\n    (reason: 553 Your SPF record does not name this machine)\n    (expanded from: <{WHOM}>)\n\n"
        f"   ----- Transcript of session follows -----\n... while talking to mx.gone.example.:\n>>> DATA\n550 5.1.1 {WHOM}... User unknown"
    )
    yield Specimen(
        "lesson: sendmail only guesses",
        Kind.SOFT_BOUNCE,
        mail(
            head("Mail Delivery Subsystem <MAILER-DAEMON@out.example>", "Returned mail: see transcript"),
            guessed,
        ),
        recipient=WHOM,
    )
    yield Specimen(
        "lesson: a server without a name",
        Kind.HARD_BOUNCE,
        mail(
            {"Return-Path": "<>"} | head("<>", "", Auto_Submitted="auto-replied"),
            f"You wrote to {WHOM}. That's not a valid user here.",
        ),
        recipient=WHOM,
    )
    listed = f"Error: Invalid user address\n\nError message below:\n550 - no such user here\n\nDetails:\n  MAIL FROM: connor@practice.example\n  RCPT TO: {WHOM}\n"
    yield Specimen(
        "lesson: a server that lists the envelope",
        Kind.HARD_BOUNCE,
        mail(head("post_master@texts.example", "Re: Hello"), listed),
        recipient=WHOM,
    )
    yield from to_one_of_several()


def to_one_of_several() -> Iterator[Specimen]:
    several = f"Unable to deliver message to the following address(es).\n\n<{WHOM}>:\nThis user doesn't have an account here\n\n<lou@gone.example>:\nThis account has been disabled.\n\n--- Original message follows.\n\nReturn-Path: <us@practice.example>\n"
    yield Specimen(
        "lesson: two addresses, two reasons",
        Kind.HARD_BOUNCE,
        mail(head("MAILER-DAEMON@mx.example", "Delivery failure"), several),
        recipient=WHOM,
    )
    yield from in_other_languages()


def in_other_languages() -> Iterator[Specimen]:
    alone = f"----------------\nVotre message n'a pas pu etre remis a\n{WHOM}\n\n----------------\nThe message could not be delivered to\n{WHOM}\n----------------"
    unknown = (
        f"Kohaletoimetamine nurjus:\n\n{WHOM}\n\nRemote Server returned '550 5.1.1 <{WHOM}>: no such user'"
    )
    yield Specimen(
        "lesson: a notice in a language we do not know",
        Kind.HARD_BOUNCE,
        mail(
            head("<postmaster@gone.example>", "Kohaletoimetamatu: Hello", Auto_Submitted="auto-replied"),
            unknown,
        ),
        recipient=WHOM,
    )
    yield Specimen(
        "lesson: a house’s own notice, and nothing beside it",
        Kind.SOFT_BOUNCE,
        mail(head("Front desk <desk@gone.example>", "RE: Hello : non remis"), alone),
        recipient=WHOM,
    )
    yield from with_odd_marks()


def with_odd_marks() -> Iterator[Specimen]:
    torn = f"--b\nContent-Type: text/plain\n\nYour message did not reach the following recipient(s):\n\n{WHOM} on Tue, 3 Nov 2026 09:13:24\n    The recipient name is not recognized\n\n--b\nContent-Type: message/rfc822\n\nSubject: Re: a spam policy\n\nIt says that we are blocked. Relaying denied."
    yield Specimen(
        "lesson: a report whose boundary was lost",
        Kind.HARD_BOUNCE,
        mail(head("System Administrator <postmaster@work.example>", "Undeliverable: Hello"), torn),
        recipient=WHOM,
    )
    marked = WHOM.replace("sam", "prvs=12ab34=sam")
    yield Specimen(
        "lesson: an address with a mark",
        Kind.HARD_BOUNCE,
        postfix("5.1.1", "550 5.1.1 User unknown").replace(WHOM.encode(), marked.encode()),
        recipient=WHOM,
    )
    odd = "mango-=#43@gone.example"
    yield Specimen(
        "lesson: an address with an equals sign",
        Kind.HARD_BOUNCE,
        postfix("5.1.1", "550 5.1.1 User unknown").replace(WHOM.encode(), odd.encode()),
        recipient=odd,
    )


def people() -> Iterator[Specimen]:
    said = "Thursday at ten is good for me.\n\nSee you then\nDana"
    notice = "This e-mail and its attachments are confidential and intended only for the addressee.\nIf it reached you in error, please delete it."
    for name, below in (
        ("a card under a rule", "\n\n______________\nDana Reyes\nHead of Something\nT +1 213 555 0144\n"),
        ("a lawyer’s notice", f"\n\n{notice}\n"),
        ("a Spanish notice", "\n\nAVISO LEGAL: Este mensaje es confidencial. Si no es su destinatario, avísenos por favor.\n"),
        ("a card, a notice and history", f"\n\n--------\nDana Reyes\ndana@work.example\n\n{notice}\n\nOn Tue, Nov 3, 2026, Connor Hale wrote:\n\n{quoted()}"),
        ("a title of theirs above Outlook’s block", f"\n\n-------- Melding som kom inn --------\nFra: Connor\nDato: 3.11.2026\nTil: Dana\nEmne: Hei\n\n{OUR_WORDS}"),
    ):  # fmt: skip
        yield Specimen(
            f"lesson: {name}", Kind.HUMAN_REPLY, mail(head(DANA) | threaded(), said + below), new_text=said
        )
    for name, text in (
        ("a rule that rules nothing off", "Two questions:\n\n-----\n\n1. How long does it take?\n2. Who pays?\n\n-----\n\nNo hurry."),
        ("a secret", "My number is below.\n\nThis message is confidential, my wife does not know of it.\n213 555 0144"),
    ):  # fmt: skip
        yield Specimen(
            f"lesson: {name}", Kind.HUMAN_REPLY, mail(head(DANA) | threaded(), text), new_text=text
        )
    yield from signed_pages()


def signed_pages() -> Iterator[Specimen]:
    """Pages without a text beside them, in which the program marked the signature."""
    said = "Thursday at ten is good for me."
    for mark in ('class="gmail_signature" dir="ltr"', 'id="Signature"', "class='moz-signature'"):
        page = f"<html><body><div>{as_html(said)}</div><br><div {mark}><p>Dana Reyes</p><p>Head of Something</p></div><div>On Tue, Nov 3, 2026 Connor wrote:<blockquote>{as_html(OUR_WORDS)}</blockquote></div></body></html>"
        lines = head(DANA, Content_Type="text/html; charset=utf-8") | threaded()
        yield Specimen(
            f"lesson: a page signed {mark[:20]}", Kind.HUMAN_REPLY, mail(lines, page), new_text=said
        )


AWAY = (
    ("Spanish, without access", "No estaré disponible del 2 al 9 de noviembre por vacaciones y no tendré acceso al correo. Responderé en cuanto regrese."),
    ("Spanish, a colleague", "Gracias por tu correo.\nRegresaré a la oficina el 9 de noviembre.\nPara lo urgente puedes contactar a Marta en marta@work.example; mi acceso a internet será limitado."),
    ("German, another address", "Vielen Dank für Ihre Nachricht. Ich bin bis Montag nicht über diese Adresse erreichbar. Ihre Nachricht wird nicht weitergeleitet. In dringenden Fällen kontaktieren Sie bitte Frau Lang unter lang@work.example."),
    ("French, and nothing else", "Bonjour,\n\nJe suis absente du bureau du 2 novembre au 9 novembre. En cas d'urgence, vous pouvez joindre Mme Roche au 01 23 45 67 89.\n\nCordialement"),
    ("one sentence", "I am on leave until November 9 and will respond when I return."),
    ("thanks and a day", "Thank you for your message. I’m out of the office until November 9.\n\nDana Reyes"),
    ("thanks, and a weekday with its date", "Hello!\n\nThanks for your message. I will be on vacation from Friday, November 6th until Sunday, November 15th, 2026."),
    ("an office with hours", "Thank you so much for sending a message. Our response time is up to two days. We will get back to you as soon as possible. If this is an emergency, please call 911."),
    ("a filter against junk", "Hello from Dana.\n\nI protect myself from junk. It takes one click on the link beneath so that I can read you, and never again.\nhttps://filter.example/2"),
    ("a filter that holds", "Your message of today is being held because nobody here knows you. To release your message, answer this with one word."),
    ("a filter that wants proof", "My account is protected by a filter. Please click below to be added to the recipient's allowed list.\nhttps://filter.example/1"),
)  # fmt: skip


def machines() -> Iterator[Specimen]:
    for name, text in AWAY:
        yield Specimen(f"lesson: {name}", Kind.AUTO_REPLY, mail(head(DANA) | threaded(), text))
    note = "I am away, back on Monday."
    for name, subject, text in (
        ("a language we do not know", "Mrkwa automatiska zpruna: Your free fifteen minutes", f"{note} Thanks for your message."),
        ("generated", "[AUTO GENERATED] Ticket", "A thing has happened."),
        ("a name before the word", "Reception Autoreply", "You have come to the right place."),
    ):  # fmt: skip
        yield Specimen(f"lesson: {name}", Kind.AUTO_REPLY, mail(head(DANA, subject) | threaded(), text))
    for name, subject in (
        ("in Hebrew", "מענה אוטומטי: Your free fifteen minutes"),
        ("an old program’s", "I'm away from my mail"),
    ):
        lines = head(DANA, subject) | threaded()
        yield Specimen(f"lesson: {name}", Kind.AUTO_REPLY, mail(lines, "Monday."))
    for line in (
        {"Delivered_By_The_Graces_Of": "The Vacation program"},
        {"X_Mailer": "vacation 1.2"},
        {"Preference": "auto_reply"},
        {"X_List_Administrivia": "yes", "List_Id": "<talk.lists.example>", "Precedence": "bulk"},
    ):
        lines = head(DANA, **line) | threaded()
        yield Specimen(f"lesson: {next(iter(line))}", Kind.AUTO_REPLY, mail(lines, "Monday."))
    for name, precedence, text in (
        ("bulk, and a note", "bulk", "Your request was received."),
        ("junk, and absence", "junk", "I am on holiday and will answer when I return."),
    ):
        lines = head(DANA, Precedence=precedence) | threaded()
        yield Specimen(f"lesson: {name}", Kind.AUTO_REPLY, mail(lines, text))
    yield held_with_a_report()


def held_with_a_report() -> Specimen:
    """A filter that asks for proof and puts a delivery report beside it."""
    asked = "Your words are waiting. Add yourself to my guest list, and they will reach me."
    report = f"Reporting-MTA: dns; filter.example\n\nFinal-Recipient: rfc822; {WHOM}\nAction: failed\nStatus: 4.7.0\n"
    parts = f"--x\nContent-Type: text/plain\n\n{asked}\n--x\nContent-Type: message/delivery-status\n\n{report}\n--x--\n"
    kind = 'multipart/report; report-type=delivery-status; boundary="x"'
    lines = head("noreply@filter.example", "Re: Hello (Action Required)", Content_Type=kind)
    return Specimen("lesson: a filter that reports", Kind.AUTO_REPLY, mail(lines, parts))


def complaints() -> Iterator[Specimen]:
    """A provider that sends our mail back with one header more; and a person who does, with words of their own."""
    ours = f"X-HmXmrOriginalRecipient: {WHOM}\n{RETURNED}\n{OUR_WORDS}"
    carried = f"--x\nContent-Type: message/rfc822\nContent-Disposition: inline\n\n{ours}\n--x--\n"
    kind = 'multipart/mixed; boundary="x"'
    lines = head("staff@provider.example", "complaint about message from 192.0.2.7", Content_Type=kind)
    yield Specimen("lesson: a complaint with a header", Kind.COMPLAINT, mail(lines, carried), recipient=WHOM)
    said = "Did you really send me this?"
    written = f"--x\nContent-Type: text/plain\n\n{said}\n\n{carried}"
    lines = head(DANA, Content_Type=kind)
    yield Specimen("lesson: our mail beside words", Kind.HUMAN_REPLY, mail(lines, written), new_text=said)


def people_like_machines() -> Iterator[Specimen]:
    """They are away, thank, or come over a list, and then say more than a program would."""
    for name, text in (
        ("away, and an answer", "Thank you for your message. I'm on vacation until the 9th, Thursday after that works."),
        ("away, and a date that suits", "Thanks for your email. I am away until Monday. November 12th works."),
        ("away, and a wish", "Thanks for your email. I am away until Monday. I would like to start then."),
        ("away in Spanish, gladly", "Gracias por su mensaje. Estoy de vacaciones hasta el lunes, después con mucho gusto."),
        ("an emergency of their own", "Thank you for writing. There was an emergency with my sister and I will get back to you."),
        ("on a list", "Please put me on your waiting list, I am free on Thursdays."),
    ):  # fmt: skip
        yield Specimen(
            f"lesson: {name}", Kind.HUMAN_REPLY, mail(head(DANA) | threaded(), text), new_text=text
        )
    told = "My sister got an answer: your message could not be delivered to sam@gone.example. Is that you?"
    yield Specimen(
        "lesson: who tells of a bounce",
        Kind.HUMAN_REPLY,
        mail(head(DANA) | threaded(), told),
        new_text=told,
    )
    quoted_answer = "I run my own server. Yours said 550 5.1.1 to me yesterday, so once more: Thursday works."
    yield Specimen(
        "lesson: a person called postmaster",
        Kind.HUMAN_REPLY,
        mail(head("Dana <postmaster@tiny.example>") | threaded(), quoted_answer),
        new_text=quoted_answer,
    )
    for name, subject, asked in (
        ("who asks about a bounce", "Undelivered mail?", "I was told that my mail to you could not be delivered. Did you get my question?"),
        ("who asks about a failure", "Delivery failure", "My mail could not be delivered, it says. Do you have another address?"),
    ):  # fmt: skip
        yield Specimen(f"lesson: {name}", Kind.HUMAN_REPLY, mail(head(DANA, subject), asked), new_text=asked)
    nameless = "This is from an unknown user of your form. Are you still taking people?"
    lines = {"Return-Path": "<dana@work.example>"} | head("", "Ticket")
    yield Specimen("lesson: a person whose From is empty", Kind.HUMAN_REPLY, mail(lines, nameless))
    said = "Thanks for your email. Thursday at ten works."
    for name, lines in (
        ("over a list that says bulk", head(DANA, Precedence="bulk", X_Mailing_List="team@work.example") | threaded()),
        ("through a forwarder that says bulk", head(DANA, Precedence="bulk") | threaded()),
        ("over a list that lost the thread", head(DANA, List_Id="<team.work.example>")),
    ):  # fmt: skip
        text = f"{said}\n\nConnor Hale wrote:\n{quoted()}"
        yield Specimen(f"lesson: {name}", Kind.HUMAN_REPLY, mail(lines, text), new_text=said)


def specimens() -> Iterator[Specimen]:
    yield from servers()
    yield from people()
    yield from machines()
    yield from complaints()
    yield from people_like_machines()
