"""Every write of stage 2 that has consequences: one function, one transaction, one line in the log."""

from .ballots import BallotConflict, cast_ballot
from .candidates import merge_candidates, reword_candidate, split_candidate
from .closing import NotReady, close_workshop, closing_blockers, publish_summary, rebuild_summary, reopen_workshop
from .consolidating import publish_step_summary
from .decisions import create_line, decide, record_objection, update_line, withdraw_objection
from .edits import EditConflict
from .minutes import approve_minutes, draft_minutes, save_minutes
from .planning import open_workshop, plan_workshop, take_in_late_priorities, update_workshop
from .room import (
    check_in,
    end_turn,
    give_floor,
    lower_hand,
    move_hand,
    open_screen,
    raise_hand,
    renew_join_code,
    set_up_room,
    show_on_screen,
    shut_screen,
)
from .rounds import close_round, drop_round, open_round, prepare_round
from .sessions import add_session, end_session, remove_session, set_presence, start_session, update_session

__all__ = [
    "BallotConflict",
    "EditConflict",
    "NotReady",
    "add_session",
    "approve_minutes",
    "cast_ballot",
    "check_in",
    "close_round",
    "close_workshop",
    "closing_blockers",
    "create_line",
    "decide",
    "draft_minutes",
    "drop_round",
    "end_session",
    "end_turn",
    "give_floor",
    "lower_hand",
    "merge_candidates",
    "move_hand",
    "open_round",
    "open_screen",
    "open_workshop",
    "plan_workshop",
    "prepare_round",
    "publish_step_summary",
    "publish_summary",
    "raise_hand",
    "rebuild_summary",
    "record_objection",
    "remove_session",
    "renew_join_code",
    "reopen_workshop",
    "reword_candidate",
    "save_minutes",
    "set_presence",
    "set_up_room",
    "show_on_screen",
    "shut_screen",
    "split_candidate",
    "start_session",
    "take_in_late_priorities",
    "update_line",
    "update_session",
    "update_workshop",
    "withdraw_objection",
]
