import os
import time

from django.conf import settings

from planning_portal.jobs.registry import register

from .models import Effect

KIND = "chaos.work"


def note(line: str) -> None:
    """One line in the log of what was begun, whatever becomes of it."""
    descriptor = os.open(settings.CHAOS_LOG, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.write(descriptor, f"{line}\n".encode())
    os.close(descriptor)


@register(KIND, title="chaos")
def work(payload, report):
    note(f"begin {payload['number']}")
    deadline = time.monotonic() + settings.CHAOS_SECONDS
    while time.monotonic() < deadline:
        report(50, "chaos", {})
        time.sleep(0.05)
    return lambda: Effect.objects.create(number=payload["number"])
