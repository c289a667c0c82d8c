"""What gunicorn serves: `crm.wsgi:app`."""

from __future__ import annotations

import gc

from config import Config
from crm import log
from crm.app import start

GARBAGE_AFTER = 10_000
"""Python looks for garbage each time it has so many objects more: about once a page, most of whose objects
go by themselves. By its own 700 it interrupts each page a dozen times."""

config = Config.from_env_or_exit()
log.configure(config.log_level, as_json=not config.is_development)
app = start(config)
gc.collect()
gc.freeze()  # the program itself is no garbage
gc.set_threshold(GARBAGE_AFTER)
