"""Which fields hold people's words, in four languages (fallbacks are off: see languages/README.md)."""

from modeltranslation.translator import TranslationOptions, register

from .models import ActionPlan, Activity, Indicator, Result, Risk


@register(ActionPlan)
class ActionPlanTranslation(TranslationOptions):
    fields = ("summary",)


@register(Result)
class ResultTranslation(TranslationOptions):
    fields = ("statement", "assumption")


@register(Indicator)
class IndicatorTranslation(TranslationOptions):
    fields = ("title", "unit", "means_of_verification")


@register(Activity)
class ActivityTranslation(TranslationOptions):
    fields = ("title", "description")


@register(Risk)
class RiskTranslation(TranslationOptions):
    fields = ("description", "mitigation")
