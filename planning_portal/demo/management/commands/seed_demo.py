"""Fill an empty portal with a believable cycle: ``manage.py seed_demo [--until STAGE] [--seed N] [--scale N]``."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError

from planning_portal.demo.accounts import account_table, is_allowed
from planning_portal.demo.seeding import LARGEST_SCALE, demo_exists, seed_demo
from planning_portal.demo.story import Until
from planning_portal.jobs.run import run_due_jobs

STAGES = {stage.name.lower(): stage for stage in Until}


class Command(BaseCommand):
    help = "Fill an empty portal with invented organisations that go through the planning, up to a stage."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--until", choices=STAGES, default="continental", help="how far the story goes")
        parser.add_argument("--seed", type=int, default=1, help="another number, another story")
        parser.add_argument("--scale", type=int, default=1, help="so many times the organisations and priorities")
        parser.add_argument("--if-empty", action="store_true", help="do nothing when the demonstration is there")
        parser.add_argument("--if-demo", action="store_true", help="do nothing, silently, unless PORTAL_DEMO is on")
        parser.add_argument("--build", action="store_true", help="also build the documents now, without a worker")

    def handle(
        self,
        *args: Any,
        until: str,
        seed: int,
        scale: int,
        if_empty: bool,
        if_demo: bool,
        build: bool,
        **options: Any,
    ) -> None:
        if if_demo and not settings.PORTAL_DEMO:
            return
        if not is_allowed():
            raise CommandError("This is not a demonstration: set PORTAL_DEMO=1 to fill it with invented organisations.")
        if not 1 <= scale <= LARGEST_SCALE:
            raise CommandError(f"--scale goes from 1 to {LARGEST_SCALE}.")
        try:
            is_there = demo_exists()
        except DatabaseError as error:
            raise CommandError("The database is not prepared: run `manage.py prepare` first.") from error
        if is_there:
            self._say_it_is_there(if_empty)
            return
        self.stdout.write(f"Telling the demonstration up to: {until} ...")
        if seed_demo(STAGES[until], seed=seed, scale=scale) is None:
            self._say_it_is_there(if_empty)
            return
        if build:
            self.stdout.write("Building the documents ...")
            done, failed = run_due_jobs()
            self.stdout.write(f"{done} jobs done, {failed} failed")
        if not if_empty:
            # With --if-empty this is a step of ``make demo``: ``serve`` prints the accounts once it answers.
            self.stdout.write("\n".join(account_table()))

    def _say_it_is_there(self, is_fine: bool) -> None:
        message = "The demonstration is already there."
        if not is_fine:
            raise CommandError(f"{message} Start from an empty database to tell another one.")
        self.stdout.write(message)
