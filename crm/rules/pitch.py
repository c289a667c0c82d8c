"""Whether a message offers something instead of asking for help, told from its manner, never its subject.

Debts, gambling, sex and sickness are what people come with, so no word about a subject counts. What counts is
speaking of the reader's own business, of "our" services, of prices and guarantees, and telling the reader
what to do: each of these once, however often it is said. None of it is enough by itself.
"""

from __future__ import annotations

import re

from crm.rules.crisis_phrases import plain

_THINGS = (
    r"(web ?)?sites?|web ?pages?|businesses|business|company|companies|clinic|domains?|brand|listings?|online presence"
    r"|google (ranking|profile|business|listing)s?|rankings?|competitors|customers|revenue|traffic|social media"
    r"|(resources |contact |home |landing )?page|invoices?|account payable|billing department|facebook page|office manager"
)
_MANNERS = {
    "it speaks of your business": rf"\byour (\w+ ){{0,2}}({_THINGS})\b|\b(on|of|for) your site\b",
    "it offers services": (
        r"\bwe (can |could |will |would |also |are able to |currently )?(offer|provide|specialize|deliver|design"
        r"|build|develop|guarantee|supply|help (businesses|companies|clinics|practices|therapists|people like)"
        r"|work with (businesses|companies|clinics|practices|therapists)"
        r"|(can|could|will) \w+ your?|are an? (\w+ ){0,4}(company|agency|firm|provider|studio|supplier|team)"
        r"|are (\w+ ){0,2}manufacturers?|d love to|would love to|sell|clean|remove|recruit|fix)\b"
        r"|\bour (agency|company|services|packages?|platform|software|clients|customers|experts|experienced team"
        r"|team of|solution|product|network|editors|pricing)\b"
        r"|\bi (am|m) (an? )?(\w+ ){0,3}(developer|designer|specialist|expert|marketer|consultant|freelancer"
        r"|copywriter|representative|broker)\b|\bi (can|could) (help you )?(rank|redesign|increase|improve|boost)\b"
    ),
    "it names prices or guarantees": (
        r"(\$|€|£|usd|eur) ?\d[\d,.]*( ?(k|m|million))?( ?(/|per|a|each)? ?(month|mo|lead|post|link|year|day))?"
        r"|\b\d{1,3} ?%|\b(money back|guaranteed?|no obligation|free (of charge|quote|audit|proposal|consultation call"
        r"|trial|demo|report|mockup|samples?)|starting (at|from)|discount|limited time|interest rates?|bonus"
        r"|per (lead|month|post|link|visit|word|hour)|prices?|fee is|rates? (start|are|from)|no (upfront|hidden) (fees?|costs?)|pre ?approved|unsecured)\b"
    ),
    "it tells you to act": (
        r"\b(reply (to|with|back|yes)|let me know if (you|this)|are you interested|if (you are |youre )?interested"
        r"|interested in|click (here|on|the|below)|visit (us|our|the)|sign up|contact (us|me) (at|on|for|via|today)"
        r"|book a (call|demo|slot)|schedule a (demo|quick)|hop on a|quick (call|chat)|whatsapp|telegram|order now"
        r"|act now|log in|verify your|confirm (your|within)|submit the|call us|let me know your|reply by|apply (now|today)|get started|learn more|check (it )?out|more (info|information|details)"
        r"|unsubscribe|opt ?out|dont want to hear|remove you|pay(ment)? (is|of|the|within|by)|kindly"
        r"|may i send|shall i send|can i send|would you (be )?(like|interested|open)|who (is|would be) the right person)\b"
    ),
    "it greets you as a business": (
        r"^\W*(dear |hi |hello |hey |good (day|morning) )?(sir|madam|sirs|website owner|site owner|business owner"
        r"|owner|manager|team|webmaster|admin|there team|office manager|practice manager|to whom)\b"
        r"|\b(came across|found|noticed|visited|looking at|reviewing|browsing|checked) your (\w+ )?(web ?site|site"
        r"|listing|page|business|practice online|blog)\b"
    ),
}
_PATTERNS = {manner: re.compile(pattern, re.MULTILINE) for manner, pattern in _MANNERS.items()}
_OF_THEMSELVES = re.compile(r"\b(i|im|ive|id|ill|me|my|mine|myself|yo|me|mi|mis|conmigo|estoy|soy|tengo)\b")
_WORD = re.compile(r"\w+")
READ_AT_MOST = 4_000
LONG_ENOUGH = 12


def manners(text: str) -> list[str]:
    """In what ways it offers something, each once, in words that follow "because"."""
    bare = plain(text[:READ_AT_MOST])
    return [manner for manner, pattern in _PATTERNS.items() if pattern.search(bare)]


def says_little_of_themselves(text: str) -> bool:
    """Hardly an "I" or a "my" in a message long enough to have some. Judged in English and Spanish alone."""
    bare = plain(text[:READ_AT_MOST])
    words = len(_WORD.findall(bare))
    letters = [letter for letter in bare if letter.isalpha()]
    latin = sum(letter.isascii() for letter in letters) > 0.8 * len(letters)
    return latin and words >= LONG_ENOUGH and len(_OF_THEMSELVES.findall(bare)) < words / 25
