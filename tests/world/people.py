"""Who lives in the world: one person for each role, and what nobody else may read of them."""

from dataclasses import dataclass

from planning_portal.organisations.models import Country, Organisation, User
from planning_portal.programme.models import Programme
from tests import factories

# Every role that a right can depend on. ``None`` is a visitor who has not signed in.
ROLES = (
    None,
    "partner",
    "colleague",
    "neighbour",
    "stranger",
    "lead",
    "companion",
    "other_companion",
    "facilitator",
    "translator",
    "coordinator",
    "newcomer",
)


@dataclass(frozen=True)
class Canary:
    """A name that not everybody may read: ``roles`` may, wherever they meet it; all others and every file may not."""

    text: str
    roles: frozenset[str]


KNOWS_ALL = frozenset({"facilitator", "coordinator"})
OF_BENIN = frozenset({"partner", "colleague", "neighbour", "companion"})
OF_PERU = frozenset({"stranger", "other_companion"})


def make_organisations() -> dict[str, Organisation]:
    """Two of Benin (described, withheld), two of Peru (withheld, named), one of Belgium, and one of the leads."""
    countries = {code: Country.objects.get(iso2=code) for code in ("BJ", "PE", "BE")}

    def make(key: str, country: str, kind: str, identity: str) -> Organisation:
        return factories.make_organisation(
            slug=key,
            name=f"Zorblatt {key.replace('_', ' ').title()}",
            acronym=f"ZQ{key[:5].upper()}",
            country=countries[country],
            kind=kind,
            identity=identity,
        )

    return {
        "union": make("union", "BJ", "trade_union", "described"),
        "mutual": make("mutual", "BJ", "health_mutual", "withheld"),
        "women": make("women", "PE", "women", "withheld"),
        "cooperative": make("cooperative", "PE", "social_economy", "named"),
        "youth": make("youth", "BE", "youth", "named"),
        "lead": Organisation.objects.get(slug="wsm"),
    }


def make_people(programme: Programme, organisations: dict[str, Organisation]) -> dict[str, User]:
    """One person for each role of ``ROLES`` but the visitor."""
    benin, peru = organisations["union"].country, organisations["women"].country

    def make(role: str, language: str, organisation: str = "", *, has_mandate: bool = True) -> User:
        return factories.make_user(
            email=f"{role}@vraxmail.example",
            name=f"Quixby {role.replace('_', ' ').title()}",
            preferred_language=language,
            organisation=organisations[organisation] if organisation else None,
            has_mandate=has_mandate,
        )

    people = {
        "partner": make("partner", "fr", "union"),
        "colleague": make("colleague", "fr", "union", has_mandate=False),
        "neighbour": make("neighbour", "fr", "mutual"),
        "stranger": make("stranger", "es", "women"),
        "lead": make("lead", "nl", "lead"),
        "companion": make("companion", "fr"),
        "other_companion": make("other_companion", "es"),
        "facilitator": make("facilitator", "en"),
        "translator": make("translator", "nl"),
        "coordinator": make("coordinator", "en"),
        "newcomer": make("newcomer", "en"),
        # Not roles of their own: two more voices for the ballots.
        "cooperator": make("cooperator", "es", "cooperative"),
        "youth": make("youth", "nl", "youth"),
    }
    factories.make_role(people["companion"], "companion", programme=programme, countries=[benin])
    factories.make_role(people["other_companion"], "companion", programme=programme, countries=[peru])
    factories.make_role(people["facilitator"], "facilitator", programme=programme)
    factories.make_role(people["translator"], "translator", programme=programme, languages=["nl", "es"])
    factories.make_role(people["coordinator"], "coordinator", programme=programme)
    return people


def canaries_of(organisations: dict[str, Organisation]) -> list[Canary]:
    """The names of the organisations that are described or withheld."""
    return [
        Canary(text, (OF_BENIN if key in {"union", "mutual"} else OF_PERU) | KNOWS_ALL)
        for key in ("union", "mutual", "women")
        for text in (organisations[key].name, organisations[key].acronym)
    ]
