"""The forms of the workshops: of planning and the desk, and of the room."""

from .planning import NoteForm, PersonChoices, SessionForm, WorkshopForm
from .room import (
    HandForm,
    JoinForm,
    ScreenForm,
)
from .workshop import (
    DecisionForm,
    LineForm,
    MergeForm,
    MinutesForm,
    OrganisationChoice,
    OrganisationChoices,
    RewordForm,
    RoundForm,
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
    "OrganisationChoice",
    "OrganisationChoices",
    "PersonChoices",
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
