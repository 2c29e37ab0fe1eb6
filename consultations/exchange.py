"""What a priority's page shows of comments and requests, for this reader."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from planning_portal.organisations.permissions import memberships_of

from .models import ChangeRequest, Comment, Priority, RequestWord


@dataclass
class Exchange:
    """``requests`` are for the authors and who runs the consultation, ``comments`` for the country's circle."""

    comments: list[Comment] = field(default_factory=list)
    mine: set[int] = field(default_factory=set)
    requests: list[ChangeRequest] = field(default_factory=list)
    can_comment: bool = False
    can_moderate: bool = False
    can_request: bool = False
    is_asked: bool = False


def exchange_on(priority: Priority, user: Any, *, is_insider: bool) -> Exchange:
    """Two queries at most; none for a draft or for a reader of another country."""
    if not is_insider or priority.is_draft:
        return Exchange()
    found = Exchange(
        comments=list(Comment.objects.filter(priority=priority).select_related("organisation__country__zone")),
        can_comment=user.has_perm("consultations.comment_priority", priority),
        can_request=user.has_perm("consultations.request_change", priority),
    )
    mine = memberships_of(user)
    found.mine = {comment.pk for comment in found.comments if comment.organisation_id in mine}
    runs = user.has_perm("consultations.view_run", priority.consultation)
    found.can_moderate = runs and priority.consultation.state == "open"
    if runs or priority.organisation_id in mine:
        found.requests = list(ChangeRequest.objects.filter(priority=priority))
    found.is_asked = priority.organisation_id in mine
    return found


def words_of(request: ChangeRequest) -> list[RequestWord]:
    """What was said in it, oldest first."""
    return list(request.words.select_related("organisation__country__zone"))
