"""The house itself: what may stand where, what no file may hold, and what every file keeps to."""

import ast
import re
import subprocess
from pathlib import Path

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import models

ROOT = Path(__file__).resolve().parents[2]
TOP_LEVEL = {
    ".ci", ".dockerignore", ".gitignore", "CHANGELOG.md", "Dockerfile", "Makefile", "README.md", "actionplans",
    "consultations", "docker-compose.yml", "locale", "manage.py", "planning_portal", "pyproject.toml",
    "requirements.lock", "templates", "tests", "workshops",
}  # fmt: skip
# Addresses of package indexes and paths of one machine, spelt so that this file does not hold them.
FORBIDDEN = re.compile(
    "|".join(
        [
            "--(extra-)?" + "index-url",
            "/" + "(work|farm|root)" + "/",
            "pypi" + r"\.org",
            "files\\.pythonhosted" + r"\.org",
        ]
    )
)
UNFINISHED = re.compile("|".join(["TO" + "DO", "FIX" + "ME", "X" + "XX", "NotImplemented" + "Error"]))


def tracked(*suffixes: str) -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    paths = [ROOT / name for name in listed.split("\0") if name]
    return [path for path in paths if path.is_file() and (not suffixes or path.suffix in suffixes)]


def own_python() -> list[Path]:
    return [path for path in tracked(".py") if "migrations" not in path.parts]


def test_the_top_level_is_the_one_of_the_design():
    assert {path.relative_to(ROOT).parts[0] for path in tracked()} == TOP_LEVEL


def test_no_file_holds_a_package_index_or_a_path_of_one_machine():
    hits = []
    for path in tracked():
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        hits += [
            f"{path.relative_to(ROOT)}: {line.strip()[:80]}" for line in text.splitlines() if FORBIDDEN.search(line)
        ]
    assert hits == []


def test_nothing_is_left_unfinished():
    hits = [
        f"{path.relative_to(ROOT)}: {line.strip()}"
        for path in tracked(".py", ".html", ".js", ".css")
        for line in path.read_text(encoding="utf-8").splitlines()
        if UNFINISHED.search(line)
    ]
    assert hits == []


def test_no_page_names_a_third_party():
    address = re.compile(r"""(?:src|href|url)\s*[=(]\s*["']?(https?:)?//""")
    pages = [path for path in tracked(".html", ".css", ".js") if "emails" not in path.parts]
    hits = [str(path.relative_to(ROOT)) for path in pages if address.search(path.read_text(encoding="utf-8"))]
    assert hits == []


def test_no_page_has_inline_script_or_style():
    inline = re.compile(r"<script(?![^>]*\bsrc=)(?![^>]*type=\"application/json\")|\sstyle=|\son[a-z]+=\"|<style")
    pages = [path for path in (ROOT / "templates").rglob("*.html") if "documents" not in path.parts]
    assert [str(path.relative_to(ROOT)) for path in pages if inline.search(path.read_text(encoding="utf-8"))] == []


def test_every_blocktranslate_is_trimmed():
    loose = re.compile(r"{%\s*blocktranslate(?![^%]*\btrimmed\b)")
    pages = (ROOT / "templates").rglob("*.html")
    hits = [str(path.relative_to(ROOT)) for path in pages if loose.search(path.read_text(encoding="utf-8"))]
    assert hits == []


def test_every_template_is_used():
    overrides = ("account/", "admin/", "allauth/", "django/", "mfa/", "usersessions/", "registration/")
    known = {path.relative_to(ROOT / "templates").as_posix() for path in (ROOT / "templates").rglob("*.*")}
    sources = own_python() + list((ROOT / "templates").rglob("*.*"))
    text = "\n".join(path.read_text(encoding="utf-8") for path in sources)
    unused = {
        name
        for name in known
        if not name.startswith(overrides) and name not in text and not name.startswith(("400", "403", "404", "500"))
    }
    # Mails are named without their ending: subject and body share one name. Some pages are named by a part.
    composed = re.findall(r'f"([\w/]+/\w*)\{[^}"]+\}([\w.]+)"', text)
    unused = {
        name
        for name in unused
        if not (name.startswith("emails/") and re.sub(r"(_subject|_message)?\.\w+$", "", name) in text)
        and not any(
            name.startswith(start)
            and name.endswith(end)
            and (not start.endswith("/") or f'"{Path(name).stem}"' in text)
            for start, end in composed
        )
    }
    assert unused == set()


@pytest.mark.parametrize(
    "path", [p for p in own_python() if "tests" not in p.parts], ids=lambda p: str(p.relative_to(ROOT))
)
def test_a_module_is_one_room_and_says_what_it_is(path):
    source = path.read_text(encoding="utf-8")
    assert len(source.splitlines()) <= 450
    tree = ast.parse(source)
    quiet = {"apps.py", "urls.py", "manage.py", "__init__.py"}
    if tree.body and path.name not in quiet and "commands" not in path.parts and "formats" not in path.parts:
        assert ast.get_docstring(tree), "say in the docstring what this module is for"


def our_models() -> list[type[models.Model]]:
    ours = ("planning_portal.", "consultations", "workshops", "actionplans")
    return [model for model in apps.get_models() if model.__module__.startswith(ours)]


def test_views_read_through_the_eyes_of_somebody():
    """What not everybody may see is read by ``visible_to``; what belongs to it, by way of it."""
    guarded = {m.__name__ for m in our_models() if hasattr(m._default_manager, "visible_to")}
    assert {"Priority", "Workshop", "ActionPlan"} <= guarded
    direct = re.compile(r"\b(\w+)\.objects\.(all|get|filter|exclude)\(")
    hits = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in own_python()
        if "tests" not in path.parts and (path.name == "views.py" or "views" in path.parts)
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        for found in direct.finditer(line)
        if found.group(1) in guarded
    ]
    assert hits == []


@pytest.mark.parametrize("model", our_models(), ids=lambda model: model._meta.label)
def test_a_model_speaks_to_people(model):
    for name in (model._meta.verbose_name, model._meta.verbose_name_plural):
        text = str(name)
        assert text[0].islower() or text[:2].isupper(), f"verbose names are lower case: {text}"
    for constraint in model._meta.constraints:
        if isinstance(constraint, models.CheckConstraint):
            assert constraint.violation_error_message != models.CheckConstraint.default_violation_error_message, (
                f"{constraint.name} has no message a person can read"
            )


def test_no_organisation_disappears_with_what_names_it():
    cascading = [
        f"{model._meta.label}.{field.name}"
        for model in our_models()
        for field in model._meta.get_fields()
        if isinstance(field, models.ForeignKey)
        and field.related_model._meta.label == "organisations.Organisation"
        and field.remote_field.on_delete is models.CASCADE
    ]
    assert set(cascading) <= {"organisations.Membership.organisation", "organisations.Invitation.organisation"}


@pytest.mark.django_db
def test_no_migration_is_pending():
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


def test_the_lock_files_pin_every_package_by_hash():
    for name in ("requirements.lock", "tests/requirements.lock"):
        text = (ROOT / name).read_text()
        packages = re.findall(r"^[a-z0-9][\w.-]*==[^\s]+", text, re.MULTILINE)
        assert len(packages) > 50
        blocks = re.split(r"\n(?=[a-z0-9])", text.strip())
        assert all("--hash=sha256:" in block for block in blocks)


def test_what_runs_in_production_is_a_part_of_what_is_tested():
    def pins(name: str) -> set[str]:
        return set(re.findall(r"^([a-z0-9][\w.-]*==[^\s;]+)", (ROOT / name).read_text(), re.MULTILINE))

    assert pins("requirements.lock") <= pins("tests/requirements.lock")
