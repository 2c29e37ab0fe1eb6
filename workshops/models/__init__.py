"""Stage 2: proposals are discussed and weighed up, and become common lines of work."""

from .attendance import Attendance, AttendanceSource
from .room import Gender, Hand, Room, RoomView
from .session import Session, SessionKind, SessionNote, SetAside
from .temperature import Level, TemperatureAnswer, TemperatureCheck
from .workshop import (
    Ballot,
    BallotSource,
    Candidate,
    Decision,
    DecisionOutcome,
    Delegation,
    LineOfWork,
    Minutes,
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
    "Delegation",
    "Gender",
    "Hand",
    "Level",
    "LineOfWork",
    "Minutes",
    "Room",
    "RoomView",
    "Round",
    "RoundEntitlement",
    "RoundState",
    "Session",
    "SessionKind",
    "SessionNote",
    "SetAside",
    "TemperatureAnswer",
    "TemperatureCheck",
    "WeighingRule",
    "Workshop",
    "WorkshopFormat",
    "WorkshopState",
]
