from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DemoConfig(AppConfig):
    name = "planning_portal.demo"
    label = "demo"
    verbose_name = _("demo")

    def ready(self) -> None:
        from planning_portal.jobs.registry import register_welcome_note
        from planning_portal.web.registry import register_sign_in_notice

        from .accounts import sign_in_notice, welcome_note

        register_welcome_note(welcome_note)
        register_sign_in_notice(sign_in_notice)
