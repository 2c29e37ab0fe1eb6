"""Stage 2: proposals are discussed and weighed up, and become common lines of work."""

from .attendance import Attendance, AttendanceSource
from .room import Gender, Hand, Room, RoomView
from .rounds import (
    Ballot,
    BallotRecord,
    BallotSource,
    Round,
    RoundEntitlement,
    RoundState,
    Secrecy,
    WeighingRule,
    Weights,
)
from .session import Session, SessionKind, SessionNote, SetAside
from .step import StepSummary
from .temperature import Level, TemperatureAnswer, TemperatureCheck
from .workshop import (
    Candidate,
    Decision,
    DecisionOutcome,
    DecisionRule,
    Delegation,
    LineOfWork,
    Minutes,
    Objection,
    Workshop,
    WorkshopFormat,
    WorkshopState,
)

__all__ = [
    "Attendance",
    "AttendanceSource",
    "Ballot",
    "BallotRecord",
    "BallotSource",
    "Candidate",
    "Decision",
    "DecisionOutcome",
    "DecisionRule",
    "Delegation",
    "Gender",
    "Hand",
    "Level",
    "LineOfWork",
    "Minutes",
    "Objection",
    "Room",
    "RoomView",
    "Round",
    "RoundEntitlement",
    "RoundState",
    "Secrecy",
    "Session",
    "SessionKind",
    "SessionNote",
    "SetAside",
    "StepSummary",
    "TemperatureAnswer",
    "TemperatureCheck",
    "WeighingRule",
    "Weights",
    "Workshop",
    "WorkshopFormat",
    "WorkshopState",
]
