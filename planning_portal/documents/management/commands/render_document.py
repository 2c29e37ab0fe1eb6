"""``manage.py render_document KIND ID --language fr --output FILE``: build one document without a worker."""

from __future__ import annotations

import os
import uuid
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db.models import Model

from planning_portal.documents import engine
from planning_portal.documents.checks import check_pdf
from planning_portal.documents.models import Audience
from planning_portal.documents.registry import DocumentKind, SubjectNotReady, UnknownKind, all_kinds, get_kind
from planning_portal.documents.services import ALL_LANGUAGES, build_document


class Command(BaseCommand):
    help = "Builds one document in one language and writes it to a file. Nothing is stored."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("kind", help="kind of document")
        parser.add_argument("subject", help="number or public id of its subject")
        parser.add_argument("--language", required=True, choices=ALL_LANGUAGES)
        parser.add_argument("--output", required=True, type=Path, help="a .pdf file, or .html for what the engine gets")
        parser.add_argument("--audience", choices=Audience.values, default=Audience.PUBLIC)
        parser.add_argument("--document-version", default="1")
        parser.add_argument("--check", action="store_true", help="judge the PDF too; fails when something is wrong")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            kind = get_kind(options["kind"])
        except UnknownKind:
            known = ", ".join(kind.key for kind in all_kinds()) or "none"
            raise CommandError(f"No document of kind {options['kind']!r}; known: {known}") from None
        subject = self.find(kind, options["subject"])
        output: Path = options["output"]
        self.refuse_unwritable(output)
        try:
            html = build_document(
                subject,
                kind,
                language=options["language"],
                version=options["document_version"],
                audience=options["audience"],
            )
        except SubjectNotReady as error:
            raise CommandError(str(error)) from error
        if output.suffix == ".html":
            output.write_text(html)
            return
        try:
            built = engine.build_pdf(html)
        except engine.EngineError as error:
            raise CommandError(str(error)) from error
        output.write_bytes(built.data)
        self.stdout.write(f"{output}: {built.pages} pages, {len(built.data):,} bytes")
        problems = check_pdf(built.data) if options["check"] else []
        for problem in problems:
            self.stderr.write(problem)
        if problems:
            raise CommandError(f"{len(problems)} problems")

    def refuse_unwritable(self, output: Path) -> None:
        """Before the work, which takes a while: it should not end with nowhere to go."""
        if output.is_dir():
            raise CommandError(f"{output} is a folder: name a file")
        if not output.parent.is_dir():
            raise CommandError(f"There is no folder {output.parent}")
        if not os.access(output if output.exists() else output.parent, os.W_OK):
            raise CommandError(f"{output} cannot be written to")

    def find(self, kind: DocumentKind, name: str) -> Model:
        manager = kind.model_class._base_manager
        try:
            subject = manager.filter(public_id=uuid.UUID(name)) if len(name) > 20 else manager.filter(pk=int(name))
        except ValueError as error:
            raise CommandError(f"{name!r} is neither a number nor a public id") from error
        if found := subject.first():
            return found
        raise CommandError(f"No {kind.model} {name}")
