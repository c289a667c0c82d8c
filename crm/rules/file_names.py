"""What a file that came with a mail may be called on the owner's disk and screen."""

from __future__ import annotations

import re
import unicodedata

LENGTH = 100
_FORBIDDEN = re.compile(r'[<>:"/\\|?*]')


def file_name(given: str, number: int = 1) -> str:
    """Its own name without a path, without signs that hide or turn letters, and never none at all.

    A right-to-left mark makes `exe.pdf` of `fdp.exe`, and a name with a slash could lie elsewhere.
    """
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", given))[-1]
    plain = "".join(each for each in last if unicodedata.category(each)[0] != "C")
    words = " ".join(_FORBIDDEN.sub("", plain).split()).strip(". ")
    stem, dot, ending = words.rpartition(".")
    if len(words) > LENGTH:
        words = f"{stem[: LENGTH - 12]}{dot}{ending[:10]}" if dot else words[:LENGTH]
    return words or f"attachment-{number}"


def size_in_words(octets: int) -> str:
    """About how large it is."""
    if octets < 1_000:
        return f"{octets} bytes"
    return f"{octets / 1_000:.0f} kB" if octets < 1_000_000 else f"{octets / 1_000_000:.1f} MB"
