"""Where a run sheet comes from: a model of the portal, or another workshop, without what happened there."""

from datetime import date, time

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from planning_portal.languages.models import TranslationState
from planning_portal.languages.queries import attach_units, shown
from planning_portal.languages.services import LANGUAGE_CODES, sync_units
from planning_portal.programme.models import StepKind
from tests import factories as base
from workshops import services
from workshops.models import SessionKind, Workshop
from workshops.services.run_sheets import MODELS, SheetModel

from . import factories

pytestmark = pytest.mark.django_db
PLAN = {"title": "Once more", "language": "en", "starts_on": date(2026, 3, 2), "ends_on": date(2026, 3, 4)}


def plan(by, **more):
    kind = StepKind.CONTINENTAL if more.get("zone") else StepKind.INTERCONTINENTAL
    return services.plan_workshop(base.make_step(kind), by=by, **{**PLAN, **more})


@pytest.mark.parametrize("model", MODELS)
def test_a_model_leads_from_a_welcome_by_a_weighing_to_decisions_in_four_languages(programme, facilitator, model):
    sessions = list(plan(facilitator, run_sheet=model).sessions.all())
    kinds = [session.kind for session in sessions]
    assert (kinds[0], kinds[-1]) == (SessionKind.WELCOME, SessionKind.CLOSING)
    assert kinds.index(SessionKind.WEIGHING) < kinds.index(SessionKind.DECISION)
    days = [session.day for session in sessions]
    assert days == sorted(days)
    assert set(days) == {1, 2, 3}
    attach_units(sessions)
    for session in sessions:
        titles = [getattr(session, f"title_{code}") for code in LANGUAGE_CODES]
        assert len(set(titles)) == 4, titles
        assert {shown(session, "title", code).kind for code in LANGUAGE_CODES} == {"own"}


def test_the_model_is_that_of_the_kind_unless_another_is_chosen(programme, facilitator, benin):
    def number(**more):
        return plan(facilitator, **more).sessions.count()

    assert number() == len(MODELS[SheetModel.INTERCONTINENTAL])
    assert number(zone=benin.zone) == len(MODELS[SheetModel.CONTINENTAL])
    assert number(zone=benin.zone, run_sheet=SheetModel.INTERCONTINENTAL) == len(MODELS[SheetModel.INTERCONTINENTAL])
    assert number(run_sheet=SheetModel.NONE) == 0


def test_in_a_short_workshop_everything_falls_on_a_day_that_it_has(programme, facilitator):
    workshop = plan(facilitator, ends_on=PLAN["starts_on"])
    assert set(workshop.sessions.values_list("day", flat=True)) == {1}


@pytest.fixture
def held(facilitator):
    workshop = factories.hold_workshop(facilitator=facilitator, interpretation=["es", "fr"])
    session = workshop.sessions.get()
    session.title_nl, session.day, session.begins_at, session.spoken_language = "Vertaald", 2, time(14), "fr"
    session.owner_name, session.paused_seconds = "Ana Quispe", 60
    session.save()
    sync_units([session], imported_state=TranslationState.MACHINE)
    session.candidates.set(workshop.candidates.all())
    services.save_note(session, text="Between us", by=facilitator)
    return workshop


def test_a_workshop_like_another_has_its_plan_and_nothing_that_happened(held, facilitator):
    other = plan(facilitator, like=held)
    session = other.sessions.get()
    first = held.sessions.get()
    for name in ("kind", "planned_minutes", "day", "begins_at", "spoken_language", "title_en", "title_nl"):
        assert getattr(session, name) == getattr(first, name), name
    assert shown(session, "title", "nl").kind == shown(first, "title", "nl").kind
    assert other.interpretation == ["es", "fr"]
    assert (session.started_at, session.ended_at, session.paused_seconds, session.owner_name) == (None, None, 0, "")
    assert not session.candidates.exists()
    assert not hasattr(session, "note")
    assert other.state == "planned"
    for what in ("candidates", "rounds", "lines"):
        assert not getattr(other, what).exists()
    assert set(other.delegations.values_list("organisation_id", "is_present")) == {
        (pk, False) for pk in held.delegations.values_list("organisation_id", flat=True)
    }


def test_only_active_organisations_of_the_same_zone_come_along(held, facilitator, benin):
    gone = held.delegations.first().organisation
    gone.is_active = False
    gone.save()
    again = plan(facilitator, like=held)
    assert not again.delegations.filter(organisation=gone).exists()
    assert again.delegations.exists()
    assert not plan(facilitator, like=held, zone=benin.zone).delegations.exists()


def test_who_cannot_see_its_desk_plans_nothing_like_it(held, alice, companion):
    for user in (alice, companion):
        with pytest.raises(PermissionDenied):
            plan(user, like=held)


def test_the_form_begins_with_the_other_plan(client, held, facilitator):
    client.force_login(facilitator)
    address = reverse("workshops:workshop-plan")
    text = client.get(address, {"like": held.public_id}).content.decode()
    assert f'<option value="{held.public_id}" selected>' in text
    sent = {
        "step": base.make_step(StepKind.INTERCONTINENTAL).pk,
        "title": "Copied",
        "language": "en",
        "starts_on": "2026-03-02",
        "ends_on": "2026-03-04",
        "format": "virtual",
        "start_from": str(held.public_id),
        "submission_key": text.split('name="submission_key" value="')[1].split('"')[0],
    }
    for _time in range(2):
        assert client.post(address, sent).status_code == 302
    copied = Workshop.objects.get(title_en="Copied")
    assert copied.sessions.count() == 1
    refused = client.post(address, {**sent, "start_from": "nonsense"})
    assert refused.status_code == 422
