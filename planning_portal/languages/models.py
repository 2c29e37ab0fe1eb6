"""The state of every language of every text that people wrote (reference: documents-and-languages A.3)."""

from typing import Any

from django.conf import settings
from django.contrib.contenttypes.fields import GenericForeignKey, GenericRelation
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class TranslationState(models.IntegerChoices):
    """How good a translation is. Machine text never overwrites ``DRAFT`` or better."""

    MISSING = 0, _("missing")
    MACHINE = 10, _("machine translation")
    DRAFT = 20, _("draft")
    IN_REVIEW = 30, _("in review")
    DONE = 40, _("reviewed")


class TranslationUnit(models.Model):
    """One field of one object in one language other than its source. Stale is computed, never remembered by hand."""

    content_type = models.ForeignKey(ContentType, models.CASCADE, verbose_name=_("kind of object"))
    object_id = models.PositiveBigIntegerField(_("object"))
    obj = GenericForeignKey("content_type", "object_id")
    field = models.CharField(_("field"), max_length=40)
    language = models.CharField(_("language"), max_length=2, choices=settings.LANGUAGES)
    state = models.PositiveSmallIntegerField(
        _("state"), choices=TranslationState.choices, default=TranslationState.MISSING
    )
    source_hash = models.CharField(_("hash of the source now"), max_length=16)
    translated_hash = models.CharField(_("hash of the source it was made from"), max_length=16, blank=True)
    stale = models.GeneratedField(
        expression=Q(~Q(translated_hash=""), ~Q(translated_hash=F("source_hash"))),  # type: ignore[arg-type]
        output_field=models.BooleanField(),
        db_persist=True,
        verbose_name=_("out of date"),
    )
    source_changed_at = models.DateTimeField(_("source changed"), null=True, blank=True)
    translator = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("translator")
    )
    reviewer = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("reviewer")
    )
    tool = models.CharField(_("tool"), max_length=40, blank=True)
    updated_at = models.DateTimeField(_("updated"), auto_now=True)

    class Meta:
        verbose_name = _("translation")
        verbose_name_plural = _("translations")
        constraints = [
            models.UniqueConstraint(
                fields=["content_type", "object_id", "field", "language"],
                name="one_translation_per_field_and_language",
            )
        ]
        indexes = [models.Index(fields=["language", "state", "stale"], name="translation_to_do")]


class Multilingual(models.Model):
    """A model with people's words. ``TEXTS`` names its translated fields; ``REQUIRED_TEXTS`` those that its source
    language must fill. ``source_language`` is the writer's own choice, stored with the text."""

    TEXTS: tuple[str, ...] = ()
    REQUIRED_TEXTS: tuple[str, ...] = ()

    source_language = models.CharField(_("written in"), max_length=2, choices=settings.LANGUAGES)
    translation_units = GenericRelation(TranslationUnit)

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save, then bring the record of every language in line with the texts (``services.sync_units``)."""
        super().save(*args, **kwargs)
        update_fields = kwargs.get("update_fields")
        columns = {f"{field}_{code}" for field in self.TEXTS for code, _name in settings.LANGUAGES}
        if update_fields is None or columns & set(update_fields):
            from .services import sync_units

            sync_units([self])

    def clean(self) -> None:
        """The source language of every required text must be filled: the library does not look at this."""
        super().clean()
        missing = [field for field in self.REQUIRED_TEXTS if not getattr(self, f"{field}_{self.source_language}", "")]
        if missing:
            raise ValidationError(
                {field: _("Write this in the language you chose as the original.") for field in missing}
            )
