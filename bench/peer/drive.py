"""django-post-office at work: reads the task on its first line of input, says "ready", sends on the second.

Then it says what that cost, as JSON. Runs under .venv-bench, where Django is (bench/peers.py starts it).
"""

import json
import os
import resource
import sys
import tempfile

import django
from django.core.management import call_command


def main() -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "settings"
    django.setup()
    call_command("migrate", verbosity=0)
    queue(json.loads(sys.stdin.readline()))
    print("ready", flush=True)
    sys.stdin.readline()
    before = cpu_seconds()
    with tempfile.TemporaryDirectory() as place:
        call_command("send_queued_mail", processes=2, lockfile=f"{place}/lock")
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    print(json.dumps({"cpu": cpu_seconds() - before, "peak_mb": peak}), flush=True)


def queue(task: dict) -> None:
    from post_office import mail  # noqa: PLC0415 - Django wants to be set up first
    from post_office.models import EmailTemplate  # noqa: PLC0415

    template = EmailTemplate.objects.create(name="follow-up", **task["template"])
    mail.send_many(
        [
            {
                "recipients": [person["address"]],
                "sender": task["sender"],
                "template": template,
                "context": person["blanks"],
                "headers": person["headers"],
                "render_on_delivery": True,
            }
            for person in task["people"]
        ]
    )


def cpu_seconds() -> float:
    used = [resource.getrusage(whose) for whose in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(each.ru_utime + each.ru_stime for each in used)


main()
