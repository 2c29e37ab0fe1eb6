"""The same seed tells the same story, another seed another one."""

import hashlib
import json

import pytest
from django.db import transaction

from planning_portal.demo.seeding import seed_demo
from planning_portal.demo.story import Until
from planning_portal.languages.models import TranslationUnit
from planning_portal.organisations.models import Organisation, User
from workshops.models import Ballot, Candidate, Decision

pytestmark = [pytest.mark.django_db, pytest.mark.slow, pytest.mark.xdist_group("demo-story")]


def fingerprint(seed: int) -> str:
    """What one seed tells, without what is random in every portal (numbers, receipts, public ids)."""
    with transaction.atomic():
        seed_demo(Until.INTERCONTINENTAL, seed=seed)
        codes = dict(Candidate.objects.values_list("pk", "code"))
        ballots = Ballot.objects.order_by("organisation__slug")
        told = {
            "people": list(User.objects.order_by("email").values_list("email", "name")),
            "organisations": list(Organisation.objects.order_by("slug").values_list("slug", "identity")),
            "candidates": list(Candidate.objects.order_by("code").values_list("code", "title_en", "title_fr")),
            "decisions": list(
                Decision.objects.order_by("candidate__code").values_list("candidate__code", "outcome", "reason_en")
            ),
            "ballots": [
                [slug, sorted(codes[one.pk] for one in Ballot.objects.get(pk=pk).choices.all())]
                for pk, slug in ballots.values_list("pk", "organisation__slug")
            ],
            "states": list(
                TranslationUnit.objects.values_list("content_type__model", "field", "language", "state").order_by(
                    "content_type__model", "object_id", "field", "language"
                )
            ),
        }
        transaction.set_rollback(True)
    return hashlib.sha256(json.dumps(told).encode()).hexdigest()


def test_same_seed_tells_the_same_story_and_another_does_not():
    first = fingerprint(7)
    assert fingerprint(7) == first
    assert fingerprint(8) != first
