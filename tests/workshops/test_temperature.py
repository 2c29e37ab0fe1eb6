"""The temperature check: one tap, shares that give nobody away, and nothing left of it when it is over."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from planning_portal.jobs.registry import housekeeping
from planning_portal.workflow.models import TransitionLog
from planning_portal.workflow.services import WrongState
from tests import factories as people
from workshops import services
from workshops.models import Level, TemperatureAnswer, TemperatureCheck, Workshop
from workshops.queries.temperature import LEVELS, showable, temperature_of

from . import factories
from .test_desk import FRAME

pytestmark = pytest.mark.django_db
QUESTION = "Shall we eat first?"


@pytest.fixture
def many(workshop):
    """Ten more organisations, each with one of its people."""
    users = [people.make_user(organisation=people.make_organisation()) for _number in range(10)]
    factories.make_delegations(workshop, [user.memberships.get().organisation for user in users])
    return users


@pytest.fixture
def check(workshop, many, facilitator):
    return services.open_temperature(workshop, by=facilitator, minutes=2, question=QUESTION)


def tap(check, user, level):
    return services.answer_temperature(check, by=user, organisation=user.memberships.get().organisation, level=level)


def seen(workshop):
    fresh = Workshop.objects.with_context().get(pk=workshop.pk)
    return temperature_of(fresh, list(fresh.sessions.all()), timezone.now())


def close(check):
    """Let its time pass."""
    past = timezone.now() - timedelta(minutes=5)
    TemperatureCheck.objects.filter(pk=check.pk).update(opened_at=past, closes_at=past + timedelta(minutes=2))


def page(name, obj):
    return reverse(f"workshops:{name}", args=[obj.public_id])


# --- What is shown -----------------------------------------------------------------------------------------


@given(st.lists(st.integers(0, 30), min_size=5, max_size=5), st.sampled_from([3, 5]))
def test_no_share_tells_of_few_and_none_can_be_worked_out(counts, minimum):
    shown = showable(counts, minimum)
    hidden = [count for count, cell in zip(counts, shown["cells"], strict=True) if cell is None]
    assert all(cell == count for count, cell in zip(counts, shown["cells"], strict=True) if cell is not None)
    assert not any(cell is not None and 0 < cell < minimum for cell in shown["cells"])
    assert len(hidden) != 1 or shown["answered"] is None
    if 0 < sum(counts) < minimum:
        assert shown["answered"] is None
        assert len(hidden) == 5


def test_while_it_is_open_only_how_many_have_answered_is_told(workshop, check, many):
    for user in many[:6]:
        tap(check, user, Level.MOSTLY)
    temperature = seen(workshop)
    assert (temperature.is_open, temperature.answered, temperature.shares) == (True, 6, [])


def test_it_closes_by_itself_and_shows_shares_by_level(workshop, check, many):
    for user in many[:6]:
        tap(check, user, Level.MOSTLY)
    for user in many[6:9]:
        tap(check, user, Level.DOUBTS)
    close(check)
    temperature = seen(workshop)
    assert temperature.is_open is False
    assert {share.level: share.value for share in temperature.shares if share.value} == {
        Level.MOSTLY: pytest.approx(2 / 3),
        Level.DOUBTS: pytest.approx(1 / 3),
    }
    with pytest.raises(WrongState):
        tap(check, many[9], Level.FULLY)


def test_too_few_answers_show_nothing(workshop, check, many):
    for user in many[:2]:
        tap(check, user, Level.FULLY)
    close(check)
    temperature = seen(workshop)
    assert (temperature.answered, temperature.shares) == (None, [])


def test_where_a_country_is_at_high_risk_five_are_needed(workshop, facilitator, benin):
    benin.risk_level = "high"
    benin.save()
    assert services.open_temperature(workshop, by=facilitator, minutes=1, question="So?").minimum == 5


# --- Who answers -------------------------------------------------------------------------------------------


def test_an_organisation_has_one_answer_and_may_change_it(check, many):
    assert tap(check, many[0], Level.FULLY) is True
    assert tap(check, many[0], Level.FULLY) is False
    assert tap(check, many[0], Level.AGAINST) is True
    assert TemperatureAnswer.objects.get().level == Level.AGAINST


def test_nobody_answers_for_others_nor_with_a_sixth_level(check, many, union):
    with pytest.raises(PermissionDenied):
        services.answer_temperature(check, by=many[0], organisation=union, level=1)
    with pytest.raises(ValidationError):
        tap(check, many[0], 6)
    assert not TemperatureAnswer.objects.exists()


@pytest.mark.parametrize("role", ["alice", "coordinator", "companion"])
def test_only_facilitators_ask_end_and_clear(request, workshop, check, role):
    user = request.getfixturevalue(role)
    for do in (services.end_temperature, services.clear_temperature):
        with pytest.raises(PermissionDenied):
            do(workshop, by=user)
    with pytest.raises(PermissionDenied):
        services.open_temperature(workshop, by=user, minutes=1, question="So?")


@pytest.mark.parametrize("wrong", [{"minutes": 0}, {"minutes": 31}, {"question": ""}, {"language": "xx"}])
def test_a_check_that_cannot_be_is_refused(workshop, facilitator, wrong):
    with pytest.raises(ValidationError):
        services.open_temperature(workshop, by=facilitator, **{"minutes": 2, "question": "So?", **wrong})
    assert not TemperatureCheck.objects.exists()


# --- What is left of it ------------------------------------------------------------------------------------


def test_ending_it_forgets_who_answered_what_and_keeps_what_may_be_shown(workshop, check, many, facilitator):
    for user in many[:5]:
        tap(check, user, Level.ALONG)
    tap(check, many[5], Level.AGAINST)
    assert services.end_temperature(workshop, by=facilitator) is True
    assert services.end_temperature(workshop, by=facilitator) is False
    assert not TemperatureAnswer.objects.exists()
    kept = TemperatureCheck.objects.get().shown
    assert kept["answered"] == 6
    assert kept["cells"][LEVELS.index(Level.AGAINST)] is None
    assert [share.value for share in seen(workshop).shares].count(None) >= 2


@pytest.mark.parametrize("how", ["clear", "ask again", "session ends", "workshop closes", "housekeeping"])
def test_nothing_is_left_of_it_when_it_is_over(workshop, many, facilitator, how):
    session = factories.make_session(workshop)
    services.start_session(session, by=facilitator)
    question = "" if how == "session ends" else QUESTION
    check = services.open_temperature(workshop, by=facilitator, minutes=2, question=question)
    tap(check, many[0], Level.FULLY)
    if how == "clear":
        assert services.clear_temperature(workshop, by=facilitator) is True
        assert services.clear_temperature(workshop, by=facilitator) is False
    elif how == "ask again":
        services.open_temperature(workshop, by=facilitator, minutes=2, question="And now?")
    elif how == "session ends":
        services.end_session(session, by=facilitator)
    elif how == "workshop closes":
        TemperatureCheck.objects.update(session=None)
        services.end_session(session, by=facilitator)
        services.close_workshop(workshop, by=facilitator)
    else:
        housekeeping()["workshops.temperature"]()
        assert TemperatureAnswer.objects.exists()  # it is still going on
        close(check)
        housekeeping()["workshops.temperature"]()
    assert not TemperatureCheck.objects.filter(pk=check.pk).exists()
    assert not TemperatureAnswer.objects.exists()
    workshop.refresh_from_db()
    assert QUESTION not in str(workshop.snapshot)
    assert not TransitionLog.objects.filter(name__contains="answer").exists()


# --- The pages ---------------------------------------------------------------------------------------------


def test_asked_at_the_desk_tapped_on_a_phone_shown_on_the_screen(client, workshop, many, facilitator):
    room = services.open_screen(workshop, by=facilitator)
    screen = reverse("workshops-room:room-screen", args=[room.screen_code])
    client.force_login(facilitator)
    form = client.get(page("temperature-edit", workshop)).content.decode()
    key = form.split('name="submission_key" value="')[1].split('"')[0]
    sent = {"question": QUESTION, "language": "en", "minutes": 2, "submission_key": key}
    for _time in range(2):
        assert client.post(page("temperature-edit", workshop), sent).url == page("workshop-desk", workshop)
    check = TemperatureCheck.objects.get()
    for user in many[:4]:
        client.force_login(user)
        place = client.get(page("workshop-place", workshop)).content.decode()
        assert QUESTION in place
        answer = {"check": check.public_id, "organisation": user.memberships.get().organisation.public_id, "level": 5}
        for _time in range(2):
            assert client.post(page("temperature-answer", workshop), answer).url == page("workshop-place", workshop)
    assert 'aria-pressed="true"' in client.get(page("workshop-place", workshop)).content.decode()
    assert "Answers: 4" in client.get(screen).content.decode()
    client.force_login(facilitator)
    for _time in range(2):
        client.post(page("temperature-edit", workshop), {"go": "end"})
    for address in (page("workshop-desk", workshop), screen, page("workshop-place", workshop)):
        assert "100%" in client.get(address).content.decode()
    client.force_login(many[5])
    late = client.post(page("temperature-answer", workshop), {**answer, "organisation": _own(many[5])}, follow=True)
    assert "not counted any more" in late.content.decode()
    assert client.post(page("temperature-answer", workshop), answer).status_code == 404


def _own(user):
    return user.memberships.get().organisation.public_id


@pytest.mark.parametrize("who", ["desk", "place", "screen"])
def test_live_parts_change_when_a_check_closes_by_itself(client, workshop, check, facilitator, alice, who):
    room = services.open_screen(workshop, by=facilitator)
    client.force_login(facilitator if who == "desk" else alice)
    address = (
        reverse("workshops-room:room-screen-live", args=[room.screen_code])
        if who == "screen"
        else page(f"workshop-{who}-live", workshop)
    )
    etag = client.get(address).headers["ETag"]
    assert client.get(address, headers={"If-None-Match": etag}).status_code == 304
    close(check)
    assert client.get(address, headers={"If-None-Match": etag}).status_code == 200


def test_the_desk_keeps_its_budget_with_a_check_and_a_running_session(client, workshop, check, many, facilitator):
    session = factories.make_session(workshop)
    session.candidates.set([factories.make_candidate(workshop) for _number in range(3)])
    services.start_session(session, by=facilitator)
    for user in many:
        tap(check, user, Level.ALONG)
    client.force_login(facilitator)
    client.get(page("workshop-desk", workshop))
    with CaptureQueriesContext(connection) as context:
        client.get(page("workshop-desk", workshop))
    own = [query["sql"] for query in context.captured_queries if not any(word in query["sql"] for word in FRAME)]
    assert len(own) <= 8, own
