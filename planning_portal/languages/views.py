"""The translator's desk: what is missing, machine-made or out of date, and the form that mends it."""

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from .forms import TranslationForm
from .models import TranslationState
from .permissions import languages_for
from .queries import attach_units, counts_by_kind, load_to_do, shown, texts_to_do
from .registry import text_kind, text_kinds
from .services import save_translations

PAGE_SIZE = 25


@require_GET
def text_list(request: HttpRequest) -> HttpResponse:
    """What there is to translate, one kind of text and one language at a time."""
    languages = languages_for(request.user)
    if not languages:
        raise PermissionDenied(_("Only translators of this programme can work here."))
    language = request.GET.get("language") or languages[0]
    if language not in languages:
        raise PermissionDenied(_("You are not a translator of this language."))
    counts = counts_by_kind(request.user, language)
    everything = request.GET.get("show") == "all"
    chosen = text_kind(request.GET.get("kind", "")) or next(
        (kind for kind in text_kinds() if counts[kind.key]), next(iter(text_kinds()), None)
    )
    if chosen is None:
        raise Http404
    page = Paginator(texts_to_do(request.user, chosen, language, everything=everything), PAGE_SIZE).get_page(
        request.GET.get("page")
    )
    rows = load_to_do(chosen, language, page.object_list)
    return render(
        request,
        "languages/text_list.html",
        {
            "kinds": [(kind, counts[kind.key]) for kind in text_kinds()],
            "chosen": chosen,
            "language": language,
            "translator_languages": languages,
            "page": page,
            "rows": [(row, shown(row.obj, row.obj.TEXTS[0], row.obj.source_language)) for row in rows],
            "everything": everything,
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
def text_edit(request: HttpRequest, language: str, kind: str, object_id: int) -> HttpResponse:
    """Every text of one object beside its original; saving says how far it is.

    The frame marks a request as ``only_shown_again`` when its sender wants the page in another language: then what
    was typed is shown as it is and nothing is saved (``urls.pages`` says who marks it).
    """
    if language not in dict(settings.LANGUAGES):
        raise Http404
    chosen = text_kind(kind)
    if chosen is None:
        raise Http404
    if language not in languages_for(request.user):
        raise PermissionDenied(_("You are not a translator of this language."))
    obj = get_object_or_404(chosen.visible(request.user), pk=object_id)
    if obj.source_language == language:
        raise Http404
    attach_units([obj])
    only_shown_again = getattr(request, "only_shown_again", False)
    is_sent = request.method == "POST" and not only_shown_again
    form = TranslationForm(request.POST if is_sent else None, obj=obj, language=language)
    if only_shown_again:
        form.show_as_typed(request.POST)
    if is_sent and form.is_valid():
        texts = {name: form.cleaned_data[name] for name in form.names}
        save_translations(obj, language, texts, by=request.user, state=TranslationState(form.cleaned_data["state"]))
        if chosen.after_save:
            chosen.after_save(obj)
        messages.success(request, _("Your translation is saved."))
        return redirect(request.path)
    return render(
        request,
        "languages/text_edit.html",
        {"form": form, "obj": obj, "kind": chosen, "language": language},
        status=422 if form.errors else 200,
    )
