"""Stage 2: proposals are discussed and weighed up, and become common lines of work."""

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
from .workshop import (
    Candidate,
    Decision,
    DecisionOutcome,
    Delegation,
    LineOfWork,
    Minutes,
    Session,
    SessionKind,
    Workshop,
    WorkshopFormat,
    WorkshopState,
)

__all__ = [
    "Ballot",
    "BallotRecord",
    "BallotSource",
    "Candidate",
    "Decision",
    "DecisionOutcome",
    "Delegation",
    "Gender",
    "Hand",
    "LineOfWork",
    "Minutes",
    "Room",
    "RoomView",
    "Round",
    "RoundEntitlement",
    "RoundState",
    "Secrecy",
    "Session",
    "SessionKind",
    "WeighingRule",
    "Weights",
    "Workshop",
    "WorkshopFormat",
    "WorkshopState",
]
