from django.core.management.base import BaseCommand
from django.db import transaction

from planning_portal.jobs.services import enqueue
from tests.jobs.chaos.work import KIND


class Command(BaseCommand):
    def add_arguments(self, parser):
        parser.add_argument("count", type=int)

    def handle(self, *args, **options):
        for number in range(options["count"]):
            with transaction.atomic():
                enqueue(KIND, {"number": number})
