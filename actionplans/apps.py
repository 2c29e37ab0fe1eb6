from typing import Any

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ActionPlansConfig(AppConfig):
    name = "actionplans"
    label = "actionplans"
    verbose_name = _("action plans")

    def ready(self) -> None:
        from planning_portal.documents.registry import DocumentKind, register
        from planning_portal.languages.registry import register_texts
        from planning_portal.web import registry as frame

        from . import home, lineage, reports
        from .models import ActionPlan, Activity, Indicator, PlanState, Result, Risk
        from .queries.editions import DOCUMENT

        frame.register_tasks(home.tasks)
        frame.register_nav(home.entries)
        frame.register_life("consultations.priority", lineage.life_of_priority)
        frame.register_life("workshops.lineofwork", lineage.life_of_line)
        register(
            DocumentKind(
                key=DOCUMENT,
                model="actionplans.PlanEdition",
                title=reports.title_of,
                template="documents/consolidated_plan.html",
                report=reports.consolidated_report,
                file_name=reports.file_name_of,
                can_read=reports.can_read,
                stands=reports.stands,
                tells_audience=True,
                url=reports.url_of,
            )
        )

        # Translators work on what is no longer being written: plans in review and adopted ones.
        def settled(prefix: str) -> Any:
            return {f"{prefix}state__in": [PlanState.IN_REVIEW, PlanState.ADOPTED]}

        register_texts(ActionPlan, lambda user: ActionPlan.objects.visible_to(user).filter(**settled("")))
        register_texts(Result, lambda _user: Result.objects.filter(**settled("plan__")))
        register_texts(Indicator, lambda _user: Indicator.objects.filter(**settled("result__plan__")))
        register_texts(Activity, lambda _user: Activity.objects.filter(**settled("result__plan__")))
        register_texts(Risk, lambda _user: Risk.objects.filter(**settled("plan__")))
