import pytest
from django.db import IntegrityError, transaction

from planning_portal.documents.engine import BuiltPdf
from planning_portal.documents.services import store_document


def test_second_document_of_the_same_version_language_and_audience_is_refused(kind, subject, media):
    document = store_document(subject, kind, BuiltPdf(b"%PDF", 1), language="en", version="1", audience="public")
    document.pk = None
    document.public_id = "00000000-0000-4000-8000-000000000000"
    with pytest.raises(IntegrityError), transaction.atomic():
        document.save(force_insert=True)
