"""How a text looks that a form brought: links, symbols, letters of two kinds, words that are none."""

from __future__ import annotations

import re

LINK = re.compile(r"https?://|\bwww\.", re.IGNORECASE)
_WHOLE_LINK = re.compile(r"(?:https?://|\bwww\.)\S+", re.IGNORECASE)
LINK_MARKUP = re.compile(r"<a\s[^>]{0,200}href|\[(?:url|link)\b", re.IGNORECASE)
BARE_DOMAIN = re.compile(
    r"(?<![\w@./-])(?:[a-z0-9-]{1,63}\.){1,5}(?:com|net|org|info|biz|ru|cn|xyz|top|site|online|club|io|co|me|ly)\b",
    re.IGNORECASE,
)
HOST = re.compile(r"(?:https?://|\bwww\.)((?:[\w-]{1,63}\.){1,6}[a-z]{2,24})", re.IGNORECASE)
_WORD = re.compile(r"[^\W\d_]+")
_CYRILLIC_OR_GREEK = re.compile(r"[\u0370-\u03ff\u0400-\u04ff]")
_LATIN = re.compile(r"[A-Za-z]")
_SYMBOL = re.compile(r"[$€£₽₿%=|~^<>{}\[\]★✅✔➡→►●•🔥💰🚀-🛿🤑-🧿🌀-🗿😀-🙏]")
_JUMBLE = re.compile(r"[a-z][A-Z]")
_CONSONANTS = re.compile(r"[bcdfghjklmnpqrstvwxz]{5,}", re.IGNORECASE)


def holds_a_link(name: str) -> bool:
    """Someone who typed their address into the name field holds no link."""
    return bool(LINK.search(name) or LINK_MARKUP.search(name) or BARE_DOMAIN.search(name))


def share_of_links(text: str) -> float:
    return sum(map(len, _WHOLE_LINK.findall(text))) / max(len(text), 1)


def share_of_symbols(text: str) -> float:
    return len(_SYMBOL.findall(text)) / max(len(text), 40)


def mixed(text: str) -> int:
    """Words that hold Latin letters and others that look like them."""
    return sum(bool(_LATIN.search(word) and _CYRILLIC_OR_GREEK.search(word)) for word in _WORD.findall(text))


def is_in_other_letters(text: str) -> bool:
    letters = "".join(_WORD.findall(_WHOLE_LINK.sub("", text)))
    return bool(letters) and sum(letter > "\u02af" for letter in letters) > len(letters) / 2


def is_no_words(text: str) -> bool:
    """Letters as a machine makes them up: "zXcVbNmLkJh". Somebody’s hasty typing has spaces and vowels."""
    words = _WORD.findall(text)
    made_up = [
        word
        for word in words
        if len(word) >= 7 and (len(_JUMBLE.findall(word)) >= 2 or len(_CONSONANTS.findall(word)) >= 1)
    ]
    return bool(words) and len(words) <= 3 and len(made_up) > len(words) / 2
