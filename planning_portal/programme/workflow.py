"""How a step changes: the coordinator's word, which comes before the dates."""

from django.utils.translation import gettext_lazy as _

from planning_portal.workflow.services import Transition, Workflow

from .models import StepState

STEP = Workflow(
    "state",
    [
        Transition(
            "open_step",
            (StepState.AUTOMATIC, StepState.CLOSED),
            StepState.OPEN,
            permission="programme.open_step",
            refusal=_("This step is open already."),
        ),
        Transition(
            "close_step",
            (StepState.AUTOMATIC, StepState.OPEN),
            StepState.CLOSED,
            permission="programme.close_step",
            refusal=_("This step is closed already."),
        ),
        Transition(
            "follow_dates",
            (StepState.OPEN, StepState.CLOSED),
            StepState.AUTOMATIC,
            permission="programme.open_step",
            refusal=_("This step follows its dates already."),
        ),
    ],
)
