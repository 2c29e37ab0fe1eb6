"""Reference fields of workshops. Rounds, entitlements and ballots are not in the admin, and never will be."""

from django.contrib import admin
from modeltranslation.admin import TabbedTranslationAdmin

from .models import LineOfWork, Session, Workshop


class FromThePortal(TabbedTranslationAdmin):
    """What is made and decided through the portal: here only its reference fields can be mended."""

    def has_add_permission(self, request: object) -> bool:
        return False

    def has_delete_permission(self, request: object, obj: object = None) -> bool:
        return False


@admin.register(Workshop)
class WorkshopAdmin(FromThePortal):
    list_display = ("title", "step", "zone", "state", "starts_on", "ends_on")
    list_filter = ("state", "zone")
    list_select_related = ("step", "zone")
    fields = ("title", "source_language", "format", "place", "starts_on", "ends_on", "facilitators")
    filter_horizontal = ("facilitators",)


@admin.register(Session)
class SessionAdmin(FromThePortal):
    list_display = ("title", "workshop", "kind", "position", "planned_minutes")
    list_filter = ("workshop",)
    list_select_related = ("workshop",)
    fields = ("title", "source_language", "kind", "planned_minutes")


@admin.register(LineOfWork)
class LineOfWorkAdmin(FromThePortal):
    list_display = ("code", "title", "theme", "zone", "workshop")
    list_filter = ("zone", "theme")
    list_select_related = ("theme", "zone", "workshop")
    fields = ("title", "statement", "source_language", "theme", "zone")
