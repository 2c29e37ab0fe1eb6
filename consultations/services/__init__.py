"""Every write of stage 1 that has consequences: one function, one transaction, one line in the log."""

from .amendments import (
    answer_amendment,
    decide_amendment,
    propose_amendment,
    undo_amendment,
    withdraw_amendment,
)
from .attachments import NoRoom, add_attachment, remove_attachment
from .consultation import (
    NotReady,
    Presence,
    agree_list,
    close_consultation,
    open_consultation,
    plan_consultation,
    record_participation,
    reopen_consultation,
    save_arrangement,
)
from .drafts import (
    Incomplete,
    drop_parked_edit,
    resolve_conflict,
    save_draft,
    start_draft,
    submit_priority,
)
from .exchange import (
    add_comment,
    answer_request,
    remove_comment,
    reopen_request,
    request_change,
    resolve_request,
)
from .invitations import answer_invitation, choose_invited, remind, remind_when_due, send_invitations
from .meeting import save_dates, set_context, set_minutes
from .offline import drop_form, forget_old_forms, receive_form, request_paper, save_form
from .proposals import (
    add_text,
    carry_on_proposal,
    drop_parked_proposal,
    park_proposal,
    remove_text,
    save_amendment,
    start_amendment,
)
from .summary import rebuild_summary
from .support import support_priority, withdraw_support

__all__ = [
    "Incomplete",
    "NoRoom",
    "NotReady",
    "Presence",
    "add_attachment",
    "add_comment",
    "add_text",
    "agree_list",
    "answer_amendment",
    "answer_invitation",
    "answer_request",
    "carry_on_proposal",
    "choose_invited",
    "close_consultation",
    "decide_amendment",
    "drop_form",
    "drop_parked_edit",
    "drop_parked_proposal",
    "forget_old_forms",
    "open_consultation",
    "park_proposal",
    "plan_consultation",
    "propose_amendment",
    "rebuild_summary",
    "receive_form",
    "record_participation",
    "remind",
    "remind_when_due",
    "remove_attachment",
    "remove_comment",
    "remove_text",
    "reopen_consultation",
    "reopen_request",
    "request_change",
    "request_paper",
    "resolve_conflict",
    "resolve_request",
    "save_amendment",
    "save_arrangement",
    "save_dates",
    "save_draft",
    "save_form",
    "send_invitations",
    "set_context",
    "set_minutes",
    "start_amendment",
    "start_draft",
    "submit_priority",
    "support_priority",
    "undo_amendment",
    "withdraw_amendment",
    "withdraw_support",
]
