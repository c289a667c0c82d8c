"""Bounces: reports by the standard, and the words of servers that follow none."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from crm.rules.verdicts import Kind
from tests.mails.writing import (
    OUR_WORDS,
    OURS,
    OURS_ID,
    SENT,
    SUBJECT,
    Specimen,
    as_html,
    head,
    in_base64,
    in_quoted_printable,
    mail,
)

WHOM = "sam.rivers@gone.example"
US = "connor@practice.example"
RETURNED = f"From: {OURS}\nTo: {WHOM}\nSubject: {SUBJECT}\nMessage-ID: {OURS_ID}\nDate: {SENT}\n"
Server = Callable[[str, str, str], bytes]
"""`code`, `said`, `action` to a raw mail."""


def report(
    lines: dict[str, str],
    words: str,
    status: str,
    returned: str = RETURNED,
    kind: str = "text/plain; charset=us-ascii",
) -> bytes:
    body = (
        f"--rep\nContent-Type: {kind}\n\n{words}\n\n--rep\nContent-Type: message/delivery-status\n\n{status}\n"
        f"--rep\nContent-Type: message/rfc822\n\n{returned}\n{OUR_WORDS}\n\n--rep--\n"
    )
    more = {
        "Return-Path": "<>",
        "Content-Type": 'multipart/report; report-type=delivery-status; boundary="rep"',
        "Auto-Submitted": "auto-replied",
    }
    return mail(more | lines, body)


def postfix(code: str, said: str, action: str = "failed") -> bytes:
    words = (
        "This is the mail system at host mx.practice.example.\n\nI'm sorry to have to inform you that your message could not\nbe delivered to one or more recipients. It's attached below.\n\n"
        f"<{WHOM}>: host mx.gone.example[192.0.2.7] said: {said} (in reply to RCPT TO command)"
    )
    status = f"Reporting-MTA: dns; mx.practice.example\nX-Postfix-Queue-ID: 4F2A\n\nFinal-Recipient: rfc822; {WHOM}\nOriginal-Recipient: rfc822;{WHOM}\nAction: {action}\nStatus: {code}\nRemote-MTA: dns; mx.gone.example\nDiagnostic-Code: smtp; {said}\n"
    subject = (
        "Delayed Mail (still being retried)" if action == "delayed" else "Undelivered Mail Returned to Sender"
    )
    return report(head("MAILER-DAEMON@mx.practice.example (Mail Delivery System)", subject), words, status)


def exim(code: str, said: str, action: str = "failed") -> bytes:
    words = (
        "This message was created automatically by mail delivery software.\n\nA message that you sent could not be delivered to one or more of its\nrecipients. This is a permanent error. The following address(es) failed:\n\n"
        f"  {WHOM}\n    host mx.gone.example [192.0.2.7]\n    SMTP error from remote mail server after RCPT TO:<{WHOM}>:\n    {said}"
    )
    status = f"Reporting-MTA: dns; out.example\n\nAction: {action}\nFinal-Recipient: rfc822;{WHOM}\nStatus: {code[0]}.0.0\nRemote-MTA: dns; mx.gone.example\nDiagnostic-Code: smtp; {said}\n"
    lines = head(
        "Mail Delivery System <Mailer-Daemon@out.example>",
        "Mail delivery failed: returning message to sender",
        X_Failed_Recipients=WHOM,
    )
    return report(lines, words, status)


def exim_plain(code: str, said: str, action: str = "failed") -> bytes:
    """Before version 4.8x there was no report, only words and a copy."""
    words = (
        "This message was created automatically by mail delivery software.\n\nA message that you sent could not be delivered to one or more of its\nrecipients. This is a permanent error. The following address(es) failed:\n\n"
        f"  {WHOM}\n    SMTP error from remote mail server after RCPT TO:<{WHOM}>:\n    host mx.gone.example [192.0.2.7]: {said}\n\n"
        f"------ This is a copy of the message, including all the headers. ------\n\nReturn-path: <{US}>\n{RETURNED}\n{OUR_WORDS}"
    )
    if action == "delayed":
        words = f"This message was created automatically by mail delivery software.\nA message that you sent has not yet been delivered to one or more of its\nrecipients after more than 24 hours on the queue on out.example.\n\nThe address to which the message has not yet been delivered is:\n\n  {WHOM}\n    Delay reason: {said}\n\nNo action is required on your part. Delivery attempts will continue for\nsome time, and this warning may be repeated at intervals."
    subject = (
        "Warning: message 1kZ0aB-0001 delayed 24 hours"
        if action == "delayed"
        else "Mail delivery failed: returning message to sender"
    )
    return mail(
        head(
            "Mail Delivery System <Mailer-Daemon@out.example>",
            subject,
            X_Failed_Recipients=WHOM if action == "failed" else "",
        ),
        words,
    )


def gmail(code: str, said: str, action: str = "failed") -> bytes:
    headline = {
        "failed": "Address not found" if code.startswith("5.1") else "Message not delivered",
        "delayed": "Delivery incomplete",
    }[action]
    page = f'<html><body><table><tr><td><h2>{headline}</h2><p>Your message to <b>{WHOM}</b> was not delivered.</p><p style="font-family:monospace">The response from the remote server was:<br>{as_html(said)}</p></td></tr></table></body></html>'
    status = f"Reporting-MTA: dns; googlemail.com\nArrival-Date: Tue, 03 Nov 2026 09:00:00 -0800 (PST)\nX-Original-Message-ID: {OURS_ID}\n\nFinal-Recipient: rfc822; {WHOM}\nAction: {action}\nStatus: {code}\nRemote-MTA: dns; mx.gone.example. (192.0.2.7)\nDiagnostic-Code: smtp; {said}\nLast-Attempt-Date: {SENT}\n"
    subject = f"Delivery Status Notification ({'Delay' if action == 'delayed' else 'Failure'})"
    lines = head(
        '"Mail Delivery Subsystem" <mailer-daemon@googlemail.com>', subject, X_Failed_Recipients=WHOM
    )
    return report(lines, page, status, kind="text/html; charset=utf-8")


def exchange(code: str, said: str, action: str = "failed") -> bytes:
    page = f"<html><body><p>Delivery has failed to these recipients or groups:</p><p><a href='mailto:{WHOM}'>{WHOM}</a><br>{as_html(said)}</p><p>Diagnostic information for administrators:</p><p>Generating server: EX1.work.example</p><p>{WHOM}<br>mx.gone.example<br>Remote Server returned '{as_html(said)}'</p></body></html>"
    status = f"Reporting-MTA: dns;EX1.work.example\nReceived-From-MTA: dns;EX1.work.example\nArrival-Date: {SENT}\n\nOriginal-Recipient: rfc822;{WHOM}\nFinal-Recipient: rfc822;{WHOM}\nAction: {action}\nStatus: {code}\nDiagnostic-Code: smtp;{said}\nX-Display-Name: Sam Rivers\n"
    lines = head(
        "Microsoft Outlook <MicrosoftExchange329e71ec88ae4615bbc36ab6ce41109e@work.example>",
        f"Undeliverable: {SUBJECT}",
    )
    return report(lines, page, status, kind="text/html; charset=us-ascii")


def office365(code: str, said: str, action: str = "failed") -> bytes:
    page = f"<html><body><p><b>Your message to {WHOM} couldn't be delivered.</b></p><p>sam.rivers wasn't found at gone.example.</p><p>Status code: {code}</p><p>This error occurs when the sender of a message tries to send a message to a recipient.</p><p>Reported error: <i>{as_html(said)}</i></p></body></html>"
    status = f"Reporting-MTA: dns;AB1PR0101.prod.example\nArrival-Date: {SENT}\n\nFinal-Recipient: rfc822;{WHOM}\nAction: {action}\nStatus: {code}\nDiagnostic-Code: smtp;{said}\n"
    return report(
        head("Postmaster <postmaster@work.example>", f"Undeliverable: {SUBJECT}"),
        in_quoted_printable(page),
        status,
        kind="text/html; charset=utf-8\nContent-Transfer-Encoding: quoted-printable",
    )


def exchange_words(code: str, said: str, action: str = "failed") -> bytes:
    """Outlook’s own notice: HTML, no report."""
    page = f"<html><body><p>Your message did not reach some or all of the intended recipients.</p><p>Subject: {SUBJECT}<br>Sent: 11/3/2026 9:00 AM</p><p>The following recipient(s) cannot be reached:</p><p>{WHOM} on 11/3/2026 9:01 AM<br>{as_html(said)}</p></body></html>"
    return mail(
        head(
            "System Administrator <postmaster@work.example>",
            f"Undeliverable: {SUBJECT}",
            Content_Type="text/html; charset=us-ascii",
        ),
        page,
    )


def qmail(code: str, said: str, action: str = "failed") -> bytes:
    words = f"Hi. This is the qmail-send program at out.example.\nI'm afraid I wasn't able to deliver your message to the following addresses.\nThis is a permanent error; I've given up. Sorry it didn't work out.\n\n<{WHOM}>:\n192.0.2.7 does not like recipient.\nRemote host said: {said}\nGiving up on 192.0.2.7.\n\n--- Below this line is a copy of the message.\n\nReturn-Path: <{US}>\n{RETURNED}\n{OUR_WORDS}"
    return mail({"Return-Path": "<>"} | head("MAILER-DAEMON@out.example", "failure notice"), words)


def sendmail(code: str, said: str, action: str = "failed") -> bytes:
    if action == "delayed":
        words = f"    **********************************************\n    **      THIS IS A WARNING MESSAGE ONLY      **\n    **  YOU DO NOT NEED TO RESEND YOUR MESSAGE  **\n    **********************************************\n\nThe original message was received at {SENT}\n\n   ----- Transcript of session follows -----\n<{WHOM}>... {said}\nWarning: message still undelivered after 4 hours\nWill keep trying until message is 5 days old"
        return mail(
            head(
                "Mail Delivery Subsystem <MAILER-DAEMON@out.example>",
                "Warning: could not send message for past 4 hours",
            ),
            words,
        )
    words = f"The original message was received at {SENT}\nfrom localhost [127.0.0.1]\n\n   ----- The following addresses had permanent fatal errors -----\n<{WHOM}>\n    (reason: {said})\n\n   ----- Transcript of session follows -----\n... while talking to mx.gone.example.:\n>>> RCPT To:<{WHOM}>\n<<< {said}\n550 {code} <{WHOM}>... {said}"
    status = f"Reporting-MTA: dns; out.example\nArrival-Date: {SENT}\n\nFinal-Recipient: RFC822; {WHOM}\nAction: failed\nStatus: {code}\nDiagnostic-Code: SMTP; {said}\n"
    return report(
        head(
            "Mail Delivery Subsystem <MAILER-DAEMON@out.example>", "Returned mail: see transcript for details"
        ),
        words,
        status,
    )


def yahoo(code: str, said: str, action: str = "failed") -> bytes:
    words = f"Sorry, we were unable to deliver your message to the following address.\n\n<{WHOM}>:\n{said}\n\n--- Below this line is a copy of the message.\n\n{RETURNED}\n{OUR_WORDS}"
    return mail(head("MAILER-DAEMON@yahoo.example", "Failure Notice"), words)


def ironport(code: str, said: str, action: str = "failed") -> bytes:
    words = f"The following message to <{WHOM}> was undeliverable.\nThe reason for the problem:\n{code[0]}.{code[2]}.0 - Other address status {said!r}\n"
    status = f"Reporting-MTA: dns; iron.example\n\nFinal-Recipient: rfc822;{WHOM}\nAction: {action}\nStatus: {code[0]}.0.0 (permanent failure)\nRemote-MTA: dns; [192.0.2.7]\nDiagnostic-Code: smtp; {code} - {said!r} (delivery attempts: 0)\n"
    return report(
        head("Mail Delivery System <MAILER-DAEMON@iron.example>", "Delivery Status Notification (Failure)"),
        words,
        status,
    )


def ses(code: str, said: str, action: str = "failed") -> bytes:
    words = f"An error occurred while trying to deliver the mail to the following recipients:\n{WHOM}"
    status = f"Reporting-MTA: dns; a8-50.smtp-out.example\n\nAction: {action}\nFinal-Recipient: rfc822; {WHOM}\nDiagnostic-Code: smtp; {said}\nStatus: {code}\n"
    return report(head("MAILER-DAEMON@ses.example", "Delivery Status Notification (Failure)"), words, status)


def provider(code: str, said: str, action: str = "failed") -> bytes:
    """Some hoster in his own words and no structure."""
    words = f"Hello,\n\nthis is the mail server of a hosting company. We could not deliver your message.\n\nRecipient: {WHOM}\nError: {said}\n\nYour postmaster"
    return mail({"Return-Path": "<>"} | head("postmaster@host.example", "Delivery failed"), words)


def encoded(code: str, said: str, action: str = "failed") -> bytes:
    """Domino and others encode what should be plain."""
    status = f"Reporting-MTA: dns; domino.example\n\nFinal-Recipient: rfc822;{WHOM}\nAction: {action}\nStatus: {code}\nDiagnostic-Code: X-Notes; {said}\n"
    body = f"--rep\nContent-Type: text/plain\n\nYour message\n\n  Subject: {SUBJECT}\n\nwas not delivered to:\n\n  {WHOM}\n\nbecause:\n\n  {said}\n\n--rep\nContent-Type: message/delivery-status\nContent-Transfer-Encoding: base64\n\n{in_base64(status)}\n--rep--\n"
    return mail(
        head(
            "postmaster@domino.example",
            f"DELIVERY FAILURE: {said[:40]}",
            Content_Type='multipart/report; boundary="rep"',
        ),
        body,
    )


SERVERS: tuple[Server, ...] = (
    postfix,
    exim,
    exim_plain,
    gmail,
    exchange,
    office365,
    exchange_words,
    qmail,
    sendmail,
    yahoo,
    ironport,
    ses,
    provider,
    encoded,
)

DEAD: tuple[tuple[str, str], ...] = (
    (
        "5.1.1",
        "550 5.1.1 <sam.rivers@gone.example>: Recipient address rejected: User unknown in virtual mailbox table",
    ),
    (
        "5.1.1",
        "550-5.1.1 The email account that you tried to reach does not exist. Please try double-checking the recipient's email address for typos",
    ),
    (
        "5.1.10",
        "550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient sam.rivers@gone.example not found by SMTP address lookup",
    ),
    ("5.1.2", "550 5.1.2 Host unknown (Name server: gone.example: host not found)"),
    ("5.4.4", "550 5.4.4 [internal] Domain Lookup Failed, host not found"),
    ("5.1.6", "551 5.1.6 The user has moved and left no address"),
    ("5.1.3", "553 5.1.3 Bad destination mailbox address syntax"),
    ("5.0.0", "550 No such user here"),
    ("5.1.0", "550 Requested action not taken: mailbox unavailable, no such recipient"),
    (
        "5.0.0",
        "554 delivery error: dd This user doesn't have a gone.example account (sam.rivers@gone.example)",
    ),
    ("5.1.1", "550 5.1.1 unknown or illegal alias: sam.rivers@gone.example"),
)
UNLUCKY: tuple[tuple[str, str], ...] = (
    ("5.2.2", "552 5.2.2 The email account that you tried to reach is over quota"),
    ("4.2.2", "452 4.2.2 Mailbox full"),
    ("5.7.1", "550 5.7.1 Message rejected due to content restrictions, looks like spam"),
    ("5.7.26", "550-5.7.26 This mail has been blocked because the sender is unauthenticated (DMARC policy)"),
    ("5.7.1", "554 5.7.1 Service unavailable; Client host [192.0.2.1] blocked using zen.example.org RBL"),
    ("5.3.4", "552 5.3.4 Message size exceeds fixed limit"),
    ("4.4.7", "554 4.4.7 Message expired: unable to deliver in 840 minutes <451 4.0.0 try again later>"),
    ("5.4.14", "554 5.4.14 Hop count exceeded - possible mail loop"),
    ("5.7.1", "550 5.7.1 Unable to relay for sam.rivers@gone.example"),
    ("5.0.0", "550 Rejected by policy. User unknown to our whitelist, see our blocked senders page"),
    ("5.1.1", "550 5.1.1 Mailbox full, over quota for <sam.rivers@gone.example>"),
    ("4.4.1", "441 4.4.1 Connection timed out: no answer from host"),
)
LATE: tuple[tuple[str, str], ...] = (
    ("4.4.1", "connect to mx.gone.example[192.0.2.7]:25: Connection timed out"),
    ("4.2.0", "450 4.2.0 Greylisted, please try again in 300 seconds"),
    ("4.3.2", "421 4.3.2 Service not available, closing transmission channel"),
)
MAY_BE_LATE: tuple[Server, ...] = (postfix, exim_plain, gmail, sendmail)


def specimens() -> Iterator[Specimen]:
    number = 0
    for kind, cases, rounds in ((Kind.HARD_BOUNCE, DEAD, 6), (Kind.SOFT_BOUNCE, UNLUCKY, 3)):
        for turn in range(rounds):
            for code, said in cases:
                server = SERVERS[number % len(SERVERS)]
                name = f"{server.__name__} {turn}: {said[:45]}"
                yield Specimen(name, kind, server(code, said, "failed"), recipient=WHOM)
                number += 1
    for server in MAY_BE_LATE:
        for code, said in LATE:
            yield Specimen(
                f"{server.__name__} late: {said[:45]}",
                Kind.DELAY_NOTICE,
                server(code, said, "delayed"),
                recipient=WHOM,
            )
