"""The summary: the same numbering in four languages, honest about its translations, without a name it must not give."""

import re

import pytest

from planning_portal.documents.checks import check_pdf
from planning_portal.documents.registry import get_kind
from planning_portal.documents.services import build_document, build_pdf
from planning_portal.languages.models import TranslationState
from planning_portal.languages.services import save_translation
from planning_portal.organisations.models import Country, Organisation
from workshops.models import Workshop
from workshops.reports import can_read, summary_report
from workshops.services import close_workshop, publish_summary

from . import factories

LANGUAGES = ["en", "es", "fr", "nl"]


@pytest.fixture
def closed(facilitator, translator, programme):
    """A closed workshop; one title is translated, and one line of work has a lead that is not named."""
    workshop = factories.hold_workshop(facilitator=facilitator)
    candidate = workshop.candidates.get(code="C01")
    save_translation(candidate, "title", "nl", "Een dekking voor iedereen", by=translator, state=TranslationState.DONE)
    save_translation(candidate, "title", "es", "Una cobertura", by=None, state=TranslationState.MACHINE)
    lead = Organisation.objects.filter(country__iso2="PE").first()
    Organisation.objects.filter(pk=lead.pk).update(identity="withheld", name="CANARY-NAME", acronym="CANARY-ACRONYM")
    workshop.lines.update(lead=lead)
    close_workshop(workshop, by=facilitator)
    return Workshop.objects.get(pk=workshop.pk)


def html_of(workshop, language, audience="public"):
    return build_document(workshop, "workshop-summary", language=language, version="1", audience=audience)


def text_of(html):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_summary_is_in_its_language_throughout(closed, language):
    html = html_of(closed, language)

    assert f'<html lang="{language}">' in html
    assert {"en": "July 2025", "es": "de julio de 2025", "fr": "juillet 2025", "nl": "juli 2025"}[language] in html


def test_the_numbering_is_the_same_in_every_language(closed):
    codes = {
        language: re.findall(r'<span class="code">([^<]+)</span>', html_of(closed, language)) for language in LANGUAGES
    }

    assert codes["en"] == codes["es"] == codes["fr"] == codes["nl"]
    assert codes["en"][:4] == ["1", "2", "2.1", "C01"]
    assert {"3", "L1", "4", "5"} <= set(codes["en"])


def test_texts_say_how_good_their_translation_is(closed):
    dutch, spanish, english = (text_of(html_of(closed, language)) for language in ("nl", "es", "en"))

    assert "Een dekking voor iedereen" in dutch
    assert "Una cobertura" in spanish
    report = summary_report(closed, "es", "public")
    first = report["themes"][0]["candidates"][0]
    assert (first["title"].kind, first["title"].language) == ("machine", "es")
    assert first["statement"].kind == "original"
    assert "Une couverture pour toutes 1" in english


def test_the_report_tells_decisions_with_reasons_and_lineage(closed):
    english = text_of(html_of(closed, "en"))

    assert "Because of C01." in english
    assert "Adopted → L1" in english
    assert "2 proposed priorities: Benin" in english
    assert "with C02 merged into it" in english
    assert "The same ask." in english
    assert "4 proposed priorities: Benin and Peru" in english
    assert "8 ballots of 8 organisations." in english
    assert "We met and decided." in english


def test_every_candidate_stands_in_the_report_once(closed):
    report = summary_report(closed, "en", "public")
    codes = [candidate["code"] for theme in report["themes"] for candidate in [*theme["candidates"], *theme["merged"]]]

    assert sorted(codes) == [candidate["code"] for candidate in closed.snapshot["candidates"]]


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_organisation_is_named_for_everyone(closed, language):
    html = html_of(closed, language)

    assert "CANARY" not in html
    assert "Organisation number" not in html


def test_a_lead_is_named_as_its_identity_allows_at_the_time_of_making(closed):
    assert "CANARY-NAME" in html_of(closed, "en", audience="coordinators")
    Organisation.objects.filter(name="CANARY-NAME").update(identity="named")
    assert "CANARY-NAME" in html_of(closed, "en")


def test_a_country_that_has_become_dangerous_is_no_longer_named(closed):
    Country.objects.filter(iso2="BJ").update(risk_level="high")
    html = html_of(closed, "en")

    assert "Benin" not in html
    assert "1 country that is not named" in html


def test_small_numbers_are_not_shown(facilitator, programme):
    workshop = factories.hold_workshop(facilitator=facilitator)
    two = workshop.delegations.filter(organisation__country__iso2="PE").order_by("id")[:2]
    workshop.delegations.filter(pk__in=[one.pk for one in two]).update(is_present=False)
    close_workshop(workshop, by=facilitator)
    attendance = summary_report(Workshop.objects.get(pk=workshop.pk), "en", "public")["attendance"]

    # Two were there from one zone: its number is hidden, and with it the other's, which would give it away.
    assert [row[2] for row in attendance["zones"].rows] == ["·", "·"]
    assert attendance["zones"].totals[2] == "6"


def test_what_changes_after_the_closing_does_not_change_the_summary(closed):
    before = html_of(closed, "en")
    closed.candidates.update(title_fr="Changed", title_es="Changed")
    closed.lines.update(title_en="Changed")

    assert html_of(Workshop.objects.get(pk=closed.pk), "en") == before


def test_the_same_summary_twice_is_the_same(closed):
    assert html_of(closed, "fr") == html_of(Workshop.objects.get(pk=closed.pk), "fr")


def test_an_open_workshop_has_no_summary(workshop):
    with pytest.raises(ValueError, match="closed"):
        summary_report(workshop, "en", "public")


def test_a_workshop_without_anything_still_has_a_summary(facilitator, programme):
    workshop = factories.make_workshop()
    close_workshop(workshop, by=facilitator)
    html = html_of(Workshop.objects.get(pk=workshop.pk), "nl")

    assert '<span class="code">2</span>' in html
    assert '<span class="code">3</span>' not in html


def test_titles_and_file_names_give_no_name_away(closed, benin):
    kind = get_kind("workshop-summary")

    assert kind.title(closed, "en").startswith("Summary: Workshop")
    assert kind.file_name(closed, "nl", "2") == "workshop-all-v2_nl.pdf"
    closed.zone = benin.zone
    assert kind.file_name(closed, "fr", "1") == "workshop-wa-v1_fr.pdf"


@pytest.mark.parametrize(
    ("role", "before"),
    [("anonymous", False), ("alice", False), ("companion", False), ("facilitator", True), ("coordinator", True)],
)
def test_everyone_reads_it_once_it_is_published(request, closed, facilitator, role, before):
    from django.contrib.auth.models import AnonymousUser

    from planning_portal.documents.models import RenderedDocument
    from planning_portal.documents.services import subject_key

    user = AnonymousUser() if role == "anonymous" else request.getfixturevalue(role)
    content_type_id, object_id = subject_key(closed)
    document = RenderedDocument(
        content_type_id=content_type_id, object_id=object_id, kind="workshop-summary", version="1"
    )
    assert can_read(user, document) is before

    publish_summary(closed, by=facilitator)
    assert can_read(user, document) is True
    document.version = "2"
    assert can_read(user, document) is before


def test_a_document_whose_workshop_is_gone_is_read_by_nobody(facilitator, closed):
    from planning_portal.documents.models import RenderedDocument

    assert can_read(facilitator, RenderedDocument(object_id=999_999)) is False


@pytest.mark.pdf
def test_a_real_pdf(closed, caplog):
    built = build_pdf(closed, "workshop-summary", language="nl", version="1", audience="public")
    again = build_pdf(closed, "workshop-summary", language="nl", version="1", audience="public")

    assert check_pdf(built.data) == []
    assert built.pages >= 8
    assert built.data == again.data
    assert not [record for record in caplog.records if record.levelname == "ERROR"]
