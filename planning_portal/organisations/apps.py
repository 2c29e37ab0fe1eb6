from typing import Any

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class OrganisationsConfig(AppConfig):
    name = "planning_portal.organisations"
    label = "organisations"
    verbose_name = _("organisations")

    def ready(self) -> None:
        from planning_portal.jobs.registry import register_housekeeping
        from planning_portal.web.registry import register_belonging

        from . import notices
        from .identity import Viewer, short_name_of
        from .permissions import organisations_of

        def belongings(user: Any) -> list[str]:
            """What the header says beside the programme: the organisations that ``user`` acts for."""
            organisations = organisations_of(user)
            oneself = Viewer(organisation_ids=frozenset(organisation.pk for organisation in organisations))
            return [short_name_of(organisation, oneself) for organisation in organisations]

        register_belonging(belongings)
        register_housekeeping("organisations.notices", notices.forget_old_notices)
