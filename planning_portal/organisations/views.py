"""Pages of people and organisations: my organisation, inviting, coming in, my profile."""

from __future__ import annotations

import hashlib
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from planning_portal.web.submissions import answer_once
from planning_portal.web.switching import form_for, is_sent, keeps_typed, version_for

from . import queries, services
from .adapters import remember_language
from .forms import AcceptForm, IdentityForm, InvitationForm, ProfileForm
from .identity import preview_of
from .models import Identity, Organisation
from .permissions import organisations_of, person

INVITE = "organisations.invite"


@require_GET
def organisation_home(request: HttpRequest) -> HttpResponse:
    """My organisation; those who act for none go to the list of those they look after."""
    organisation = queries.first_organisation(request.user)
    if organisation is None:
        return redirect("organisations:organisation-list")
    return redirect("organisations:organisation-detail", organisation.public_id)


@require_GET
def organisation_list(request: HttpRequest) -> HttpResponse:
    """The organisations for which this person may invite people."""
    may_invite_alone = request.user.has_perm("organisations.invite_person", None)
    return render(
        request,
        "organisations/organisation_list.html",
        {
            "organisations": queries.organisations_to_manage(request.user),
            "may_invite_alone": may_invite_alone,
            "invitations": queries.open_invitations(None) if may_invite_alone else [],
        },
    )


@require_GET
def organisation_detail(request: HttpRequest, public_id: Any) -> HttpResponse:
    """Who acts for an organisation, and how it appears to others."""
    organisation = queries.organisation_for(request.user, public_id)
    may_invite = request.user.has_perm("organisations.invite_person", organisation)
    return render(
        request,
        "organisations/organisation_detail.html",
        {
            "organisation": organisation,
            "own_organisations": organisations_of(request.user),
            "memberships": queries.people_of(organisation),
            "may_invite": may_invite,
            "invitations": queries.open_invitations(organisation) if may_invite else [],
            "may_change_identity": request.user.has_perm("organisations.change_identity", organisation),
            "appears_as": preview_of(organisation, organisation.identity),
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
@keeps_typed
def identity_edit(request: HttpRequest, public_id: Any) -> HttpResponse:
    """Choose how the organisation appears to others."""
    organisation = queries.organisation_for(request.user, public_id)
    if not request.user.has_perm("organisations.change_identity", organisation):
        raise PermissionDenied(_("Only this organisation's people and coordinators choose how it appears."))
    may_loosen = request.user.has_perm("organisations.loosen_identity", organisation)
    initial = {"identity": organisation.identity, "version": organisation.identity}
    form = form_for(
        request,
        IdentityForm,
        organisation=organisation,
        may_loosen=may_loosen,
        initial=initial,
    )
    changed_meanwhile = False
    if is_sent(request) and form.is_valid():
        changed_meanwhile = form.cleaned_data["version"] != organisation.identity
        if not changed_meanwhile:
            services.set_identity(organisation, form.cleaned_data["identity"], by=person(request))
            messages.success(request, _("Saved. From now on the organisation appears like this everywhere."))
            return redirect("organisations:organisation-detail", organisation.public_id)
    chosen = form["identity"].value()
    return render(
        request,
        "organisations/identity_edit.html",
        {
            "organisation": organisation,
            "form": form,
            "changed_meanwhile": changed_meanwhile,
            "version": version_for(request, organisation.identity),
            "may_loosen": may_loosen,
            "choices": [
                {
                    "value": value,
                    "label": Identity(value).label,
                    "preview": preview_of(organisation, value),
                    "possible": value in form.possible,
                    "chosen": value == chosen,
                }
                for value in services.IDENTITY_ORDER
            ],
        },
        status=409 if changed_meanwhile else 200,
    )


@require_http_methods(["GET", "HEAD", "POST"])
@keeps_typed
def person_invite(request: HttpRequest, public_id: Any = None) -> HttpResponse:
    """Invite a person, for one organisation or (coordinators) for the programme itself."""
    organisation = queries.organisation_for(request.user, public_id) if public_id else None
    if not request.user.has_perm("organisations.invite_person", organisation):
        raise PermissionDenied(_("You may not invite people for this organisation."))
    initial = {"language": organisation.country.working_language if organisation else get_language()}
    form = form_for(request, InvitationForm, organisation=organisation, initial=initial)
    if not is_sent(request) or not form.is_valid():
        return render(request, "organisations/person_invite.html", {"organisation": organisation, "form": form})
    tokens: list[str] = []

    def act() -> str:
        _invitation, token = services.invite_person(by=person(request), organisation=organisation, **form.cleaned_data)
        tokens.append(token)
        return _address_of(organisation)

    answer = answer_once(request, INVITE, act)
    if not tokens:
        return answer
    with override(form.cleaned_data["language"]):
        link = request.build_absolute_uri(reverse("organisations:invitation-accept", args=[tokens[0]]))
    return render(
        request,
        "organisations/person_invited.html",
        {
            "organisation": organisation,
            "email": form.cleaned_data["email"],
            "link": link,
            "back": answer.url,
            "no_mail": organisation is not None and organisation.country.no_mail,
        },
    )


def _address_of(organisation: Organisation | None) -> str:
    if organisation is None:
        return reverse("organisations:organisation-list")
    return reverse("organisations:organisation-detail", args=[organisation.public_id])


@require_POST
def invitation_withdraw(request: HttpRequest, public_id: Any) -> HttpResponse:
    """End an open invitation before its time."""
    invitation = get_object_or_404(queries.invitations_visible_to(request.user), public_id=public_id)
    if not request.user.has_perm("organisations.invite_person", invitation.organisation):
        raise Http404
    try:
        services.withdraw_invitation(invitation, by=person(request))
    except services.InvitationUnusable as error:
        messages.warning(request, str(error))
    else:
        messages.success(request, _("The invitation is withdrawn: its link no longer works."))
    return redirect(_address_of(invitation.organisation))


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@keeps_typed
def invitation_accept(request: HttpRequest, token: str) -> HttpResponse:
    """The page behind the link of an invitation: a new account, or a signed-in person joins."""
    try:
        invitation = services.find_invitation(token)
        if request.user.is_authenticated:
            return _join(request, token, invitation)
        return _make_account(request, token, invitation)
    except services.InvitationUnusable as error:
        return render(request, "organisations/invitation_expired.html", {"reason": str(error)}, status=410)


def _join(request: HttpRequest, token: str, invitation: Any) -> HttpResponse:
    user = person(request)
    same_address = user.email.lower() == invitation.email
    if not is_sent(request) or not same_address:
        return render(
            request,
            "organisations/invitation_join.html",
            {"same_address": same_address},
            status=403 if is_sent(request) else 200,
        )
    services.accept_invitation(token, user=user)
    messages.success(request, _("Welcome: you are in."))
    return redirect(settings.LOGIN_REDIRECT_URL)


def _make_account(request: HttpRequest, token: str, invitation: Any) -> HttpResponse:
    if services.account_exists(invitation):
        return render(request, "organisations/invitation_sign_in.html", {"next": request.path})
    country = invitation.organisation.country if invitation.organisation else None
    initial = {"language": get_language(), "time_zone": country.time_zone if country else "UTC"}
    form = form_for(request, AcceptForm, email=invitation.email, initial=initial)
    if not is_sent(request) or not form.is_valid():
        return render(request, "organisations/invitation_accept.html", {"form": form, "email": invitation.email})
    try:
        user = services.accept_invitation(token, **form.cleaned_data)
    except services.AccountExists:
        return render(request, "organisations/invitation_sign_in.html", {"next": request.path})
    login(request, user, backend="planning_portal.organisations.backends.SignInBackend")
    with override(user.preferred_language):
        messages.success(request, _("Welcome: you are in."))
        return remember_language(redirect(settings.LOGIN_REDIRECT_URL), user)


@require_http_methods(["GET", "HEAD", "POST"])
@keeps_typed
def profile(request: HttpRequest) -> HttpResponse:
    """My name, my language, my time zone; from here to password, second step and open sessions."""
    user = person(request)
    initial = {
        "name": user.name,
        "language": user.preferred_language,
        "time_zone": user.time_zone,
        "no_mail": user.no_mail,
    }
    version = hashlib.sha256(repr(initial).encode()).hexdigest()[:16]
    form = form_for(request, ProfileForm, initial=initial)
    theirs = None
    if is_sent(request) and form.is_valid():
        if request.POST.get("version") == version:
            services.save_profile(user, **form.cleaned_data)
            with override(user.preferred_language):
                messages.success(request, _("Your profile is saved."))
                return remember_language(redirect("organisations:profile"), user)
        theirs = initial
    return render(
        request,
        "organisations/profile.html",
        {"form": form, "version": version_for(request, version), "theirs": theirs},
        status=409 if theirs else 200,
    )
