from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext_lazy as _


class WorkflowConfig(AppConfig):
    name = "planning_portal.workflow"
    label = "workflow"
    verbose_name = _("workflow")

    def ready(self) -> None:
        """Every app's rights stand in its ``permissions.py``: load them all, so that each can be asked."""
        autodiscover_modules("permissions")
