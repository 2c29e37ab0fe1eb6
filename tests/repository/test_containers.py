"""No Docker engine may be at hand: what can be read is proven by reading."""

import re
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def compose():
    return yaml.safe_load((ROOT / "docker-compose.yml").read_text())


@pytest.fixture(scope="module")
def settings_source():
    python = [ROOT / "planning_portal/settings.py", ROOT / "planning_portal/jobs/management/commands/serve.py"]
    return "\n".join(path.read_text() for path in python)


def test_every_variable_that_is_set_is_one_that_is_read(compose, settings_source):
    portal = [compose["services"][name]["environment"] for name in ("prepare", "web", "worker")]
    names = {name for environment in portal for name in environment}
    assert names
    unread = {name for name in names if f'"{name}"' not in settings_source}
    assert unread == set()


def test_the_image_sets_only_variables_that_are_read(settings_source):
    block = re.search(r"^ENV (.*?)\n\n", (ROOT / "Dockerfile").read_text(), re.DOTALL | re.MULTILINE).group(1)
    names = set(re.findall(r"([A-Z_]+)=", block)) - {"PYTHONUNBUFFERED", "PYTHONDONTWRITEBYTECODE"}
    assert {name for name in names if f'"{name}"' not in settings_source} == set()


def test_the_services_are_those_of_the_design(compose):
    assert {"web", "worker", "postgres", "redis", "proxy"} <= set(compose["services"])
    for name in ("worker", "postgres", "redis"):
        assert "healthcheck" in compose["services"][name]
    assert "HEALTHCHECK" in (ROOT / "Dockerfile").read_text()
    for volume in compose["volumes"]:
        assert any(volume in str(service.get("volumes")) for service in compose["services"].values())


def test_only_the_proxy_is_reached_from_outside_so_that_web_can_be_scaled(compose):
    published = {name for name, service in compose["services"].items() if "ports" in service}
    assert published == {"proxy"}
    assert not any("container_name" in service for service in compose["services"].values())


def test_every_command_that_is_called_exists(compose):
    commands = {path.stem for path in ROOT.rglob("planning_portal/*/management/commands/*.py")}
    called = str([service.get("command") for service in compose["services"].values()])
    called += "".join(re.findall(r"^(?:RUN|CMD|    &&) .*$", (ROOT / "Dockerfile").read_text(), re.MULTILINE))
    used = set(re.findall(r"""manage\.py['"]?,? ['"]?(\w+)""", called))
    assert used - {"collectstatic", "migrate"} <= commands
    assert {"serve", "prepare", "seed_demo"} <= used


def test_the_image_runs_as_nobody_in_particular_and_copies_only_what_it_needs():
    dockerfile = (ROOT / "Dockerfile").read_text()
    assert re.search(r"^USER portal$", dockerfile, re.MULTILINE)
    for source in re.findall(r"^COPY (.+) \S+$", dockerfile, re.MULTILINE):
        for name in source.split():
            assert (ROOT / name).exists()


def test_the_makefile_and_ci_call_the_same_tests():
    makefile = (ROOT / "Makefile").read_text()
    for target in ("demo", "setup", "test", "check", "bench", "screenshots"):
        assert re.search(rf"^{target}:", makefile, re.MULTILINE)
    ci = (ROOT / ".ci/run").read_text()
    assert ci.count("make --no-print-directory test") == 2
    assert "make --no-print-directory check" in ci
