"""Do the waiting jobs in this process, without Celery: for tests, the demo, and a machine without a worker."""

import time
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from planning_portal.jobs.run import run_due_jobs


class Command(BaseCommand):
    help = "Do the jobs that wait, one after the other, in this process."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--until-empty", action="store_true", help="Stop when nothing is due any longer (default: go on for ever)."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        while True:
            done, failed = run_due_jobs()
            if done or failed or options["until_empty"]:
                self.stdout.write(f"Jobs done: {done}. Attempts that did not succeed: {failed}.")
            if options["until_empty"]:
                return
            time.sleep(1)
