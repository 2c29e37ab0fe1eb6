"""Every write with consequences: who is invited, who comes in, how an organisation appears."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from planning_portal.workflow.services import log_change

from .mail import send_invitation
from .models import Country, Identity, Invitation, Membership, Organisation, RiskLevel, User, new_token

INVITATION_LIFETIME = timedelta(hours=72)
# From the most open to the most careful: members may only move to the right.
IDENTITY_ORDER = (Identity.NAMED, Identity.DESCRIBED, Identity.WITHHELD)

_identity_watchers: list[Callable[[Organisation | Country], None]] = []


class InvitationUnusable(Exception):
    """The link is unknown, used, withdrawn or too old. Its text is a sentence for the reader."""


class AccountExists(Exception):
    """Somebody already signs in with the invited address: they join by signing in, not with a new password."""


def hash_of(token: str) -> str:
    """What is stored of a link's secret: its SHA-256."""
    return hashlib.sha256(token.encode()).hexdigest()


@transaction.atomic
def invite_person(
    *,
    by: User | None,
    email: str,
    organisation: Organisation | None = None,
    has_mandate: bool = False,
    language: str = "en",
) -> tuple[Invitation, str]:
    """Invite the person who reads ``email``; return the invitation and the link's token, which is stored nowhere.

    In order: check the right of ``by`` (``None`` is the system itself), end earlier open invitations of the same
    address to the same organisation, write the new one with the token's hash, log, send the mail after the commit
    (none to a country where mail is dangerous: the inviter hands the link over).
    Raises PermissionDenied.
    """
    if by is not None and not by.has_perm("organisations.invite_person", organisation):
        raise PermissionDenied(_("You may not invite people for this organisation."))
    email = User.objects.normalize_email(email).lower()
    now = timezone.now()
    Invitation.objects.filter(
        email=email, organisation=organisation, accepted_at__isnull=True, expires_at__gt=now
    ).update(expires_at=now)
    token = new_token()
    invitation = Invitation.objects.create(
        token_hash=hash_of(token),
        email=email,
        organisation=organisation,
        has_mandate=has_mandate and organisation is not None,
        language=language,
        invited_by=by,
        expires_at=now + INVITATION_LIFETIME,
    )
    log_change(invitation, "invite_person", by=by, after="open", organisation=organisation)
    if organisation is None or not organisation.country.no_mail:
        transaction.on_commit(partial(send_invitation, email, token, language))
    return invitation, token


@transaction.atomic
def withdraw_invitation(invitation: Invitation, *, by: User) -> Invitation:
    """End an open invitation before its time. Raises PermissionDenied, InvitationUnusable."""
    locked = Invitation.objects.select_for_update(of=("self",)).get(pk=invitation.pk)
    if not by.has_perm("organisations.invite_person", locked.organisation):
        raise PermissionDenied(_("You may not invite people for this organisation."))
    if locked.accepted_at is not None:
        raise InvitationUnusable(_("This invitation has been used already."))
    locked.expires_at = min(locked.expires_at, timezone.now())
    locked.save(update_fields=["expires_at"])
    log_change(locked, "withdraw_invitation", by=by, before="open", after="withdrawn", organisation=locked.organisation)
    return locked


def find_invitation(token: str) -> Invitation:
    """The open invitation of a link. Raises InvitationUnusable.

    The look-up is by the hash of the token, so its timing tells nothing about any token; the comparison in constant
    time is the second lock on the same door.
    """
    return _usable(Invitation.objects.select_related("organisation__country").filter(token_hash=hash_of(token)), token)


def _usable(invitations: Any, token: str) -> Invitation:
    invitation: Invitation | None = invitations.first()
    if invitation is None or not hmac.compare_digest(invitation.token_hash, hash_of(token)):
        raise InvitationUnusable(_("This link is not one of ours, or it is not complete."))
    if invitation.accepted_at is not None:
        raise InvitationUnusable(_("This invitation has been used already."))
    if invitation.expires_at <= timezone.now():
        raise InvitationUnusable(_("This invitation is no longer valid: it was good for 72 hours."))
    return invitation


def account_exists(invitation: Invitation) -> bool:
    """Whether the invited address already signs in here. Only who holds the link may be told."""
    return User.objects.filter(email=invitation.email).exists()


@transaction.atomic
def accept_invitation(
    token: str,
    *,
    name: str = "",
    password: str | None = None,
    language: str = "en",
    time_zone: str = "UTC",
    user: User | None = None,
) -> User:
    """Let a person in by a link, once: as a new account, or ``user`` (signed in with the invited address) joins.

    In order: lock the invitation and check it again, make the account or take ``user``, write the membership (a
    mandate is never taken away by joining again), mark the invitation as used, log. Two at once make one account.
    Raises InvitationUnusable, AccountExists, PermissionDenied when ``user`` is not whom the invitation was for.
    """
    invitation = _usable(Invitation.objects.select_for_update().filter(token_hash=hash_of(token)), token)
    if user is None:
        user = _new_account(invitation, name, password, language, time_zone)
    elif user.email.lower() != invitation.email:
        raise PermissionDenied(_("This invitation was sent to another address than the one you sign in with."))
    if invitation.organisation_id is not None:
        membership, _created = Membership.objects.get_or_create(user=user, organisation_id=invitation.organisation_id)
        if invitation.has_mandate and not membership.has_mandate:
            membership.has_mandate = True
            membership.save(update_fields=["has_mandate"])
    invitation.accepted_at = timezone.now()
    invitation.accepted_by = user
    invitation.save(update_fields=["accepted_at", "accepted_by"])
    log_change(
        invitation,
        "accept_invitation",
        by=user,
        before="open",
        after="accepted",
        organisation=invitation.organisation,
    )
    return user


def _new_account(invitation: Invitation, name: str, password: str | None, language: str, time_zone: str) -> User:
    if not password:
        raise ValueError("A new account needs a password.")
    if account_exists(invitation):
        raise AccountExists
    try:
        with transaction.atomic():
            return User.objects.create_user(
                invitation.email, password, name=name, preferred_language=language, time_zone=time_zone
            )
    except IntegrityError as error:
        raise AccountExists from error


def on_identity_change(watcher: Callable[[Organisation | Country], None]) -> None:
    """Have ``watcher(organisation)`` run inside the transaction that changes how an organisation appears.

    A country whose risk changed is told in the same way: documents name those at high risk no more. For later apps:
    what shows the name must be built again, and old files withdrawn (from ``AppConfig.ready``).
    """
    if watcher not in _identity_watchers:
        _identity_watchers.append(watcher)


@transaction.atomic
def tell_of_identity(changed: Organisation | Country) -> None:
    """Run the watchers: what others read of ``changed`` is no longer what it was.

    For whoever corrects reference data as well: a name, a kind or a zone stands in documents too, and is at times
    changed because it must not be read any more.
    """
    for watcher in _identity_watchers:
        watcher(changed)


def is_tighter(identity: str, than: str) -> bool:
    """Whether ``identity`` says no more than ``than`` does."""
    order = [str(value) for value in IDENTITY_ORDER]
    return order.index(identity) >= order.index(than)


LOOSENING_REFUSED = gettext_lazy(
    "Only a coordinator can show more of an organisation again. You can choose to show less."
)


@transaction.atomic
def set_identity(organisation: Organisation, identity: str, *, by: User | None, reason: str = "") -> Organisation:
    """Choose how the organisation appears to others: its members may only show less, coordinators may set it.

    In order: lock the organisation, check the right, change, log, tell the watchers. The same choice again changes
    nothing. Raises PermissionDenied with the reason.
    """
    locked = Organisation.objects.select_for_update(of=("self",)).select_related("country").get(pk=organisation.pk)
    if by is not None and not by.has_perm("organisations.change_identity", locked):
        raise PermissionDenied(_("Only this organisation's people and coordinators choose how it appears."))
    before = locked.identity
    if identity == before:
        return locked
    if by is not None and not is_tighter(identity, before) and not by.has_perm("organisations.loosen_identity", locked):
        raise PermissionDenied(str(LOOSENING_REFUSED))
    locked.identity = Identity(identity)
    locked.save(update_fields=["identity"])
    log_change(locked, "set_identity", by=by, before=before, after=identity, organisation=locked, reason=reason)
    tell_of_identity(locked)
    return locked


@transaction.atomic
def set_risk_level(country: Country, risk_level: str, *, by: User | None) -> Country:
    """Say how dangerous it is to be named in a country; what was made under the former level is withdrawn.

    Its organisations keep the identity they chose. In order: lock, change, log, tell the watchers. The same level
    again changes nothing. The right is the caller's to ask (reference data is edited in the admin).
    """
    locked = Country.objects.select_for_update().get(pk=country.pk)
    before = locked.risk_level
    if risk_level == before:
        return locked
    locked.risk_level = RiskLevel(risk_level)
    locked.save(update_fields=["risk_level"])
    log_change(locked, "set_risk_level", by=by, before=before, after=risk_level)
    tell_of_identity(locked)
    return locked


def save_profile(user: User, *, name: str, language: str, time_zone: str, no_mail: bool = False) -> User:
    """The person's own name, language, time zone, and whether mails may come; nothing else of the row is touched."""
    user.name, user.preferred_language, user.time_zone, user.no_mail = name, language, time_zone, no_mail
    user.save(update_fields=["name", "preferred_language", "time_zone", "no_mail"])
    return user
