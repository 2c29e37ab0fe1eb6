"""What every page of the admin has in common: who may, what follows from saving, texts in four languages."""

from __future__ import annotations

import hashlib
from typing import Any, cast

from django import forms
from django.conf import settings
from django.contrib import admin
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db.models import Field, ForeignKey, Model, QuerySet
from django.http import HttpRequest, QueryDict
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from planning_portal.languages.models import Multilingual, TranslationState
from planning_portal.languages.names import language_name
from planning_portal.languages.queries import shown
from planning_portal.languages.services import save_translation
from planning_portal.organisations.identity import Viewer, name_of
from planning_portal.organisations.models import Organisation
from planning_portal.programme.models import Programme
from planning_portal.programme.services import touch

CODES = [code for code, _name in settings.LANGUAGES]
KNOWS_ALL = Viewer(knows_all=True)


def staff_name(organisation: Organisation | None) -> str:
    """An organisation's name for staff (``Organisation.__str__`` gives none on purpose)."""
    return name_of(organisation, KNOWS_ALL) if organisation is not None else ""


class OrganisationChoiceField(forms.ModelChoiceField):
    def label_from_instance(self, obj: Model) -> str:
        return staff_name(obj) if isinstance(obj, Organisation) else str(obj)


class VersionedForm(forms.ModelForm):
    """Refuses to save over somebody else's edit: ``version`` is what the row was when the form was filled from it.

    The error names what is saved now; what was typed stays in the form, and sending it again saves it knowingly.
    """

    version = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self._now = self._row_version()
        self.initial["version"] = self._now
        self._is_stale = (
            self.is_bound and bool(self.instance.pk) and self.data.get(self.add_prefix("version")) != self._now
        )
        if self._is_stale:
            sent = cast(QueryDict, self.data).copy()
            sent[self.add_prefix("version")] = self._now
            self.data = sent

    def _row_version(self) -> str:
        if not self.instance.pk:
            return ""
        row = [str(getattr(self.instance, field.attname)) for field in self.instance._meta.concrete_fields]
        return hashlib.sha256(repr(row).encode()).hexdigest()[:16]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if self._is_stale:
            raise ValidationError(
                [
                    _("Somebody else saved this meanwhile. What you typed is still here; save again to use it."),
                    *self._saved_now(),
                ]
            )
        return cleaned

    def _saved_now(self) -> list[ValidationError]:
        return [
            ValidationError(
                _("%(field)s is saved as: %(value)s"),
                params={"field": self.fields[name].label, "value": self.initial.get(name)},
            )
            for name in self.changed_data
            if name in self.initial and name != "version"
        ]


class ReferenceAdmin(admin.ModelAdmin):
    """Coordinators only; every change makes the public pages new; no part of it calls another site."""

    form = VersionedForm
    save_on_top = False
    list_per_page = 50

    class Media:
        css = {"all": ("portal/admin.css",)}

    def has_module_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("programme.edit_content")

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return request.user.has_perm("programme.edit_content")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("programme.edit_content")

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return request.user.has_perm("programme.edit_content")

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return request.user.has_perm("programme.edit_content")

    def formfield_for_foreignkey(self, db_field: ForeignKey, request: Any, **kwargs: Any) -> Any:
        if db_field.related_model is Organisation:
            kwargs.setdefault("form_class", OrganisationChoiceField)
            kwargs.setdefault("queryset", Organisation.objects.select_related("country__zone").order_by("name"))
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        touch(programme_of(form.instance))

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        programme = programme_of(obj)
        super().delete_model(request, obj)
        touch(programme)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet) -> None:
        super().delete_queryset(request, queryset)
        touch()


def programme_of(obj: Any) -> Programme | None:
    """The programme whose pages show ``obj``; the current one when it belongs to none by itself."""
    if isinstance(obj, Programme):
        return obj if obj.pk else None
    return getattr(obj, "programme", None) or getattr(getattr(obj, "step", None), "programme", None)


class TranslatedForm(VersionedForm):
    """A form with every language of every text; says of the changed translations whether somebody reviewed them."""

    translations_reviewed = forms.BooleanField(
        label=_("The translations that I changed here have been reviewed"),
        help_text=_("If not, readers see beside them that nobody has reviewed them yet."),
        required=False,
    )

    def _update_errors(self, errors: ValidationError) -> None:
        """``Multilingual.clean`` speaks of a text as a whole: put its message beside the original's field."""
        if hasattr(errors, "error_dict"):
            source = self.instance.source_language or CODES[0]
            renamed = {
                name if name in self.fields or name == NON_FIELD_ERRORS else f"{name}_{source}": messages
                for name, messages in errors.error_dict.items()
            }
            errors = ValidationError(renamed)
        super()._update_errors(errors)  # type: ignore[misc]


class TranslatedAdmin(ReferenceAdmin):
    """A model with people's words: what is not a text first, then one fieldset for each language (tabs with script)."""

    form: type[VersionedForm] = TranslatedForm
    columns: tuple[str, ...] = ()

    class Media:
        css = {"all": ("portal/admin.css",)}
        js = ("portal/admin.js",)

    @property
    def texts(self) -> tuple[str, ...]:
        return getattr(self.model, "TEXTS", ()) or ("name",)

    @property
    def is_multilingual(self) -> bool:
        return issubclass(self.model, Multilingual)

    def get_fieldsets(self, request: HttpRequest, obj: Model | None = None) -> Any:
        reviewed = ("translations_reviewed",) if self.is_multilingual else ()
        reader = get_language() or "en"
        return [
            (None, {"fields": (*self.columns, *reviewed, "version")}),
            *(
                (
                    language_name(code, reader).capitalize(),
                    {"fields": tuple(f"{text}_{code}" for text in self.texts), "classes": ["language-tab"]},
                )
                for code in CODES
            ),
        ]

    def formfield_for_dbfield(self, db_field: Field, request: Any, **kwargs: Any) -> Any:
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        language = getattr(db_field, "language", "")
        original = getattr(db_field, "translated_field", None)
        if field is not None and language and original is not None:
            field.label = str(original.verbose_name).capitalize()
            field.widget.attrs["lang"] = language
        return field

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        if not self.is_multilingual:
            return
        reviewed = form.cleaned_data.get("translations_reviewed")
        state = TranslationState.DONE if reviewed else TranslationState.DRAFT
        for name in form.changed_data:
            text, _underscore, language = name.rpartition("_")
            if text in self.texts and language in CODES and language != obj.source_language:
                save_translation(obj, text, language, form.cleaned_data[name] or "", by=request.user, state=state)

    @admin.display(description=_("title"))
    def shown_title(self, obj: Any) -> str:
        """The first text in the reader's language, else its original."""
        if not self.is_multilingual:
            return str(obj)
        obj._units = {}
        return str(shown(obj, self.texts[0])) or obj.slug
