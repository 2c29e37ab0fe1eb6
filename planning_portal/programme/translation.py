"""Which fields hold people's words, in four languages (fallbacks are off: see languages/README.md)."""

from modeltranslation.translator import TranslationOptions, register

from .models import Page, Programme, Resource, ResourceGroup, Step, StepInput, Theme, WorkerGroup


@register(Programme)
class ProgrammeTranslation(TranslationOptions):
    fields = ("title", "tagline", "purpose", "body", "target_group_title", "target_group")


@register(Step)
class StepTranslation(TranslationOptions):
    fields = ("title", "summary", "body")


@register(StepInput)
class StepInputTranslation(TranslationOptions):
    fields = ("title", "body")


@register(Theme)
class ThemeTranslation(TranslationOptions):
    fields = ("title", "summary", "body")


@register(Page)
class PageTranslation(TranslationOptions):
    fields = ("title", "summary", "body")


@register(ResourceGroup)
class ResourceGroupTranslation(TranslationOptions):
    fields = ("title",)


@register(Resource)
class ResourceTranslation(TranslationOptions):
    fields = ("title", "description")


@register(WorkerGroup)
class WorkerGroupTranslation(TranslationOptions):
    fields = ("name",)
