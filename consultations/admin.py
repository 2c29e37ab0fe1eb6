"""Reference fields of consultations. Priorities are not in the admin: they belong to those who wrote them."""

from django.contrib import admin

from .models import Consultation


@admin.register(Consultation)
class ConsultationAdmin(admin.ModelAdmin):
    list_display = ("country", "step", "state", "starts_at", "ends_at")
    list_filter = ("state", "step")
    list_select_related = ("country", "step")
    fields = ("step", "country", "source_language", "starts_at", "ends_at", "place")

    def get_readonly_fields(self, request: object, obj: Consultation | None = None) -> tuple[str, ...]:
        """Where and in which step it stands is fixed once it exists; its state changes through the portal only."""
        return ("step", "country") if obj else ()

    def has_delete_permission(self, request: object, obj: Consultation | None = None) -> bool:
        return False
