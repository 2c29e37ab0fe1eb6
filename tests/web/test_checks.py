"""Risky settings are told at start."""

import pytest

from planning_portal.web import checks


@pytest.fixture
def real(settings):
    """A portal as it should be run on the network."""
    settings.ALLOWED_HOSTS = ["portal.example.org"]
    settings.PORTAL_DEMO = settings.DEBUG = False
    settings.PORTAL_HTTPS = True
    settings.TRUSTED_PROXIES = 1
    settings.PORTAL_ADDRESS = "https://portal.example.org"
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.DATABASE_URL, settings.REDIS_URL = "postgres://x", "redis://x"
    return settings


def messages():
    return [*checks.check_exposure(None), *checks.check_address(None), *checks.check_services(None)]


def found():
    return {message.id for message in messages()}


def test_well_run_portal_is_quiet(real):
    assert found() == set()


def test_portal_on_one_machine_is_quiet(settings):
    settings.ALLOWED_HOSTS = ["127.0.0.1", "localhost", "[::1]"]
    settings.PORTAL_HTTPS, settings.DATABASE_URL, settings.PORTAL_DEMO = False, "", True
    assert found() == set()


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("PORTAL_DEMO", True, {"portal.W001"}),
        ("PORTAL_HTTPS", False, {"portal.W002"}),
        ("DEBUG", True, {"portal.E001"}),
        ("ALLOWED_HOSTS", ["*"], {"portal.W003"}),
        ("PORTAL_ADDRESS", "http://127.0.0.1:8000", {"portal.E002"}),
        ("PORTAL_ADDRESS", "http://[::1]:8000", {"portal.E002"}),
        ("EMAIL_BACKEND", "django.core.mail.backends.console.EmailBackend", {"portal.W004"}),
        ("REDIS_URL", "", {"portal.W005"}),
        ("TRUSTED_PROXIES", 0, {"portal.W006"}),
    ],
)
def test_each_risk_is_named_with_a_hint(real, name, value, expected):
    setattr(real, name, value)
    assert found() == expected
    assert all(message.hint for message in messages())
