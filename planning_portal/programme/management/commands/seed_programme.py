"""Load a programme from its data files: ``manage.py seed_programme [FOLDER] [--update]``."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from planning_portal.programme.seeding import DATA, seed_programme


class Command(BaseCommand):
    help = "Load a programme from its data files. What is there already is left alone, unless --update is given."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", nargs="?", default="programme-2027-2031", help="a folder of programme/data")
        parser.add_argument("--update", action="store_true", help="also bring existing rows in line with the files")

    def handle(self, *args: Any, folder: str, update: bool, **options: Any) -> None:
        path = DATA / folder
        if not (path / "programme.toml").is_file():
            known = ", ".join(sorted(one.parent.name for one in DATA.glob("*/programme.toml")))
            raise CommandError(f"There is no programme {folder!r}. There is: {known}")
        seeded = seed_programme(path, update=update)
        self.stdout.write(f"{folder}: {seeded.added} added, {seeded.changed} changed")
