"""What is asked of the DNS about a domain, and what is made of its answers. Nobody is asked here."""

from __future__ import annotations

import dns.rdata
import dns.rdataclass
import dns.rdatatype

from crm.outside.records import SELECTORS, look, words_of

HEALTH = "springstreet.health"
SAID = {
    (HEALTH, "TXT"): ["google-site-verification=x", "v=spf1 include:_spf.google.com ~all"],
    (f"_dmarc.{HEALTH}", "TXT"): ["v=DMARC1; p=none"],
    (HEALTH, "MX"): ["aspmx.l.google.com"],
    (f"selector1._domainkey.{HEALTH}", "TXT"): ["v=DKIM1; p=MIIB"],
}


class Resolver:
    """Says what is known, and remembers what was asked."""

    def __init__(self, said: dict[tuple[str, str], list[str]] | None) -> None:
        self.said, self.asked = said, list[str]()

    def ask(self, name: str, kind: str) -> list[str] | None:
        self.asked.append(name)
        return None if self.said is None else self.said.get((name, kind), [])


def test_of_all_that_is_said_only_what_is_meant_is_kept() -> None:
    answers = look(HEALTH, (), Resolver(SAID).ask)

    assert answers.spf == ("v=spf1 include:_spf.google.com ~all",)
    assert answers.dmarc == ("v=DMARC1; p=none",)
    assert answers.mx == ("aspmx.l.google.com",)
    assert answers.keys == {"selector1": "v=DKIM1; p=MIIB"}


def test_the_selector_of_an_email_that_was_signed_is_asked_first_and_ends_the_search() -> None:
    resolver = Resolver(SAID | {(f"mail2026._domainkey.{HEALTH}", "TXT"): ["v=DKIM1; p=MIIC"]})

    answers = look(HEALTH, ["mail2026"], resolver.ask)

    assert answers.keys == {"mail2026": "v=DKIM1; p=MIIC"}
    assert sum("_domainkey" in name for name in resolver.asked) == 1


def test_without_a_network_two_questions_are_asked_and_no_more() -> None:
    resolver = Resolver(None)

    answers = look(HEALTH, (), resolver.ask)

    assert (answers.spf, answers.dmarc, answers.mx, answers.keys) == (None, None, None, {})
    assert len(resolver.asked) == 2


def test_where_nothing_is_each_usual_selector_is_asked_once() -> None:
    resolver = Resolver({})

    answers = look(HEALTH, (), resolver.ask)

    assert (answers.spf, answers.dmarc, answers.mx) == ((), (), ())
    assert sum("_domainkey" in name for name in resolver.asked) == len(SELECTORS)


def test_a_record_in_pieces_is_put_together() -> None:
    record = dns.rdata.from_text(dns.rdataclass.IN, dns.rdatatype.TXT, '"v=spf1 include:a.b" " ~all"')
    mail = dns.rdata.from_text(dns.rdataclass.IN, dns.rdatatype.MX, "10 mx.springstreet.health.")

    assert words_of(record, "TXT") == "v=spf1 include:a.b ~all"
    assert words_of(mail, "MX") == "mx.springstreet.health"
