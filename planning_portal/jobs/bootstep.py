"""Ties a relay to the life of the worker's consumer. Imported before Django is ready, so it imports the relay late."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from celery import bootsteps
from django.conf import settings

if TYPE_CHECKING:
    from .relay import Relay


class RelayStep(bootsteps.StartStopStep):
    """Starts with the consumer and begins anew with it when the broker was away."""

    requires = ("celery.worker.consumer.tasks:Tasks",)

    def __init__(self, parent: Any, **options: Any):
        super().__init__(parent, **options)
        self.relay: Relay | None = None
        self.timer_entry: Any = None

    def start(self, parent: Any) -> None:
        from .relay import Relay

        self.relay = Relay()
        self.relay.start()
        self.relay.poke()
        self.timer_entry = parent.timer.call_repeatedly(settings.JOB_RELAY_SECONDS, self.relay.poke)

    def stop(self, parent: Any) -> None:
        if self.timer_entry is not None:
            self.timer_entry.cancel()
            self.timer_entry = None
        if self.relay is not None:
            self.relay.stop()
            self.relay = None

    terminate = stop
