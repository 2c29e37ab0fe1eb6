"""How allauth meets our rules: nobody signs up without an invitation; people land in their own language."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import resolve_url
from django.utils.translation import override

from .models import User


def remember_language(response: HttpResponse, user: User) -> HttpResponse:
    """Have the browser ask for the person's language from now on (the same cookie as the language switch sets)."""
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        user.preferred_language,
        max_age=365 * 24 * 3600,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
    return response


class AccountAdapter(DefaultAccountAdapter):
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Closed: ``organisations.services.accept_invitation`` is the only way in."""
        return False

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """The home page of signed-in people, in their language. A page they asked for first comes before this one."""
        with override(getattr(request.user, "preferred_language", None) or settings.LANGUAGE_CODE):
            return resolve_url(settings.LOGIN_REDIRECT_URL)

    def post_login(self, request: HttpRequest, user: Any, **kwargs: Any) -> HttpResponse:
        return remember_language(super().post_login(request, user, **kwargs), user)
