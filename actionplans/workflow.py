"""Which changes of state an action plan admits. Services, templates and tests ask this table."""

from django.utils.translation import gettext_lazy as _

from planning_portal.workflow.services import Transition, Workflow

from .models import PlanState

# An adopted plan that is amended is a draft again; its adopted version counts until the next one is adopted.
PLAN = Workflow(
    "state",
    [
        Transition(
            "send_for_review",
            sources=(PlanState.DRAFT,),
            target=PlanState.IN_REVIEW,
            permission="actionplans.send_for_review",
            refusal=_("Only a draft can be sent for review."),
        ),
        Transition(
            "return_to_draft",
            sources=(PlanState.IN_REVIEW,),
            target=PlanState.DRAFT,
            permission="actionplans.return_to_draft",
            needs_reason=True,
            refusal=_("Only a plan in review can be given back."),
        ),
        Transition(
            "adopt",
            sources=(PlanState.IN_REVIEW,),
            target=PlanState.ADOPTED,
            permission="actionplans.adopt_plan",
            refusal=_("Only a plan in review can be adopted."),
        ),
        Transition(
            "amend",
            sources=(PlanState.ADOPTED,),
            target=PlanState.DRAFT,
            permission="actionplans.amend_plan",
            needs_reason=True,
            refusal=_("Only an adopted plan can be amended."),
        ),
    ],
)
