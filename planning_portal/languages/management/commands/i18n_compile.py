from typing import Any

from django.core.management.base import BaseCommand

from planning_portal.languages.catalogs import compile_catalog, translated_languages


class Command(BaseCommand):
    help = "Compile the catalogs that changed since they were last compiled."
    requires_system_checks = []

    def handle(self, *args: Any, **options: Any) -> None:
        compiled = [language for language in translated_languages() if compile_catalog(language)]
        if compiled and options["verbosity"]:
            self.stdout.write("Compiled: " + ", ".join(compiled))
