"""Who was there: the identity rule, then the small-number rule, and nothing that a subtraction gives away."""

import pytest

from consultations.attendance import attendance_for_insiders, attendance_for_members
from consultations.models import Participation
from planning_portal.organisations.identity import EVERYONE, Viewer
from planning_portal.organisations.models import Country, Organisation, Zone

ZONE = Zone(slug="west-africa", name_en="West Africa")
COUNTRY = Country(iso2="BJ", zone=ZONE)


def row(number, identity="named", is_present=True, women=3, men=3, other=0, under_35=3):
    organisation = Organisation(
        pk=number, name=f"Organisation {number}", kind="trade_union", identity=identity, country=COUNTRY
    )
    counts = {"women": women, "men": men, "other": other, "under_35": under_35} if is_present else {}
    return Participation(organisation=organisation, is_present=is_present, **counts)


def test_insiders_read_the_table():
    rows = [row(2), row(1, women=1, men=0, under_35=0), row(3, is_present=False)]
    seen = attendance_for_insiders(rows, Viewer(knows_all=True))
    assert [line.name for line in seen.lines] == ["Organisation 1", "Organisation 2"]
    assert seen.absent == ["Organisation 3"]
    assert (seen.organisations, seen.people, seen.women, seen.men, seen.under_35) == (2, 7, 4, 3, 3)


def test_members_read_numbers_from_three_organisations_on():
    seen = attendance_for_members([row(number) for number in range(3)], EVERYONE, 3)
    assert (seen.organisations, seen.unnamed, seen.people, seen.women, seen.men, seen.under_35) == (3, 0, 18, 9, 9, 9)
    assert seen.lines == []


@pytest.mark.parametrize("count", [1, 2])
def test_members_read_no_numbers_of_fewer(count):
    seen = attendance_for_members([row(number) for number in range(count)], EVERYONE, 3)
    assert (seen.organisations, seen.people, seen.women) == (None, None, None)
    assert len(seen.names) == count


def test_high_risk_needs_five():
    rows = [row(number) for number in range(4)]
    assert attendance_for_members(rows, EVERYONE, 5).people is None
    assert attendance_for_members([*rows, row(9)], EVERYONE, 5).people == 30


@pytest.mark.parametrize(
    ("hidden", "unnamed", "organisations"), [(0, 0, 3), (1, None, None), (2, None, None), (3, 3, 6)]
)
def test_the_unnamed_are_counted_only_when_they_are_many(hidden, unnamed, organisations):
    rows = [row(number) for number in range(3)] + [row(10 + number, "withheld") for number in range(hidden)]
    seen = attendance_for_members(rows, EVERYONE, 3)
    assert (seen.unnamed, seen.organisations) == (unnamed, organisations)
    assert seen.names == ["Organisation 0", "Organisation 1", "Organisation 2"]


def test_one_person_is_never_singled_out():
    rows = [row(1, other=1), row(2), row(3)]
    seen = attendance_for_members(rows, EVERYONE, 3)
    assert (seen.people, seen.women, seen.men, seen.other) == (19, None, None, None)


@pytest.mark.parametrize(("young", "shown"), [((0, 0, 0), 0), ((1, 0, 0), None), ((1, 1, 0), None), ((1, 1, 1), 3)])
def test_few_young_people_are_not_counted(young, shown):
    seen = attendance_for_members([row(n, under_35=count) for n, count in enumerate(young)], EVERYONE, 3)
    assert seen.under_35 == shown


def test_few_older_people_are_not_given_away_by_the_young():
    rows = [row(1, women=3, men=0, under_35=3), row(2, women=3, men=0, under_35=3), row(3, women=3, men=0, under_35=2)]
    assert attendance_for_members(rows, EVERYONE, 3).under_35 is None


def test_nobody_is_nobody():
    assert attendance_for_members([], EVERYONE, 3).is_empty
    assert attendance_for_insiders([row(1, is_present=False)], EVERYONE).is_empty
    assert not attendance_for_members([row(1, "withheld")], EVERYONE, 3).is_empty
