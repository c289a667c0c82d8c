"""The way in from outside: the address people see, TLS, and the proxies that are believed."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator
from urllib.parse import urlsplit

from config import Config
from crm.doctor.finding import Finding, look, ok, wrong


def check(config: Config) -> Iterator[Finding]:
    """What can be seen from the settings; nothing is asked of the web."""
    yield _address(config)
    yield _hosts(config)
    yield _proxies(config)
    yield _metrics(config)


def _address(config: Config) -> Finding:
    is_home = _is_home(urlsplit(config.base_url).hostname or "")
    if config.base_url.startswith("https://"):
        return ok("address", config.base_url)
    if config.is_development and is_home:
        return ok("address", f"{config.base_url}, for development on this machine")
    if config.is_development:
        return look("address", f"{config.base_url} has no TLS", "use it for trying things out only")
    return wrong(
        "address", f"{config.base_url} has no TLS", "put a proxy with TLS in front, and set BASE_URL to https"
    )


def _hosts(config: Config) -> Finding:
    name = urlsplit(config.base_url).hostname or ""
    if name not in config.trusted_hosts:
        hosts = ", ".join(config.trusted_hosts)
        return wrong("hosts", f"TRUSTED_HOSTS ({hosts}) lacks {name}", "add it: links in emails lead there")
    return ok("hosts", f"requests by {', '.join(config.trusted_hosts)} are answered, no others")


def _proxies(config: Config) -> Finding:
    count = config.trusted_proxies
    if count == 0 and config.base_url.startswith("https://"):
        return look(
            "proxies",
            "TLS ends before us and no proxy is believed: all visitors look like one and share one limit",
            "set TRUSTED_PROXIES to how many stand in front, 1 as a rule",
        )
    if count > 2:
        return look(
            "proxies", f"{count} are believed", "a stranger can say where they are from if fewer stand there"
        )
    return ok("proxies", f"{count} believed" if count else "none is believed")


def _metrics(config: Config) -> Finding:
    if config.metrics_token is None and not config.is_development:
        return look(
            "metrics",
            "/metrics and /health/details answer whoever asks from this machine without a proxy's header",
            "set METRICS_TOKEN if your proxy adds no X-Forwarded-For",
        )
    return ok("metrics", "behind METRICS_TOKEN" if config.metrics_token else "for this machine only")


def _is_home(name: str) -> bool:
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return name == "localhost"
