"""What gunicorn serves: `crm.wsgi:app`."""

from __future__ import annotations

from config import Config
from crm import log
from crm.app import start

config = Config.from_env_or_exit()
log.configure(config.log_level, as_json=not config.is_development)
app = start(config)
