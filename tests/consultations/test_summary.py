"""The summary of a country: frozen at closing, one edition for each audience, withdrawn when the country goes on."""

import re

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse

from consultations.models import Consultation, CountrySummary, Priority
from consultations.reports import can_read, file_name_of, summary_report
from consultations.services import Presence, close_consultation, record_participation, reopen_consultation
from consultations.services.summary import SUMMARY, rebuild_summary
from planning_portal.documents.checks import check_pdf
from planning_portal.documents.engine import BuiltPdf
from planning_portal.documents.models import RenderedDocument
from planning_portal.documents.registry import SubjectNotReady, get_kind
from planning_portal.documents.services import ALL_LANGUAGES, build_document, build_pdf, store_document
from planning_portal.jobs.models import Job
from planning_portal.languages.models import TranslationState
from planning_portal.languages.services import save_translation
from planning_portal.organisations.models import Identity, RiskLevel
from planning_portal.organisations.services import set_identity, set_risk_level
from planning_portal.programme.services import close_step
from tests import factories

from .factories import make_group, make_priority, make_support

pytestmark = pytest.mark.django_db
AUDIENCES = ["country", "members", "public"]


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    """What these tests store goes with them."""
    settings.MEDIA_ROOT = tmp_path / "files"


@pytest.fixture
def ready(consultation, union, mutual, companion, benin):
    """A consultation that can be closed: two agreed, one set aside, three organisations there, one of them hidden."""
    hidden = factories.make_organisation(
        country=benin, name="CANARY-NAME", acronym="CANARY-ACRONYM", identity="withheld"
    )
    group = make_group(name_fr="Les vendeuses", name_en="Market women")
    first = make_priority(
        consultation=consultation, organisation=union, state="agreed", title="Une première", groups=[group]
    )
    make_priority(consultation=consultation, organisation=hidden, state="agreed", title="Une deuxième")
    make_priority(
        consultation=consultation, organisation=mutual, state="not_retained", title="Écartée", reason="Trop large."
    )
    make_support(first, hidden, why="Nous aussi.", is_confirmed=True)
    consultation.context_fr, consultation.minutes_fr = "Le contexte du pays.", "Le compte rendu."
    consultation.civic_space, consultation.lessons_fr = "narrowed", "Ce que nous avons appris."
    consultation.save()
    rows = {one: Presence(is_present=True, women=4, men=3) for one in (union, mutual, hidden)}
    consultation = record_participation(consultation, by=companion, version=consultation.version, rows=rows)
    return Consultation.objects.get(pk=consultation.pk)


@pytest.fixture
def closed(ready, companion):
    close_consultation(ready, by=companion, closing_note="Merci à toutes.")
    return Consultation.objects.select_related("country", "step").get(pk=ready.pk)


def html_of(consultation, audience, language="en"):
    return build_document(consultation, SUMMARY, language=language, version="1", audience=audience)


def words_of(html):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))


def store(consultation, audience, version="1"):
    built = BuiltPdf(b"%PDF", 1)
    return store_document(consultation, get_kind(SUMMARY), built, language="fr", version=version, audience=audience)


# --- Closing makes it, reopening takes it away ---------------------------------------------------------------


def test_closing_freezes_and_asks_for_each_edition_in_four_languages(closed):
    summary = CountrySummary.objects.get(consultation=closed)
    assert summary.version == 1
    assert [one["position"] for one in summary.frozen["agreed"]] == [1, 2]
    asked = {(job.payload["audience"], job.payload["language"]) for job in Job.objects.filter(kind="documents.render")}
    assert asked == {(audience, language) for audience in AUDIENCES for language in ALL_LANGUAGES}


def test_frozen_outcome_holds_no_name(closed):
    assert "CANARY" not in str(CountrySummary.objects.get().frozen)


def test_country_at_high_risk_has_no_edition_for_everyone(ready, companion, benin):
    benin.risk_level = RiskLevel.HIGH
    benin.save()
    closed = close_consultation(ready, by=companion)
    assert {job.payload["audience"] for job in Job.objects.all()} == {"country", "members"}
    with pytest.raises(SubjectNotReady):
        summary_report(Consultation.objects.get(pk=closed.pk), "en", "public")


def test_reopening_withdraws_and_the_next_closing_makes_the_next_version(closed, coordinator, companion):
    old = store(closed, "members")
    assert can_read(coordinator, old)
    reopened = reopen_consultation(closed, by=coordinator, reason="Il manque une voix.")
    assert not RenderedDocument.objects.exists()
    assert CountrySummary.objects.get().frozen is None
    with pytest.raises(SubjectNotReady):
        summary_report(reopened, "en", "members")
    close_consultation(reopened, by=companion)
    summary = CountrySummary.objects.get()
    assert summary.version == 2
    assert summary.frozen
    late = store(closed, "members", version="1")
    assert not can_read(coordinator, late)


def test_nothing_is_made_when_closing_fails(consultation, companion):
    with pytest.raises(Exception, match="Record who was there"):
        close_consultation(consultation, by=companion)
    assert not CountrySummary.objects.exists()
    assert not Job.objects.exists()


def test_what_changes_after_the_freeze_does_not_change_the_summary(closed):
    before = html_of(closed, "country", "fr")
    Priority.objects.filter(title_fr="Une première").update(title_fr="Autre chose")
    closed.participations.update(women=9)
    assert html_of(closed, "country", "fr") == before


def test_versions_are_counted_from_one(closed):
    with pytest.raises(IntegrityError, match="country_summary_counts_from_one"), transaction.atomic():
        CountrySummary.objects.update(version=0)


# --- A new version ---------------------------------------------------------------------------------------------


def test_new_translations_make_a_new_version(closed, companion, translator):
    priority = Priority.objects.get(title_fr="Une première")
    save_translation(priority, "title", "nl", "Een eerste", by=translator, state=TranslationState.DONE)
    assert "Een eerste" not in html_of(closed, "members", "nl")
    rebuild_summary(closed, by=companion)
    assert CountrySummary.objects.get().version == 2
    assert "Een eerste" in html_of(closed, "members", "nl")


def test_nothing_new_makes_no_version(closed, companion):
    group = rebuild_summary(closed, by=companion)
    assert group
    assert CountrySummary.objects.get().version == 1
    assert Job.objects.count() == 12
    for audience in AUDIENCES:
        for language in ALL_LANGUAGES:
            store_document(
                closed, get_kind(SUMMARY), BuiltPdf(b"%PDF", 1), language=language, version="1", audience=audience
            )
    with pytest.raises(ValidationError, match="would be the same"):
        rebuild_summary(closed, by=companion)


def test_consultation_closed_before_there_were_summaries_gets_one(closed, companion):
    CountrySummary.objects.all().delete()
    rebuild_summary(closed, by=companion)
    assert CountrySummary.objects.get().frozen


def test_only_who_runs_it_makes_a_version(closed, alice, facilitator):
    for person in (alice, facilitator):
        with pytest.raises(PermissionDenied):
            rebuild_summary(closed, by=person)


def test_consultation_that_goes_on_has_none(ready, companion):
    with pytest.raises(ValidationError, match="when the consultation is closed"):
        rebuild_summary(ready, by=companion)


# --- Who reads what --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("audience", "readers"),
    [
        ("country", {"alice", "colleague", "bob", "companion", "facilitator", "coordinator"}),
        (
            "members",
            {
                "alice", "colleague", "bob", "carmen", "companion", "companion_of_peru", "facilitator", "translator",
                "coordinator",
            },
        ),
    ],
)  # fmt: skip
def test_each_edition_is_read_by_its_own(closed, everyone, audience, readers):
    document = store(closed, audience)
    assert {name for name, person in everyone.items() if can_read(person, document)} == readers


def test_visitors_read_the_public_edition_once_the_step_is_over(closed, everyone, coordinator, benin):
    document = store(closed, "public")
    assert not can_read(everyone["nobody"], document)
    close_step(closed.step, by=coordinator)
    assert can_read(everyone["nobody"], document)
    benin.risk_level = RiskLevel.HIGH
    benin.save()
    assert not can_read(everyone["nobody"], document)


ABOUT_THE_COUNTRY = {"Le contexte du pays.", "Ce que nous avons appris.", "Merci à toutes."}
SAID = {
    "country": {"CANARY-NAME", "Trop large.", "Écartée", "Le compte rendu.", *ABOUT_THE_COUNTRY},
    "members": ABOUT_THE_COUNTRY,
    "public": set(),
}


@pytest.mark.parametrize("language", ALL_LANGUAGES)
@pytest.mark.parametrize("audience", AUDIENCES)
def test_each_edition_says_what_its_readers_may_know(closed, audience, language):
    html = html_of(closed, audience, language)
    everything = set().union(*SAID.values()) | {"CANARY-ACRONYM"}
    assert {one for one in everything if one in html} == SAID[audience]
    assert "Une première" in html
    assert "Une deuxième" in html


def test_whom_only_the_authors_named_is_marked_and_speaks_no_word(ready, companion, mutual):
    first = ready.priorities.get(title_fr="Une première")
    first.supports.all().delete()
    make_support(first, mutual, why="Des mots prêtés.")
    closed = close_consultation(ready, by=companion)
    html = html_of(closed, "country", "en")
    assert f"{mutual.name} (named by the authors, not confirmed)" in html
    assert "Des mots prêtés." not in html


def test_context_of_a_country_at_high_risk_stays_inside(closed, benin):
    benin.risk_level = RiskLevel.HIGH
    benin.save()
    consultation = Consultation.objects.get(pk=closed.pk)
    for word in ABOUT_THE_COUNTRY:
        assert word not in html_of(consultation, "members")
    assert "Le contexte du pays." in html_of(consultation, "country")
    assert "bj" not in file_name_of(consultation, "fr", "1")


def test_numbers_too_small_are_left_out_for_members(ready, companion):
    ready.participations.exclude(organisation__name="CANARY-NAME").delete()
    close_consultation(ready, by=companion)
    consultation = Consultation.objects.get(pk=ready.pk)
    members = summary_report(consultation, "en", "members")
    assert members["attendance"]["table"] is None
    assert ("·", "organisations were there") in members["figures"]
    inside = summary_report(consultation, "en", "country")
    assert inside["attendance"]["table"].totals[1:] == ["4", "3", "0", "0"]


def test_name_that_goes_into_hiding_goes_from_what_is_made_next(
    closed, union, alice, django_capture_on_commit_callbacks
):
    union.identity = Identity.NAMED
    union.save()
    assert union.name in html_of(closed, "members")
    store(closed, "members")
    inside = store(closed, "country")
    with django_capture_on_commit_callbacks(execute=True):
        set_identity(union, Identity.WITHHELD, by=alice)
    assert list(RenderedDocument.objects.all()) == [inside]
    assert union.name not in html_of(closed, "members")
    assert union.name in html_of(closed, "country")


def test_country_that_becomes_dangerous_loses_its_public_edition_for_good(
    closed, benin, coordinator, django_capture_on_commit_callbacks
):
    store(closed, "public")
    Job.objects.all().delete()
    with django_capture_on_commit_callbacks(execute=True):
        set_risk_level(benin, RiskLevel.HIGH, by=coordinator)
    assert not RenderedDocument.objects.exists()
    assert not Job.objects.filter(payload__audience="public").exists()


# --- The document ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ALL_LANGUAGES)
def test_document_is_in_its_language_throughout(closed, language):
    html = html_of(closed, "country", language)
    assert f'<html lang="{language}">' in html
    assert {"en": "The agreed list", "es": "lista acordada", "fr": "liste", "nl": "lijst"}[language] in html


@pytest.mark.parametrize("audience", AUDIENCES)
def test_numbering_is_the_same_in_every_language(closed, audience):
    codes = [re.findall(r'<span class="code">([^<]+)</span>', html_of(closed, audience, one)) for one in ALL_LANGUAGES]
    assert all(one == codes[0] for one in codes)
    assert (
        codes[0]
        == {
            "country": ["1", "2", "3", "3.1", "3.2", "4", "4.1", "5"],
            "members": ["1", "2", "3", "3.1", "3.2"],
            "public": ["1", "1.1", "1.2"],
        }[audience]
    )


@pytest.mark.parametrize("audience", AUDIENCES)
def test_same_outcome_gives_the_same_bytes_of_a_conforming_document(closed, audience):
    first = build_pdf(closed, SUMMARY, language="fr", version="1", audience=audience)
    assert check_pdf(first.data) == []
    assert build_pdf(closed, SUMMARY, language="fr", version="1", audience=audience).data == first.data


def test_essentials_fill_two_pages_at_most(ready, companion, union):
    themes = [factories.make_theme(title_fr="Un thème au titre plutôt long, comme il y en a") for _one in range(5)]
    for number in range(24):
        make_priority(
            consultation=ready,
            organisation=union,
            state="agreed",
            title=f"{number} " + "Une protection sociale pour les travailleuses de l’économie informelle " * 2,
            theme=themes[number % 5],
        )
    close_consultation(ready, by=companion)
    consultation = Consultation.objects.get(pk=ready.pk)
    html = html_of(consultation, "members", "fr")
    start, end = html.index('<section class="essentials">'), html.index('<nav class="contents">')
    from planning_portal.documents.engine import build_pdf as render

    alone = re.sub(r"<body>.*</body>", lambda _m: f"<body>{html[start:end]}</body>", html, flags=re.DOTALL)
    assert render(alone).pages <= 2


def test_country_that_agreed_on_nothing_has_a_summary_all_the_same(consultation, union, companion):
    consultation = record_participation(
        consultation, by=companion, version=consultation.version, rows={union: Presence(is_present=True, women=1)}
    )
    close_consultation(consultation, by=companion)
    html = html_of(Consultation.objects.get(pk=consultation.pk), "public")
    assert "This country agreed on no priority." in words_of(html)


# --- Pages -------------------------------------------------------------------------------------------------------


def url(name, consultation):
    return reverse(f"consultations:{name}", args=[consultation.public_id])


def test_closing_leads_to_the_page_that_shows_the_progress(client, ready, companion):
    client.force_login(companion)
    answer = client.post(url("consultation-close", ready), {"closing_note": ""}, follow=True)
    closing = client.get(url("consultation-close", ready))
    for page, rows in ((answer.content.decode(), 1), (closing.content.decode(), 3)):
        assert page.count('class="download-row"') == rows
        assert "being made" in page
        assert "See how far it is" in page


def test_each_reader_is_offered_their_edition(client, closed, alice, carmen, coordinator):
    documents = {audience: store(closed, audience) for audience in AUDIENCES}
    address = {a: reverse("documents:document-download", args=[d.public_id]) for a, d in documents.items()}

    def offered(page):
        text = client.get(page).content.decode()
        return {audience for audience, link in address.items() if link in text}

    for person, expected in ((alice, {"country"}), (carmen, {"members"})):
        client.force_login(person)
        assert offered(url("consultation-detail", closed)) == expected
        assert offered(reverse("consultations:country-detail", args=[closed.country_id])) == expected
    close_step(closed.step, by=coordinator)
    client.logout()
    assert offered(url("consultation-published", closed)) == {"public"}
    assert offered(reverse("consultations:country-detail", args=[closed.country_id])) == {"public"}


def test_new_version_is_asked_for_on_the_page_once(client, closed, companion, translator):
    priority = Priority.objects.get(title_fr="Une première")
    save_translation(priority, "title", "nl", "Een eerste", by=translator, state=TranslationState.DONE)
    client.force_login(companion)
    page = client.get(url("consultation-close", closed)).content.decode()
    key = re.search(r'name="submission_key" value="([^"]+)"', page)[1]
    for _click in range(2):
        answer = client.post(url("summary-rebuild", closed), {"submission_key": key})
        assert "/jobs/" in answer.url
    assert CountrySummary.objects.get().version == 2


@pytest.mark.parametrize(("name", "status"), [("alice", 403), ("carmen", 403), ("facilitator", 403)])
def test_others_cannot_ask_for_it(client, everyone, closed, name, status):
    client.force_login(everyone[name])
    assert client.post(url("summary-rebuild", closed)).status_code == status
