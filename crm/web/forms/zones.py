"""Time zones as a person looks for them."""

from __future__ import annotations

from zoneinfo import available_timezones

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
_AREAS = ("Africa", "America", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific")
ZONES = picks(
    dict(_FIRST)
    | {
        name: name.replace("_", " ")
        for name in sorted(available_timezones())
        if name.partition("/")[0] in _AREAS and name not in dict(_FIRST)
    }
)
"""The United States first, then the world by its areas."""
