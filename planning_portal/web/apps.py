from typing import Any

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class WebConfig(AppConfig):
    name = "planning_portal.web"
    label = "web"
    verbose_name = _("pages")

    def ready(self) -> None:
        from django.forms import Field

        from . import checks  # noqa: F401 (registers the system checks)
        from .registry import NavEntry, register_nav

        def entries(user: Any) -> list[NavEntry]:
            """My work for who is signed in; the administration for who may enter it."""
            if not user.is_authenticated:
                return []
            administration = [NavEntry(_("Administration"), "admin:index", rank=90)] if user.is_staff else []
            return [NavEntry(_("My work"), "web:work", rank=10), *administration]

        register_nav(entries)
        # Every error says what to do; Django's own sentence for an empty field only says that it is required.
        Field.default_error_messages["required"] = _("This is needed: fill it in.")
