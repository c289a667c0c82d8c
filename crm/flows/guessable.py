"""Whether a password stands on the lists of stolen ones, or is made of what does (ASVS 6.2.4, 6.2.12)."""

from __future__ import annotations

from crm.rules import passwords

LOOKED_AT = 40
"""Characters; what begins with so many that are hard to guess is hard to guess."""
FEWEST_GUESSES = 10**6
"""As many as the sign-in takes from one browser in a year."""
ON_A_LIST = (
    "That one is on the lists that thieves try first. A few words that don’t belong together work well."
)


def weakness(password: str, *known: str) -> str | None:
    """What is wrong with a new password, by our own rules and by what is known of stolen ones; None: nothing.

    `known`: words everybody can read about this practice, such as its name and the address.
    """
    if found := passwords.weakness(password, *known):
        return found
    return ON_A_LIST if _guesses(password, known) < FEWEST_GUESSES else None


def _guesses(password: str, known: tuple[str, ...]) -> int:
    from zxcvbn import zxcvbn  # noqa: PLC0415 - its lists take half a second and ten megabytes

    found = zxcvbn(password[:LOOKED_AT], user_inputs=[each[:LOOKED_AT] for each in known if each])
    return int(found["guesses"])
