"""Addresses an owner may type, and machines we may talk to: a line for each, with its outcome."""

from __future__ import annotations

import pytest

from crm.rules.reach import Objection, Place, Reach

OUTSIDE, AT_HOME = Reach(), Reach(at_home=True)

TYPED: list[tuple[str, str]] = [
    # what owners paste
    ("https://hooks.zapier.com/hooks/catch/123/abc/", "hooks.zapier.com:443 /hooks/catch/123/abc/"),
    ("https://hook.eu2.make.com/abcdefg", "hook.eu2.make.com:443 /abcdefg"),
    ("https://n8n.example.org:5678/webhook/x-y", "n8n.example.org:5678 /webhook/x-y"),
    ("https://example.org", "example.org:443 /"),
    ("HTTPS://Example.ORG/Path?Key=a%20b", "example.org:443 /Path?Key=a%20b"),
    ("https://example.org./in", "example.org:443 /in"),
    ("https://example.org:8443/in#part", "example.org:8443 /in"),
    ("https://bücher.example/ä?ö", "xn--bcher-kva.example:443 /%C3%A4?%C3%B6"),
    ("https://xn--bcher-kva.example/", "xn--bcher-kva.example:443 /"),
    ("https://ｅｘａｍｐｌｅ.org/", "example.org:443 /"),
    ("https://example。org/", "example.org:443 /"),
    ("https://93.184.216.34/in", "93.184.216.34:443 /in"),
    ("https://[2606:2800:220:1:248:1893:25c8:1946]/in", "2606:2800:220:1:248:1893:25c8:1946:443 /in"),
    # not https, or no web address at all
    ("http://example.org/in", Objection.NOT_HTTPS),
    ("ftp://example.org/in", Objection.NOT_HTTPS),
    ("file:///etc/passwd", Objection.NOT_HTTPS),
    ("gopher://example.org:6379/_INFO", Objection.NOT_HTTPS),
    ("javascript:alert(1)", Objection.NOT_HTTPS),
    ("example.org/in", Objection.UNREADABLE),
    ("//example.org/in", Objection.UNREADABLE),
    ("https://", Objection.UNREADABLE),
    ("https:///in", Objection.UNREADABLE),
    ("", Objection.UNREADABLE),
    ("https://example.org/in\r\nHost: inside", Objection.UNREADABLE),
    ("https://example.org /in", Objection.UNREADABLE),
    ("https://example.org\\@10.0.0.1/", Objection.UNREADABLE),
    ("https://example.org\t/in", Objection.UNREADABLE),
    ("https://example.org\x00.example.com/", Objection.UNREADABLE),
    ("https://[::1/in", Objection.UNREADABLE),
    ("https://example.org/\ud800", Objection.UNREADABLE),
    ("https://example.org:99999/", Objection.UNREADABLE),
    ("https://example.org:x/", Objection.UNREADABLE),
    ("https://example.org/" + "a" * 2000, Objection.UNREADABLE),
    # a name and a password
    ("https://user:secret@example.org/in", Objection.CREDENTIALS),
    ("https://example.org@10.0.0.1/in", Objection.CREDENTIALS),
    ("https://@example.org/", Objection.CREDENTIALS),
    # ports of something else
    ("https://example.org:22/", Objection.PORT),
    ("https://example.org:25/", Objection.PORT),
    ("https://example.org:6379/", Objection.PORT),
    ("https://example.org:80/", Objection.PORT),
    # numbers in spellings that some read as a machine inside
    ("https://2130706433/", Objection.ODD_NUMBER),
    ("https://0x7f000001/", Objection.ODD_NUMBER),
    ("https://0x7f.0.0.1/", Objection.ODD_NUMBER),
    ("https://0177.0.0.1/", Objection.ODD_NUMBER),
    ("https://127.1/", Objection.ODD_NUMBER),
    ("https://127.0.0.01/", Objection.ODD_NUMBER),
    ("https://1.2.3/", Objection.ODD_NUMBER),
    ("https://example.0x7f/", Objection.ODD_NUMBER),
    ("https://1.2.3.4.5/", Objection.ODD_NUMBER),
    ("https://１２７.０.０.１/", Objection.INSIDE),
    ("https://①②⑦.⓪.⓪.①/", Objection.INSIDE),
    # names that cannot be
    ("https://a..example.org/", Objection.ODD_NAME),
    ("https://-a.example.org/", Objection.ODD_NAME),
    ("https://straße.example/", Objection.ODD_NAME),
    ("https://exa\u200dmple.org/", Objection.ODD_NAME),
    ("https://[fe80::1%25eth0]/", Objection.ODD_NAME),
    ("https://exam$ple.org/", Objection.ODD_NAME),
    (f"https://{'a' * 64}.org/", Objection.ODD_NAME),
    # inside by its name
    ("https://localhost/", Objection.INSIDE),
    ("https://LOCALHOST./", Objection.INSIDE),
    ("https://crm.localhost/", Objection.INSIDE),
    ("https://redis/", Objection.INSIDE),
    ("https://postgres:8443/", Objection.INSIDE),
    # inside by its number
    ("https://127.0.0.1/", Objection.INSIDE),
    ("https://127.0.0.1./", Objection.INSIDE),
    ("https://10.0.0.5/", Objection.INSIDE),
    ("https://169.254.169.254/latest/meta-data/", Objection.INSIDE),
    ("http://169.254.169.254/latest/meta-data/", Objection.INSIDE),
    ("https://[::1]/", Objection.INSIDE),
    ("https://[::ffff:127.0.0.1]/", Objection.INSIDE),
    ("https://[0:0:0:0:0:ffff:7f00:1]/", Objection.INSIDE),
    ("https://[fd00:ec2::254]/", Objection.INSIDE),
]

MACHINES: list[tuple[str, bool]] = [
    ("8.8.8.8", True),
    ("93.184.216.34", True),
    ("100.63.255.255", True),
    ("100.128.0.1", True),
    ("172.15.255.255", True),
    ("172.32.0.1", True),
    ("192.0.1.1", True),
    ("198.17.255.255", True),
    ("198.20.0.1", True),
    ("223.255.255.255", True),
    ("2606:2800:220:1:248:1893:25c8:1946", True),
    ("2a00:1450:4001:80b::200e", True),
    ("64:ff9b::808:808", True),
    ("::ffff:8.8.8.8", True),
    ("0.0.0.0", False),  # noqa: S104 - nobody binds to it
    ("0.1.2.3", False),
    ("10.255.255.255", False),
    ("100.64.0.1", False),
    ("100.100.100.200", False),
    ("127.0.0.1", False),
    ("127.255.255.254", False),
    ("168.63.129.16", False),
    ("169.254.169.254", False),
    ("172.16.0.1", False),
    ("172.31.255.255", False),
    ("192.0.0.192", False),
    ("192.0.2.1", False),
    ("192.88.99.1", False),
    ("192.168.1.1", False),
    ("198.18.0.1", False),
    ("198.19.255.255", False),
    ("198.51.100.7", False),
    ("203.0.113.9", False),
    ("224.0.0.1", False),
    ("239.255.255.250", False),
    ("240.0.0.1", False),
    ("255.255.255.255", False),
    ("::", False),
    ("::1", False),
    ("::127.0.0.1", False),
    ("::ffff:10.0.0.1", False),
    ("::ffff:169.254.169.254", False),
    ("::ffff:0:127.0.0.1", False),
    ("64:ff9b::7f00:1", False),
    ("64:ff9b::a9fe:a9fe", False),
    ("64:ff9b:1::1", False),
    ("100::1", False),
    ("2001::1", False),
    ("2001:0:4136:e378:8000:63bf:3fff:fdd2", False),
    ("2001:20::1", False),
    ("2001:db8::1", False),
    ("2002:7f00:1::1", False),
    ("2002:808:808::1", False),
    ("3fff::1", False),
    ("5f00::1", False),
    ("fc00::1", False),
    ("fd00:ec2::254", False),
    ("fe80::1", False),
    ("fe80::1%eth0", False),
    ("fec0::1", False),
    ("ff02::1", False),
    ("no number", False),
]


def said(found: Place | Objection) -> str:
    return found if isinstance(found, Objection) else f"{found.host}:{found.port} {found.target}"


@pytest.mark.parametrize(("typed", "outcome"), TYPED, ids=lambda each: ascii(each)[:60])
def test_an_address_leads_outside_or_is_refused_with_its_reason(typed: str, outcome: str) -> None:
    assert said(OUTSIDE.place(typed)) == outcome


@pytest.mark.parametrize(("machine", "is_outside"), MACHINES)
def test_only_machines_on_the_open_internet_are_talked_to(machine: str, is_outside: bool) -> None:  # noqa: FBT001
    assert (OUTSIDE.objection(machine) is None) == is_outside


@pytest.mark.parametrize(
    ("typed", "outcome"),
    [
        ("http://127.0.0.1:5678/webhook/x", "127.0.0.1:5678 /webhook/x"),
        ("http://localhost:3000/", "localhost:3000 /"),
        ("http://[::1]:3000/", "::1:3000 /"),
        ("https://localhost:9999/", "localhost:9999 /"),
        ("http://example.org/in", Objection.NOT_HTTPS),
        ("http://10.0.0.5/", Objection.INSIDE),
        ("https://10.0.0.5/", Objection.INSIDE),
        ("https://169.254.169.254/", Objection.INSIDE),
        ("http://redis:6379/", Objection.INSIDE),
        ("https://example.org:3000/", Objection.PORT),
    ],
)
def test_at_home_only_what_stands_on_this_machine_is_let_in_besides(typed: str, outcome: str) -> None:
    assert said(AT_HOME.place(typed)) == outcome


def test_at_home_a_name_for_another_machine_inside_is_refused() -> None:
    assert AT_HOME.objection("127.0.0.1") is None
    assert AT_HOME.objection("192.168.1.1") is Objection.INSIDE


def test_the_header_host_names_the_port_only_where_it_is_unusual() -> None:
    authorities = [
        place.authority
        for url in ("https://example.org/", "https://example.org:8443/", "https://[2606:2800:220:1::1]:8443/")
        if isinstance(place := OUTSIDE.place(url), Place)
    ]

    assert authorities == ["example.org", "example.org:8443", "[2606:2800:220:1::1]:8443"]
