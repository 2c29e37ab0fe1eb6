import importlib
import re
from urllib.parse import urljoin

import pytest
from django.contrib.auth.models import AnonymousUser
from django.urls import clear_url_caches, reverse

from planning_portal.documents import urls
from planning_portal.documents.engine import BuiltPdf
from planning_portal.documents.services import store_document

PEOPLE = ["alice", "bob", "carmen", "companion", "facilitator", "translator", "coordinator"]


@pytest.fixture
def document(kind, subject, media):
    return store_document(subject, kind, BuiltPdf(b"%PDF-1.7 words", 2), language="fr", version="1", audience="public")


@pytest.fixture
def internal(kind, subject, media):
    return store_document(subject, kind, BuiltPdf(b"%PDF inside", 2), language="fr", version="1", audience="members")


def address(document):
    return reverse("documents:document-download", args=[document.public_id])


def test_public_document_needs_no_sign_in(client, document):
    response = client.get(address(document))
    assert response.status_code == 200
    assert response.getvalue() == b"%PDF-1.7 words"


def test_download_is_an_attachment_that_can_do_nothing(client, document):
    headers = client.get(address(document)).headers
    assert headers["Content-Type"] == "application/pdf"
    assert headers["Content-Disposition"] == 'attachment; filename="sample-v1_fr.pdf"'
    assert headers["Content-Security-Policy"] == "sandbox"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Content-Length"] == "14"
    assert headers["ETag"] == f'"{document.sha256}"'


def test_file_is_not_compressed_again(client, document):
    response = client.get(address(document), headers={"accept-encoding": "gzip"})
    assert response.headers["Content-Length"] == "14"
    assert response.getvalue() == b"%PDF-1.7 words"


def test_unchanged_file_is_not_sent_again(client, document):
    etag = client.get(address(document)).headers["ETag"]
    response = client.get(address(document), headers={"if-none-match": etag})
    assert (response.status_code, response.content) == (304, b"")
    assert response.headers["ETag"] == etag
    assert client.get(address(document), headers={"if-none-match": '"other"'}).status_code == 200


@pytest.mark.parametrize(
    ("asked", "content", "told"),
    [
        ("bytes=5-", b"1.7 words", "bytes 5-13/14"),
        ("bytes=0-3", b"%PDF", "bytes 0-3/14"),
        ("bytes=10-99", b"ords", "bytes 10-13/14"),
    ],
)
def test_dropped_download_goes_on_where_it_stopped(client, document, asked, content, told):
    etag = f'"{document.sha256}"'
    response = client.get(address(document), headers={"range": asked, "if-range": etag})
    assert (response.status_code, response.content) == (206, content)
    assert response.headers["Content-Range"] == told
    assert response.headers["Content-Disposition"] == 'attachment; filename="sample-v1_fr.pdf"'
    assert response.headers["Content-Security-Policy"] == "sandbox"


@pytest.mark.parametrize("asked", ["bytes=-4", "bytes=0-1,3-4", "lines=1-", "bytes=a-", "bytes=9999999999999-"])
def test_range_that_we_do_not_know_gets_the_whole_file(client, document, asked):
    response = client.get(address(document), headers={"range": asked})
    assert (response.status_code, response.getvalue()) == (200, b"%PDF-1.7 words")


def test_part_of_another_file_is_not_given(client, document):
    response = client.get(address(document), headers={"range": "bytes=5-", "if-range": '"another"'})
    assert (response.status_code, response.getvalue()) == (200, b"%PDF-1.7 words")


def test_range_beyond_the_file_is_refused(client, document):
    response = client.get(address(document), headers={"range": "bytes=14-"})
    assert response.status_code == 416
    assert response.headers["Content-Range"] == "bytes */14"


def test_part_of_a_hidden_file_is_hidden_too(client, internal, change_kind, alice):
    change_kind(can_read=lambda *_arguments: False)
    client.force_login(alice)
    assert client.get(address(internal), headers={"range": "bytes=0-"}).status_code == 404


def test_head_is_answered_and_post_is_not(client, document):
    assert client.head(address(document)).status_code == 200
    assert client.post(address(document)).status_code == 405


@pytest.mark.parametrize("person", PEOPLE)
def test_kind_decides_for_every_person(client, change_kind, internal, person, request):
    client.force_login(request.getfixturevalue(person))
    assert client.get(address(internal)).status_code == 200
    change_kind(can_read=lambda *_arguments: False)
    response = client.get(address(internal))
    assert response.status_code == 404
    assert b"inside" not in response.content


def test_kind_is_asked_about_visitors_too(client, change_kind, document):
    asked = []
    change_kind(can_read=lambda user, asked_document: asked.append((user, asked_document)))
    response = client.get(address(document))
    assert asked == [(AnonymousUser(), document)]
    assert response.status_code == 302
    assert reverse("account_login") in response.url


def test_visitor_is_answered_the_same_for_what_is_hidden_and_for_what_is_not_there(client, internal):
    hidden = client.get(address(internal))
    path = address(internal).replace(str(internal.public_id), "00000000-0000-4000-8000-000000000000")
    missing = client.get(path)
    assert hidden.status_code == missing.status_code == 302
    assert hidden.url.partition("?")[0] == missing.url.partition("?")[0]


def test_document_of_a_forgotten_kind_is_nobodys(client, document, coordinator):
    from planning_portal.documents import registry

    registry.unregister("sample")
    client.force_login(coordinator)
    assert client.get(address(document)).status_code == 404


def test_internal_file_is_not_stored_by_the_browser(client, internal, alice):
    client.force_login(alice)
    assert "no-store" in client.get(address(internal)).headers["Cache-Control"]


def test_download_costs_few_queries(client, document, django_assert_max_num_queries):
    with django_assert_max_num_queries(1):
        client.get(address(document))


@pytest.fixture
def debug_urls(settings):
    settings.DEBUG = True
    importlib.reload(urls)
    importlib.reload(importlib.import_module(settings.ROOT_URLCONF))
    clear_url_caches()
    yield
    settings.DEBUG = False
    importlib.reload(urls)
    importlib.reload(importlib.import_module(settings.ROOT_URLCONF))
    clear_url_caches()


def test_preview_exists_only_on_a_development_machine(client, coordinator, subject, kind):
    client.force_login(coordinator)
    assert client.get(f"/en/documents/preview/sample/{subject.pk}/fr").status_code == 404


def test_preview_shows_what_the_engine_would_get(client, debug_urls, coordinator, subject, kind):
    client.force_login(coordinator)
    address = reverse("documents:preview", args=["sample", subject.pk, "fr"])
    response = client.get(address)
    assert response.status_code == 200
    assert "Synthèse de l" in response.content.decode()
    stylesheet = re.search(r'<link rel="stylesheet" href="([^"]+)">', response.content.decode())[1]
    asset = client.get(urljoin(address, stylesheet))
    assert asset.headers["Content-Type"] == "text/css"


@pytest.mark.parametrize("path", ["nothing/1/fr", "sample/999999/fr"])
def test_preview_of_nothing_is_not_found(client, debug_urls, coordinator, subject, kind, path):
    client.force_login(coordinator)
    assert client.get(f"/en/documents/preview/{path}").status_code == 404
    assert client.get("/en/documents/preview/assets/secret.key").status_code == 404
