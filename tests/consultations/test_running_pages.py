"""The companion's pages: plan, open, dates, who was there, texts, the list, closing, opening again."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from consultations import services
from consultations.models import Consultation, CountryDecision, Participation, Priority
from planning_portal.programme.models import Step, StepState
from planning_portal.web.submissions import issue_key
from tests import factories

from .factories import make_consultation, make_participation, make_priority

pytestmark = pytest.mark.django_db
PLAN = "consultations.plan"
PAGES = ["dates", "attendance", "texts", "list-edit", "close"]


def url(name, obj):
    return reverse(f"consultations:consultation-{name}", args=[obj.public_id])


def text_of(answer):
    return answer.content.decode()


def fresh(consultation):
    return Consultation.objects.get(pk=consultation.pk)


@pytest.fixture
def as_companion(client, companion):
    client.force_login(companion)
    return client


# --- Who may ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize(
    ("name", "status"),
    [
        ("companion", 200),
        ("coordinator", 200),
        ("alice", 403),
        ("bob", 403),
        ("carmen", 403),
        ("companion_of_peru", 403),
        ("facilitator", 403),
        ("translator", 403),
    ],
)
def test_only_companion_and_coordinators_see_the_pages(client, everyone, consultation, submitted, page, name, status):
    client.force_login(everyone[name])
    assert client.get(url(page, consultation)).status_code == status
    if status == 403:
        answer = client.post(url(page, consultation), {"version": 1, "go": "agree"})
        assert answer.status_code == 403
        assert "Only the companion of this country" in text_of(answer)
        assert fresh(consultation).version == 1


@pytest.mark.parametrize("page", [*PAGES, "open", "reopen"])
def test_signed_out_sees_and_does_nothing(client, consultation, union, page):
    make_participation(consultation, union)
    if page in PAGES:
        assert "/account/login/" in client.get(url(page, consultation)).url
    client.post(url(page, consultation), {"version": 1, "place": "x", "reason": "x"})
    assert (fresh(consultation).state, fresh(consultation).version) == ("open", 1)


# --- Plan and open ---------------------------------------------------------------------------------


def plan(client, user, country, **more):
    key = more.pop("key", None) or issue_key(user, PLAN)
    fields = {"country": country.pk, "submission_key": key, **more}
    return client.post(reverse("consultations:consultation-plan"), fields)


def test_plan_makes_a_consultation_and_goes_to_its_pages(as_companion, companion, benin, union, step):
    answer = plan(
        as_companion, companion, benin, starts_at="2027-03-04T09:30", ends_at="2027-03-04T17:00", place="Bohicon"
    )
    consultation = Consultation.objects.get()
    assert answer.url == url("dates", consultation)
    assert (consultation.state, consultation.place, consultation.source_language) == ("planned", "Bohicon", "fr")
    assert consultation.participations.get().organisation == union


def test_plan_twice_is_once(as_companion, companion, benin, union, step):
    key = issue_key(companion, PLAN)
    places = {plan(as_companion, companion, benin, key=key).url for _number in range(2)}
    assert places == {url("dates", Consultation.objects.get())}


def test_plan_backwards_says_what_to_mend(as_companion, companion, benin, union, step):
    answer = plan(as_companion, companion, benin, starts_at="2027-03-04T09:30", ends_at="2027-03-03T09:30")
    assert answer.status_code == 422
    assert "mend one of the two dates" in text_of(answer)
    assert 'value="2027-03-04T09:30"' in text_of(answer)
    assert not Consultation.objects.exists()


def test_plan_with_a_date_nobody_can_read_says_how(as_companion, companion, benin, union, step):
    answer = plan(as_companion, companion, benin, starts_at="next week")
    assert answer.status_code == 422
    assert "for example 2026-03-14 09:30" in text_of(answer)


def test_plan_of_a_country_that_is_not_theirs_is_no_choice(
    as_companion, companion, union, stranger_organisation, peru, step
):
    answer = plan(as_companion, companion, peru)
    assert answer.status_code == 422
    assert not Consultation.objects.exists()


@pytest.mark.parametrize("name", ["alice", "facilitator", "translator", "companion_of_peru"])
def test_plan_is_for_companions_and_coordinators(client, everyone, union, step, name):
    client.force_login(everyone[name])
    if name == "companion_of_peru":
        factories.make_organisation(country=factories.make_country("PE"))
        assert "Benin" not in text_of(client.get(reverse("consultations:consultation-plan")))
    else:
        assert client.get(reverse("consultations:consultation-plan")).status_code == 403


def test_plan_after_the_step_is_refused(as_companion, union, step):
    Step.objects.update(state=StepState.CLOSED)
    assert as_companion.get(reverse("consultations:consultation-plan")).status_code == 403


def test_open_and_open_again(as_companion, step, benin):
    consultation = make_consultation(step=step, country=benin, state="planned")
    assert "can now propose" in text_of(as_companion.post(url("open", consultation), follow=True))
    assert fresh(consultation).state == "open"
    assert "already been opened" in text_of(as_companion.post(url("open", consultation), follow=True))


def test_open_after_the_step_says_why(as_companion, step, benin):
    consultation = make_consultation(step=step, country=benin, state="planned")
    Step.objects.update(state=StepState.CLOSED)
    answer = as_companion.post(url("open", consultation))
    assert answer.status_code == 403
    assert "while its step goes on" in text_of(answer)


@pytest.mark.parametrize("page", ["open", "reopen"])
def test_a_get_changes_nothing(as_companion, consultation, page):
    assert as_companion.get(url(page, consultation)).status_code == 405


# --- Dates and texts -------------------------------------------------------------------------------


def test_dates_are_the_readers_own_clock(client, companion, consultation):
    companion.time_zone = "Europe/Brussels"
    companion.save()
    client.force_login(companion)
    client.post(url("dates", consultation), {"version": 1, "starts_at": "2027-01-04T10:00", "place": "Bohicon"})
    assert fresh(consultation).starts_at == timezone.datetime(2027, 1, 4, 9, 0, tzinfo=timezone.get_default_timezone())
    assert 'value="2027-01-04T10:00"' in text_of(client.get(url("dates", consultation)))


def test_dates_over_somebody_else_show_both(as_companion, coordinator, consultation):
    services.save_dates(consultation, by=coordinator, version=1, starts_at=None, ends_at=None, place="Porto-Novo")
    answer = as_companion.post(url("dates", consultation), {"version": 1, "place": "Bohicon"})
    page = text_of(answer)
    assert answer.status_code == 422
    assert "Porto-Novo" in page
    assert 'value="Bohicon"' in page
    assert fresh(consultation).place == "Porto-Novo"
    assert 'name="version" value="2"' in page
    as_companion.post(url("dates", consultation), {"version": 2, "place": "Bohicon"})
    assert fresh(consultation).place == "Bohicon"


def test_texts_are_kept_in_the_working_language(as_companion, consultation):
    as_companion.post(url("texts", consultation), {"version": 1, "context": "Contexte", "minutes": "Mots"})
    saved = fresh(consultation)
    assert (saved.context_fr, saved.minutes_fr, saved.context_en) == ("Contexte", "Mots", None)


def test_texts_over_somebody_else_show_both_and_lose_nothing(as_companion, coordinator, consultation):
    services.set_minutes(consultation, by=coordinator, version=1, minutes="Du coordinateur")
    answer = as_companion.post(
        url("texts", consultation), {"version": 1, "context": "Contexte", "minutes": "De la compagne"}
    )
    page = text_of(answer)
    assert answer.status_code == 422
    for words in ("Du coordinateur", "De la compagne", "Contexte"):
        assert words in page
    assert fresh(consultation).minutes_fr == "Du coordinateur"


def test_minutes_too_long_are_shown_again(as_companion, consultation):
    answer = as_companion.post(url("texts", consultation), {"version": 1, "context": "", "minutes": "x" * 20_001})
    assert answer.status_code == 422
    assert "x" * 20_001 in text_of(answer)


# --- Who was there ---------------------------------------------------------------------------------


def test_attendance_is_one_plain_form(as_companion, consultation, union, mutual):
    make_participation(consultation, mutual, is_present=False)
    page = text_of(as_companion.get(url("attendance", consultation)))
    for organisation in (union, mutual):
        assert f'name="present_{organisation.pk}"' in page
    as_companion.post(
        url("attendance", consultation),
        {
            "version": 1,
            f"present_{union.pk}": "on",
            f"women_{union.pk}": 2,
            f"men_{union.pk}": "",
            f"under_35_{union.pk}": 1,
        },
    )
    row = Participation.objects.get()
    assert (row.organisation, row.is_present, row.women, row.men, row.under_35) == (union, True, 2, 0, 1)


def test_people_counted_were_there_whatever_the_tick(as_companion, consultation, union):
    as_companion.post(url("attendance", consultation), {"version": 1, f"men_{union.pk}": 3})
    assert Participation.objects.get().is_present


@pytest.mark.parametrize(
    ("counts", "words"),
    [
        ({"women": 1, "under_35": 2}, "2 people under 35 but only 1 people"),
        ({"women": -1}, "greater than or equal to 0"),
        ({"women": "many"}, "whole number"),
        ({"women": 99999}, "less than or equal to 2000"),
    ],
)
def test_counts_that_cannot_be_are_shown_again(as_companion, consultation, union, counts, words):
    fields = {f"{name}_{union.pk}": value for name, value in counts.items()}
    answer = as_companion.post(url("attendance", consultation), {"version": 1, **fields})
    assert answer.status_code == 422
    assert words in text_of(answer)
    assert not Participation.objects.exists()


def test_attendance_over_somebody_else_shows_both(as_companion, coordinator, consultation, union):
    services.record_participation(
        consultation, by=coordinator, version=1, rows={union: services.Presence(True, 4, 1, 0, 2)}
    )
    answer = as_companion.post(
        url("attendance", consultation), {"version": 1, f"present_{union.pk}": "on", f"women_{union.pk}": 9}
    )
    assert answer.status_code == 422
    assert "women 4, men 1" in text_of(answer)
    assert f'name="women_{union.pk}" value="9"' in text_of(answer)
    assert Participation.objects.get().women == 4


def test_resting_organisation_that_was_there_stays_in_the_table(as_companion, consultation, union):
    make_participation(consultation, union)
    union.is_active = False
    union.save()
    assert union.name in text_of(as_companion.get(url("attendance", consultation)))


# --- The list --------------------------------------------------------------------------------------


@pytest.fixture
def three(consultation):
    return [make_priority(consultation=consultation, title=f"Priorité {letter}") for letter in "ABC"]


def list_fields(three, order, *, version=1, go="save", reasons=None):
    reasons = reasons or {}
    fields = {"version": version, "go": go}
    for priority in three:
        fields[f"keep_{priority.pk}"] = "no" if priority in reasons else "yes"
        fields[f"reason_{priority.pk}"] = reasons.get(priority, "")
        fields[f"place_{priority.pk}"] = order.index(priority) + 1 if priority in order else ""
    return fields


def order_on_page(client, consultation, three):
    page = text_of(client.get(url("list-edit", consultation)))
    return [p.title_fr[-1] for p in sorted(three, key=lambda p: page.index(f'id="p{p.pk}"'))]


def test_order_is_saved_without_agreeing(as_companion, consultation, three):
    one, two, last = three
    answer = as_companion.post(url("list-edit", consultation), list_fields(three, [last, one, two]), follow=True)
    assert "Nothing is agreed yet" in text_of(answer)
    assert order_on_page(as_companion, consultation, three) == ["C", "A", "B"]
    assert not Priority.objects.filter(state="agreed").exists()


@pytest.mark.parametrize(
    ("go", "order"), [("up:1", "BAC"), ("down:1", "ACB"), ("up:0", "ABC"), ("down:2", "ABC"), ("up:x", "ABC")]
)
def test_up_and_down_are_plain_buttons_that_save(as_companion, consultation, three, go, order):
    direction, _colon, index = go.partition(":")
    key = three[int(index)].pk if index.isdecimal() else "nonsense"
    fields = list_fields(three, three, go=f"{direction}:{key}")
    answer = as_companion.post(url("list-edit", consultation), fields)
    assert answer.status_code == 302
    assert order_on_page(as_companion, consultation, three) == list(order)


def test_moving_keeps_a_reason_that_is_half_written(as_companion, consultation, three):
    one, two, last = three
    fields = list_fields(three, [one, two], go=f"down:{one.pk}", reasons={last: "Pas enc"})
    as_companion.post(url("list-edit", consultation), fields)
    assert "Pas enc" in text_of(as_companion.get(url("list-edit", consultation)))


@pytest.mark.parametrize(
    ("places", "order"),
    [((1, 2, 1), "CAB"), ((3, 2, 3), "BCA"), ((2, 2, 3), "BAC"), ((1, 2, ""), "ABC"), ((9, 2, 3), "BCA")],
)
def test_a_new_number_is_the_place_one_gets(as_companion, consultation, three, places, order):
    fields = list_fields(three, three)
    for priority, place in zip(three, places, strict=True):
        fields[f"place_{priority.pk}"] = place
    as_companion.post(url("list-edit", consultation), fields)
    assert order_on_page(as_companion, consultation, three) == list(order)


def test_reason_beside_a_retained_priority_is_kept_and_asked_about(as_companion, consultation, three):
    fields = list_fields(three, three)
    fields[f"reason_{three[0].pk}"] = "Trop large."
    as_companion.post(url("list-edit", consultation), fields)
    assert "Trop large." in text_of(as_companion.get(url("list-edit", consultation)))
    answer = as_companion.post(url("list-edit", consultation), {**fields, "version": 2, "go": "agree"})
    assert answer.status_code == 422
    assert "or empty this field" in text_of(answer)
    assert not Priority.objects.filter(state="agreed").exists()


def test_agreeing_goes_on_to_closing(as_companion, consultation, three):
    one, two, last = three
    answer = as_companion.post(
        url("list-edit", consultation), list_fields(three, [two, one], go="agree", reasons={last: "Trop large."})
    )
    assert answer.url == url("close", consultation)
    assert dict(Priority.objects.values_list("pk", "position")) == {two.pk: 1, one.pk: 2, last.pk: None}
    assert CountryDecision.objects.get(priority=last).reason_fr == "Trop large."


def test_agreeing_without_a_reason_says_so_beside_it(as_companion, consultation, three):
    fields = list_fields(three, three[:2], go="agree", reasons={three[2]: ""})
    fields[f"keep_{three[2].pk}"] = "no"
    answer = as_companion.post(url("list-edit", consultation), fields)
    assert answer.status_code == 422
    assert "its authors will read this" in text_of(answer)
    assert not Priority.objects.filter(state="agreed").exists()


@pytest.mark.parametrize("places", [(3, 3, 3), (1, 2, 2)])
def test_agreeing_with_equal_places_is_refused_beside_them(as_companion, consultation, three, places):
    fields = list_fields(three, three, go="agree")
    for priority, place in zip(three, places, strict=True):
        fields[f"place_{priority.pk}"] = place
    answer = as_companion.post(url("list-edit", consultation), fields)
    assert answer.status_code == 422
    errors = answer.context["form"].errors
    assert set(errors) == {f"place_{p.pk}" for p, place in zip(three, places, strict=True) if places.count(place) > 1}
    assert f"Place {places[-1]} is given more than once" in text_of(answer)
    assert not Priority.objects.filter(state="agreed").exists()


def test_agreeing_without_a_place_asks_for_it(as_companion, consultation, three):
    answer = as_companion.post(url("list-edit", consultation), list_fields(three, three[:2], go="agree"))
    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {f"place_{three[2].pk}"}
    assert not Priority.objects.filter(state="agreed").exists()


def test_nothing_is_chosen_beforehand_and_each_needs_a_choice(as_companion, consultation, three):
    one, two, _last = three
    page = text_of(as_companion.get(url("list-edit", consultation)))
    assert "checked" not in page
    fields = list_fields(three, three)
    for priority in (one, two):
        fields[f"keep_{priority.pk}"] = ""
    as_companion.post(url("list-edit", consultation), fields)
    assert text_of(as_companion.get(url("list-edit", consultation))).count(" checked") == 1
    answer = as_companion.post(url("list-edit", consultation), {**fields, "version": 2, "go": "agree"})
    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {f"keep_{one.pk}", f"keep_{two.pk}"}
    assert not Priority.objects.filter(state="agreed").exists()


def test_errors_of_the_list_name_their_priority(as_companion, consultation, three):
    form = as_companion.get(url("list-edit", consultation)).context["form"]
    assert form.error_label(form[f"place_{three[1].pk}"]) == "Priorité B"
    assert form.error_label(form["version"]) == form["version"].label


def test_agreeing_over_a_new_submission_says_so(as_companion, consultation, three):
    fields = list_fields(three, three, go="agree")
    newcomer = make_priority(consultation=consultation)
    answer = as_companion.post(url("list-edit", consultation), fields)
    assert answer.status_code == 422
    assert f'id="p{newcomer.pk}"' in text_of(answer)
    assert not Priority.objects.filter(state="agreed").exists()


def test_order_over_somebody_else_shows_both(as_companion, coordinator, consultation, three):
    services.save_arrangement(consultation, by=coordinator, version=1, ordered=three[::-1], reasons={})
    answer = as_companion.post(url("list-edit", consultation), list_fields(three, three))
    assert answer.status_code == 422
    assert "The order saved meanwhile by somebody else" in text_of(answer)
    assert fresh(consultation).arrangement["order"] == [p.pk for p in three[::-1]]


def test_list_says_how_many_are_still_written(as_companion, consultation, draft):
    page = text_of(as_companion.get(url("list-edit", consultation)))
    assert "1 more is still being written" in page
    assert draft.title_fr not in page


# --- Closing ---------------------------------------------------------------------------------------


def test_closing_says_what_is_missing(as_companion, consultation, submitted):
    answer = as_companion.post(url("close", consultation), {"closing_note": "Merci"})
    assert answer.status_code == 422
    assert "Decide on every submitted priority" in text_of(answer)
    assert "Merci" in text_of(answer)
    assert fresh(consultation).state == "open"


def test_closing_says_what_it_does_and_does_it(as_companion, consultation, union, draft):
    make_participation(consultation, union)
    make_priority(consultation=consultation, organisation=union, state="agreed")
    page = text_of(as_companion.get(url("close", consultation)))
    assert "the agreed list with 1 priority goes to the workshops" in page
    assert "1 draft was not submitted" in page
    answer = as_companion.post(url("close", consultation), {"closing_note": "Merci à tous"})
    assert answer.url == url("detail", consultation)
    assert (fresh(consultation).state, fresh(consultation).closing_note_fr) == ("closed", "Merci à tous")


def test_closing_twice_is_told(as_companion, consultation, union):
    make_participation(consultation, union)
    as_companion.post(url("close", consultation), {})
    assert "Only an open consultation can be closed" in text_of(
        as_companion.post(url("close", consultation), {}, follow=True)
    )


@pytest.mark.parametrize("page", ["dates", "attendance", "texts", "list-edit"])
def test_closed_pages_can_be_read_not_changed(as_companion, step, benin, page):
    consultation = make_consultation(step=step, country=benin, state="closed")
    assert "can be read, not changed" in text_of(as_companion.get(url(page, consultation)))
    answer = as_companion.post(url(page, consultation), {"version": 1, "place": "x", "minutes": "x"}, follow=True)
    assert "a coordinator can reopen it" in text_of(answer)
    assert fresh(consultation).version == 1


def test_coordinator_reopens_with_a_reason(client, coordinator, companion, step, benin):
    consultation = make_consultation(step=step, country=benin, state="closed")
    client.force_login(companion)
    assert "Reopen" not in text_of(client.get(url("close", consultation)))
    assert client.post(url("reopen", consultation), {"reason": "x"}).status_code == 403
    client.force_login(coordinator)
    assert "Reopen" in text_of(client.get(url("close", consultation)))
    assert client.post(url("reopen", consultation), {"reason": ""}).status_code == 422
    client.post(url("reopen", consultation), {"reason": "A list was lost."})
    assert fresh(consultation).state == "open"


# --- Queries ---------------------------------------------------------------------------------------


def queries_of(client, address):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    return len(captured)


def test_pages_ask_the_same_of_the_database_for_1_and_30_rows(as_companion, consultation):
    def fill(count):
        for number in range(count):
            organisation = factories.make_organisation(country=consultation.country, identity="described")
            make_participation(consultation, organisation)
            state = ("submitted", "not_retained")[number % 2]
            make_priority(
                consultation=consultation, organisation=organisation, theme=factories.make_theme(), state=state
            )

    fill(2)
    for page in PAGES:
        as_companion.get(url(page, consultation))
    few = {page: queries_of(as_companion, url(page, consultation)) for page in PAGES}
    fill(30)
    assert {page: queries_of(as_companion, url(page, consultation)) for page in PAGES} == few
    assert max(few.values()) <= 2 + 8


# --- Language of the page --------------------------------------------------------------------------


def test_switching_the_language_keeps_a_text_and_saves_nothing(as_companion, consultation):
    sent = {"version": 1, "context": "Contexte " + "x" * 5000, "minutes": "", "switch_language": "nl"}
    page = text_of(as_companion.post(url("texts", consultation), sent))
    assert '<html lang="nl"' in page
    assert sent["context"] in page
    assert f'action="{url("texts", consultation).replace("/en/", "/nl/")}"' in page
    assert fresh(consultation).version == 1


def test_switching_the_language_keeps_the_order_and_saves_nothing(as_companion, consultation, three):
    one, two, last = three
    sent = list_fields(three, [last, one], go="", reasons={two: "Hors du cadre"})
    page = text_of(as_companion.post(url("list-edit", consultation), {**sent, "switch_language": "es"}))
    assert '<html lang="es"' in page
    assert "Hors du cadre" in page
    assert re.search(rf'name="place_{last.pk}" value="1"', page)
    assert fresh(consultation).arrangement == {}


def test_switching_the_language_keeps_a_count_that_is_wrong(as_companion, consultation, union):
    sent = {"version": 1, f"invited_{union.pk}": "on", f"women_{union.pk}": "abc", "switch_language": "fr"}
    page = text_of(as_companion.post(url("attendance", consultation), sent))
    assert '<html lang="fr"' in page
    assert 'value="abc"' in page
    assert not consultation.participations.exists()


def test_closed_consultation_shows_its_fields_without_taking_anything(as_companion, consultation, union):
    make_participation(consultation, union)
    Consultation.objects.update(state="closed", closed_at=timezone.now())
    page = text_of(as_companion.get(url("attendance", consultation)))
    assert "can be read, not changed. A coordinator can reopen it." in page
    assert re.search(rf'name="women_{union.pk}"[^>]* disabled', page)
    Step.objects.update(state=StepState.CLOSED)
    assert "This step of the planning is over: what stands here" in text_of(
        as_companion.get(url("texts", consultation))
    )


def test_switching_the_language_never_closes(as_companion, consultation, union):
    make_participation(consultation, union)
    answer = as_companion.post(url("close", consultation), {"closing_note": "Merci", "switch_language": "fr"})
    page = text_of(answer)
    assert answer.status_code == 200
    assert '<html lang="fr">' in page
    assert ">\nMerci</textarea>" in page
    assert f'action="{url("close", consultation).replace("/en/", "/fr/")}"' in page
    assert fresh(consultation).state == "open"


def test_switching_the_language_never_plans(as_companion, companion, benin, union, step):
    answer = plan(as_companion, companion, benin, place="Bohicon", starts_at="2027-03-04T09:30", switch_language="nl")
    page = text_of(answer)
    assert 'value="Bohicon"' in page
    assert 'value="2027-03-04T09:30"' in page
    assert not Consultation.objects.exists()


def test_closing_before_the_meeting_is_said(as_companion, consultation):
    address = reverse("consultations:consultation-close", args=[consultation.public_id])
    for days, is_said in ((1, True), (-1, False)):
        Consultation.objects.update(starts_at=timezone.now() + timedelta(days=days), ends_at=None)
        assert ("The meeting is still to come" in text_of(as_companion.get(address))) is is_said
