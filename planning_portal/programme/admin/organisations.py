"""Zones, countries and organisations. Staff read names through ``identity.py`` like everybody else."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from planning_portal.organisations.models import DEFAULT_IDENTITY, Country, Organisation, RiskLevel, Zone
from planning_portal.organisations.permissions import person
from planning_portal.organisations.services import set_identity, set_risk_level, tell_of_identity
from planning_portal.organisations.time_zones import all_zones

from .base import ReferenceAdmin, TranslatedAdmin, VersionedForm, staff_name


@admin.register(Zone)
class ZoneAdmin(TranslatedAdmin):
    """A zone's name has no states: it is reference data in every language."""

    form = VersionedForm
    columns = ("slug", "code", "order")
    list_display = ("shown_title", "code", "order")


class CountryForm(VersionedForm):
    working_language = forms.ChoiceField(label=_("working language"), choices=settings.LANGUAGES)
    time_zone = forms.ChoiceField(label=_("time zone"), choices=lambda: all_zones(get_language() or "en"))


@admin.register(Country)
class CountryAdmin(ReferenceAdmin):
    form = CountryForm
    fields = (
        "iso2",
        "iso3",
        "zone",
        "working_language",
        "time_zone",
        "risk_level",
        "no_mail",
        "tile_row",
        "tile_column",
        "version",
    )
    list_display = ("shown_name", "iso2", "zone", "working_language", "risk_level")
    list_filter = ("zone", "risk_level")
    list_select_related = ("zone",)

    @admin.display(description=_("name"), ordering="iso2")
    def shown_name(self, obj: Country) -> str:
        return obj.name

    def save_model(self, request: HttpRequest, obj: Country, form: Any, change: bool) -> None:
        """The risk level is set by its service: documents that were made under the former one are withdrawn."""
        wanted = obj.risk_level
        if change:
            obj.risk_level = Country.objects.values_list("risk_level", flat=True).get(pk=obj.pk)
        super().save_model(request, obj, form, change)
        if obj.risk_level != wanted:
            set_risk_level(obj, wanted, by=person(request))
            obj.risk_level = wanted
        elif change and "zone" in form.changed_data:
            tell_of_identity(obj)


class OrganisationForm(VersionedForm):
    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        if "identity" in self.fields and not self.instance.pk:
            self.fields["identity"].required = False
            self.fields["identity"].help_text = _("Left empty, it follows the risk level of the country.")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if not cleaned.get("identity") and cleaned.get("country"):
            cleaned["identity"] = DEFAULT_IDENTITY[RiskLevel(cleaned["country"].risk_level)]
        return cleaned


@admin.register(Organisation)
class OrganisationAdmin(ReferenceAdmin):
    form = OrganisationForm
    fields = ("name", "acronym", "slug", "kind", "country", "identity", "is_lead", "is_active", "version")
    list_display = ("staff_name", "kind", "country", "identity", "is_lead", "is_active")
    list_filter = ("kind", "identity", "is_lead", "is_active", "country__zone")
    list_select_related = ("country__zone",)
    search_fields = ("name", "acronym")
    prepopulated_fields = {"slug": ("name",)}
    read_by_others = frozenset({"name", "acronym", "kind", "country"})

    @admin.display(description=_("name"), ordering="name")
    def staff_name(self, obj: Organisation) -> str:
        return staff_name(obj)

    def save_model(self, request: HttpRequest, obj: Organisation, form: Any, change: bool) -> None:
        """The identity is set by its service: logged, and with everything that shows the name told of it."""
        wanted = obj.identity
        if change:
            obj.identity = Organisation.objects.values_list("identity", flat=True).get(pk=obj.pk)
        super().save_model(request, obj, form, change)
        if obj.identity != wanted:
            set_identity(obj, wanted, by=person(request))
            obj.identity = wanted
        elif change and self.read_by_others.intersection(form.changed_data):
            tell_of_identity(obj)
