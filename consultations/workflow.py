"""Which changes of state a consultation and a priority admit. Services, templates and tests ask these tables."""

from django.utils.translation import gettext_lazy as _

from planning_portal.workflow.services import Transition, Workflow

from .models import AmendmentState, ConsultationState, PriorityState, RequestState

CONSULTATION = Workflow(
    "state",
    [
        Transition(
            "open",
            sources=(ConsultationState.PLANNED,),
            target=ConsultationState.OPEN,
            permission="consultations.open_consultation",
            refusal=_("This consultation has already been opened."),
        ),
        Transition(
            "close",
            sources=(ConsultationState.OPEN,),
            target=ConsultationState.CLOSED,
            permission="consultations.close_consultation",
            refusal=_("Only an open consultation can be closed."),
        ),
        Transition(
            "reopen",
            sources=(ConsultationState.CLOSED,),
            target=ConsultationState.OPEN,
            permission="consultations.reopen_consultation",
            needs_reason=True,
            refusal=_("Only a closed consultation can be reopened."),
        ),
    ],
)

# A submitted priority never becomes a draft again; while the consultation is open the country may change its mind.
PRIORITY = Workflow(
    "state",
    [
        Transition(
            "submit",
            sources=(PriorityState.DRAFT,),
            target=PriorityState.SUBMITTED,
            permission="consultations.submit_priority",
            refusal=_("This priority has already been submitted."),
        ),
        Transition(
            "agree",
            sources=(PriorityState.SUBMITTED, PriorityState.NOT_RETAINED),
            target=PriorityState.AGREED,
            refusal=_("Only a submitted priority can be agreed."),
        ),
        Transition(
            "not_retain",
            sources=(PriorityState.SUBMITTED, PriorityState.AGREED),
            target=PriorityState.NOT_RETAINED,
            needs_reason=True,
            refusal=_("Only a submitted priority can be set aside."),
        ),
        Transition(
            "replace",
            sources=(PriorityState.SUBMITTED,),
            target=PriorityState.REPLACED,
            refusal=_(
                "Only a submitted priority on which the country has not decided can be merged, split or reworded."
            ),
        ),
        Transition(
            "restore",
            sources=(PriorityState.REPLACED,),
            target=PriorityState.SUBMITTED,
            refusal=_("This priority stands on its own."),
        ),
        Transition(
            "take_back",
            sources=(PriorityState.SUBMITTED,),
            target=PriorityState.UNDONE,
            refusal=_("The country has decided on the new text: it can no longer be undone."),
        ),
    ],
)

AMENDMENT = Workflow(
    "state",
    [
        Transition(
            "propose",
            sources=(AmendmentState.DRAFT,),
            target=AmendmentState.OPEN,
            permission="consultations.run_amendment",
            refusal=_("This proposal has already been sent to the organisations."),
        ),
        # By the last organisation that accepts, or by the companion after the deadline.
        Transition(
            "carry_out",
            sources=(AmendmentState.OPEN,),
            target=AmendmentState.DONE,
            refusal=_("This proposal is no longer open."),
        ),
        Transition(
            "drop",
            sources=(AmendmentState.DRAFT, AmendmentState.OPEN),
            target=AmendmentState.DROPPED,
            permission="consultations.run_amendment",
            refusal=_("This proposal is no longer open."),
        ),
        Transition(
            "undo",
            sources=(AmendmentState.DONE,),
            target=AmendmentState.UNDONE,
            permission="consultations.run_amendment",
            needs_reason=True,
            refusal=_("Only what was carried out can be undone."),
        ),
    ],
)

CHANGE_REQUEST = Workflow(
    "state",
    [
        Transition(
            "answer",
            sources=(RequestState.OPEN,),
            target=RequestState.ANSWERED,
            permission="consultations.answer_request",
            refusal=_("This request has already been answered or resolved."),
        ),
        Transition(
            "reopen",
            sources=(RequestState.ANSWERED,),
            target=RequestState.OPEN,
            permission="consultations.run_request",
            refusal=_("Only a request that was answered can be asked once more."),
        ),
        Transition(
            "resolve",
            sources=(RequestState.OPEN, RequestState.ANSWERED),
            target=RequestState.RESOLVED,
            permission="consultations.run_request",
            refusal=_("This request has already been resolved."),
        ),
    ],
)
