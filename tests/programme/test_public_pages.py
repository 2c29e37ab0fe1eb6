"""What everyone sees: in four languages, cheap, kept until something changes, giving no name away."""

import gzip
import html
import re
from itertools import pairwise

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils.translation import override

from planning_portal.documents.models import Audience
from planning_portal.languages.queries import ShownText
from planning_portal.programme import registry, services
from planning_portal.programme.models import Programme, Step, Theme, current_programme
from planning_portal.programme.seeding import DATA, seed_programme
from tests import factories

from .factories import make_input, make_page, make_result, make_world

LANGUAGES = ["en", "es", "fr", "nl"]
PAGES = [
    ("home", []),
    ("step-detail", ["intercontinental-workshop"]),
    ("input-detail", ["intercontinental-workshop", "input-asia"]),
    ("input-detail", ["intercontinental-workshop", "input-bis-msi"]),
    ("theme-detail", ["labour-rights"]),
    ("page-detail", ["networks"]),
    ("page-detail", ["mid-term-evaluation"]),
    ("resource-list", []),
]


@pytest.fixture(autouse=True)
def nothing_kept():
    cache.clear()


@pytest.fixture
def nothing_registered(monkeypatch):
    """The public pages as they are without the later stages."""
    for name in ("_figures", "_tiles", "_step_sections", "_theme_sections"):
        monkeypatch.setattr(registry, name, [])


@pytest.fixture
def seeded(db):
    seed_programme(DATA / "programme-2027-2031")
    return current_programme()


def address(name: str, *arguments: object, language: str = "en") -> str:
    with override(language):
        return reverse(f"programme:{name}", args=arguments)


def text_of(response) -> str:
    return html.unescape(re.sub(r"\s+", " ", response.content.decode()))


# --- Every page, every language ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("name", "arguments"), PAGES)
def test_every_page_is_in_the_readers_language_and_small(client, seeded, name, arguments, language):
    response = client.get(address(name, *arguments, language=language))
    page = response.content.decode()
    assert response.status_code == 200
    assert f'<html lang="{language}"' in page
    assert len(gzip.compress(response.content)) < 14_000
    assert "language-label" not in page, "a text is not simply in the reader's language"
    body = re.sub(r'<ul class="languages">.*?</ul>', "", page, flags=re.S).split("<body", 1)[1]
    assert not re.search(r'<(?!svg)\w+[^>]* lang="', body), "a text is in another language than the page"


@pytest.mark.parametrize(("name", "arguments"), PAGES)
def test_every_page_has_a_title_of_its_own_and_one_main_heading(client, seeded, name, arguments):
    page = client.get(address(name, *arguments)).content.decode()
    assert len(re.search(r"<title>(.*?)</title>", page, re.S).group(1).strip()) > 5
    assert page.count("<h1") == 1
    levels = [int(level) for level in re.findall(r"<h([1-6])", page)]
    assert all(after - before <= 1 for before, after in pairwise(levels)), levels


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_link_of_the_home_page_leads_somewhere(client, seeded, language):
    page = client.get(address("home", language=language)).content.decode()
    main = page.split("<main", 1)[1].split("</main>")[0]
    links = {link for link in re.findall(r'href="(/[^"#]*)', main) if not link.startswith("/static")}
    assert len(links) > 15
    for link in links:
        assert client.get(link).status_code == 200, link


def test_home_page_tells_the_whole_of_the_programme(client, seeded):
    page = text_of(client.get(address("home"))).replace("\u2009", "")
    for words in (
        "Programme 2027-2031",
        "Country consultations",
        "1–3 July 2025",
        "Decent work and job creation",
        "Social dialogue",
        "Health and universal social protection",
        "Evolutions in population",
        "Labour rights: just transition and human rights due diligence",
        "Decent work agenda",
        "Theory of change",
        "tripolar",
        "Workers, today and tomorrow",
        "22 countries plan together",
    ):
        assert words in page, words


def test_home_page_before_a_programme_is_loaded(client, db):
    response = client.get(address("home"))
    assert response.status_code == 200
    assert "No programme is loaded yet" in text_of(response)


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("step-detail", ["nothing"]),
        ("input-detail", ["intercontinental-workshop", "nothing"]),
        ("input-detail", ["country-consultations", "input-asia"]),
        ("theme-detail", ["nothing"]),
        ("page-detail", ["nothing"]),
    ],
)
def test_what_does_not_exist_is_not_found(client, seeded, name, arguments):
    assert client.get(address(name, *arguments)).status_code == 404


@pytest.mark.parametrize("name", ["step-detail", "theme-detail", "page-detail"])
def test_what_belongs_to_another_programme_is_not_found(client, programme, name):
    past = factories.make_programme(is_current=False)
    slugs = {
        "step-detail": factories.make_step(programme=past).slug,
        "theme-detail": factories.make_theme(programme=past).slug,
        "page-detail": make_page(past).slug,
    }
    assert client.get(address(name, slugs[name])).status_code == 404


@pytest.mark.parametrize(("name", "arguments"), PAGES)
def test_public_pages_take_no_posts(client, seeded, name, arguments):
    assert client.post(address(name, *arguments)).status_code == 405


def test_text_that_is_not_translated_says_in_which_language_it_is(client, programme):
    theme = factories.make_theme(source_language="fr", title_en="", title_fr="Le travail des enfants")
    page = client.get(address("theme-detail", theme.slug, language="nl")).content.decode()
    assert '<span lang="fr">Le travail des enfants</span>' in page
    assert "language-label" in page


def test_what_people_wrote_cannot_bring_markup_in(client, programme):
    theme = factories.make_theme(title_en="<script>alert(1)</script>", body_en="<b>bold</b>\n\n- <i>item</i>")
    page = client.get(address("theme-detail", theme.slug)).content.decode()
    assert "<script>alert" not in page
    assert "<b>" not in page
    assert "<i>" not in page


# --- Names ------------------------------------------------------------------------------------------------------------


def test_input_of_an_organisation_gives_only_the_name_that_it_chose(client, programme, union, alice):
    type(union).objects.update(name="CANARY-UNION", acronym="CANARY", identity="withheld")
    step = factories.make_step()
    given = make_input(step, organisation=union)
    where = address("input-detail", step.slug, given.slug)
    client.force_login(alice)
    assert "CANARY" not in client.get(where).content.decode().split("<main", 1)[1]
    assert "CANARY" not in Client().get(where).content.decode()
    assert "an organisation that is not named" in text_of(client.get(where))


def test_page_made_for_one_who_is_signed_in_shows_nothing_of_them_to_others(client, programme, coordinator):
    client.force_login(coordinator)
    client.get(address("home"))
    page = Client().get(address("home")).content.decode()
    assert "csrfmiddlewaretoken" not in page
    assert coordinator.email not in page


def test_number_of_organisations_of_one_country_is_not_told(client, programme, union, mutual):
    page = text_of(client.get(address("home")))
    assert '<span class="lead-number">2</span> organisations' in page
    table = page.split("<table", 1)[1].split("</table>")[0]
    assert not re.search(r"\d", re.sub(r"<[^>]*>", "", "<table" + table))


# --- Steps and results ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_published_result_is_offered_in_four_languages(client, programme, language):
    step = factories.make_step()
    make_result(step)
    for where in (address("home", language=language), address("step-detail", step.slug, language=language)):
        page = client.get(where).content.decode()
        assert page.count('class="download"') == 4
        assert f"Summary ({language})" in page


def test_result_for_members_is_seen_by_members_only(client, programme, alice, coordinator):
    step = factories.make_step()
    make_result(step, audience=Audience.MEMBERS)
    make_result(step, audience=Audience.COORDINATORS)
    where = address("step-detail", step.slug)
    assert b'class="download"' not in Client().get(where).content
    assert b'class="download"' not in Client().get(address("home")).content
    client.force_login(alice)
    assert client.get(where).content.count(b'class="download"') == 4
    client.force_login(coordinator)
    assert client.get(where).content.count(b'class="download"') == 8
    assert b'class="download"' not in Client().get(where).content


def test_step_without_results_does_not_speak_of_them(client, programme):
    page = text_of(client.get(address("home")))
    assert "What the completed steps decided" not in page
    assert "Results so far" not in page


@pytest.mark.parametrize(
    ("state", "heading"), [("open", "Results so far"), ("closed", "What the completed steps decided")]
)
def test_results_of_a_step_that_goes_on_are_not_called_final(client, programme, state, heading):
    make_result(factories.make_step(state=state))
    assert f">{heading}</h2>" in text_of(client.get(address("home")))


@pytest.mark.parametrize(("state", "word"), [("open", "going on now"), ("closed", "done"), ("automatic", "to come")])
def test_step_page_says_how_far_it_is(client, programme, state, word):
    step = factories.make_step(state=state)
    assert f"</span> {word}</span>" in text_of(client.get(address("step-detail", step.slug)))


# --- What the stages add ----------------------------------------------------------------------------------------------


def test_stages_add_figures_tiles_and_sections(client, nothing_registered, programme, benin, peru):
    step, theme = factories.make_step(), factories.make_theme()
    registry.register_figures(lambda _programme: [registry.Figure("priorities", "priorities", 187)])
    registry.register_tiles(lambda _programme: {benin.pk: registry.Tile("done", "List agreed")})
    items = [registry.PublicItem(ShownText("Une priorité", "fr", "original", "Original: French"), "/en/x/", "Benin")]
    registry.register_step_sections(lambda _step: [registry.PublicSection("Agreed priorities", items)])
    registry.register_theme_sections(
        lambda _theme: [registry.PublicSection("Priorities", text="None yet.", more_url="/en/y/", more_label="All")]
    )
    home = text_of(client.get(address("home")))
    assert '<span class="lead-number">187</span> priorities' in home
    assert "1 country of 2 has answered" in home
    assert "List agreed" in home
    step_page = text_of(client.get(address("step-detail", step.slug)))
    assert "Agreed priorities" in step_page
    assert '<span lang="fr">Une priorité</span>' in step_page
    theme_page = text_of(client.get(address("theme-detail", theme.slug)))
    assert 'None yet.</p> <p><a href="/en/y/">All</a>' in theme_page


@pytest.mark.parametrize(
    ("done", "heading"),
    [(0, "2 countries plan together"), (1, "1 country of 2 has answered"), (2, "All countries have answered")],
)
def test_heading_of_the_countries_says_what_is_true(client, nothing_registered, programme, benin, peru, done, heading):
    registry.register_tiles(
        lambda _programme: {country.pk: registry.Tile("done", "Done") for country in [benin, peru][:done]}
    )
    assert heading in text_of(client.get(address("home")))


def test_registering_twice_counts_once(nothing_registered, programme):
    def provider(_programme: Programme) -> list[registry.Figure]:
        return [registry.Figure("x", "x", 1)]

    registry.register_figures(provider)
    registry.register_figures(provider)
    assert len(registry.figures_of(programme)) == 1


# --- Cost and keeping -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("each", [1, 20])
@pytest.mark.parametrize(
    ("name", "of", "made", "kept"),
    [
        ("home", None, 8, 2),
        ("step-detail", "steps", 7, 2),
        ("input-detail", "inputs", 3, 1),
        ("theme-detail", "themes", 4, 1),
        ("page-detail", "pages", 3, 1),
        ("resource-list", None, 4, 1),
    ],
)
def test_page_costs_the_same_for_any_number_of_rows(
    client, nothing_registered, django_assert_num_queries, programme, each, name, of, made, kept
):
    make_world(programme, each=each)
    step = programme.steps.first()
    arguments = {
        None: [],
        "steps": [step.slug],
        "inputs": [step.slug, step.inputs.first().slug],
        "themes": [programme.themes.first().slug],
        "pages": [programme.pages.first().slug],
    }[of]
    where = address(name, *arguments)
    client.get(address("resource-list") + "?kind=video")  # what a process reads once: kinds of objects, the title
    with django_assert_num_queries(made):
        first = client.get(where)
    with django_assert_num_queries(kept):
        second = client.get(where)
    assert second.content == first.content


def test_kept_page_costs_at_most_three_queries_where_the_cache_is_a_table(
    client, settings, django_assert_max_num_queries, programme
):
    from django.core.cache import caches
    from django.core.management import call_command

    settings.CACHES = {
        "default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "portal_cache_of_a_test"}
    }
    call_command("createcachetable", verbosity=0)
    caches["default"].clear()
    first = client.get(address("home"))
    with django_assert_max_num_queries(3):
        second = client.get(address("home"))
    assert second.content == first.content


CHANGES = {
    "a step opens": lambda step: services.open_step(step, by=None),
    "a step closes": lambda step: services.close_step(step, by=None),
    "a result is published": lambda step: make_result(step),
    "somebody touches it": lambda _step: services.touch(),
}


@pytest.mark.parametrize("what", CHANGES)
@pytest.mark.parametrize("language", ["en", "fr"])
def test_page_is_made_anew_when_something_it_shows_changes(client, programme, what, language):
    step = factories.make_step(state="automatic")
    where = address("step-detail", step.slug, language=language)
    client.get(where)
    Step.objects.filter(pk=step.pk).update(title_en="Changed title", title_fr="Titre changé")
    assert "chang" not in text_of(client.get(where)).lower()
    CHANGES[what](Step.objects.get(pk=step.pk))
    assert "chang" in text_of(client.get(where)).lower()


def test_new_document_of_a_published_result_makes_the_page_anew(client, programme):
    from .factories import make_document

    step = factories.make_step()
    result = make_result(step, languages=["en"])
    where = address("step-detail", step.slug)
    assert client.get(where).content.count(b'class="download"') == 1
    make_document(result, "fr")
    assert client.get(where).content.count(b'class="download"') == 2


def test_result_whose_files_were_withdrawn_is_not_listed(client, programme):
    from planning_portal.documents.models import RenderedDocument
    from planning_portal.documents.renewal import withdraw_documents

    step = factories.make_step()
    make_result(step, languages=["en"])
    where = address("step-detail", step.slug)
    assert b"download-row" in client.get(where).content
    withdraw_documents(RenderedDocument.objects.all())
    assert b"download-row" not in client.get(where).content


def test_page_of_yesterday_is_not_shown_today(client, monkeypatch, programme):
    from datetime import datetime, timedelta

    from planning_portal.programme import public

    theme = factories.make_theme()
    where = address("theme-detail", theme.slug)
    client.get(where)
    Theme.objects.update(title_en="Changed")

    class Tomorrow(datetime):
        @classmethod
        def now(cls, tz=None):
            return datetime.now(tz) + timedelta(days=1)

    assert "Changed" not in text_of(client.get(where))
    monkeypatch.setattr(public, "datetime", Tomorrow)
    assert "Changed" in text_of(client.get(where))


def test_page_of_another_release_is_not_shown(client, monkeypatch, programme):
    from planning_portal.programme import public

    theme = factories.make_theme()
    where = address("theme-detail", theme.slug)
    client.get(where)
    Theme.objects.update(title_en="Changed")
    monkeypatch.setattr(public, "release", lambda: "next")
    assert "Changed" in text_of(client.get(where))


def test_each_language_is_kept_for_itself(client, programme):
    theme = factories.make_theme(title_en="Work", title_fr="Travail")
    assert "<h1><span>Work</span>" in text_of(client.get(address("theme-detail", theme.slug)))
    assert "<span>Travail</span>" in text_of(client.get(address("theme-detail", theme.slug, language="fr")))


def test_not_found_is_not_kept(client, programme):
    where = address("theme-detail", "later")
    assert client.get(where).status_code == 404
    factories.make_theme(slug="later")
    assert client.get(where).status_code == 200


# --- Search engines ---------------------------------------------------------------------------------------------------


def test_site_map_names_every_page_in_four_languages(client, settings, seeded):
    settings.PORTAL_ADDRESS = "https://portal.example.org/"
    response = client.get("/sitemap.xml")
    places = re.findall(r"<loc>https://portal.example.org(/[^<]*)</loc>", response.content.decode())
    assert response["Content-Type"].startswith("application/xml")
    assert len(places) == len(set(places)) == 4 * (2 + 5 + 5 + 11 + 6)
    for place in places[::7]:
        assert client.get(place).status_code == 200
    assert response.content.count(b'hreflang="nl"') == len(places)


def test_site_map_before_a_programme_is_loaded(client, db):
    assert client.get("/sitemap.xml").content.count(b"<loc>") == 4


def test_robots_keep_out_of_what_is_not_public(client, db):
    text = client.get("/robots.txt").content.decode()
    assert "Disallow: /nl/people/" in text
    assert "Sitemap: http" in text


def test_public_page_names_its_other_languages(client, seeded):
    page = client.get(address("home")).content.decode()
    assert page.count('rel="alternate"') == 5
    assert 'hreflang="x-default"' in page
