from typing import Any

from django.core.management.base import BaseCommand, CommandError

from planning_portal.languages.catalogs import check_catalog, extract_messages, translated_languages


class Command(BaseCommand):
    help = "Refuse missing, obsolete, fuzzy, empty or mismatched messages in any catalog."

    def handle(self, *args: Any, **options: Any) -> None:
        template = extract_messages()
        faults = [fault for language in translated_languages() for fault in check_catalog(language, template)]
        for fault in faults:
            self.stderr.write(str(fault))
        if faults:
            raise CommandError(f"{len(faults)} faults in the catalogs.")
        self.stdout.write(f"{len(template)} messages complete in {len(translated_languages()) + 1} languages.")
