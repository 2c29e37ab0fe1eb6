"""The public pages of a programme: readable without an account, kept until something they show changes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.http import require_safe

from planning_portal.languages.queries import shown

from . import queries
from .models import Programme, ResourceKind, current_programme
from .public import PublicPage, kept_page, render_page, show_page


def _programme() -> Programme:
    programme = current_programme()
    if programme is None:
        raise Http404
    return programme


def _or_404(context: dict[str, Any] | None) -> dict[str, Any]:
    if context is None:
        raise Http404
    return context


@login_not_required
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """What is planned, how far it is, who takes part and what they work on."""
    programme = current_programme()
    if programme is None:
        return render(request, "programme/no_programme.html")

    def build() -> PublicPage:
        context = queries.home_of(programme)
        return render_page(
            "programme/_home.html",
            context,
            title=str(shown(programme, "title")),
            description=str(shown(programme, "tagline")),
            width="full",
            **queries.keep_for(context["downloads"]),
        )

    return show_page(request, programme, "home", build, downloads=True)


@login_not_required
@require_safe
def step_detail(request: HttpRequest, slug: str) -> HttpResponse:
    """One step of the planning: its dates, its inputs, its results."""
    programme = _programme()

    def build() -> PublicPage:
        context = _or_404(queries.step_of(programme, slug))
        return render_page(
            "programme/_step.html",
            context,
            title=str(context["shown"].title),
            description=str(context["shown"].summary),
            **queries.keep_for(context["downloads"]),
        )

    more = queries.results_beyond_public(request.user, programme, slug)
    return show_page(request, programme, f"step {slug}", build, downloads=True, member_rows=more)


def _text_view(key: str, template: str, read: Callable[..., dict[str, Any] | None], subject: str) -> Any:
    """A public page that shows one thing: ``read(programme, *slugs)`` gives its context, ``subject`` its title."""

    @login_not_required
    @require_safe
    def view(request: HttpRequest, **slugs: str) -> HttpResponse:
        programme = _programme()

        def build() -> PublicPage:
            context = _or_404(read(programme, *slugs.values()))
            return render_page(template, context, title=str(shown(context[subject], "title")))

        return show_page(request, programme, " ".join([key, *slugs.values()]), build)

    view.__name__ = key
    return view


input_detail = _text_view("input_detail", "programme/_input.html", queries.input_of, "input")
theme_detail = _text_view("theme_detail", "programme/_theme.html", queries.theme_of, "theme")
page_detail = _text_view("page_detail", "programme/_page.html", queries.page_of, "page")


@login_not_required
@require_safe
def resource_list(request: HttpRequest) -> HttpResponse:
    """The library, filtered by what the address says. Only the whole library is kept: filters are many."""
    programme = _programme()
    wanted = queries.LibraryFilter(
        theme=request.GET.get("theme", "")[:50],
        kind=request.GET.get("kind", "") if request.GET.get("kind") in ResourceKind.values else "",
        language=request.GET.get("language", "") if request.GET.get("language") in dict(settings.LANGUAGES) else "",
    )
    if request.htmx and request.htmx.target == "resources":  # type: ignore[attr-defined]
        return render(request, "programme/_resource_list.html", queries.library_of(programme, wanted))

    def build() -> PublicPage:
        return render_page(
            "programme/_library.html",
            queries.library_of(programme, wanted),
            title=_("Library"),
            description=_("Studies, videos, policy briefs and websites: what we have learned so far."),
        )

    if not wanted:
        return show_page(request, programme, "library", build, htmx=True)
    return render(request, "programme/public_page.html", {"page": build(), "htmx": True})


@login_not_required
@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """Search engines may read the public pages and nothing else."""
    lines = ["User-agent: *"]
    for code, _name in settings.LANGUAGES:
        lines += [f"Disallow: /{code}/{area}/" for area in ("account", "admin", "people", "work")]
    lines.append(f"Sitemap: {settings.PORTAL_ADDRESS.rstrip('/')}/sitemap.xml")
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")


@login_not_required
@require_safe
def sitemap(request: HttpRequest) -> HttpResponse:
    """Every public page in four languages, each naming the other three."""
    programme = current_programme()

    def build() -> PublicPage:
        places = queries.public_places(programme) if programme else [("programme:home", [])]
        pages = [{code: _address_in(code, *place) for code, _name in settings.LANGUAGES} for place in places]
        host = settings.PORTAL_ADDRESS.rstrip("/")
        return render_page("programme/sitemap.xml", {"pages": pages, "host": host}, title="")

    page = kept_page(programme, "sitemap", build) if programme else build()
    return HttpResponse(page.html, content_type="application/xml; charset=utf-8")


def _address_in(language: str, name: str, arguments: list[str]) -> str:
    with override(language):
        return reverse(name, args=arguments)
