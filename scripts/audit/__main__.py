"""Ask pip-audit about every pinned package; say plainly when its data cannot be reached.

Exit status 1 for a known vulnerability. Where no package at all was found in the data, nothing was audited,
and pip-audit itself would end with status 0: then this says NOT AUDITED and what to do, and fails only with
AUDIT=strict, because a machine without the internet has to be able to run the other checks.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
PINS = ("requirements.txt", "requirements-dev.txt")
PATIENCE = "15"


def audited(pins: str) -> list[dict[str, object]]:
    """What pip-audit found out of each package; nothing where it could not ask at all."""
    words = [sys.executable, "-m", "pip_audit", "--disable-pip", "--require-hashes", "--format=json"]
    asked = subprocess.run(
        [*words, "--progress-spinner=off", f"--timeout={PATIENCE}", "--requirement", str(ROOT / pins)],
        capture_output=True,
        text=True,
        check=False,
    )
    try:
        found: list[dict[str, object]] = json.loads(asked.stdout)["dependencies"]
    except (json.JSONDecodeError, KeyError):
        return []
    return found


def main() -> int:
    packages = {str(each["name"]): each for pins in PINS for each in audited(pins)}
    known = [each for each in packages.values() if "skip_reason" not in each]
    if not known:
        print(
            "NOT AUDITED: pip-audit's data cannot be reached from here; docs/operations.md says what to do."
        )
        return 1 if os.environ.get("AUDIT") == "strict" else 0
    weak = [each for each in known if each["vulns"]]
    for each in weak:
        print(f"VULNERABLE {each['name']} {each['version']}: {each['vulns']}")
    print(f"{len(known)} packages audited, {len(packages) - len(known)} unknown, {len(weak)} vulnerable.")
    return 1 if weak else 0


if __name__ == "__main__":
    sys.exit(main())
