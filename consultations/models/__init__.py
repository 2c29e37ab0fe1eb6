"""Stage 1: in each country all organisations involved sit together and identify proposed priorities."""

from .amendment import (
    Amendment,
    AmendmentAnswer,
    AmendmentKind,
    AmendmentSource,
    AmendmentState,
    Answer,
    InsideWords,
    ParkedProposal,
)
from .attachment import MOST_ATTACHMENTS, Attachment, AttachmentKind
from .consultation import CivicSpace, Consultation, ConsultationState, Participation
from .exchange import ChangeRequest, Comment, RequestState, RequestWord
from .invitation import InvitationAnswer, Reminder, ReminderReason
from .offline import OfflineForm, OfflineRow, OfflineUpload
from .priority import LISTED, CountryDecision, ParkedEdit, Priority, PriorityState, Support
from .search import PriorityWords
from .summary import CountrySummary
from .versioned import Versioned

__all__ = [
    "LISTED",
    "MOST_ATTACHMENTS",
    "Amendment",
    "AmendmentAnswer",
    "AmendmentKind",
    "AmendmentSource",
    "AmendmentState",
    "Answer",
    "Attachment",
    "AttachmentKind",
    "ChangeRequest",
    "CivicSpace",
    "Comment",
    "Consultation",
    "ConsultationState",
    "CountryDecision",
    "CountrySummary",
    "InsideWords",
    "InvitationAnswer",
    "OfflineForm",
    "OfflineRow",
    "OfflineUpload",
    "ParkedEdit",
    "ParkedProposal",
    "Participation",
    "Priority",
    "PriorityState",
    "PriorityWords",
    "Reminder",
    "ReminderReason",
    "RequestState",
    "RequestWord",
    "Support",
    "Versioned",
]
