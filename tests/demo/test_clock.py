"""The story's own clock."""

from datetime import UTC, datetime

from django.utils import timezone

from planning_portal.demo.clock import StoryClock


def test_clock_is_read_by_services_only_while_it_runs():
    before = timezone.now
    clock = StoryClock(datetime(2025, 4, 1, 8, tzinfo=UTC))
    with clock.running():
        assert timezone.now() == datetime(2025, 4, 1, 8, 0, 1, tzinfo=UTC)
        clock.set_day(2025, 7, 1)
        clock.wait(minutes=30)
        assert timezone.now() == datetime(2025, 7, 1, 9, 30, 1, tzinfo=UTC)
    assert timezone.now is before


def test_clock_never_stands_still():
    clock = StoryClock(datetime(2025, 4, 1, 8, tzinfo=UTC))
    assert clock.now() < clock.now()
