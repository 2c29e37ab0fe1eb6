"""Sign-in by e-mail address. Rights are roles and predicates (django-rules); no right stands in a table."""

from __future__ import annotations

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend


class SignInBackend(AuthenticationBackend):
    """allauth's backend without Django's permission tables: nobody fills them, so nothing is read from them.

    This saves two queries on each page that asks for a right of nobody in particular.
    """

    def get_user_permissions(self, user_obj: Any, obj: Any = None) -> set[str]:
        return set()

    def get_group_permissions(self, user_obj: Any, obj: Any = None) -> set[str]:
        return set()

    def get_all_permissions(self, user_obj: Any, obj: Any = None) -> set[str]:
        return set()

    def has_module_perms(self, user_obj: Any, app_label: str) -> bool:
        return False
