from typing import Any

from django.core.management.base import BaseCommand

from planning_portal.languages.catalogs import extract_messages, translated_languages, update_catalog


class Command(BaseCommand):
    help = "Collect the interface's messages and bring every catalog in line with them."

    def handle(self, *args: Any, **options: Any) -> None:
        template = extract_messages()
        for language in translated_languages():
            catalog = update_catalog(language, template)
            empty = sum(1 for message in catalog if message.id and not _is_filled(message.string))
            self.stdout.write(f"{language}: {len(catalog)} messages, {empty} to translate")


def _is_filled(string: Any) -> bool:
    return all(string) if isinstance(string, (tuple, list)) else bool(string)
