"""Merging, splitting and rewording: the companion proposes, the organisations answer."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from planning_portal.languages.queries import attach_units
from planning_portal.organisations.identity import viewer_of
from planning_portal.organisations.permissions import organisations_of
from planning_portal.web.formatting import format_clock, format_moment
from planning_portal.web.submissions import SubmissionConflict, SubmissionKeyMissing, answer_once, once_per_form
from planning_portal.web.switching import answer_in, asked_language, form_for, is_sent, keeps_typed, show_again
from planning_portal.workflow.services import WrongState

from .. import services
from ..forms.amendments import AmendmentForm, AnswerForm, StartAmendmentForm, VerdictForm
from ..lineage import amendment_lines, inherited_supports, proposed_texts, results_of, sources_of, texts_in_words
from ..models import Amendment, AmendmentKind, ConsultationState, ParkedProposal, PriorityState
from ..queries import parked_proposal_of
from ..services import Incomplete
from ..services.proposals import MOST_RESULTS, parts_of
from ..similar import similar_pairs
from ..versions import EditConflict
from .drafts import too_old
from .running import FORM, _page, _run

START = "consultations.amend"
ANSWER = "consultations.amendment"


@require_http_methods(FORM)
@keeps_typed
def amendment_list(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """The companion's page: what was proposed, who has answered, and the beginning of another proposal."""
    consultation = _run(request, public_id)
    amendments = consultation.amendments.prefetch_related("answers").order_by("-id")
    held = set(consultation.amendments.filter(source_rows__is_holding=True).values_list("sources", flat=True))
    free = list(
        consultation.priorities.filter(state="submitted")
        .exclude(pk__in=held)
        .select_related("organisation__country__zone")
        .order_by("submitted_at", "id")
    )
    attach_units(free)
    can_amend = request.user.has_perm("consultations.amend_priorities", consultation)
    form = form_for(request, StartAmendmentForm, priorities=free, initial={"sources": request.GET.getlist("source")})
    if is_sent(request) and not can_amend:
        raise PermissionDenied(_("Texts are merged, split or reworded only while the consultation is open."))
    if is_sent(request) and form.is_valid():

        def start() -> str:
            amendment = services.start_amendment(
                consultation, by=request.user, kind=form.cleaned_data["kind"], sources=form.sources()
            )
            return reverse("consultations:amendment-edit", args=[amendment.public_id])

        try:
            return answer_once(request, START, start)
        except SubmissionConflict as first:
            return HttpResponseRedirect(first.location)
        except SubmissionKeyMissing:
            form.add_error(None, too_old())
        except ValidationError as error:
            form.add_error("sources", error.messages)  # type: ignore[arg-type]
        except WrongState as error:
            form.add_error("sources", str(error))
    context = {
        "form": form,
        "lines": amendment_lines(amendments),
        "free": free,
        "can_amend": can_amend,
        "pairs": similar_pairs(free),
    }
    return _page(request, consultation, "amendments", context, status=422 if form.errors else 200)


def _visible(request: HttpRequest, public_id: uuid.UUID) -> Amendment:
    return get_object_or_404(Amendment.objects.visible_to(request.user).with_parts(), public_id=public_id)


@require_http_methods(FORM)
def amendment_edit(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """The proposed texts beside their sources. A plain POST saves; with ``X-Autosave`` it saves and stays.

    What a colleague's save, sending or dropping kept from being saved is kept beside it, and shown here.
    """
    amendment = _visible(request, public_id)
    if not request.user.has_perm("consultations.view_run", amendment.consultation):
        raise PermissionDenied(_("Only the companion of this country or a coordinator can do this."))
    parked = parked_proposal_of(amendment, request.user)
    if is_sent(request) and (go := request.POST.get("go")) in {"discard", "carry-on"}:
        return _settle(request, amendment, go)
    is_over = not amendment.is_draft or amendment.consultation.state != ConsultationState.OPEN
    if is_over and request.method != "POST":
        if parked is None and not amendment.is_draft:
            return redirect(page_of(amendment))
        return _show_kept(request, amendment, parked)
    form = form_for(request, AmendmentForm, amendment=amendment, parked=parked)
    if is_sent(request):
        is_autosave = request.headers.get("X-Autosave") == "1"
        if (language := asked_language(request)) and not form.is_valid():
            return show_again(request, language, amendment_edit, public_id)
        if form.is_valid():
            answer = _save(request, amendment, form, is_autosave=is_autosave)
            if answer is not None:
                return answer
        elif is_autosave:
            return JsonResponse({"errors": len(form.errors), "csrf": get_token(request)}, status=422)
        amendment, parked = _visible(request, public_id), parked_proposal_of(amendment, request.user)
    sources = sources_of(amendment)
    attach_units([*sources, *(source.theme for source in sources)])
    theirs = _theirs(amendment, parked)
    count = len(amendment.texts)
    context = {
        "amendment": amendment,
        "consultation": amendment.consultation,
        "form": form,
        "sections": [{"fields": f, "theirs": theirs.get(f"text-{n}")} for n, f in enumerate(form.sections())],
        "sources": sources,
        "parked": parked,
        "theirs": theirs,
        "can_add": amendment.kind == AmendmentKind.SPLIT and count < MOST_RESULTS,
        "can_remove": amendment.kind == AmendmentKind.SPLIT and count > 2,
    }
    return render(request, "consultations/amendment_edit.html", context, status=422 if form.errors else 200)


def page_of(amendment: Amendment, name: str = "detail") -> str:
    return reverse(f"consultations:amendment-{name}", args=[amendment.public_id])


def _save(request: HttpRequest, amendment: Amendment, form: AmendmentForm, *, is_autosave: bool) -> HttpResponse | None:
    """Save what was sent and do what the button says; None when that was refused, with the reason in the form."""
    data = form.cleaned_data
    words = {"texts": form.texts(), "why": data["why"], "language": data["language"]}
    if is_autosave and data["settles"] and amendment.is_draft:
        # Both texts are on the page: which one stands is decided by a button, not by typing on.
        services.park_proposal(amendment, by=request.user, **words, seen=form.guards()["seen"])
        saved = {"version": data["version"], "saved_at": format_clock(timezone.now())}
        return JsonResponse({**saved, "csrf": get_token(request)})
    try:
        fresh = services.save_amendment(amendment, by=request.user, **form.guards(), **words, settles=data["settles"])
    except (EditConflict, WrongState):
        here = page_of(amendment, "edit")
        if is_autosave:
            return JsonResponse({"conflict_url": here}, status=409)
        return answer_in(request, asked_language(request) or get_language() or "en", here)
    if is_autosave:
        saved = {"version": fresh.version, "saved_at": format_clock(fresh.saved_at)}
        return JsonResponse({**saved, "csrf": get_token(request)})
    try:
        return _after_saving(request, fresh, form)
    except EditConflict:
        messages.warning(request, _("Somebody saved once more meanwhile. Compare again."))
        return HttpResponseRedirect(page_of(amendment, "edit"))
    except Incomplete as error:
        form.say_what_is_missing(error.missing)
    except ValidationError as error:
        form.add_error(None, error)
    except WrongState as error:
        form.add_error(None, str(error))
    # What was typed is saved, only the rest was refused: the page goes on from there.
    form.data = form.data.copy()  # type: ignore[attr-defined]
    form.data["version"] = str(fresh.version)  # type: ignore[index]
    form.data["settles"] = ""  # type: ignore[index]
    return None


def _theirs(amendment: Amendment, parked: ParkedProposal | None) -> dict[str, Any]:
    """What stands of the parts that were typed in as well, in words: {} when nothing differs any more."""
    saved = parts_of(amendment)
    mine = parked.fields if parked else {}
    clashes = [part for part, value in mine.items() if value != saved.get(part)]
    texts = [part for part in clashes if part in saved and part.startswith("text-")]
    shown = texts_in_words([saved[part] for part in texts], amendment.source_language)
    theirs: dict[str, Any] = dict(zip(texts, shown, strict=True))
    if "why" in clashes:
        theirs["why"] = saved["why"]
    return theirs


def _show_kept(request: HttpRequest, amendment: Amendment, parked: ParkedProposal | None) -> HttpResponse:
    """The proposal is over or with the organisations: what was typed last, to copy or to begin another with. Of a
    draft in a consultation that is closed all is here, since no other page shows it."""
    sources = sources_of(amendment)
    kept = {**(parts_of(amendment) if amendment.is_draft else {}), **(parked.fields if parked else {})}
    language = kept.get("language", amendment.source_language)
    texts = [value for part, value in kept.items() if part.startswith("text-")]
    is_free = all(source.state == PriorityState.SUBMITTED for source in sources) and not amendment.is_open
    context = {
        "amendment": amendment,
        "consultation": amendment.consultation,
        "texts": texts_in_words(texts, language),
        "why": kept.get("why", ""),
        "language": language,
        "parked": parked,
        "can_carry_on": is_free and request.user.has_perm("consultations.amend_priorities", amendment.consultation),
    }
    return render(request, "consultations/amendment_kept.html", context)


def _settle(request: HttpRequest, amendment: Amendment, go: str) -> HttpResponse:
    """Throw away what was kept, or begin another proposal with it."""
    if go == "discard":
        services.drop_parked_proposal(amendment, by=request.user)
        return redirect("consultations:amendment-edit", amendment.public_id)
    try:
        started = services.carry_on_proposal(amendment, by=request.user)
    except (WrongState, ValidationError) as error:
        messages.error(request, " ".join(error.messages) if isinstance(error, ValidationError) else str(error))
        return redirect("consultations:amendment-edit", amendment.public_id)
    messages.success(request, _("A new proposal begins with what you had typed. Nobody else has seen it yet."))
    return HttpResponseRedirect(page_of(started, "edit"))


def _after_saving(request: HttpRequest, amendment: Amendment, form: AmendmentForm) -> HttpResponse:
    if language := asked_language(request):
        return answer_in(request, language)
    go, _colon, number = request.POST.get("go", "").partition(":")
    if go == "add":
        services.add_text(amendment, by=request.user)
    elif go == "remove":
        services.remove_text(amendment, by=request.user, number=int(number) if number.isdecimal() else -1)
    elif go == "drop":
        services.withdraw_amendment(amendment, by=request.user)
        messages.success(request, _("The proposal is dropped: nothing was sent."))
        return redirect("consultations:amendment-list", amendment.consultation.public_id)
    elif go == "send":
        services.propose_amendment(amendment, by=request.user, version=amendment.version, answer_by=form.deadline())
        messages.success(request, _("Sent: the organisations find it on their home page."))
        return HttpResponseRedirect(page_of(amendment))
    else:
        messages.success(request, _("Saved. Nobody else has seen it yet."))
    return HttpResponseRedirect(request.get_full_path())


@require_http_methods(FORM)
@keeps_typed
@once_per_form(ANSWER)
def amendment_detail(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """The sources, the text that takes their place, who has answered what; and what this reader can do."""
    amendment = _visible(request, public_id)
    if amendment.is_draft:
        return redirect("consultations:amendment-edit", amendment.public_id)
    asked = {answer.organisation_id for answer in amendment.answers.all()}
    mine = [organisation for organisation in organisations_of(request.user) if organisation.pk in asked]
    go = request.POST.get("go", "")
    answers = go in {"accept", "decline"}
    viewer = viewer_of(request.user)
    # The form that was not sent stays as it was; only shown again in another language, both keep what was typed.
    answer_form = (
        form_for(request, AnswerForm, organisations=mine, viewer=viewer)
        if answers or not is_sent(request)
        else AnswerForm(organisations=mine, viewer=viewer)
    )
    language = amendment.source_language
    verdict_form = VerdictForm(language=language) if answers else form_for(request, VerdictForm, language=language)
    status = 200
    if is_sent(request):
        form = answer_form if answers else verdict_form
        done = _act(request, amendment, form, go, mine) if form.is_valid() else None
        if done is not None:
            return done
        status = 422
    return _show(request, amendment, answer_form, verdict_form, mine, status=status)


def _act(request: HttpRequest, amendment: Amendment, form: Any, go: str, mine: list[Any]) -> HttpResponse | None:
    """Do what the button says; None when it was refused, with the reason in the form."""
    if go in {"accept", "decline"} and not mine:
        raise PermissionDenied(_("Only the organisations that submitted these priorities are asked."))
    verdict = form.cleaned_data.get("verdict", "")
    acts: dict[str, tuple[Callable[[], Amendment], str]] = {
        "accept": (lambda: _answer(request, amendment, form, accepts=True), _("Your organisation has accepted.")),
        "decline": (lambda: _answer(request, amendment, form, accepts=False), _("Your organisation has declined.")),
        "carry-out": (
            lambda: services.decide_amendment(amendment, by=request.user, carries_out=True, reason=verdict),
            _("The new text now stands in the place of its sources."),
        ),
        "leave": (
            lambda: services.decide_amendment(amendment, by=request.user, carries_out=False, reason=verdict),
            _("The texts stay as they are."),
        ),
        "withdraw": (
            lambda: services.withdraw_amendment(amendment, by=request.user, reason=verdict),
            _("The proposal is withdrawn: the texts stay as they are."),
        ),
        "undo": (
            lambda: services.undo_amendment(amendment, by=request.user, reason=verdict),
            _("Undone: the sources stand in the list again."),
        ),
    }
    if go not in acts:
        raise PermissionDenied
    act, words = acts[go]
    try:
        act()
    except WrongState as error:
        messages.error(request, str(error))
    except ValidationError as error:
        form.add_error("reason" if go == "decline" else "verdict", error.messages)
        return None
    else:
        messages.success(request, words)
    return redirect("consultations:amendment-detail", amendment.public_id)


def _answer(request: HttpRequest, amendment: Amendment, form: AnswerForm, *, accepts: bool) -> Amendment:
    return services.answer_amendment(
        amendment,
        by=request.user,
        organisation=form.organisation(),
        accepts=accepts,
        reason=form.cleaned_data["reason"],
        language=form.cleaned_data["language"],
    )


def _show(
    request: HttpRequest,
    amendment: Amendment,
    answer_form: AnswerForm,
    verdict_form: VerdictForm,
    mine: list[Any],
    *,
    status: int,
) -> HttpResponse:
    sources, results = sources_of(amendment), results_of(amendment)
    answers = list(amendment.answers.all())
    supports = inherited_supports(sources)
    attach_units([*sources, *results, *(source.theme for source in sources)])
    runs = request.user.has_perm("consultations.run_amendment", amendment)
    is_late = amendment.answer_by is not None and timezone.now() >= amendment.answer_by
    here, there = _deadline(amendment)
    context = {
        "amendment": amendment,
        "consultation": amendment.consultation,
        "sources": sources,
        "supports": supports,
        "results": results,
        "texts": proposed_texts(amendment),
        "answers": answers,
        "my_answers": [answer for answer in answers if answer.organisation in mine],
        "answered": sum(answer.answer != "waiting" for answer in answers),
        "deadline": here,
        "deadline_there": there,
        "is_late": is_late,
        "can_answer": bool(mine) and request.user.has_perm("consultations.answer_amendment", amendment),
        "can_decide": runs and amendment.is_open and is_late,
        "can_withdraw": runs and amendment.is_open,
        "can_undo": runs and amendment.state == "done" and all(result.state == "submitted" for result in results),
        "answer_form": answer_form,
        "verdict_form": verdict_form,
        "is_parked": runs and parked_proposal_of(amendment, request.user) is not None,
    }
    return render(request, "consultations/amendment_detail.html", context, status=status)


def _deadline(amendment: Amendment) -> tuple[str, str]:
    """Until when, by the reader's clock and by the country's own, if that is another."""
    here = format_moment(amendment.answer_by)
    with timezone.override(amendment.consultation.country.time_zone):
        there = format_moment(amendment.answer_by)
    return here, there if there != here else ""
