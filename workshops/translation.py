"""Which fields hold people's words, in four languages (fallbacks are off: see languages/README.md)."""

from modeltranslation.translator import TranslationOptions, register

from .models import Candidate, Decision, LineOfWork, Minutes, Objection, Session, Workshop


@register(Workshop)
class WorkshopTranslation(TranslationOptions):
    fields = ("title",)


@register(Session)
class SessionTranslation(TranslationOptions):
    fields = ("title",)


@register(Candidate)
class CandidateTranslation(TranslationOptions):
    fields = ("title", "statement")


@register(LineOfWork)
class LineOfWorkTranslation(TranslationOptions):
    fields = ("title", "statement")


@register(Decision)
class DecisionTranslation(TranslationOptions):
    fields = ("reason", "follow_up")


@register(Objection)
class ObjectionTranslation(TranslationOptions):
    fields = ("reason",)


@register(Minutes)
class MinutesTranslation(TranslationOptions):
    fields = ("text",)
