"""Who may translate: the programme's translators, each into their languages (``programme.permissions`` says who)."""

from typing import Any

from django.conf import settings


def languages_for(user: Any) -> list[str]:
    """The languages into which this person may translate, in the portal's order."""
    return [code for code, _name in settings.LANGUAGES if user.has_perm("languages.translate_text", code)]
