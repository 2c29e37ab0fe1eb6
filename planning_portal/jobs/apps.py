from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class JobsConfig(AppConfig):
    name = "planning_portal.jobs"
    label = "jobs"
    verbose_name = _("jobs")

    def ready(self) -> None:
        from . import housekeeping, permissions  # noqa: F401
