"""Who may do what in a consultation: role in the country or programme × state of the consultation and of its step.

Asked as ``user.has_perm("consultations.verb_noun", obj)`` by services, views, templates and tests alike. ``obj`` is a
Consultation, a Priority, or for ``plan_consultation`` a Country. Load them with ``select_related`` of what is walked
(``consultation__step``): a predicate asks for nothing else.
"""

from __future__ import annotations

from typing import Any

import rules

from planning_portal.organisations.models import Country, RiskLevel
from planning_portal.organisations.permissions import country_ids_of, memberships_of
from planning_portal.programme.models import StepStatus
from planning_portal.programme.permissions import companion_country_ids, is_coordinator, is_facilitator

from .models import (
    Amendment,
    AmendmentState,
    Attachment,
    ChangeRequest,
    Comment,
    Consultation,
    ConsultationState,
    Priority,
    PriorityState,
    RequestState,
)


@rules.predicate
def is_member(user: Any, obj: Any = None) -> bool:
    """Signed in: sign-up is closed without an invitation, so each person here belongs to the process."""
    return bool(user.is_authenticated)


@rules.predicate
def is_companion_of_country(user: Any, country: Country) -> bool:
    return country.pk in companion_country_ids(user)


@rules.predicate
def is_companion(user: Any, consultation: Consultation) -> bool:
    return consultation.country_id in companion_country_ids(user)


@rules.predicate
def accompanies_a_country(user: Any, obj: Any = None) -> bool:
    return bool(companion_country_ids(user))


@rules.predicate
def is_of_country(user: Any, consultation: Consultation) -> bool:
    """Acts for an organisation of the consultation's country."""
    return consultation.country_id in country_ids_of(user)


@rules.predicate
def is_step_open(user: Any, consultation: Consultation) -> bool:
    """The step is not over: a coordinator can close it whatever its dates."""
    return consultation.step.status != StepStatus.DONE


@rules.predicate
def is_planned(user: Any, consultation: Consultation) -> bool:
    return consultation.state == ConsultationState.PLANNED


@rules.predicate
def is_open(user: Any, consultation: Consultation) -> bool:
    return consultation.state == ConsultationState.OPEN


@rules.predicate
def is_closed(user: Any, consultation: Consultation) -> bool:
    return consultation.state == ConsultationState.CLOSED


@rules.predicate
def is_high_risk(user: Any, consultation: Consultation) -> bool:
    """In this country a description of who meets and how freely can put people in danger."""
    return consultation.country.risk_level == RiskLevel.HIGH


@rules.predicate
def is_author_organisation(user: Any, priority: Priority) -> bool:
    return priority.organisation_id in memberships_of(user)


@rules.predicate
def is_draft(user: Any, priority: Priority) -> bool:
    return priority.state == PriorityState.DRAFT


@rules.predicate
def is_agreed(user: Any, priority: Priority) -> bool:
    return priority.state == PriorityState.AGREED


@rules.predicate
def is_waiting_for_country(user: Any, priority: Priority) -> bool:
    return priority.state == PriorityState.SUBMITTED


@rules.predicate
def is_consultation_open(user: Any, priority: Priority) -> bool:
    return is_open(user, priority.consultation) and is_step_open(user, priority.consultation)


@rules.predicate
def is_insider_of_priority(user: Any, priority: Priority) -> bool:
    return is_insider(user, priority.consultation)


@rules.predicate
def is_of_priority_country(user: Any, priority: Priority) -> bool:
    return is_of_country(user, priority.consultation)


@rules.predicate
def was_sent(user: Any, amendment: Amendment) -> bool:
    """The organisations have been asked: a draft, also one that was dropped, stays with who runs the consultation."""
    return amendment.proposed_at is not None


@rules.predicate
def is_open_amendment(user: Any, amendment: Amendment) -> bool:
    return amendment.state == AmendmentState.OPEN


@rules.predicate
def is_insider_of_amendment(user: Any, amendment: Amendment) -> bool:
    return is_insider(user, amendment.consultation)


@rules.predicate
def runs_amendment(user: Any, amendment: Amendment) -> bool:
    return runs(user, amendment.consultation)


@rules.predicate
def is_amendment_in_open_consultation(user: Any, amendment: Amendment) -> bool:
    return is_open(user, amendment.consultation)


@rules.predicate
def is_asked(user: Any, amendment: Amendment) -> bool:
    """Acts for an organisation that submitted a source. One query, unless the answers were prefetched."""
    mine = memberships_of(user)
    return any(answer.organisation_id in mine for answer in amendment.answers.all())


@rules.predicate
def may_read_owner(user: Any, attachment: Attachment) -> bool:
    """A priority's file is read with the priority; a consultation's by its country's circle, like the minutes."""
    if attachment.priority is not None:
        return bool(user.has_perm("consultations.view_priority", attachment.priority))
    return bool(user.has_perm("consultations.view_country_level", attachment.consultation))


@rules.predicate
def may_change_owner(user: Any, attachment: Attachment) -> bool:
    if attachment.priority is not None:
        return bool(user.has_perm("consultations.edit_draft", attachment.priority))
    return bool(user.has_perm("consultations.run_consultation", attachment.consultation))


@rules.predicate
def runs_priority(user: Any, priority: Priority) -> bool:
    return runs(user, priority.consultation)


@rules.predicate
def is_own_text(user: Any, priority: Priority) -> bool:
    """Written by one organisation: what several agreed to is changed by another agreement (``Amendment``)."""
    return priority.amendment_id is None


@rules.predicate
def is_request_possible(user: Any, request: ChangeRequest) -> bool:
    """The priority still waits for its country."""
    priority = request.priority
    return is_waiting_for_country(user, priority) and is_open(user, priority.consultation)


@rules.predicate
def is_open_request(user: Any, request: ChangeRequest) -> bool:
    return request.state == RequestState.OPEN


@rules.predicate
def is_author_of_request(user: Any, request: ChangeRequest) -> bool:
    return is_author_organisation(user, request.priority)


@rules.predicate
def runs_request(user: Any, request: ChangeRequest) -> bool:
    return runs_priority(user, request.priority)


@rules.predicate
def is_own_comment(user: Any, comment: Comment) -> bool:
    return comment.organisation_id in memberships_of(user)


@rules.predicate
def runs_commented(user: Any, comment: Comment) -> bool:
    return runs_priority(user, comment.priority) and comment.removed_at is None


@rules.predicate
def is_commented_in_open_consultation(user: Any, comment: Comment) -> bool:
    return is_open(user, comment.priority.consultation)


runs = is_companion | is_coordinator
# The level "country" of DESIGN section 7: its organisations, companion, facilitators, and coordinators.
is_insider = is_of_country | is_companion | is_facilitator | is_coordinator

rules.add_perm("consultations.plan_consultation", is_companion_of_country | is_coordinator)
rules.add_perm("consultations.view_consultation", is_member)
rules.add_perm("consultations.view_country_level", is_insider)
rules.add_perm("consultations.view_context", is_insider | (is_member & is_closed & ~is_high_risk))
rules.add_perm("consultations.run_consultation", runs & ~is_closed)
rules.add_perm("consultations.invite_organisations", runs & ~is_closed & is_step_open)
rules.add_perm("consultations.remind", runs & ~is_closed & is_step_open)
rules.add_perm("consultations.answer_invitation", is_of_country & ~is_closed & is_step_open)
rules.add_perm("consultations.open_consultation", runs & is_planned & is_step_open)
rules.add_perm("consultations.agree_list", runs & is_open)
rules.add_perm("consultations.close_consultation", runs & is_open)
rules.add_perm("consultations.reopen_consultation", is_coordinator & is_closed & is_step_open)
rules.add_perm("consultations.view_run", runs)
# A file is carried away: only by those who answer for it, companions with the part of their countries.
rules.add_perm("consultations.export_priorities", is_coordinator | accompanies_a_country)

# How far all countries are: coordinators and facilitators read of all, companions of theirs.
rules.add_perm("consultations.view_progress", is_coordinator | is_facilitator | accompanies_a_country)

rules.add_perm("consultations.write_priority", is_of_country & is_open & is_step_open)
rules.add_perm("consultations.edit_draft", is_author_organisation & is_draft)
rules.add_perm("consultations.submit_priority", is_author_organisation & is_draft & is_consultation_open)
rules.add_perm(
    "consultations.view_priority",
    is_author_organisation | (~is_draft & is_insider_of_priority) | (is_agreed & is_member),
)
# Earlier versions hold what the authors wrote before they chose to submit: theirs alone.
rules.add_perm("consultations.view_history", is_author_organisation)
rules.add_perm("consultations.support_priority", is_of_priority_country & is_waiting_for_country & is_consultation_open)

rules.add_perm("consultations.amend_priorities", runs & is_open)
rules.add_perm(
    "consultations.view_amendment",
    (~was_sent & runs_amendment) | (was_sent & is_insider_of_amendment),
)
rules.add_perm("consultations.run_amendment", runs_amendment & is_amendment_in_open_consultation)
rules.add_perm("consultations.answer_amendment", is_open_amendment & is_amendment_in_open_consultation & is_asked)
rules.add_perm("consultations.view_attachment", may_read_owner)
rules.add_perm("consultations.remove_attachment", may_change_owner)

rules.add_perm("consultations.comment_priority", is_of_priority_country & is_waiting_for_country & is_consultation_open)
rules.add_perm("consultations.remove_comment", is_own_comment | (runs_commented & is_commented_in_open_consultation))
rules.add_perm(
    "consultations.request_change", runs_priority & is_waiting_for_country & is_own_text & is_consultation_open
)
rules.add_perm("consultations.view_request", is_author_of_request | runs_request)
rules.add_perm("consultations.answer_request", is_author_of_request & is_open_request & is_request_possible)
rules.add_perm("consultations.run_request", runs_request & is_request_possible)
# Others read every version from the submission on: what was asked of a text, and how it changed, is no secret.
rules.add_perm("consultations.view_versions", is_author_organisation | (~is_draft & is_insider_of_priority))
