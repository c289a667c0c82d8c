"""What the browser gets from us: nothing from elsewhere, readable in both themes, as it was vendored."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

import pytest
from flask.testing import FlaskClient

ROOT = Path(__file__).resolve().parents[2]
STATIC = ROOT / "crm" / "static"
OUR_FILES = sorted(file for pattern in ("*.css", "*.js", "*.svg") for file in STATIC.glob(pattern))
EMAILS = ROOT / "templates" / "email"  # mail programs read only inline styles
NOT_UNDER_OUR_POLICY = {
    "follow_ups/letter_text.html",  # a mail's plain text in a sandboxed frame with a policy of its own
    "settings/plain_form.html",  # shown as text to copy into the practice's own site
    "people/privacy/portrait.html",  # a file of its own, which holds nothing that runs
}
PAGES = sorted(
    file
    for file in (ROOT / "templates").rglob("*.html")
    if not file.is_relative_to(EMAILS)
    and str(file.relative_to(ROOT / "templates")) not in NOT_UNDER_OUR_POLICY
)
STYLES = (STATIC / "app.css").read_text(encoding="utf-8")

# sha256 of what scripts/vendor_frontend.py copied or made; a new version changes the line with it.
VENDORED = {
    "htmx-4.0.1.min.js": "a0abb04f2f45a1f89d1d4844023245537e5e6014c87b144553e0607b4cc32130",
    "commissioner-latin.woff2": "631bb17f2a0ece75f7b6152fcd5c0abccc234a1d5797db924ef341eb3fbf299b",
}

TEXT = 4.5  # WCAG 2.2, 1.4.3
SHAPE = 3.0  # WCAG 2.2, 1.4.11: control borders, dots, focus
PAIRS = [
    *[(ink, ground, TEXT) for ink in ("ink", "ink-2", "ink-3") for ground in ("bg", "surface", "sunken")],
    *[
        (ink, ground, TEXT)
        for ink in ("accent", "now", "next", "good", "bad")
        for ground in ("bg", "surface")
    ],
    *[(kind, f"{kind}-soft", TEXT) for kind in ("accent", "now", "next", "good", "bad")],
    *[("ink", f"{kind}-soft", TEXT) for kind in ("accent", "now", "next", "good", "bad")],
    *[("accent", f"{kind}-soft", TEXT) for kind in ("now", "next", "good", "bad")],
    ("ink-2", "next-soft", TEXT),
    ("on-accent", "accent-fill", TEXT),
    ("on-accent", "accent-hover", TEXT),
    ("surface", "ink", TEXT),
    ("surface", "next", TEXT),
    ("toast-ink", "toast", TEXT),
    ("toast-link", "toast", TEXT),
    *[
        (edge, ground, SHAPE)
        for edge in ("line-strong", "focus", "next-line")
        for ground in ("bg", "surface")
    ],
    ("now-dot", "bg", SHAPE),
    ("now-dot", "surface", SHAPE),
]


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(("front", "back", "least"), PAIRS)
def test_every_pair_of_colours_can_be_read(theme: str, front: str, back: str, least: float) -> None:
    tokens = themes()[theme]

    ratio = contrast(tokens[front], tokens[back])

    assert ratio >= least, f"{front} on {back} is {ratio:.2f} in the {theme} theme"


def test_the_dark_theme_is_one_theme_whether_chosen_by_hand_or_by_the_system() -> None:
    by_system, by_hand = (tokens(block) for block in dark_blocks())

    assert by_system == by_hand


def test_both_themes_name_the_same_colours() -> None:
    both = themes()

    assert set(both["dark"]) == set(both["light"])


@pytest.mark.parametrize("file", OUR_FILES, ids=lambda file: file.name)
def test_our_files_ask_no_other_host_for_anything(file: Path) -> None:
    words = file.read_text(encoding="utf-8").replace("http://www.w3.org/2000/svg", "")
    without_comments = re.sub(r"(?m)^\s*//.*$", "", words)

    assert "@import" not in without_comments
    assert not re.search(r"url\(\s*[\"']?(https?:)?//", without_comments)
    assert not re.search(r"[\"'`]https?://", without_comments)


@pytest.mark.parametrize("file", PAGES, ids=lambda file: str(file.relative_to(ROOT / "templates")))
def test_pages_hold_no_inline_style_or_script(file: Path) -> None:
    """The Content-Security-Policy would refuse them."""
    words = re.sub(r"\{#.*?#\}", "", file.read_text(encoding="utf-8"), flags=re.DOTALL)

    assert not re.search(r"\sstyle\s*=", words)
    assert not re.search(r"\son[a-z]+\s*=\s*[\"']", words)
    assert not re.search(r"\shx-on", words)
    assert not re.search(r"<script(?![^>]*\ssrc=)", words)
    assert "<style" not in words


@pytest.mark.parametrize(("name", "sha256"), VENDORED.items())
def test_a_vendored_file_is_the_one_we_recorded(name: str, sha256: str) -> None:
    assert hashlib.sha256((STATIC / "vendor" / name).read_bytes()).hexdigest() == sha256


@pytest.mark.parametrize("name", VENDORED)
def test_a_vendored_file_reaches_the_browser_as_it_lies_here(client: FlaskClient, name: str) -> None:
    sent = client.get(f"/static/vendor/{name}", buffered=True)

    assert sent.data == (STATIC / "vendor" / name).read_bytes()


@pytest.mark.parametrize(("name", "kind"), [("app.css", "text/css"), ("app.js", "text/javascript")])
def test_our_own_files_reach_the_browser_without_what_only_we_read(
    client: FlaskClient, name: str, kind: str
) -> None:
    sent = client.get(f"/static/{name}")

    assert sent.content_type == f"{kind}; charset=utf-8"
    assert len(sent.data) < 0.9 * (STATIC / name).stat().st_size
    assert "-----" not in sent.text  # the headings of our sections


def test_a_browser_that_has_our_file_is_not_sent_it_again(client: FlaskClient) -> None:
    first = client.get("/static/app.css")

    again = client.get("/static/app.css", headers={"If-None-Match": first.headers["ETag"]})

    assert first.headers["Cache-Control"] == "no-cache"  # so that it asks, and has tomorrow's at once
    assert (again.status_code, again.data) == (304, b"")


@pytest.mark.parametrize("name", ["nothing.css", "../app.py", "%2e%2e/app.py", "vendor/../../app.py"])
def test_nothing_else_can_be_had_by_our_files_address(client: FlaskClient, name: str) -> None:
    assert client.get(f"/static/{name}").status_code == 404


@pytest.mark.parametrize("name", ["htmx", "commissioner", "lucide"])
def test_every_licence_lies_beside_what_it_covers(name: str) -> None:
    assert (STATIC / "vendor" / f"{name}.LICENSE.txt").read_text(encoding="utf-8").strip()


@pytest.mark.parametrize("name", (ROOT / "scripts" / "icons.txt").read_text(encoding="utf-8").split())
def test_every_icon_on_the_list_is_drawn(name: str) -> None:
    drawn = (ROOT / "templates" / "macros" / "icons.html").read_text(encoding="utf-8")

    assert f"'{name}': '<" in drawn


def themes() -> dict[str, dict[str, str]]:
    light = re.search(r"(?m)^:root \{(.*?)^\}", STYLES, re.DOTALL)
    assert light
    return {"light": tokens(light[1]), "dark": tokens(dark_blocks()[0])}


def dark_blocks() -> list[str]:
    return re.findall(
        r":root(?::not\(\[data-theme=\"light\"\]\)|\[data-theme=\"dark\"\]) \{(.*?)\}", STYLES, re.DOTALL
    )


def tokens(block: str) -> dict[str, str]:
    return dict(re.findall(r"--([\w-]+): (#[0-9A-Fa-f]{6});", block))


def contrast(one: str, other: str) -> float:
    """WCAG 2.2's contrast ratio of two #RRGGBB colours, from 1 to 21."""
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def luminance(colour: str) -> float:
    red, green, blue = (channel(int(colour[at : at + 2], 16) / 255) for at in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def channel(value: float) -> float:
    return value / 12.92 if value <= 0.04045 else float(((value + 0.055) / 1.055) ** 2.4)
