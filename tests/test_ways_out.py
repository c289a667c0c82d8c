"""Few doors lead out of the process: an address somebody typed is asked for by the guarded one alone."""

from __future__ import annotations

import ast
from pathlib import Path

ROOT = Path(__file__).parent.parent
OPENS = {"socket", "asyncio", "urllib.request", "http.client", "smtplib", "imaplib", "poplib", "ftplib",
         "xmlrpc", "telnetlib", "ssl", "httpx", "requests", "aiohttp"}  # fmt: skip
DOORS = {
    "crm/outside": "what other programs are told; guarded by rules/reach",
    "crm/mail": "the servers that the operator named",
    "crm/flows": "the loop in which mail is sent; connections are crm/mail's",
    "crm/local": "the processes of this machine",
}


def imported(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {each.name for each in node.names}
        elif isinstance(node, ast.ImportFrom):
            found |= {node.module or "", *(f"{node.module}.{each.name}" for each in node.names)}
    return found & OPENS


def test_nothing_opens_a_connection_but_the_doors() -> None:
    others = {
        str(path.relative_to(ROOT)): found
        for folder in ("crm", "worker")
        for path in (ROOT / folder).rglob("*.py")
        if not str(path.relative_to(ROOT)).startswith(tuple(DOORS)) and (found := imported(path))
    }

    assert others == {}
