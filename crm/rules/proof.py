"""A small sum that a browser does before it sends the form, so that a flood of forms costs something.

After Hashcash (Back, 2002): a number which, hashed behind the form's own token, begins with some zero bits.
A browser needs a fraction of a second; who has no scripts has no proof, and that alone is no reason.
"""

from __future__ import annotations

import hashlib

BITS = 12
"""About 4,000 tries."""
LONGEST = 20


def is_proof(token: str, proof: str) -> bool:
    """Whether this is the sum for this form."""
    if not token or not proof.isascii() or not proof.isdigit() or len(proof) > LONGEST:
        return False
    digest = hashlib.sha256(f"{token}:{proof}".encode()).digest()
    return int.from_bytes(digest[:4]) >> (32 - BITS) == 0
