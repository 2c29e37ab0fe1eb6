"""Who sees how far the work is: who asked for it, and those whom ``jobs.view_any`` admits (programme says who)."""

from __future__ import annotations

from typing import Any

import rules

from .models import Job
from .queries import Group


@rules.predicate
def may_view_any(user: Any) -> bool:
    return bool(user.is_authenticated and user.has_perm("jobs.view_any"))


@rules.predicate
def has_asked_for_group(user: Any, group: Group | None) -> bool:
    return group is not None and user.is_authenticated and user.pk in group.owner_ids


@rules.predicate
def has_asked_for_job(user: Any, job: Job | None) -> bool:
    """The job's first owner, or anybody who asked for it since."""
    if job is None or not user.is_authenticated:
        return False
    return job.owner_id == user.pk or job.orders.filter(owner=user).exists()


rules.add_perm("jobs.view_group", has_asked_for_group | may_view_any)
rules.add_perm("jobs.retry_job", has_asked_for_job | may_view_any)
