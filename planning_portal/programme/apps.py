from typing import Any

from django.apps import AppConfig
from django.core.signals import request_finished, request_started
from django.utils.translation import gettext_lazy as _


class ProgrammeConfig(AppConfig):
    name = "planning_portal.programme"
    label = "programme"
    verbose_name = _("programme")

    def ready(self) -> None:
        from planning_portal.documents.renewal import renew_documents
        from planning_portal.organisations.identity import register_knowledge
        from planning_portal.organisations.services import on_identity_change
        from planning_portal.web.registry import register_nav, register_site_title

        from . import navigation, services, texts
        from .models import forget_current_programme, remember_current_programme
        from .permissions import knowledge_of

        def show_anew(_changed: Any) -> None:
            services.touch()
            renew_documents()

        register_knowledge(knowledge_of)
        on_identity_change(show_anew)
        register_site_title(navigation.site_title)
        register_nav(navigation.entries)
        texts.register()
        request_started.connect(remember_current_programme, dispatch_uid="current programme")
        request_finished.connect(forget_current_programme, dispatch_uid="current programme")
