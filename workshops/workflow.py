"""The tables of changes of a workshop and of a round of weighing."""

from django.utils.translation import gettext_lazy as _

from planning_portal.workflow.services import Transition, Workflow

from .models import RoundState, WorkshopState

workshop_flow = Workflow(
    "state",
    [
        Transition(
            "open",
            (WorkshopState.PLANNED,),
            WorkshopState.OPEN,
            "workshops.open_workshop",
            refusal=_("This workshop has already been opened."),
        ),
        Transition(
            "close",
            (WorkshopState.OPEN,),
            WorkshopState.CLOSED,
            "workshops.close_workshop",
            refusal=_("Only a workshop that is going on can be closed."),
        ),
        Transition(
            "publish",
            (WorkshopState.CLOSED,),
            WorkshopState.PUBLISHED,
            "workshops.publish_summary",
            refusal=_("Only the summary of a closed workshop can be published, and only once."),
        ),
        Transition(
            "reopen",
            (WorkshopState.CLOSED, WorkshopState.PUBLISHED),
            WorkshopState.OPEN,
            "workshops.reopen_workshop",
            needs_reason=True,
            refusal=_("Only a closed workshop can be reopened."),
        ),
    ],
)

round_flow = Workflow(
    "state",
    [
        Transition(
            "open",
            (RoundState.PREPARED,),
            RoundState.OPEN,
            refusal=_("This round has already been opened."),
        ),
        Transition(
            "close",
            (RoundState.OPEN,),
            RoundState.CLOSED,
            refusal=_("Only an open round can be closed."),
        ),
    ],
)
