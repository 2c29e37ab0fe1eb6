"""What time it is in the story: the services stamp what they do, and the demonstration was not all done today."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

from django.utils import timezone

TICK = timedelta(seconds=1)


class StoryClock:
    """A clock that goes by itself, one second at each look, and can be set to another day.

    While it is ``running`` the services of this process read it instead of the machine's: they ask
    ``django.utils.timezone.now``, and that is what is replaced. The database's own ``Now()``, by which jobs are
    queued, stays true.
    """

    def __init__(self, moment: datetime):
        self.moment = moment

    def now(self) -> datetime:
        self.moment += TICK
        return self.moment

    def set(self, moment: datetime) -> None:
        self.moment = moment

    def set_day(self, year: int, month: int, day: int, hour: int = 9, minute: int = 0) -> None:
        """Go to this day (UTC)."""
        self.moment = datetime(year, month, day, hour, minute, tzinfo=UTC)

    def wait(self, **duration: float) -> None:
        """Let time pass: ``wait(minutes=45)``."""
        self.moment += timedelta(**duration)

    @contextmanager
    def running(self) -> Iterator[StoryClock]:
        true_now = timezone.now
        timezone.now = self.now
        try:
            yield self
        finally:
            timezone.now = true_now
