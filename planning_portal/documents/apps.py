from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DocumentsConfig(AppConfig):
    name = "planning_portal.documents"
    label = "documents"
    verbose_name = _("documents")

    def ready(self) -> None:
        from planning_portal.jobs.queries import health
        from planning_portal.web.registry import register_health

        from . import work  # noqa: F401 (registers the job)

        # Jobs and pages do not know each other: the first app that knows both brings them together.
        register_health(health)
