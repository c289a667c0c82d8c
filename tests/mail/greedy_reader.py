"""A reader that spends what it is asked to spend: `python -m tests.mail.greedy_reader` runs as a child."""

from __future__ import annotations

import os
import sys

from crm.mail.apart import serve
from crm.mail.parse import parse
from crm.rules.inbound import InboundMail


def read(raw: bytes) -> InboundMail:
    """`time`, `memory` and `death` are what the mail asks for; anything else is read as ever."""
    match raw:
        case b"time":
            while True:
                pass
        case b"memory":
            bytearray(1 << 30)
        case b"death":
            os._exit(3)
    return parse(raw)


if __name__ == "__main__":
    sys.exit(serve(sys.stdin.buffer, sys.stdout.buffer, read))
