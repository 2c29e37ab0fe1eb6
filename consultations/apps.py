from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_delete
from django.utils.translation import gettext_lazy as _


class ConsultationsConfig(AppConfig):
    name = "consultations"
    label = "consultations"
    verbose_name = _("consultations")

    def ready(self) -> None:
        from planning_portal.documents.registry import DocumentKind
        from planning_portal.documents.registry import register as register_document
        from planning_portal.jobs.registry import register_housekeeping
        from planning_portal.languages.registry import register_follower, register_texts
        from planning_portal.programme import registry as public_pages
        from planning_portal.programme.services import touch
        from planning_portal.web import registry as frame

        from . import home, public, reports
        from .models import Attachment, Consultation, CountryDecision, Priority, Support
        from .offline import paper
        from .search import sync_words
        from .services import remind_when_due
        from .services.attachments import delete_file
        from .services.offline import forget_old_forms
        from .services.summary import SUMMARY

        register_housekeeping("consultations.reminders", remind_when_due)
        register_document(
            DocumentKind(
                key=SUMMARY,
                model="consultations.Consultation",
                title=reports.title_of,
                template="documents/country_summary.html",
                report=reports.summary_report,
                file_name=reports.file_name_of,
                can_read=reports.can_read,
                stands=reports.is_present_version,
                allows=reports.may_be_for,
                tells_audience=True,
                url=reports.url_of,
            )
        )
        frame.register_tasks(home.tasks)
        frame.register_section(home.sections)
        frame.register_nav(home.entries)
        register_document(
            DocumentKind(
                key=paper.KIND,
                model="consultations.Consultation",
                title=paper.title_of,
                template="documents/priority_form.html",
                report=paper.paper_report,
                file_name=paper.file_name_of,
                can_read=paper.can_read,
                stands=paper.stands,
                url=paper.url_of,
            )
        )
        register_housekeeping("consultations.offline", forget_old_forms)
        # However a row goes, with its priority as well: its file goes after it.
        post_delete.connect(delete_file, sender=Attachment)
        public_pages.register_figures(public.figures)
        public_pages.register_tiles(public.tiles)
        public_pages.register_step_sections(public.step_sections)
        public_pages.register_theme_sections(public.theme_sections)

        def touch_public_pages(_obj: Any) -> None:
            touch()

        # Translators work on what every member may read: never on a draft, nor on what only a country reads. Minutes
        # stand in the same row as the context of the country, so both wait for a translator who is of its circle.
        register_texts(Priority, lambda _user: Priority.objects.agreed(), after_save=touch_public_pages)
        register_follower(Priority, sync_words)
        register_texts(Support, lambda _user: Support.objects.filter(priority__state="agreed"))
        register_texts(CountryDecision, lambda _user: CountryDecision.objects.filter(outcome="agreed"))
        register_texts(Consultation, lambda user: Consultation.objects.closed_inside(user))
