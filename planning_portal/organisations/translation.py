"""Which fields hold people's words, in four languages (fallbacks are off: see languages/README.md)."""

from modeltranslation.translator import TranslationOptions, register

from .models import Zone


@register(Zone)
class ZoneTranslation(TranslationOptions):
    fields = ("name",)
