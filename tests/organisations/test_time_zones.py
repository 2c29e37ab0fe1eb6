import zoneinfo

import pytest

from planning_portal.organisations.time_zones import all_zones, zone_choices


@pytest.mark.parametrize(("language", "label"), [("en", "Benin"), ("fr", "Bénin"), ("nl", "Benin"), ("es", "Benín")])
def test_zone_is_named_by_its_country(language, label):
    assert dict(all_zones(language))["Africa/Porto-Novo"] == label


def test_country_with_several_zones_names_the_city():
    assert dict(all_zones("fr"))["Africa/Kinshasa"] == "RD Congo (Kinshasa)"


@pytest.mark.parametrize("language", ["en", "es", "fr", "nl"])
def test_every_zone_can_be_activated(language):
    assert {zone for zone, _label in all_zones(language)} <= zoneinfo.available_timezones()


def test_near_zones_come_first_and_none_twice():
    (_label, first), (_other, rest) = zone_choices("en", near=["Africa/Porto-Novo", "America/Lima", "UTC"])
    assert {zone for zone, _name in first} == {"Africa/Porto-Novo", "America/Lima"}
    zones = [zone for zone, _name in [*first, *rest]]
    assert len(zones) == len(set(zones))
    assert "UTC" in zones


def test_zone_that_is_kept_but_unknown_stays_a_choice():
    _near, (_label, rest) = zone_choices("en", near=["Old/Zone"])
    assert ("Old/Zone", "Old/Zone") in rest
