"""The forms of the workshops: of planning and the desk, and of the room."""

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
    OrganisationChoice,
    OrganisationChoices,
    PersonChoices,
    RewordForm,
    SessionForm,
    ShownChoice,
    WorkshopForm,
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
