from typing import Any

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class WorkshopsConfig(AppConfig):
    name = "workshops"
    label = "workshops"
    verbose_name = _("workshops")

    def ready(self) -> None:
        from planning_portal.documents.registry import DocumentKind, register
        from planning_portal.jobs.registry import register_housekeeping
        from planning_portal.programme import registry as public_pages
        from planning_portal.web import registry as frame

        from . import home, public, step_report
        from .life import latest_of_priorities, priority_events
        from .reports import can_read, file_name_of, is_present_version, summary_report, title_of, url_of
        from .services.closing import SUMMARY
        from .services.consolidating import STEP_SUMMARY
        from .services.temperature import forget_temperatures

        register(
            DocumentKind(
                key=SUMMARY,
                model="workshops.Workshop",
                title=title_of,
                template="documents/workshop_summary.html",
                report=summary_report,
                file_name=file_name_of,
                can_read=can_read,
                stands=is_present_version,
                url=url_of,
            )
        )
        register(
            DocumentKind(
                key=STEP_SUMMARY,
                model="workshops.StepSummary",
                title=step_report.title_of,
                template="documents/step_summary.html",
                report=step_report.step_report,
                file_name=step_report.file_name_of,
                can_read=step_report.can_read,
                stands=step_report.is_present_version,
                url=step_report.url_of,
            )
        )
        register_housekeeping("workshops.temperature", forget_temperatures)
        frame.register_tasks(home.tasks)
        frame.register_nav(home.entries)
        frame.register_life("consultations.priority", priority_events)
        frame.register_latest("consultations.priority", latest_of_priorities)
        public_pages.register_figures(public.figures)
        public_pages.register_step_sections(public.step_sections)
        public_pages.register_theme_sections(public.theme_sections)
        self._offer_texts()

    @staticmethod
    def _offer_texts() -> None:
        """What translators may work on: all that whoever takes part may read; minutes once they are frozen."""
        from planning_portal.languages.registry import register_texts
        from planning_portal.programme.services import touch

        from . import models
        from .permissions import takes_part

        def offer(model: Any, after_save: Any = None, **only: Any) -> None:
            def visible(user: Any) -> Any:
                return model.objects.filter(**only) if takes_part(user) else model.objects.none()

            register_texts(model, visible, after_save)

        offer(models.Workshop)
        offer(models.Session)
        offer(models.Candidate)
        offer(models.Decision)
        offer(models.Objection)
        # Lines of work stand on the public pages, which keep what they show until something changes.
        offer(models.LineOfWork, lambda line: touch(line.programme_id))
        offer(models.Minutes, workshop__snapshot__isnull=False)
