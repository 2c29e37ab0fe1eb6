"""Reads of action plans, always through the eyes of somebody."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models import Count, Exists, IntegerField, OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce, ExtractYear

from planning_portal.organisations.models import Identity
from planning_portal.organisations.permissions import country_ids_of, memberships_of
from planning_portal.programme.permissions import companion_country_ids, is_coordinator, is_facilitator
from planning_portal.workflow.models import TransitionLog
from workshops.models import LineOfWork
from workshops.permissions import takes_part

if TYPE_CHECKING:
    from .models import ActionPlan, PlanVersion  # noqa: F401


def _inside(user: Any, prefix: str = "") -> Q:
    """The organisations' own plans that ``user`` may follow while written: theirs, and those they accompany."""
    return Q(**{f"{prefix}organisation_id__in": list(memberships_of(user))}) | Q(
        **{f"{prefix}organisation__country_id__in": companion_country_ids(user)}
    )


def _may_know_of(user: Any, prefix: str = "") -> Q:
    """A withheld organisation does not even appear as one that has a plan, except to its own country."""
    return ~Q(**{f"{prefix}organisation__identity": Identity.WITHHELD}) | Q(
        **{f"{prefix}organisation__country_id__in": country_ids_of(user)}
    )


class ActionPlanQuerySet(models.QuerySet["ActionPlan"]):
    """Action plans."""

    def visible_to(self, user: Any) -> ActionPlanQuerySet:
        """What ``permissions``' ``view_plan`` allows, as one condition.

        Global plans for everybody who takes part; an organisation's own for itself, the companion of its country,
        facilitators and coordinators; once adopted for everybody, unless the organisation is withheld.
        """
        if not takes_part(user):
            return self.none()
        if is_coordinator(user) or is_facilitator(user):
            return self.all()
        return self.filter(
            Q(kind="global") | _inside(user) | (Q(kind="organisation", state="adopted") & _may_know_of(user))
        )

    def with_context(self) -> ActionPlanQuerySet:
        """All that a line in a list shows and a predicate walks, in the same query."""
        return self.select_related(
            "programme", "line__theme", "line__zone", "line__lead", "organisation__country__zone"
        )

    def with_version_number(self) -> ActionPlanQuerySet:
        """``version_number``: that of the latest adopted version, None before the first."""
        from .models import PlanVersion

        latest = PlanVersion.objects.filter(plan=OuterRef("pk")).order_by("-number").values("number")[:1]
        return self.annotate(version_number=Subquery(latest))

    def with_draft_reason(self) -> ActionPlanQuerySet:
        """``draft_reason``: why the plan was last given back or opened again, empty for one that never was."""
        content_type = ContentType.objects.get_for_model(self.model)
        changes = TransitionLog.objects.filter(
            content_type=content_type, object_id=OuterRef("pk"), to_state="draft"
        ).order_by("-id")
        return self.annotate(draft_reason=Subquery(changes.values("reason")[:1]))

    def with_belonging(self, user: Any) -> ActionPlanQuerySet:
        """``belongs_to_user``: whether ``user`` acts for one of the organisations that write the plan."""
        ids = list(memberships_of(user))
        if not ids:
            return self.annotate(belongs_to_user=Value(False))
        joined = LineOfWork.organisations.through.objects.filter(
            lineofwork_id=OuterRef("line_id"), organisation_id__in=ids
        )
        return self.annotate(
            belongs_to_user=models.Case(
                models.When(Q(organisation_id__in=ids) | Q(line__lead_id__in=ids) | Exists(joined), then=Value(True)),
                default=Value(False),
            )
        )

    def written_by(self, user: Any) -> ActionPlanQuerySet:
        """The plans of the organisations that ``user`` acts for, and of the lines these joined or lead."""
        return self.with_belonging(user).filter(Q(("belongs_to_user", True)))

    def with_missing_count(self) -> ActionPlanQuerySet:
        """``missing_count``: how many things ``completeness.missing_in`` would name, counted by the database."""
        from .models import Activity, BudgetLine, Indicator, Result, Risk, YearTarget

        plan = OuterRef("pk")
        outcomes = Result.objects.filter(plan=plan, kind="outcome")
        outputs = Result.objects.filter(plan=plan, kind="output")
        indicators = Indicator.objects.filter(result__plan=plan)
        activities = Activity.objects.filter(result__plan=plan)
        of_result = {"result": OuterRef("pk")}
        last_target = YearTarget.objects.filter(
            indicator=OuterRef("pk"), year=ExtractYear(OuterRef("result__plan__programme__ends"))
        )
        parts = [
            _one_if(~Exists(outcomes)),
            _one_if(Q(kind="global") & ~Exists(Risk.objects.filter(plan=plan))),
            _count(outcomes.filter(~Exists(Indicator.objects.filter(**of_result)))),
            _count(outcomes.filter(~Exists(Result.objects.filter(parent=OuterRef("pk"))))),
            _count(outputs.filter(~Exists(Activity.objects.filter(**of_result)))),
            _count(indicators.filter(baseline_value__isnull=True, baseline_to_measure=False)),
            _count(indicators.filter(~Exists(last_target), targets_to_set=False)),
            _count(activities.filter(organisation__isnull=True)),
            _count(activities.filter(~Exists(BudgetLine.objects.filter(activity=OuterRef("pk"))), has_no_budget=False)),
        ]
        total: Any = parts[0]
        for part in parts[1:]:
            total = total + part
        return self.annotate(missing_count=total)


class PlanVersionQuerySet(models.QuerySet["PlanVersion"]):
    """Adopted versions."""

    def visible_to(self, user: Any) -> PlanVersionQuerySet:
        """Every adopted version for everybody who takes part, unless the organisation is withheld."""
        if not takes_part(user):
            return self.none()
        if is_coordinator(user) or is_facilitator(user):
            return self.all()
        return self.filter(Q(plan__kind="global") | _inside(user, "plan__") | _may_know_of(user, "plan__"))

    def of_latest(self) -> PlanVersionQuerySet:
        """The latest adopted version of each plan: only these count in totals and consolidations."""
        newer = self.model._default_manager.filter(plan=OuterRef("plan"), number__gt=OuterRef("number"))
        return self.filter(~Exists(newer))


def _count(queryset: models.QuerySet[Any]) -> Any:
    """The number of rows of a subquery that refers to the outer plan."""
    counted = queryset.order_by().annotate(_all=Value(1)).values("_all").annotate(count=Count("pk")).values("count")
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)


def _one_if(condition: Any) -> Any:
    return models.Case(models.When(condition, then=Value(1)), default=Value(0), output_field=IntegerField())
