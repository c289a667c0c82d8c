"""Which broker an address names, and how Celery is told to use it."""

from __future__ import annotations

from worker.atomic_filesystem import options as folder_options

# A task not acknowledged for so long is given to another worker; the sockets never wait for ever.
REDIS_OPTIONS = {"visibility_timeout": 900, "socket_timeout": 30, "socket_connect_timeout": 5}


def settings_for(redis_url: str) -> dict[str, object]:
    """Celery's broker settings for REDIS_URL; `filesystem://` gets the transport that renames atomically."""
    if redis_url.startswith("filesystem://"):
        return {
            "broker_url": "filesystem://localhost",  # a name kombu wants; the folder is in the options
            "broker_transport": "worker.atomic_filesystem:Transport",
            "broker_transport_options": folder_options(redis_url),
        }
    return {"broker_url": redis_url, "broker_transport_options": REDIS_OPTIONS}
