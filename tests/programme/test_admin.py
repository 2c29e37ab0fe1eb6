"""Reference data in Django's admin: who enters, what is not in it, what follows from saving."""

import html
import re

import pytest
from allauth.mfa.models import Authenticator
from django.contrib import admin
from django.urls import reverse

from planning_portal.documents.models import RenderedDocument
from planning_portal.languages.models import TranslationState
from planning_portal.organisations import admin_site
from planning_portal.organisations.models import Country, Invitation, Organisation, User
from planning_portal.programme.models import Programme, Resource, Role, Step, StepResult, Theme
from planning_portal.programme.seeding import DATA, seed_programme
from planning_portal.workflow.models import TransitionLog
from tests import factories

from .factories import make_input, make_resource, make_result

IN_IT = {
    "organisations.zone",
    "organisations.country",
    "organisations.organisation",
    "organisations.user",
    "organisations.membership",
    "organisations.invitation",
    "programme.programme",
    "programme.role",
    "programme.step",
    "programme.stepinput",
    "programme.stepresult",
    "programme.theme",
    "programme.page",
    "programme.resource",
    "programme.resourcegroup",
    "programme.workergroup",
}


@pytest.fixture
def staff(coordinator):
    """A coordinator who is staff and has a second step at sign-in."""
    coordinator.is_staff = True
    coordinator.save()
    Authenticator.objects.create(user=coordinator, type=Authenticator.Type.TOTP, data={"secret": "x"})
    return coordinator


@pytest.fixture
def desk(client, staff):
    client.force_login(staff)
    return client


def text_of(response) -> str:
    return html.unescape(re.sub(r"\s+", " ", response.content.decode()))


def change(obj: object) -> str:
    return reverse(f"admin:{obj._meta.app_label}_{obj._meta.model_name}_change", args=[obj.pk])


def filled(client, address: str, **changes: object) -> dict[str, object]:
    """What the form at ``address`` would send, with ``changes``."""
    form = client.get(address).context["adminform"].form
    sent = {}
    for name, field in form.fields.items():
        value = form.get_initial_for_field(field, name)
        if value is True:
            sent[name] = "on"
        elif value is not None and value is not False:
            sent[name] = [getattr(one, "pk", one) for one in value] if isinstance(value, list) else value
    sent.update(changes)
    return {name: value for name, value in sent.items() if value is not None}


def revision() -> int:
    return Programme.objects.values_list("revision", flat=True).get(is_current=True)


# --- Who enters -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["alice", "companion", "facilitator", "translator", "coordinator"])
def test_who_is_not_staff_does_not_enter(request, client, who):
    client.force_login(request.getfixturevalue(who))
    assert client.get(reverse("admin:index"), follow=True).status_code == 403


def test_visitor_is_sent_to_the_portals_own_sign_in(client, db):
    response = client.get(reverse("admin:index"), follow=True)
    assert response.redirect_chain[-1][0].startswith(reverse("account_login"))


def test_staff_without_a_second_step_is_sent_to_set_one_up(client, coordinator):
    coordinator.is_staff = True
    coordinator.save()
    client.force_login(coordinator)
    response = client.get(reverse("admin:index"))
    assert response.url.startswith(reverse("admin:login"))
    assert client.get(response.url).url == reverse("mfa_index")
    assert client.get(reverse("admin:programme_theme_changelist")).status_code == 302


def test_demonstration_may_do_without_a_second_step(client, coordinator, settings):
    settings.ADMIN_REQUIRES_MFA = False
    coordinator.is_staff = True
    coordinator.save()
    client.force_login(coordinator)
    assert client.get(reverse("admin:index")).status_code == 200


def test_staff_without_the_role_of_coordinator_edits_nothing(client, facilitator, settings):
    settings.ADMIN_REQUIRES_MFA = False
    facilitator.is_staff = True
    facilitator.save()
    client.force_login(facilitator)
    assert "Themes" not in text_of(client.get(reverse("admin:index")))
    assert client.get(reverse("admin:programme_theme_changelist")).status_code == 403
    assert client.post(change(factories.make_theme()), {"slug": "x"}).status_code == 403


def test_ballots_and_what_libraries_bring_are_not_in_it():
    registered = {model._meta.label_lower for model in admin.site._registry}
    assert registered >= IN_IT
    assert not registered & admin_site.NOT_HERE
    assert not any("ballot" in label or "round" in label for label in registered)


# --- Every page -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["en", "es", "fr", "nl"])
@pytest.mark.parametrize("label", sorted(IN_IT))
def test_every_list_and_form_opens_and_loads_nothing_from_elsewhere(client, staff, label, language):
    from django.apps import apps
    from django.utils.translation import override

    seed_programme(DATA / "programme-2027-2031")
    make_result(Step.objects.first())
    factories.make_user(organisation=Organisation.objects.first())
    Invitation.objects.create(token_hash="f" * 64, email="x@example.org", expires_at="2026-12-01T00:00Z")
    client.force_login(staff)
    model = apps.get_model(label)
    name = label.replace(".", "_")
    with override(language):
        pages = [reverse("admin:index"), reverse(f"admin:{name}_changelist")]
        pages.append(reverse(f"admin:{name}_change", args=[model._default_manager.first().pk]))
        if model not in (User, Invitation, StepResult):
            pages.append(reverse(f"admin:{name}_add"))
    for page in pages:
        response = client.get(page)
        assert response.status_code == 200, page
        content = response.content.decode()
        assert not re.search(r'(?:src|href)="(?:https?:)?//', content)
        assert "'unsafe" not in response["Content-Security-Policy"]
        assert not re.search(r"<script(?![^>]*\bsrc=)[^>]*>\s*\S", content), "inline script"
        assert not re.search(r"\sstyle=|\son\w+=", content), "inline style or handler"
        assert "portal/admin.css" in content


@pytest.mark.parametrize("rows", [1, 20])
@pytest.mark.parametrize(
    ("name", "queries"), [("organisations_organisation", 9), ("programme_resource", 10), ("programme_stepinput", 8)]
)
def test_lists_cost_the_same_for_any_number_of_rows(
    desk, django_assert_max_num_queries, programme, rows, name, queries
):
    step, theme = factories.make_step(), factories.make_theme()
    for _number in range(rows):
        organisation = factories.make_organisation()
        make_resource(programme, theme=theme)
        make_input(step, organisation=organisation)
    desk.get(reverse("admin:index"))
    with django_assert_max_num_queries(queries + 2):
        desk.get(reverse(f"admin:{name}_changelist"))


def test_list_of_organisations_gives_their_names_to_staff(desk, union):
    Organisation.objects.update(identity="withheld")
    page = text_of(desk.get(reverse("admin:organisations_organisation_changelist")))
    assert f">{union.name}</a>" in page


def test_choices_of_organisations_are_names(desk, union):
    assert f">{union.name}</option>" in text_of(desk.get(reverse("admin:programme_stepinput_add")))


# --- Saving texts -----------------------------------------------------------------------------------------------------


@pytest.fixture
def theme(programme):
    return factories.make_theme(title_en="Work", title_fr="Travail", title_nl="Werk")


def units_of(theme: Theme) -> dict[str, tuple[int, bool]]:
    return {unit.language: (unit.state, unit.stale) for unit in theme.translation_units.filter(field="title")}


def test_fields_stand_by_language(desk, theme):
    page = text_of(desk.get(change(theme)))
    assert page.count("language-tab") == 4
    assert 'name="title_nl"' in page
    assert 'name="title"' not in page
    assert re.search(r'name="title_fr"[^>]*lang="fr"|lang="fr"[^>]*name="title_fr"', page)


def test_saving_makes_the_public_pages_new(desk, theme):
    earlier = revision()
    assert desk.post(change(theme), filled(desk, change(theme), title_en="Decent work")).status_code == 302
    assert Theme.objects.get().title_en == "Decent work"
    assert revision() > earlier


def test_changed_original_leaves_the_translations_out_of_date(desk, theme):
    desk.post(change(theme), filled(desk, change(theme), title_en="Decent work"))
    assert units_of(theme)["fr"][1] is True


@pytest.mark.parametrize(("reviewed", "state"), [(None, TranslationState.DRAFT), ("on", TranslationState.DONE)])
def test_changed_translation_is_as_good_as_the_coordinator_says(desk, theme, reviewed, state):
    sent = filled(desk, change(theme), title_en="Decent work", title_fr="Travail décent")
    if reviewed:
        sent["translations_reviewed"] = reviewed
    desk.post(change(theme), sent)
    assert units_of(theme)["fr"] == (state, False)
    assert units_of(theme)["nl"] == (TranslationState.DRAFT, True)
    assert units_of(theme)["es"][0] == TranslationState.MISSING


def test_original_may_not_be_empty_and_the_error_stands_beside_it(desk, theme):
    response = desk.post(change(theme), filled(desk, change(theme), title_en=""))
    assert response.status_code == 200
    assert "title_en" in response.context["adminform"].form.errors
    assert Theme.objects.get().title_en == "Work"


def test_edit_over_somebody_elses_edit_is_refused_with_both_texts(desk, theme):
    sent = filled(desk, change(theme), title_en="Mine")
    Theme.objects.update(title_en="Theirs")
    response = desk.post(change(theme), sent)
    page = text_of(response)
    assert "Somebody else saved this meanwhile" in page
    assert "Theirs" in page
    assert 'value="Mine"' in page
    assert Theme.objects.get().title_en == "Theirs"
    again = {**sent, "version": re.search(r'name="version" value="([0-9a-f]+)"', page).group(1)}
    assert desk.post(change(theme), again).status_code == 302
    assert Theme.objects.get().title_en == "Mine"


def test_new_theme_is_added_with_its_languages(desk, programme):
    response = desk.post(
        reverse("admin:programme_theme_add"),
        {"programme": programme.pk, "slug": "new", "order": 1, "source_language": "fr", "title_fr": "Nouveau"},
    )
    assert response.status_code == 302
    assert units_of(Theme.objects.get())["en"][0] == TranslationState.MISSING


def test_deleting_makes_the_public_pages_new(desk, theme):
    earlier = revision()
    desk.post(reverse("admin:programme_theme_delete", args=[theme.pk]), {"post": "yes"})
    assert not Theme.objects.exists()
    assert revision() > earlier


def test_deleting_several_makes_the_public_pages_new(desk, theme):
    earlier = revision()
    desk.post(
        reverse("admin:programme_theme_changelist"),
        {"action": "delete_selected", "_selected_action": [theme.pk], "post": "yes"},
    )
    assert not Theme.objects.exists()
    assert revision() > earlier


def test_languages_of_a_resource_are_chosen_from_the_four(desk, programme):
    resource = make_resource(programme)
    desk.post(change(resource), filled(desk, change(resource), languages=["fr", "nl"]))
    assert Resource.objects.get().languages == ["fr", "nl"]
    response = desk.post(change(resource), filled(desk, change(resource), languages=["de"]))
    assert "languages" in response.context["adminform"].form.errors


def test_zone_has_names_without_states(desk, benin):
    response = desk.post(change(benin.zone), filled(desk, change(benin.zone), name_nl="West-Afrika"))
    assert response.status_code == 302, response.context["adminform"].form.errors
    benin.zone.refresh_from_db()
    assert benin.zone.name_nl == "West-Afrika"


# --- What goes through services ---------------------------------------------------------------------------------------


def test_step_is_opened_by_its_service(desk, staff, programme):
    step = factories.make_step(state="automatic")
    desk.post(change(step), filled(desk, change(step), state="open", title_en="Renamed"))
    step.refresh_from_db()
    assert (step.state, step.title_en) == ("open", "Renamed")
    entry = TransitionLog.objects.get(name="open_step")
    assert (entry.from_state, entry.by) == ("automatic", staff)


def test_identity_is_set_by_its_service(desk, staff, union):
    desk.post(change(union), filled(desk, change(union), identity="withheld", acronym="NEW"))
    union.refresh_from_db()
    assert (union.identity, union.acronym) == ("withheld", "NEW")
    assert TransitionLog.objects.get(name="set_identity").by == staff


@pytest.mark.parametrize("field", ["name", "acronym"])
def test_documents_with_a_former_name_are_withdrawn(desk, staff, union, field):
    make_result(factories.make_step())
    desk.post(change(union), filled(desk, change(union), **{field: "Corrected"}))
    assert getattr(type(union).objects.get(pk=union.pk), field) == "Corrected"
    assert not RenderedDocument.objects.exists()


def test_documents_stay_when_nothing_that_others_read_has_changed(desk, staff, union):
    make_result(factories.make_step())
    desk.post(change(union), filled(desk, change(union), is_lead=True))
    assert type(union).objects.get(pk=union.pk).is_lead
    assert RenderedDocument.objects.exists()


def test_risk_of_a_country_is_set_by_its_service(desk, staff, benin):
    make_result(factories.make_step())
    sent = filled(desk, change(benin), risk_level="high", time_zone="Africa/Porto-Novo")
    assert desk.post(change(benin), sent).status_code == 302
    benin.refresh_from_db()
    assert benin.risk_level == "high"
    assert TransitionLog.objects.get(name="set_risk_level").by == staff
    assert not RenderedDocument.objects.exists()


@pytest.mark.parametrize(("risk", "identity"), [("low", "named"), ("medium", "described"), ("high", "withheld")])
def test_identity_of_a_new_organisation_follows_the_risk_of_its_country(desk, benin, risk, identity):
    Country.objects.update(risk_level=risk)
    sent = {"name": "New", "slug": "new", "kind": "ngo", "country": benin.pk, "is_active": "on"}
    assert desk.post(reverse("admin:organisations_organisation_add"), sent).status_code == 302
    assert Organisation.objects.get(slug="new").identity == identity


def test_result_is_taken_back_by_its_service(desk, programme):
    result = make_result(factories.make_step())
    desk.post(reverse("admin:programme_stepresult_delete", args=[result.pk]), {"post": "yes"})
    assert not StepResult.objects.exists()
    assert TransitionLog.objects.filter(name="unpublish_result").exists()


def test_results_are_not_published_from_here(desk, programme):
    result = make_result(factories.make_step())
    assert desk.get(reverse("admin:programme_stepresult_add")).status_code == 403
    assert desk.post(change(result), {"version": "x"}).status_code == 403


# --- People -----------------------------------------------------------------------------------------------------------


def test_people_are_neither_added_nor_deleted_here(desk, alice):
    assert desk.get(reverse("admin:organisations_user_add")).status_code == 403
    assert desk.post(reverse("admin:organisations_user_delete", args=[alice.pk]), {"post": "yes"}).status_code == 403


def test_account_is_closed_here(desk, alice):
    desk.post(change(alice), filled(desk, change(alice), is_active=None))
    alice.refresh_from_db()
    assert not alice.is_active


def test_coordinator_makes_nobody_staff(desk, alice):
    desk.post(change(alice), {**filled(desk, change(alice)), "is_staff": "on", "is_superuser": "on"})
    alice.refresh_from_db()
    assert not alice.is_staff
    assert not alice.is_superuser


def test_coordinator_cannot_take_over_a_superuser(desk, db):
    root = User.objects.create_superuser("root@example.org", "a-long-password")
    response = desk.post(change(root), {"email": "mine@example.org"})
    assert response.status_code == 403
    root.refresh_from_db()
    assert root.email == "root@example.org"


def test_address_is_kept_in_small_letters(desk, alice):
    desk.post(change(alice), filled(desk, change(alice), email="Alice@Example.org"))
    alice.refresh_from_db()
    assert alice.email == "alice@example.org"


def test_passwords_are_not_shown(desk, alice):
    page = text_of(desk.get(change(alice)))
    assert "password" not in page.split("<form", 2)[2].lower()


def test_invitations_are_read_only_and_without_their_hash(desk):
    invitation = Invitation.objects.create(token_hash="f" * 64, email="x@example.org", expires_at="2026-12-01T00:00Z")
    page = text_of(desk.get(change(invitation)))
    assert "x@example.org" in page
    assert "f" * 64 not in page
    assert desk.post(change(invitation), {"email": "y@example.org"}).status_code == 403
    assert desk.get(reverse("admin:organisations_invitation_add")).status_code == 403


def test_role_is_given_with_countries_and_languages(desk, programme, alice, benin):
    response = desk.post(
        reverse("admin:programme_role_add"),
        {
            "programme": programme.pk,
            "user": alice.pk,
            "kind": "companion",
            "countries": [benin.pk],
            "languages": ["fr"],
        },
    )
    assert response.status_code == 302
    role = Role.objects.get(user=alice)
    assert (list(role.countries.all()), role.languages) == ([benin], ["fr"])
