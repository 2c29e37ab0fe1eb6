"""Who plays in the demonstration: invented organisations and people, and the accounts that anyone may use."""

from __future__ import annotations

import random
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.contrib.auth.hashers import make_password

from planning_portal.organisations.models import (
    DEFAULT_IDENTITY,
    Country,
    Identity,
    Membership,
    Organisation,
    RiskLevel,
    User,
)
from planning_portal.organisations.services import set_identity
from planning_portal.programme.models import Programme, Role, RoleKind

from .accounts import ACCOUNTS, PASSWORD
from .material import Entry, Material


@dataclass
class Cast:
    """Everybody, by what the stages call them: organisations and countries by slug and code, people by e-mail."""

    countries: dict[str, Country]
    organisations: dict[str, Organisation]
    users: dict[str, User]
    voices: dict[int, User] = field(default_factory=dict)
    companions: dict[str, User] = field(default_factory=dict)

    @property
    def coordinator(self) -> User:
        return self.users["coordinator@example.org"]

    @property
    def facilitator(self) -> User:
        return self.users["facilitator@example.org"]

    @property
    def second_facilitator(self) -> User:
        return self.users["facilitation@example.org"]

    @property
    def translator(self) -> User:
        return self.users["translator@example.org"]

    def voice_of(self, organisation: Organisation) -> User:
        """The person with the organisation's mandate."""
        return self.voices[organisation.pk]

    def partner_organisation(self, email: str) -> Organisation:
        """The organisation for which an account acts."""
        account = self.users[email]
        return next(one for one in self.organisations.values() if self.voices.get(one.pk) == account)


def gather(programme: Programme, material: Material, *, chance: random.Random) -> Cast:
    """Make the organisations, the people and their roles; let some organisations choose how they appear."""
    countries = {country.iso2: country for country in Country.objects.select_related("zone")}
    organisations = _make_organisations(material, countries)
    users = _make_users(material)
    cast = Cast(countries, organisations, users)
    _give_memberships(cast, material)
    _give_roles(cast, programme, material.story["team"])
    _choose_identities(cast, chance=chance)
    return cast


def _make_organisations(material: Material, countries: dict[str, Country]) -> dict[str, Organisation]:
    Organisation.objects.bulk_create(
        Organisation(
            slug=entry["slug"],
            name=entry["name"],
            acronym=entry["acronym"],
            kind=entry["kind"],
            country=countries[entry["country"]],
            identity=DEFAULT_IDENTITY[RiskLevel(countries[entry["country"]].risk_level)],
        )
        for entry in material.organisations
    )
    return {one.slug: one for one in Organisation.objects.select_related("country__zone").order_by("pk")}


def _make_users(material: Material) -> dict[str, User]:
    """The accounts share one hash of their password; nobody can sign in as anyone else. No mail leaves a
    demonstration, whatever mail server it is given."""
    known = {entry["organisation"]: entry["email"] for entry in material.story["partner"]}
    people = [
        *({**entry, "email": known.get(entry["organisation"], email_of(entry))} for entry in material.people),
        *material.story["colleague"],
        *material.story["team"],
    ]
    encoded = make_password(PASSWORD)
    open_accounts = {account.email: account.language for account in ACCOUNTS}
    zones = {entry["slug"]: entry["country"] for entry in material.organisations}
    time_zones = dict(Country.objects.values_list("iso2", "time_zone"))
    User.objects.bulk_create(
        User(
            email=person["email"],
            name=person["name"],
            preferred_language=open_accounts.get(person["email"], person["language"]),
            time_zone=person.get("time_zone") or time_zones[zones[person["organisation"]]],
            password=encoded if person["email"] in open_accounts else make_password(None),
            no_mail=True,
        )
        for person in people
    )
    return {user.email: user for user in User.objects.filter(email__in=[person["email"] for person in people])}


def email_of(person: Entry) -> str:
    """The address of an organisation's person: under example.org, where no mail arrives."""
    return f"{person['organisation']}@example.org"


def _give_memberships(cast: Cast, material: Material) -> None:
    rows: list[Membership] = []
    accounts = {entry["organisation"]: entry["email"] for entry in material.story["partner"]}
    for person in material.people:
        organisation = cast.organisations[person["organisation"]]
        user = cast.users[accounts.get(organisation.slug, email_of(person))]
        cast.voices[organisation.pk] = user
        rows.append(Membership(user=user, organisation=organisation, has_mandate=True))
    for person in material.story["team"]:
        if person["organisation"]:
            organisation = cast.organisations[person["organisation"]]
            cast.voices[organisation.pk] = cast.users[person["email"]]
            rows.append(Membership(user=cast.users[person["email"]], organisation=organisation, has_mandate=True))
    for person in material.story["colleague"]:
        organisation = cast.organisations[person["organisation"]]
        rows.append(Membership(user=cast.users[person["email"]], organisation=organisation, has_mandate=False))
    Membership.objects.bulk_create(rows)


def _give_roles(cast: Cast, programme: Programme, team: Iterable[Entry]) -> None:
    for person in team:
        if not person["role"]:
            continue
        user = cast.users[person["email"]]
        role = Role.objects.create(
            programme=programme, user=user, kind=RoleKind(person["role"]), languages=person["languages"]
        )
        role.countries.set([cast.countries[code] for code in person["countries"]])
        for code in person["countries"]:
            cast.companions[code] = user


def _choose_identities(cast: Cast, *, chance: random.Random) -> None:
    """Most stay with the default of their country's risk; some show less of themselves, some asked to be named."""
    partners = [one for one in cast.organisations.values() if not one.is_lead]
    open_to_name = [one for one in partners if one.identity == Identity.DESCRIBED]
    for organisation in chance.sample(open_to_name, 12):
        organisation.identity = set_identity(
            organisation, Identity.NAMED, by=cast.coordinator, reason="The organisation asked to be named."
        ).identity
    careful = [one for one in partners if one.identity != Identity.WITHHELD]
    for organisation in chance.sample(careful, 5):
        organisation.identity = set_identity(
            organisation, Identity.WITHHELD, by=cast.voice_of(organisation), reason="We prefer not to be named."
        ).identity
