"""Stage 2: proposals are discussed and weighed up, and become common lines of work."""

from .attendance import Attendance, AttendanceSource
from .room import Gender, Hand, Room, RoomView
from .session import Session, SessionKind, SessionNote, SetAside
from .step import StepSummary
from .temperature import Level, TemperatureAnswer, TemperatureCheck
from .workshop import (
    Ballot,
    BallotSource,
    Candidate,
    Decision,
    DecisionOutcome,
    DecisionRule,
    Delegation,
    LineOfWork,
    Minutes,
    Objection,
    Round,
    RoundEntitlement,
    RoundState,
    WeighingRule,
    Workshop,
    WorkshopFormat,
    WorkshopState,
)

__all__ = [
    "Attendance",
    "AttendanceSource",
    "Ballot",
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
    "Session",
    "SessionKind",
    "SessionNote",
    "SetAside",
    "StepSummary",
    "TemperatureAnswer",
    "TemperatureCheck",
    "WeighingRule",
    "Workshop",
    "WorkshopFormat",
    "WorkshopState",
]
