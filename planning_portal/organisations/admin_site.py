"""Django's admin for reference data: staff only, behind a second step at sign-in."""

from __future__ import annotations

from typing import Any

from allauth.account.decorators import secure_admin_login
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib import messages
from django.contrib.admin import AdminSite
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

# What libraries register of their own accord, and nobody edits here: addresses, sessions, groups without meaning.
NOT_HERE = {"account.emailaddress", "usersessions.usersession", "auth.group", "mfa.authenticator"}


class PortalAdminSite(AdminSite):
    site_header = gettext_lazy("Administration")
    site_title = gettext_lazy("Administration")
    index_title = gettext_lazy("Reference data")
    empty_value_display = "–"
    enable_nav_sidebar = False

    def register(self, model_or_iterable: Any, admin_class: Any = None, **options: Any) -> None:
        models = model_or_iterable if isinstance(model_or_iterable, list | tuple) else [model_or_iterable]
        wanted = [model for model in models if model._meta.label_lower not in NOT_HERE]
        if wanted:
            super().register(wanted, admin_class, **options)

    def has_permission(self, request: HttpRequest) -> bool:
        """Active staff, and (``ADMIN_REQUIRES_MFA``) only with a second step at sign-in."""
        if not super().has_permission(request):
            return False
        return not settings.ADMIN_REQUIRES_MFA or _has_second_step(request.user)

    @method_decorator(secure_admin_login)
    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Sign-in is that of the portal, with its limits; who has no second step yet is sent to set one up."""
        if self.has_permission(request):
            return redirect("admin:index")
        messages.warning(request, _("The administration asks for a second step at sign-in. Set one up here first."))
        return redirect("mfa_index")


def _has_second_step(user: Any) -> bool:
    """Asked several times for each page, so read once."""
    if not hasattr(user, "_second_step"):
        user._second_step = is_mfa_enabled(user)
    return bool(user._second_step)
