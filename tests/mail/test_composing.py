from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from email import message_from_bytes, policy
from email.message import EmailMessage
from html import unescape

import pytest

from crm.mail.compose import Email, Parcel, Unsafe, compose
from crm.mail.letters import Blanks, Content, Frame, letter
from crm.rules.wording import Wording

PARCEL = Parcel(
    sender_name="Connor at Spring Street",
    sender_address="connor@springstreet.example",
    recipient="maya@example.org",
    message_id="<4mN8wR@springstreet.example>",
    content=Content("I got your note", "", "Hi there,\n", "<p>Hi there,</p>\n"),
    sent_at=datetime(2026, 3, 9, 17, 48, tzinfo=timezone(timedelta(hours=-7))),
    stop_link="https://crm.example/stop/t0ken",
)

INJECTIONS = [
    "Maya\nBcc: x@evil.example",
    "Maya\r\nBcc: x@evil.example",
    "Maya\rBcc: x@evil.example",
    "Maya\n\nBcc: x@evil.example",
    "Maya\r\n\r\n<p>another body</p>",
    "Maya\n Bcc: x@evil.example",
    "Maya\n\tBcc: x@evil.example",
    "Maya\x00Bcc: x@evil.example",
    "Maya\x0bBcc: x@evil.example",
    "Maya\x0cBcc: x@evil.example",
    "Maya\x1cBcc: x@evil.example",
    "Maya\x85Bcc: x@evil.example",
    "Maya\u2028Bcc: x@evil.example",
    "Maya\u2029Bcc: x@evil.example",
    "=?utf-8?q?a=0ABcc:_x@evil.example?=",
    "=?utf-8?q?a=0D=0ABcc:_x@evil.example?=",
    "=?utf-8?b?YQpCY2M6IHhAZXZpbC5leGFtcGxl?=",
    "=?UTF-8?Q?=0ACc=3A_x=40evil.example?=",
    "=?iso-8859-1?q?=0D=0A=0D=0Abody?=",
    "Maya =?utf-8?q?=0A?= =?utf-8?q?Bcc:_x@evil.example?=",
    'Maya" <x@evil.example>, "',
    "Maya <x@evil.example>",
    "Maya, x@evil.example",
    "Maya;Bcc:x@evil.example",
    "%0d%0aBcc: x@evil.example",
    "\\r\\nBcc: x@evil.example",
    "Maya\ud800\nBcc: x@evil.example",
]


def read(email: Email) -> EmailMessage:
    return message_from_bytes(email.raw, policy=policy.default)


def with_subject(subject: str) -> Parcel:
    return PARCEL._replace(content=PARCEL.content._replace(subject=subject))


def test_an_automatic_mail_says_what_it_is_and_how_to_stop_it() -> None:
    mail = read(compose(PARCEL))

    assert mail.items()[:-2] == [
        ("From", '"Connor at Spring Street" <connor@springstreet.example>')
        if mail["From"].startswith('"')
        else ("From", "Connor at Spring Street <connor@springstreet.example>"),
        ("To", "maya@example.org"),
        ("Subject", "I got your note"),
        ("Date", "Mon, 09 Mar 2026 17:48:00 -0700"),
        ("Message-ID", "<4mN8wR@springstreet.example>"),
        ("Auto-Submitted", "auto-generated"),
        ("List-Unsubscribe", "<https://crm.example/stop/t0ken>"),
        ("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"),
    ]


def test_a_personal_letter_carries_no_machines_headers_and_keeps_the_thread() -> None:
    personal = PARCEL._replace(
        automatic=False,
        in_reply_to="<b@example.org>",
        references=("<a@springstreet.example>", "<b@example.org>"),
        reply_to="hello@springstreet.example",
    )

    mail = read(compose(personal))

    assert "Auto-Submitted" not in mail
    assert "List-Unsubscribe" not in mail
    assert mail["In-Reply-To"] == "<b@example.org>"
    assert mail["References"].split() == ["<a@springstreet.example>", "<b@example.org>"]
    assert mail["Reply-To"] == "hello@springstreet.example"


def test_a_long_correspondence_keeps_its_first_and_its_latest() -> None:
    known = tuple(f"<{number}@springstreet.example>" for number in range(40))

    kept = read(compose(PARCEL._replace(references=known)))["References"].split()

    assert (kept[0], kept[-1], len(kept)) == (known[0], known[-1], 10)


def test_both_parts_say_what_the_letter_says() -> None:
    content = Content("s", "", "Zoë’s 日本 … =\n.dot\n  trailing \n", "<p>Zoë’s 日本</p>\n" + "x" * 5_000)

    mail = read(compose(PARCEL._replace(content=content)))

    text, html = mail.get_body(("plain",)), mail.get_body(("html",))
    assert text is not None
    assert html is not None
    assert text.get_content().replace("\r\n", "\n") == content.text + "\n"
    assert unescape(html.get_content()).replace("\r\n", "\n").strip() == content.html.strip()


@pytest.mark.parametrize(
    ("html", "coding"),
    [
        ("<p>Zoë’s &amp; =20</p>\n.\n", "7bit"),
        ("<p>" + "y" * 994 + "</p>", "quoted-printable"),
        ("<p>" + "’" * 200 + "</p>", "quoted-printable"),
        ("<p>a\0b</p>", "quoted-printable"),
    ],
)
def test_the_html_leaves_as_it_is_where_any_server_takes_its_lines(html: str, coding: str) -> None:
    mail = read(compose(PARCEL._replace(content=PARCEL.content._replace(html=html))))

    page = mail.get_body(("html",))
    assert page is not None
    assert page["Content-Transfer-Encoding"] == coding
    said = unescape(page.get_content()).replace("\r\n", "\n")
    assert said.strip() == unescape(html).strip()


def test_the_bytes_are_plain_ascii_lines_that_any_server_takes() -> None:
    content = Content("ü" * 60, "", "ü" * 5_000 + "\r\n.\r\nb\rc", "<p>" + "y" * 5_000)

    raw = compose(PARCEL._replace(content=content)).raw

    assert raw.isascii()
    assert b"\0" not in raw
    assert raw.count(b"\n") == raw.count(b"\r") == raw.count(b"\r\n")
    assert max(map(len, raw.split(b"\r\n"))) <= 78 + 20
    assert b"\r\n.\r\n" not in raw
    assert raw.endswith(b"--\r\n")


def test_every_attempt_makes_the_same_bytes() -> None:
    assert compose(PARCEL) == compose(PARCEL)


def test_a_subject_in_any_language_is_read_as_it_was_written() -> None:
    for subject in ("Still here, if it’s useful", "日本語" * 12, "é" * 100, "plain", ""):
        assert read(compose(with_subject(subject)))["Subject"] == subject


def test_a_senders_name_is_read_as_it_was_written() -> None:
    for name in ("Connor", 'Connor "the" Great', "Zoë at Spring Street", "O'Neil, Ana", "back\\slash"):
        mail = read(compose(PARCEL._replace(sender_name=name)))

        assert [(each.display_name, each.addr_spec) for each in mail["From"].addresses] == [
            (name, PARCEL.sender_address)
        ]


@pytest.mark.parametrize("name", INJECTIONS)
def test_a_name_that_plays_tricks_reaches_one_recipient_and_nobody_else(name: str) -> None:
    wording = Wording("About {first name}", "{first name}", "Hi {first name}")
    content = letter(wording).fill(Blanks(first_name=name), Frame(stop_link=PARCEL.stop_link))

    email = compose(PARCEL._replace(content=content))

    mail = read(email)
    assert email.recipient == "maya@example.org"
    assert [each.addr_spec for each in mail["To"].addresses] == ["maya@example.org"]
    assert [header for header in mail if header.lower() in ("bcc", "cc", "resent-to")] == []
    assert sorted(mail.keys()) == sorted(set(mail.keys()))
    assert b"\r\nBcc" not in email.raw
    assert [part.get_content_type() for part in mail.iter_parts()] == ["text/plain", "text/html"]


@pytest.mark.parametrize(
    "name", [each for each in INJECTIONS if "\n" in each or "\r" in each or "=?" in each]
)
def test_a_header_that_plays_tricks_holds_the_mail(name: str) -> None:
    for parcel in (with_subject(name), PARCEL._replace(sender_name=name)):
        with pytest.raises(Unsafe):
            compose(parcel)


@pytest.mark.parametrize(
    "address",
    [
        "",
        "maya",
        "maya@",
        "@example.org",
        "maya@example.org, x@evil.example",
        "maya@example.org\nBcc: x@evil.example",
        "maya@example.org\r\nRCPT TO:<x@evil.example>",
        "maya@example.org> <x@evil.example",
        "<maya@example.org>",
        "Maya <maya@example.org>",
        "maya@example.org;",
        "maya@exam ple.org",
        "ma ya@example.org",
        '"ma ya"@example.org',
        "maya(comment)@example.org",
        "maya@[127.0.0.1]",
        "maya@example..org",
        ".maya@example.org",
        "maya@-example.org",
        "=?utf-8?q?a?=@example.org",
        "maya\x00@example.org",
        "mäya@example.org",
        "maya\u2028@example.org",
        "a" * 250 + "@example.org",
    ],
)
def test_an_address_that_is_not_one_plain_mailbox_holds_the_mail(address: str) -> None:
    for parcel in (
        PARCEL._replace(recipient=address),
        PARCEL._replace(sender_address=address),
        PARCEL._replace(reply_to=address or "x"),
    ):
        with pytest.raises(Unsafe):
            compose(parcel)


@pytest.mark.parametrize(
    ("address", "sent_to"),
    [
        ("o'neil+tag@example.org", "o'neil+tag@example.org"),
        ("Maya.Okafor@Example.ORG", "Maya.Okafor@Example.ORG"),
        ("zoe@bücher.example", "zoe@xn--bcher-kva.example"),
    ],
)
def test_an_ordinary_address_is_sent_to(address: str, sent_to: str) -> None:
    assert compose(PARCEL._replace(recipient=address)).recipient == sent_to


@pytest.mark.parametrize(
    "message_id", ["", "a@b", "<a>", "<a@b", "<a@b>\r\nBcc: x@y", "<a b@c>", "<a@b> <c@d>"]
)
def test_a_message_id_that_is_none_holds_the_mail(message_id: str) -> None:
    for parcel in (PARCEL._replace(message_id=message_id), PARCEL._replace(references=(message_id,))):
        with pytest.raises(Unsafe):
            compose(parcel)


@pytest.mark.parametrize(
    "link", ["stop", "javascript:x", "https://a b", "https://a>,<mailto:x@y", "https://a\r\nX: y"]
)
def test_a_stop_link_that_is_no_web_address_holds_the_mail(link: str) -> None:
    with pytest.raises(Unsafe):
        compose(PARCEL._replace(stop_link=link))


def test_of_two_ways_to_stop_the_link_comes_first() -> None:
    mail = read(compose(PARCEL._replace(stop_address="connor+t%k&n@springstreet.example")))

    link, address = mail["List-Unsubscribe"].split(", ")
    assert link == "<https://crm.example/stop/t0ken>"
    assert address == "<mailto:connor+t%25k%26n@springstreet.example?subject=unsubscribe>"


def test_a_stop_address_that_is_none_holds_the_mail() -> None:
    with pytest.raises(Unsafe):
        compose(PARCEL._replace(stop_address="x@y>,<https://z"))


def test_what_holds_a_mail_is_said_without_quoting_it() -> None:
    with pytest.raises(Unsafe) as held:
        compose(with_subject("secret words\r\nBcc: x@y"))

    assert "secret" not in str(held.value)


def test_the_date_is_the_instant_it_was_sent() -> None:
    mail = read(compose(PARCEL._replace(sent_at=datetime(2026, 7, 1, 12, tzinfo=UTC))))

    assert mail["Date"].datetime == datetime(2026, 7, 1, 12, tzinfo=UTC)
