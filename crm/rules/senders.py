"""What an address says about who writes: one to be thrown away, or that of a function and not of a person."""

from __future__ import annotations

from crm.rules.addresses import normalize_email

_THROWN_AWAY = """
10minutemail.com 20minutemail.com 33mail.com anonbox.net burnermail.io byom.de cock.li crazymailing.com
deadaddress.com discard.email discardmail.com dispostable.com dropmail.me emailfake.com emailondeck.com
fakeinbox.com fakemail.net filzmail.com getairmail.com getnada.com grr.la guerrillamail.biz
guerrillamail.com guerrillamail.de guerrillamail.info guerrillamail.net guerrillamail.org
guerrillamailblock.com harakirimail.com inboxbear.com inboxkitten.com incognitomail.org jetable.org
mail-temp.com mailcatch.com maildrop.cc mailexpire.com mailinator.com mailinator.net mailnesia.com
mailnull.com mailsac.com mintemail.com moakt.com mohmal.com mytemp.email nada.email nowmymail.com
objectmail.com one-time.email pokemail.net sharklasers.com shitmail.me spam4.me spambog.com spambox.us
spamex.com spamgourmet.com temp-mail.io temp-mail.org tempail.com tempinbox.com tempmail.com tempmail.dev
tempmail.net tempmailo.com tempr.email throwawaymail.com trash-mail.com trashmail.com trashmail.de
trashmail.me trashmail.net trbvm.com wegwerfmail.de yopmail.com yopmail.fr yopmail.net
"""
_FUNCTIONS = """
abuse accounting accounts admin administrator advertising affiliate affiliates billing bizdev contact
digital editor growth hello info invoice invoices leads marketing media newsletter no-reply noreply office
outreach partner partners partnerships postmaster pr press promo promotion sales seo service services smm
support team webmaster
"""
_CHEAP = """
bet bid buzz cam casino cfd click club cyou fun icu link loan lol monster online poker pro pw ru sbs shop
site space store su tk top vip website win work xyz
"""

DISPOSABLE = frozenset(_THROWN_AWAY.split())
"""Our own list, by hand. Someone shy may use one, so by itself it is no reason."""
ROLES = frozenset(_FUNCTIONS.split())
FAVOURED_ENDINGS = frozenset(_CHEAP.split())
"""Where a name costs next to nothing. People of good will have some of them, too."""


def is_thrown_away(address: str) -> bool:
    return _domain(address) in DISPOSABLE


def is_a_role(address: str) -> bool:
    """The address of a function: sales, info, no-reply."""
    local = normalize_email(address).rpartition("@")[0].partition("+")[0]
    return local in ROLES


def has_a_cheap_name(domain: str) -> bool:
    return domain.rpartition(".")[2].lower() in FAVOURED_ENDINGS


def _domain(address: str) -> str:
    return normalize_email(address).rpartition("@")[2]
