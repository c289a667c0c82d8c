"""Fetch the few front-end files we do not write ourselves, and check them.

Run by hand when a version changes: `python scripts/vendor_frontend.py`. Each package is
pinned and its archive must match the recorded hash before one byte is copied, so the
same command gives the same files on any day. npm decides where it downloads from. The font is then made
smaller with fontTools, which uv fetches for this one run.
"""

from __future__ import annotations

import base64
import hashlib
import re
import subprocess
import tarfile
import tempfile
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENDOR = ROOT / "crm" / "static" / "vendor"
FOR_TESTS = ROOT / "tests" / "browser" / "vendor"
ICON_MACRO = ROOT / "templates" / "macros" / "icons.html"
ICON_NAMES = Path(__file__).with_name("icons.txt")


@dataclass(frozen=True)
class Package:
    """One pinned npm package: its archive's sha512, the files copied from it, and where they go."""

    name: str
    version: str
    sha512: str
    files: tuple[tuple[str, str], ...]
    home: Path = VENDOR


HTMX = Package(
    "htmx.org",
    "4.0.1",
    "oF7JgXhDW9UXCy/k1ZYFUQgzu/rm19ORWPSPNL91vPluB2PB9+MV55tyQdH/w7o2EAbTYUG5SDW1R60mdkdqGg==",
    (("dist/htmx.min.js", "htmx-4.0.1.min.js"), ("LICENSE", "htmx.LICENSE.txt")),
)
COMMISSIONER = Package(
    "@fontsource-variable/commissioner",
    "5.3.0",
    "0IEvi8SO1slc5Pc9tA4OtA01I8UiCcEq/uh12oNjfHuABU9Lnz61l2V8o2cMPUUo3BAo5MbISVK2I/DSpBRw7Q==",
    (
        ("files/commissioner-latin-wght-normal.woff2", "commissioner-latin.woff2"),
        ("LICENSE", "commissioner.LICENSE.txt"),
    ),
)
FONT_TOOLS, FONT_READER = "fonttools==4.68.0", "brotli==1.2.1"
WEIGHTS, QUIETLY = "wght=400:600", ("--quiet", "--no-recalc-timestamp")
KEPT = (
    "--unicodes=*",
    "--layout-features=kern,mark,mkmk,ccmp,locl,liga,calt",
    "--name-IDs=0,1,2,3,4,5,6,13,14",
    "--flavor=woff2",
)
LUCIDE = Package(
    "lucide-static",
    "1.62.0",
    "WBZA/m2PvkFpMGHDtsBck5P2A9G4ehLlYu4GwwICcmEm1BvYVgj00lCDxKRWLlbMlOibLaiwdQ88G5pHkSWgwA==",
    (("LICENSE", "lucide.LICENSE.txt"),),
)
AXE = Package(
    "axe-core",
    "4.14.1",
    "FHfa+lmNjQZfJz1q8wKqIDwC6DExcHt/pkjNQb09a3NPjCKg2rhu5qb2S4r76ASyFNNtuFooJpZe37OgudVGtQ==",
    (("axe.min.js", "axe-4.14.1.min.js"), ("LICENSE", "axe.LICENSE.txt")),
    home=FOR_TESTS,
)


def main() -> None:
    """Replace everything vendored, and write the icon macro."""
    with tempfile.TemporaryDirectory() as folder:
        for package in (HTMX, COMMISSIONER, LUCIDE, AXE):
            package.home.mkdir(parents=True, exist_ok=True)
            unpacked = fetch(package, Path(folder))
            for source, target in package.files:
                (package.home / target).write_bytes((unpacked / source).read_bytes())
            if package is COMMISSIONER:
                make_smaller(package.home / "commissioner-latin.woff2", Path(folder))
            if package is LUCIDE:
                ICON_MACRO.write_text(icon_macro(unpacked / "icons"), encoding="utf-8")


def fetch(package: Package, folder: Path) -> Path:
    """Download and unpack one package; raise SystemExit if its hash is not the recorded one."""
    wanted = f"{package.name}@{package.version}"
    target = folder / package.name.replace("/", "-")
    target.mkdir()
    subprocess.run(
        ["npm", "pack", "--silent", "--pack-destination", str(target), wanted],
        check=True,
        stdout=subprocess.DEVNULL,
    )
    (archive,) = target.glob("*.tgz")
    found = base64.b64encode(hashlib.sha512(archive.read_bytes()).digest()).decode()
    if found != package.sha512:
        raise SystemExit(f"{wanted}: the archive's hash is {found}, not the recorded one")
    with tarfile.open(archive) as contents:
        contents.extractall(target, filter="data")
    return target / "package"


def make_smaller(font: Path, folder: Path) -> None:
    """Keep every character, but only the weights that app.css names, and no feature it would ask for."""
    fewer_weights = folder / "fewer-weights.ttf"
    tools = ["uv", "tool", "run", "--with", FONT_READER, "--from", FONT_TOOLS]
    subprocess.run(
        [*tools, "fonttools", "varLib.instancer", *QUIETLY, str(font), WEIGHTS, "-o", str(fewer_weights)],
        check=True,
    )
    subprocess.run([*tools, "pyftsubset", str(fewer_weights), *KEPT, f"--output-file={font}"], check=True)


def icon_macro(icons: Path) -> str:
    """The Jinja macro which inlines the listed icons; nothing is fetched by a browser."""
    names = ICON_NAMES.read_text(encoding="utf-8").split()
    lines = [f"  {name!r}: {drawing(icons / f'{name}.svg')!r}," for name in sorted(names)]
    return MACRO.replace("ICONS_HERE", "\n".join(lines))


def drawing(file: Path) -> str:
    """The shapes inside one icon's <svg>, on one line."""
    inside = re.search(r"<svg[^>]*>(.*)</svg>", file.read_text(encoding="utf-8"), re.DOTALL)
    if inside is None:
        raise SystemExit(f"{file.name} holds no drawing")
    return re.sub(r"\s+", " ", inside[1]).replace(" />", "/>").replace("> <", "><").strip()


MACRO = """{#- Made by scripts/vendor_frontend.py from Lucide (ISC, some parts MIT: see
    crm/static/vendor/lucide.LICENSE.txt). Add a name to scripts/icons.txt and run it again. -#}
{%- set drawings = {
ICONS_HERE
} -%}
{#- An icon stands beside a word; alone, it needs a label. app.css says how it is drawn. -#}
{%- macro icon(name, label=None, size=20) -%}
<svg class="icon" width="{{ size }}" height="{{ size }}" viewBox="0 0 24 24"
 {%- if label %} role="img" aria-label="{{ label }}"{% else %} aria-hidden="true"{% endif %}>
 {{- drawings[name] | safe -}}
</svg>
{%- endmacro %}
"""

if __name__ == "__main__":
    main()
