"""Our style sheets and scripts, as browsers get them: without comments and white space, which only we read.

What we vendored goes out byte for byte.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import cast

import rcssmin
import rjsmin
from flask import Flask, Response, request

SQUEEZED: dict[str, tuple[str, Callable[[str], str]]] = {
    ".css": ("text/css", rcssmin.cssmin),
    ".js": ("text/javascript", rjsmin.jsmin),
}


def register(app: Flask) -> None:
    """Take over Flask’s own address of what lies in `static`."""
    home = Path(cast("str", app.static_folder))
    ours = {file.name: file for file in home.iterdir() if file.suffix in SQUEEZED}

    def send(filename: str) -> Response:
        if filename not in ours:
            return app.send_static_file(filename)
        return squeezed(ours[filename])

    app.view_functions["static"] = send


def squeezed(file: Path) -> Response:
    """The file, or 304 to a browser that has it as it is now."""
    kind, _squeeze = SQUEEZED[file.suffix]
    response = Response(_words(file, file.stat().st_mtime_ns), mimetype=kind)
    response.cache_control.no_cache = True  # ask each time, as Flask has it for the others
    response.add_etag()
    response.make_conditional(request)
    return response


@lru_cache(maxsize=64)
def _words(file: Path, _changed_ns: int) -> str:
    """Squeezed once, and again when the file has changed."""
    _kind, squeeze = SQUEEZED[file.suffix]
    return squeeze(file.read_text(encoding="utf-8"))
