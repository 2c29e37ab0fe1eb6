"""People, what they may do, and who was invited. New people come in by an invitation, never from here."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from planning_portal.organisations.models import Invitation, Membership, User
from planning_portal.organisations.time_zones import all_zones
from planning_portal.programme.models import Role

from .base import ReferenceAdmin, VersionedForm, staff_name


class UserForm(VersionedForm):
    preferred_language = forms.ChoiceField(label=_("language"), choices=settings.LANGUAGES)
    time_zone = forms.ChoiceField(
        label=_("time zone"), choices=lambda: [("UTC", "UTC"), *all_zones(get_language() or "en")]
    )

    def clean_email(self) -> str:
        return self.cleaned_data["email"].lower()


@admin.register(User)
class UserAdmin(ReferenceAdmin):
    form = UserForm
    fields = ("name", "email", "preferred_language", "time_zone", "no_mail", "is_active", "is_staff", "version")
    list_display = ("shown_name", "email", "preferred_language", "is_active", "is_staff", "last_login")
    list_filter = ("is_active", "is_staff", "preferred_language")
    search_fields = ("name", "email")
    ordering = ("name", "id")

    @admin.display(description=_("name"), ordering="name")
    def shown_name(self, obj: User) -> str:
        return str(obj)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """An invitation is the only way in."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Whoever can change an address can take an account over: superusers are changed by superusers only."""
        allowed = super().has_change_permission(request, obj)
        return allowed and not (obj is not None and obj.is_superuser and not request.user.is_superuser)

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """What a person decided stays theirs: an account is closed (``is_active``), not deleted."""
        return False

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return () if request.user.is_superuser else ("is_staff",)


@admin.register(Membership)
class MembershipAdmin(ReferenceAdmin):
    fields = ("user", "organisation", "has_mandate", "version")
    list_display = ("user", "shown_organisation", "has_mandate", "created_at")
    list_filter = ("has_mandate",)
    list_select_related = ("user", "organisation__country__zone")
    search_fields = ("user__name", "user__email", "organisation__name", "organisation__acronym")

    @admin.display(description=_("organisation"), ordering="organisation__name")
    def shown_organisation(self, obj: Membership) -> str:
        return staff_name(obj.organisation)


class RoleForm(VersionedForm):
    languages = forms.MultipleChoiceField(
        label=_("languages"),
        help_text=_("For translators: the languages into which they translate."),
        choices=settings.LANGUAGES,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )


@admin.register(Role)
class RoleAdmin(ReferenceAdmin):
    form = RoleForm
    fields = ("programme", "user", "kind", "countries", "languages", "version")
    list_display = ("user", "kind", "programme", "where")
    list_filter = ("kind", "programme")
    list_select_related = ("user", "programme")
    search_fields = ("user__name", "user__email")

    def formfield_for_manytomany(self, db_field: Any, request: Any, **kwargs: Any) -> Any:
        """Two dozen countries are quicker ticked than carried from one list into another."""
        field = super().formfield_for_manytomany(db_field, request, **kwargs)
        if field is not None:
            field.widget = forms.CheckboxSelectMultiple(choices=field.choices)  # type: ignore[arg-type]
            field.help_text = _("For companions: the countries they accompany.")
        return field

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).prefetch_related("countries")

    @admin.display(description=_("countries"))
    def where(self, obj: Role) -> str:
        return ", ".join(country.name for country in obj.countries.all())


@admin.register(Invitation)
class InvitationAdmin(ReferenceAdmin):
    """Read only; the hash of the link is not shown."""

    fields = (
        "email",
        "shown_organisation",
        "has_mandate",
        "language",
        "invited_by",
        "created_at",
        "expires_at",
        "accepted_at",
        "accepted_by",
    )
    list_display = ("email", "shown_organisation", "created_at", "expires_at", "accepted_at")
    list_select_related = ("organisation__country__zone",)

    @admin.display(description=_("organisation"))
    def shown_organisation(self, obj: Invitation) -> str:
        return staff_name(obj.organisation)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False
