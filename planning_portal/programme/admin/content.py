"""The programme itself, its steps, texts and library."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin
from django.contrib.admin.widgets import AdminURLFieldWidget
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from planning_portal.organisations.permissions import person
from planning_portal.programme import services
from planning_portal.programme.models import (
    Page,
    Programme,
    Resource,
    ResourceGroup,
    Step,
    StepInput,
    StepResult,
    StepState,
    Theme,
    WorkerGroup,
)

from .base import ReferenceAdmin, TranslatedAdmin, TranslatedForm, staff_name

STATE_CHANGES = {
    StepState.OPEN: services.open_step,
    StepState.CLOSED: services.close_step,
    StepState.AUTOMATIC: services.follow_dates,
}


@admin.register(Programme)
class ProgrammeAdmin(TranslatedAdmin):
    columns = ("code", "slug", "starts", "ends", "currency", "is_current", "source_language")
    list_display = ("shown_title", "code", "starts", "ends", "is_current")

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """A programme carries everything people submitted: it is not deleted from here."""
        return False


@admin.register(Step)
class StepAdmin(TranslatedAdmin):
    columns = ("programme", "kind", "slug", "order", "starts", "ends", "state", "source_language")
    list_display = ("shown_title", "kind", "order", "starts", "ends", "state", "shown_status")
    list_filter = ("programme", "kind")

    @admin.display(description=_("status"))
    def shown_status(self, obj: Step) -> str:
        return str(obj.status.label)

    def save_model(self, request: HttpRequest, obj: Step, form: Any, change: bool) -> None:
        """Opening and closing go through their services: checked, logged, with the public pages made new."""
        wanted = StepState(obj.state)
        if change:
            obj.state = Step.objects.values_list("state", flat=True).get(pk=obj.pk)
        super().save_model(request, obj, form, change)
        if obj.state != wanted:
            STATE_CHANGES[wanted](obj, by=person(request))
            obj.state = wanted


@admin.register(StepInput)
class StepInputAdmin(TranslatedAdmin):
    columns = ("step", "slug", "order", "zone", "organisation", "source_language")
    list_display = ("shown_title", "step", "order", "zone", "from_organisation")
    list_select_related = ("step", "zone", "organisation__country__zone")

    @admin.display(description=_("organisation"))
    def from_organisation(self, obj: StepInput) -> str:
        return staff_name(obj.organisation)


@admin.register(StepResult)
class StepResultAdmin(ReferenceAdmin):
    """What was published, to take it back: publishing itself belongs to the stages."""

    list_display = ("kind", "version", "step", "audience", "published_at", "published_by")
    list_filter = ("step", "kind", "audience")
    list_select_related = ("step", "published_by")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        services.unpublish_result(obj, by=person(request))

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet) -> None:
        for result in queryset:
            services.unpublish_result(result, by=person(request))


@admin.register(Theme)
class ThemeAdmin(TranslatedAdmin):
    columns = ("programme", "slug", "order", "source_language")
    list_display = ("shown_title", "slug", "order")


@admin.register(Page)
class PageAdmin(TranslatedAdmin):
    columns = ("programme", "section", "slug", "order", "source_language")
    list_display = ("shown_title", "section", "slug", "order")
    list_filter = ("section",)


@admin.register(ResourceGroup)
class ResourceGroupAdmin(TranslatedAdmin):
    columns = ("programme", "slug", "order", "source_language")
    list_display = ("shown_title", "slug", "order")


class ResourceForm(TranslatedForm):
    url = forms.URLField(
        label=_("address on the web"), assume_scheme="https", max_length=500, required=False, widget=AdminURLFieldWidget
    )
    languages = forms.MultipleChoiceField(
        label=_("Languages"), choices=settings.LANGUAGES, required=False, widget=forms.CheckboxSelectMultiple
    )


@admin.register(Resource)
class ResourceAdmin(TranslatedAdmin):
    form = ResourceForm
    columns = (
        "programme",
        "kind",
        "theme",
        "group",
        "slug",
        "order",
        "publisher",
        "year",
        "languages",
        "url",
        "source_language",
    )
    list_display = ("shown_title", "kind", "theme", "group", "publisher", "year")
    list_filter = ("kind", "theme", "group")
    list_select_related = ("theme", "group")


@admin.register(WorkerGroup)
class WorkerGroupAdmin(TranslatedAdmin):
    columns = ("slug", "order", "source_language")
    list_display = ("shown_title", "slug", "order")
