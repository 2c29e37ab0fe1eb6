"""The forms of the workshops: of planning and the desk, and of the room."""

from .planning import NoteForm, PersonChoices, SessionForm, WorkshopForm
from .room import (
    HandForm,
    JoinForm,
    ScreenForm,
)
from .rounds import RoundForm
from .workshop import (
    DecisionForm,
    LineForm,
    MergeForm,
    MinutesForm,
    ObjectionForm,
    OrganisationChoice,
    OrganisationChoices,
    ReopenForm,
    RewordForm,
    ShownChoice,
    WrittenForm,
    capitalise,
    language_choices,
    version_field,
)

__all__ = [
    "DecisionForm",
    "HandForm",
    "JoinForm",
    "LineForm",
    "MergeForm",
    "MinutesForm",
    "NoteForm",
    "ObjectionForm",
    "OrganisationChoice",
    "OrganisationChoices",
    "PersonChoices",
    "ReopenForm",
    "RewordForm",
    "RoundForm",
    "ScreenForm",
    "SessionForm",
    "ShownChoice",
    "WorkshopForm",
    "WrittenForm",
    "capitalise",
    "language_choices",
    "version_field",
]
