"""Exit status 0 when the web program on this machine answers /health with 200, else 1.

It asks by the name in BASE_URL, since any other Host is refused.
"""

from __future__ import annotations

import http.client
import os
import sys
from urllib.parse import urlsplit

SECONDS = 4


def answers() -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", int(os.environ.get("PORT", "8000")), timeout=SECONDS)
    try:
        own_name = urlsplit(os.environ.get("BASE_URL", "")).netloc
        connection.request("GET", "/health", headers={"Host": own_name})
        return connection.getresponse().status == http.HTTPStatus.OK
    except OSError:
        return False
    finally:
        connection.close()


if __name__ == "__main__":
    sys.exit(0 if answers() else 1)
