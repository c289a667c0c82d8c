"""A browser in a few words for whoever uses it, from what it says of itself."""

from __future__ import annotations

import re

BROWSERS = (
    ("Edge", r"\bEdgA?/|\bEdgiOS/"),
    ("Opera", r"\bOPR/"),
    ("Samsung Internet", r"SamsungBrowser/"),
    ("Firefox", r"\bFirefox/|\bFxiOS/"),
    ("Chrome", r"\bChrome/|\bCriOS/|\bHeadlessChrome/|\bChromium/"),
    ("Safari", r"\bSafari/"),
)
"""In the order to ask: each of the later ones is also said by some of the earlier."""
SYSTEMS = (
    ("iPhone", r"\biPhone\b"),
    ("iPad", r"\biPad\b"),
    ("Android", r"\bAndroid\b"),
    ("Windows", r"\bWindows NT\b"),
    ("Chromebook", r"\bCrOS\b"),
    ("Mac", r"\bMacintosh\b"),
    ("Linux", r"\bLinux\b"),
)
ON_THE_GO = frozenset({"iPhone", "iPad", "Android"})


def browser_words(user_agent: str) -> str:
    """Firefox on Windows; "A browser" where it says nothing we know. Never anything else of what was sent."""
    browser, system = _first(BROWSERS, user_agent), _first(SYSTEMS, user_agent)
    if browser and system:
        return f"{browser} on {'a Chromebook' if system == 'Chromebook' else system}"
    return browser or (f"A browser on {system}" if system else "A browser")


def is_on_the_go(words: str) -> bool:
    """Whether these words name a phone or a tablet."""
    return words.rpartition(" on ")[2] in ON_THE_GO


def _first(known: tuple[tuple[str, str], ...], user_agent: str) -> str | None:
    return next((name for name, sign in known if re.search(sign, user_agent)), None)
