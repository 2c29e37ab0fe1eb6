"""Every write of stage 2 that has consequences: one function, one transaction, one line in the log."""

from .attendance import check_in, set_presence
from .ballots import BallotConflict, cast_ballot
from .candidates import merge_candidates, reword_candidate, split_candidate
from .closing import NotReady, close_workshop, closing_blockers, publish_summary, rebuild_summary, reopen_workshop
from .consolidating import publish_step_summary
from .decisions import create_line, decide, record_objection, update_line, withdraw_objection
from .edits import EditConflict
from .minutes import approve_minutes, draft_minutes, save_minutes
from .planning import open_workshop, plan_workshop, take_in_late_priorities, update_workshop
from .room import (
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
from .sessions import (
    add_session,
    end_session,
    pause_session,
    remove_session,
    resume_session,
    save_note,
    set_session_aside,
    start_session,
    take_session_back,
    update_session,
)
from .temperature import answer_temperature, clear_temperature, end_temperature, open_temperature

__all__ = [
    "BallotConflict",
    "EditConflict",
    "NotReady",
    "add_session",
    "answer_temperature",
    "approve_minutes",
    "cast_ballot",
    "check_in",
    "clear_temperature",
    "close_round",
    "close_workshop",
    "closing_blockers",
    "create_line",
    "decide",
    "draft_minutes",
    "drop_round",
    "end_session",
    "end_temperature",
    "end_turn",
    "give_floor",
    "lower_hand",
    "merge_candidates",
    "move_hand",
    "open_round",
    "open_screen",
    "open_temperature",
    "open_workshop",
    "pause_session",
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
    "resume_session",
    "reword_candidate",
    "save_minutes",
    "save_note",
    "set_presence",
    "set_session_aside",
    "set_up_room",
    "show_on_screen",
    "shut_screen",
    "split_candidate",
    "start_session",
    "take_in_late_priorities",
    "take_session_back",
    "update_line",
    "update_session",
    "update_workshop",
    "withdraw_objection",
]
