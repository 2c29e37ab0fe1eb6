"""The room: a code to join, a place for each delegation, a queue of speakers, a screen that gives no name away."""

import re
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from planning_portal.organisations.identity import EVERYONE, viewer_of
from planning_portal.organisations.models import Identity
from planning_portal.workflow.services import WrongState
from tests import factories as people
from workshops import services
from workshops.models import Delegation, Hand, Room, Workshop
from workshops.queries.room import queue_of, screen_of
from workshops.services.room import ALPHABET

from . import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def session(workshop, facilitator):
    session = factories.make_session(workshop, title_fr="Débat", title_nl="")
    services.start_session(session, by=facilitator)
    return session


@pytest.fixture
def room(workshop, facilitator):
    return services.open_screen(workshop, by=facilitator)


def raise_hand(session, organisation, by, language="fr", **more):
    return services.raise_hand(session, by=by, organisation=organisation, language=language, **more)


def page(name, obj, *more):
    return reverse(f"workshops:{name}", args=[obj.public_id, *more])


def screen_page(room, live=False):
    return reverse(f"workshops-room:room-screen{'-live' if live else ''}", args=[room.screen_code])


def fresh(obj):
    return type(obj).objects.get(pk=obj.pk)


def waiting(session):
    rows = session.hands.filter(started_at=None, lowered_at=None).order_by("position", "id")
    return [hand.organisation for hand in rows]


# --- The codes ---------------------------------------------------------------------------------------------


def test_room_is_set_up_once_with_a_code_that_can_be_read_aloud(workshop, facilitator):
    room = services.set_up_room(workshop, by=facilitator)
    assert services.set_up_room(workshop, by=facilitator) == room
    assert len(room.join_code) == 6
    assert set(room.join_code) <= set(ALPHABET)
    assert not set(ALPHABET) & set("AEIOUL01")
    assert room.screen_code is None


@pytest.mark.parametrize("act", [services.set_up_room, services.renew_join_code, services.open_screen])
def test_room_belongs_to_those_who_run_the_desk(workshop, alice, coordinator, act):
    for user in (alice, coordinator):
        with pytest.raises(PermissionDenied):
            act(workshop, by=user)
    assert not Room.objects.exists()


def test_room_is_made_ready_before_the_workshop_and_not_after_it(facilitator):
    assert services.set_up_room(factories.make_workshop("planned"), by=facilitator)
    with pytest.raises(WrongState):
        services.set_up_room(factories.make_workshop("closed"), by=facilitator)


def test_renewed_codes_make_the_former_ones_dead_ends(client, workshop, facilitator, alice, room):
    old_join, old_screen = room.join_code, screen_page(room)
    assert client.get(old_screen).status_code == 200
    services.renew_join_code(workshop, by=facilitator)
    services.open_screen(workshop, by=facilitator)
    assert client.get(old_screen).status_code == 404
    assert client.get(screen_page(fresh(room))).status_code == 200
    client.force_login(alice)
    joined = client.get(reverse("workshops:workshop-joined", args=[old_join]))
    assert joined.url == reverse("workshops:workshop-join")


def test_screen_that_is_shut_or_whose_workshop_is_over_is_gone(client, workshop, facilitator, room):
    Workshop.objects.filter(pk=workshop.pk).update(state="closed", closed_at=timezone.now(), snapshot={})
    assert client.get(screen_page(room)).status_code == 404
    assert client.get(screen_page(room, live=True)).status_code == 404
    Workshop.objects.filter(pk=workshop.pk).update(state="open", closed_at=None, snapshot=None)
    services.shut_screen(workshop, by=facilitator)
    assert client.get(screen_page(room)).status_code == 404


def test_two_languages_of_a_screen_are_two(workshop, facilitator, room):
    with pytest.raises(ValidationError):
        services.show_on_screen(workshop, by=facilitator, view="now", language="fr", second_language="fr")
    with pytest.raises(IntegrityError), transaction.atomic():
        Room.objects.filter(pk=room.pk).update(language="fr", second_language="fr")


# --- Joining -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("typed", ["{}", " {} ", "{}-", "lower"])
def test_code_leads_to_ones_place_however_it_is_typed(client, alice, workshop, room, typed):
    client.force_login(alice)
    code = room.join_code.lower() if typed == "lower" else typed.format(room.join_code)
    answer = client.post(reverse("workshops:workshop-join"), {"code": code}, follow=True)
    assert answer.redirect_chain[-1][0] == page("workshop-place", workshop)


@pytest.mark.parametrize("code", ["", "ZZZZZZ", "12", "<script>", "x" * 21])
def test_wrong_code_is_refused_in_words(client, alice, room, code):
    client.force_login(alice)
    answer = client.post(reverse("workshops:workshop-join"), {"code": code})
    assert answer.status_code == 422


def test_joining_needs_a_sign_in_and_comes_back_after_it(client, room):
    answer = client.get(reverse("workshops:workshop-joined", args=[room.join_code]))
    assert answer.status_code == 302
    assert room.join_code in answer.url


def test_delegation_comes_in_once_from_its_phone(client, alice, union, workshop):
    Delegation.objects.filter(workshop=workshop).update(is_present=False)
    client.force_login(alice)
    for _time in range(2):
        client.post(page("workshop-place", workshop), {"organisation": union.public_id})
    assert [one.organisation for one in workshop.delegations.filter(is_present=True)] == [union]


def test_nobody_comes_in_for_others(client, alice, mutual, workshop):
    Delegation.objects.filter(workshop=workshop).update(is_present=False)
    client.force_login(alice)
    assert client.post(page("workshop-place", workshop), {"organisation": mutual.public_id}).status_code == 404
    with pytest.raises(PermissionDenied):
        services.check_in(workshop, by=alice, organisation=mutual)
    assert not workshop.delegations.filter(is_present=True).exists()


def test_organisation_that_is_not_on_the_list_follows_and_no_more(client, workshop, session):
    other = people.make_organisation()
    user = people.make_user(organisation=other)
    client.force_login(user)
    answer = client.get(page("workshop-place", workshop))
    assert answer.status_code == 200
    assert "Raise the hand" not in answer.content.decode()
    with pytest.raises(PermissionDenied):
        raise_hand(session, other, user)


# --- The queue ---------------------------------------------------------------------------------------------


def test_hand_is_raised_once_and_only_in_the_running_session(session, workshop, union, alice, colleague_of_alice):
    hand = raise_hand(session, union, alice)
    assert raise_hand(session, union, colleague_of_alice, language="en") == hand
    assert fresh(hand).language == "en"
    later = factories.make_session(workshop)
    with pytest.raises(WrongState):
        raise_hand(later, union, alice)


@pytest.fixture
def colleague_of_alice(union):
    return people.make_user(name="Colleague", organisation=union, has_mandate=False)


def test_facilitator_raises_a_hand_for_somebody_and_who_pressed_is_kept(session, mutual, facilitator):
    assert raise_hand(session, mutual, facilitator).raised_by == facilitator


@pytest.mark.parametrize("sent", [{"language": "xx"}, {"language": "fr", "gender": "unknown"}])
def test_hand_with_words_that_do_not_exist_is_refused(session, union, alice, sent):
    with pytest.raises(ValidationError):
        raise_hand(session, union, alice, **sent)


def test_giving_the_floor_ends_the_turn_before(session, union, mutual, alice, bob, facilitator):
    first, second = raise_hand(session, union, alice), raise_hand(session, mutual, bob)
    assert services.give_floor(first, by=facilitator) is True
    assert services.give_floor(first, by=facilitator) is False
    assert services.give_floor(second, by=facilitator) is True
    assert fresh(first).ended_at is not None
    assert fresh(second).is_speaking
    with pytest.raises(WrongState):
        services.give_floor(first, by=facilitator)
    assert services.end_turn(second, by=facilitator) is True
    assert services.end_turn(second, by=facilitator) is False


def test_floor_is_given_by_those_who_run_the_workshop(session, union, alice, coordinator):
    hand = raise_hand(session, union, alice)
    for user in (alice, coordinator):
        for act in (services.give_floor, services.end_turn):
            with pytest.raises(PermissionDenied):
                act(hand, by=user)
        with pytest.raises(PermissionDenied):
            services.move_hand(hand, by=user, to="first")


def test_hand_is_lowered_by_its_own_or_by_the_desk(session, union, alice, bob, facilitator):
    hand = raise_hand(session, union, alice)
    with pytest.raises(PermissionDenied):
        services.lower_hand(hand, by=bob)
    assert services.lower_hand(hand, by=alice) is True
    assert services.lower_hand(hand, by=facilitator) is False
    with pytest.raises(WrongState):
        services.give_floor(hand, by=facilitator)
    assert raise_hand(session, union, alice) != hand


@pytest.mark.parametrize(
    ("to", "order"), [("first", "cab"), ("up", "acb"), ("down", "abc"), ("last", "abc"), ("away", "abc")]
)
def test_last_hand_moves_among_those_that_wait(session, union, mutual, stranger_organisation, facilitator, to, order):
    names = dict(zip("abc", (union, mutual, stranger_organisation), strict=True))
    hands = [raise_hand(session, organisation, facilitator) for organisation in names.values()]
    assert services.move_hand(hands[2], by=facilitator, to=to) is (order != "abc")
    assert waiting(session) == [names[letter] for letter in order]


def test_session_that_ends_ends_the_turn(session, union, alice, facilitator):
    hand = raise_hand(session, union, alice)
    services.give_floor(hand, by=facilitator)
    services.end_session(session, by=facilitator)
    assert fresh(hand).ended_at is not None
    with pytest.raises(WrongState):
        raise_hand(session, union, alice)


def test_database_lets_one_speak_and_one_hand_be_raised(session, union, mutual, alice, bob, facilitator):
    first, second = raise_hand(session, union, alice), raise_hand(session, mutual, bob)
    services.give_floor(first, by=facilitator)
    with pytest.raises(IntegrityError), transaction.atomic():
        Hand.objects.filter(pk=second.pk).update(started_at=timezone.now())
    with pytest.raises(IntegrityError), transaction.atomic():
        Hand.objects.create(session=session, organisation=mutual, raised_by=bob, language="fr", position=9)
    with pytest.raises(IntegrityError), transaction.atomic():
        Hand.objects.filter(pk=first.pk).update(lowered_at=timezone.now())


def test_hints_say_who_has_not_been_heard(session, workshop, union, mutual, stranger_organisation, facilitator):
    spoken = raise_hand(session, union, facilitator, language="fr", gender="man")
    services.give_floor(spoken, by=facilitator)
    Hand.objects.filter(pk=spoken.pk).update(started_at=timezone.now() - timedelta(minutes=5))
    raise_hand(session, stranger_organisation, facilitator, language="es", gender="woman")
    raise_hand(session, mutual, facilitator, language="fr")
    queue = queue_of(workshop, session, viewer_of(facilitator))
    hints = {turn.hand.organisation_id: turn.hints for turn in queue.waiting}
    assert {"first time", "zone not heard yet", "language not heard yet", "women have spoken less"} <= set(
        hints[stranger_organisation.pk]
    )
    assert "zone not heard yet" not in hints[mutual.pk]
    assert "women have spoken less" not in hints[mutual.pk]
    totals = {title: [(line.label, line.turns, line.minutes) for line in lines] for title, lines in queue.heard}
    assert totals["Language"] == [("French", 1, 5)]
    assert totals["Gender, where it was said"] == [("A man", 1, 5)]


# --- The pages ---------------------------------------------------------------------------------------------


def test_delegate_raises_and_lowers_a_hand_from_the_phone(client, alice, union, workshop, session):
    client.force_login(alice)
    sent = {"organisation": union.public_id, "language": "fr", "gender": ""}
    for _time in range(2):
        assert client.post(page("hand-raise", session), sent).url == page("workshop-place", workshop)
    hand = Hand.objects.get()
    assert "you are next" in client.get(page("workshop-place", workshop)).content.decode()
    client.post(page("hand-act", hand), {"go": "lower"})
    assert not waiting(session)


def test_delegate_cannot_act_as_the_desk(client, alice, mutual, bob, session):
    hand = raise_hand(session, mutual, bob)
    client.force_login(alice)
    for go in ("floor", "end", "first", "up"):
        assert client.post(page("hand-act", hand), {"go": go, "desk": "1"}).status_code == 403
    assert client.post(page("hand-act", hand), {"go": "lower", "desk": "1"}).status_code == 403
    sent = {"organisation": mutual.public_id, "language": "fr", "desk": "1"}
    assert client.post(page("hand-raise", session), sent).status_code == 404


def test_desk_shows_the_queue_and_acts_on_it(client, facilitator, workshop, session, union, mutual):
    client.force_login(facilitator)
    for organisation in (union, mutual):
        sent = {"organisation": organisation.public_id, "language": "en", "desk": "1"}
        assert client.post(page("hand-raise", session), sent).url == page("workshop-desk", workshop)
    hand = Hand.objects.get(organisation=mutual)
    client.post(page("hand-act", hand), {"go": "up", "desk": "1"})
    assert waiting(session) == [mutual, union]
    client.post(page("hand-act", hand), {"go": "floor", "desk": "1"})
    assert fresh(hand).is_speaking
    assert client.post(page("hand-act", hand), {"go": "nonsense", "desk": "1"}).status_code == 404
    text = client.get(page("workshop-desk", workshop)).content.decode()
    assert "Who speaks" in text
    assert "Who has been heard" in text


def test_room_page_makes_codes_and_says_what_the_screen_shows(client, facilitator, workshop):
    client.force_login(facilitator)
    address = page("room-edit", workshop)
    assert "Make the room ready" in client.get(address).content.decode()
    for go in ("set_up", "open"):
        assert client.post(address, {"go": go}).url == address
    client.post(address, {"view": "queue", "language": "nl", "second_language": "es"})
    room = Room.objects.get()
    assert (room.view, room.languages) == ("queue", ["nl", "es"])
    refused = client.post(address, {"view": "queue", "language": "nl", "second_language": "nl"})
    assert refused.status_code == 422
    text = client.get(address).content.decode()
    assert room.join_code in text
    assert room.screen_code in text


def test_coordinator_reads_the_room_and_changes_nothing(client, coordinator, workshop, room):
    client.force_login(coordinator)
    assert client.get(page("room-edit", workshop)).status_code == 200
    assert client.post(page("room-edit", workshop), {"go": "renew"}).status_code == 403
    assert fresh(room).join_code == room.join_code


# --- The screen --------------------------------------------------------------------------------------------


def test_screen_shows_what_is_going_on_in_two_languages(client, workshop, facilitator, session, room):
    services.show_on_screen(workshop, by=facilitator, view="now", language="fr", second_language="en")
    text = client.get(screen_page(room)).content.decode()
    assert '<html lang="fr"' in text
    assert "Débat" in text
    assert session.title_en in text
    assert room.join_code in text
    assert "<svg" in text


def test_text_that_is_missing_in_a_language_is_shown_once_in_its_own(workshop, facilitator, session, room):
    services.show_on_screen(workshop, by=facilitator, view="now", language="nl", second_language="en")
    assert screen_of(fresh(room)).running_title == [("en", session.title_en)]


def test_screen_names_nobody_whom_not_everyone_may_know(client, workshop, facilitator, session, room, union, mutual):
    union.identity, mutual.identity = Identity.WITHHELD, Identity.DESCRIBED
    union.save()
    mutual.save()
    services.give_floor(raise_hand(session, union, facilitator), by=facilitator)
    raise_hand(session, mutual, facilitator)
    for view in ("now", "queue", "join", "result"):
        services.show_on_screen(workshop, by=facilitator, view=view, language="en")
        for user in (None, facilitator):
            if user:
                client.force_login(user)
            text = client.get(screen_page(room)).content.decode()
            for organisation in (union, mutual):
                assert organisation.name not in text
                assert not organisation.acronym or organisation.acronym not in text
        client.logout()


def test_screen_counts_ballots_and_tells_no_choice(client, workshop, facilitator, room, open_round, candidates):
    text = client.get(screen_page(room)).content.decode()
    assert "0 of 3 ballots are in" in text
    assert candidates[0].title_en not in text


def test_screen_shows_a_result_only_once_there_is_one(client, workshop, facilitator, room, candidates):
    services.show_on_screen(workshop, by=facilitator, view="result", language="en")
    assert "The organisations have chosen" not in client.get(screen_page(room)).content.decode()


def test_screen_shows_what_the_organisations_chose(client, facilitator):
    workshop = factories.hold_workshop(facilitator=facilitator, until="closed_round")
    room = services.open_screen(workshop, by=facilitator)
    services.show_on_screen(workshop, by=facilitator, view="result", language="en")
    text = client.get(screen_page(room)).content.decode()
    assert "The organisations have chosen" in text
    chosen = workshop.rounds.get(state="closed").result["chosen"]
    assert chosen
    for candidate in workshop.candidates.filter(pk__in=chosen):
        assert candidate.code in text


@pytest.mark.parametrize("who", ["screen", "place"])
def test_what_renews_itself_answers_304_until_something_changes(
    client, alice, workshop, facilitator, session, room, who
):
    if who == "place":
        client.force_login(alice)
    address = screen_page(room, live=True) if who == "screen" else page("workshop-place-live", workshop)
    first = client.get(address)
    again = client.get(address, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    services.end_session(session, by=facilitator)
    changed = client.get(address, headers={"If-None-Match": first.headers["ETag"]})
    assert changed.status_code == 200
    assert changed.headers["ETag"] != first.headers["ETag"]


@pytest.mark.parametrize("who", ["screen", "place"])
def test_fragment_is_that_part_of_the_whole_page(client, alice, workshop, session, room, who):
    client.force_login(alice)
    whole, part = (
        (screen_page(room), screen_page(room, live=True))
        if who == "screen"
        else (page("workshop-place", workshop), page("workshop-place-live", workshop))
    )
    texts = [client.get(address).content.decode() for address in (whole, part)]
    steady = [re.sub(r'(data-now|data-etag|csrfmiddlewaretoken" value)="[^"]*"', "", text) for text in texts]
    assert steady[1].strip() in steady[0]


@pytest.mark.parametrize("name", ["screen", "place", "desk"])
def test_pages_ask_the_same_of_the_database_for_one_hand_and_for_many(
    client, facilitator, alice, union, workshop, session, room, name
):
    client.force_login(facilitator if name == "desk" else alice)
    address = screen_page(room) if name == "screen" else page(f"workshop-{name}", workshop)
    counts = []
    for number in (0, 8):
        for organisation in [people.make_organisation() for _number in range(number)]:
            factories.make_delegations(workshop, [organisation])
            raise_hand(session, organisation, facilitator)
        client.get(address)
        with CaptureQueriesContext(connection) as context:
            client.get(address)
        counts.append(len(context.captured_queries))
    assert counts[0] == counts[1]


def test_screen_is_kept_by_nobody_and_found_by_no_search(client, room):
    answer = client.get(screen_page(room))
    assert "no-store" in answer.headers["Cache-Control"]
    assert "noindex" in answer.headers["X-Robots-Tag"]


def test_everyone_is_the_reader_of_the_screen(workshop, session, union, facilitator):
    union.identity = Identity.WITHHELD
    union.save()
    raise_hand(session, union, facilitator)
    assert queue_of(workshop, session, EVERYONE).waiting[0].name != union.name
    assert queue_of(workshop, session, viewer_of(facilitator)).waiting[0].name in (union.name, union.acronym)


def test_facilitator_raises_a_hand_for_somebody_on_a_page_of_its_own(client, facilitator, coordinator, alice, session):
    client.force_login(facilitator)
    text = client.get(page("hand-raise", session)).content.decode()
    assert text.count("<option") >= 3 + 4
    for user in (coordinator, alice):
        client.force_login(user)
        assert client.get(page("hand-raise", session)).status_code == 403


def test_desk_stays_within_its_budget_with_a_queue(client, facilitator, workshop, session, union, mutual, open_round):
    for organisation in (union, mutual):
        raise_hand(session, organisation, facilitator)
    client.force_login(facilitator)
    client.get(page("workshop-desk", workshop))
    with CaptureQueriesContext(connection) as context:
        client.get(page("workshop-desk", workshop))
    frame = ("django_session", "organisations_user", "django_cache", "portal_cache")
    own = [query["sql"] for query in context.captured_queries if not any(word in query["sql"] for word in frame)]
    assert len(own) <= 8, own
