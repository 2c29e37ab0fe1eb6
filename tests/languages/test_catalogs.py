import pytest
from babel.messages.catalog import Catalog

from planning_portal.languages import catalogs


@pytest.fixture
def locale_folder(tmp_path, settings):
    settings.LOCALE_PATHS = [tmp_path]
    return tmp_path


def template_of(*messages):
    template = Catalog()
    for message in messages:
        template.add(message, locations=[("a.py", None)])
    return template


def write(language, **strings):
    catalog = catalogs.read_catalog(language)
    for source, translated in strings.items():
        catalog.add(source.replace("_", " "), translated)
    path = catalogs.catalog_path(language)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(catalogs._po_bytes(catalog))


def faults(language, template):
    return [fault.what for fault in catalogs.check_catalog(language, template)]


def test_messages_of_templates_and_python_are_found():
    ids = {message.id for message in catalogs.extract_messages()}
    assert "trade union" in ids
    assert "Show original" in ids


def test_an_update_adds_new_messages_empty_and_drops_gone_ones(locale_folder):
    write("fr", Old_message="Ancien message")
    catalogs.update_catalog("fr", template_of("New message"))
    catalog = catalogs.read_catalog("fr")
    assert {message.id: message.string for message in catalog if message.id} == {"New message": ""}


def test_an_update_keeps_what_was_translated(locale_folder):
    write("fr", Save="Enregistrer")
    catalogs.update_catalog("fr", template_of("Save"))
    assert catalogs.read_catalog("fr").get("Save").string == "Enregistrer"


@pytest.mark.parametrize(
    ("translated", "fault"),
    [
        ("", "empty"),
        ("Bonjour", "other placeholders or tags"),
        ("Bonjour %(nom)s", "other placeholders or tags"),
        ("Bonjour %(name)s ", "other white space at its ends"),
        ("<b>Bonjour</b> %(name)s", "other placeholders or tags"),
    ],
)
def test_the_gate_sees_a_faulty_message(locale_folder, translated, fault):
    catalog = catalogs.read_catalog("fr")
    catalog.add("Hello %(name)s", translated)
    path = catalogs.catalog_path("fr")
    path.parent.mkdir(parents=True)
    path.write_bytes(catalogs._po_bytes(catalog))
    assert faults("fr", template_of("Hello %(name)s")) == [fault]


def test_the_gate_sees_missing_obsolete_and_fuzzy_messages(locale_folder):
    catalog = catalogs.read_catalog("fr")
    catalog.add("Gone", "Parti")
    catalog.add("Unsure", "Incertain", flags=["fuzzy"])
    path = catalogs.catalog_path("fr")
    path.parent.mkdir(parents=True)
    path.write_bytes(catalogs._po_bytes(catalog))
    assert sorted(faults("fr", template_of("Unsure", "New"))) == ["fuzzy", "missing", "obsolete"]


@pytest.mark.parametrize("language", ["es", "fr", "nl"])
def test_plural_forms_are_those_of_django(language, locale_folder):
    from pathlib import Path

    import django

    ours = catalogs.PLURAL_FORMS[language]
    theirs = (Path(django.__file__).parent / "conf/locale" / language / "LC_MESSAGES/django.po").read_text()
    assert ours.split(";")[0] in theirs
    assert catalogs.read_catalog(language).num_plurals == int(ours.split(";")[0].split("=")[1])


def test_compiling_writes_once(locale_folder):
    write("fr", Save="Enregistrer")
    assert catalogs.compile_catalog("fr")
    assert not catalogs.compile_catalog("fr")
