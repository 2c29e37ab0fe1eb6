"""Which fields hold people's words, in four languages (fallbacks are off: see languages/README.md)."""

from modeltranslation.translator import TranslationOptions, register, translator

from .models import (
    Amendment,
    AmendmentAnswer,
    Comment,
    Consultation,
    CountryDecision,
    InvitationAnswer,
    Priority,
    RequestWord,
    Support,
)


@register(Consultation)
class ConsultationTranslation(TranslationOptions):
    fields = ("agenda", "context", "civic_space_note", "lessons", "minutes", "closing_note")


@register(Priority)
class PriorityTranslation(TranslationOptions):
    fields = ("title", "situation", "concerned", "change", "together")


@register(CountryDecision)
class CountryDecisionTranslation(TranslationOptions):
    fields = ("reason",)


@register(Support)
class SupportTranslation(TranslationOptions):
    fields = ("why",)


@register(Amendment)
class AmendmentTranslation(TranslationOptions):
    fields = ("why", "verdict")


@register(AmendmentAnswer)
class AmendmentAnswerTranslation(TranslationOptions):
    fields = ("reason",)


@register(Comment)
class CommentTranslation(TranslationOptions):
    fields = ("words", "removal")


@register(RequestWord)
class RequestWordTranslation(TranslationOptions):
    fields = ("words",)


@register(InvitationAnswer)
class InvitationAnswerTranslation(TranslationOptions):
    fields = ("line",)


# The history's shadow model needs the same columns, or every save of a priority fails.
translator.register(Priority.history.model, PriorityTranslation)
