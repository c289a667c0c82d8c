"""Time zones as a person looks for them."""

from __future__ import annotations

from crm.rules.zones import places
from crm.web.forms.picks import picks

_FIRST = (
    ("America/Los_Angeles", "Los Angeles (Pacific)"),
    ("America/Denver", "Denver (Mountain)"),
    ("America/Phoenix", "Phoenix (Arizona)"),
    ("America/Chicago", "Chicago (Central)"),
    ("America/New_York", "New York (Eastern)"),
    ("America/Anchorage", "Anchorage (Alaska)"),
    ("Pacific/Honolulu", "Honolulu (Hawaii)"),
)
ZONES = picks(
    dict(_FIRST) | {name: name.replace("_", " ") for name in sorted(places() - dict(_FIRST).keys())}
)
"""The United States first, then the world by its areas."""
