"""A document that only tests know: long tables, four languages mixed, a chart, a wide matrix."""

from datetime import UTC, date, datetime
from typing import Any

from django.utils.translation import gettext as _

from planning_portal.documents.models import Audience
from planning_portal.documents.registry import DocumentKind
from planning_portal.documents.report import Column, Table, hash_of
from planning_portal.languages.queries import ShownText, label_for
from planning_portal.web.charts import Series, Tile, TileGroup, bars, tile_grid

WORDS = {
    "en": "Informal workers in transport and on markets have no health cover; their movements ask for a public scheme.",
    "es": "Las trabajadoras del hogar piden que se ratifique el convenio 189 y que la inspección llegue a cada casa.",
    "fr": "Les vendeuses des marchés n’ont pas d’assurance santé ; leurs mutuelles demandent une loi qui les protège.",
    "nl": "Thuiswerksters in de textiel vragen een leefbaar loon en toezicht op de onderaannemers in de keten.",
}
TITLES = {
    "en": "Summary of the virtual intercontinental workshop",
    "es": "Resumen del taller intercontinental virtual",
    "fr": "Synthèse de l’atelier intercontinental virtuel",
    "nl": "Samenvatting van de virtuele intercontinentale workshop",
}
WEST = ["BJ", "BF", "NE", "GN", "ML", "SN", "TG", "CI"]
ASIA = ["ID", "PH", "KH", "BD", "IN", "NP"]
COUNTRIES = ["Benin", "Burkina Faso", "Burundi", "Guinea", "Mali", "Niger", "Peru", "Philippines", "Senegal", "Togo"]


def words(source: str, reader: str, number: int) -> ShownText:
    text = f"{WORDS[source]} ({number})"
    if source == reader:
        return ShownText(text, source)
    if number % 3 == 0:
        return ShownText(text, source, "original", label_for("original", source, reader))
    kind = {1: "machine", 2: "own"}[number % 3] if number % 7 else "stale"
    return ShownText(f"{WORDS[reader]} ({number})", reader, kind, label_for(kind, source, reader), text, source)


def report(subject: Any, language: str, audience: str, chapters: int = 4, rows: int = 30) -> dict[str, Any]:
    sources = ["en", "es", "fr", "nl"]
    lines = []
    for chapter in range(1, chapters + 1):
        source = sources[chapter % 4]
        lines.append(
            {
                "code": f"L{chapter}",
                "title": ShownText(WORDS[source][:60], source, "original", label_for("original", source, language))
                if source != language
                else ShownText(WORDS[source][:60], source),
                "statement": ShownText(
                    "\n\n".join([WORDS[source] * 3, "- " + WORDS[source] + "\n- " + WORDS[source], WORDS[source] * 4]),
                    source,
                    "own" if source == language else "original",
                    label_for("own" if source == language else "original", source, language),
                ),
                "table": Table(
                    _("priorities"),
                    [Column(_("country"), width=20), Column(_("text"), width=60), Column(_("number"), True, 20)],
                    [
                        [COUNTRIES[row % 10], words(sources[row % 4], language, chapter * 100 + row), f"{row * 137}"]
                        for row in range(rows)
                    ],
                    [_("all"), "", "12 345"],
                ),
            }
        )
    frozen = {"chapters": chapters, "rows": rows, "subject": subject.pk}
    return {
        "programme": "Programme 2027-2031",
        "what": "Summary of a workshop",
        "subtitle": WORDS[language],
        "who": "38 organisations from 9 countries",
        "when": "1–3 July 2025",
        "frozen_at": datetime(2025, 7, 3, 16, 30, tzinfo=UTC),
        "content_hash": hash_of(frozen),
        "chart": bars(
            [f"L{number}" for number in range(1, 6)],
            [Series("Agreement", [40 + number * 10 for number in range(5)])],
            title="Agreement per line, 0 to 100",
            target="print",
        ),
        "tiles": tile_grid(
            [
                TileGroup("WA", "West Africa", [Tile(c, c, n // 4, n % 4, "done") for n, c in enumerate(WEST)]),
                TileGroup("LA", "Latin America and the Caribbean", [Tile("PE", "Peru", 0, 0, "now")]),
                TileGroup("AS", "Asia", [Tile(c, c, n // 4, n % 4, "to_come") for n, c in enumerate(ASIA)]),
            ],
            title="Countries that took part",
            target="print",
            columns=3,
        ),
        "lines": lines,
        "figures": [("38", "organisations"), ("9", "countries"), ("61", "priorities"), ("8", "lines of work")],
        "matrix": Table(
            "Themes and zones",
            [Column("Theme", width=20), *[Column(f"Zone {n}", True) for n in range(1, 9)]],
            [[f"Theme {t}", *[str(t * n) for n in range(1, 9)]] for t in range(1, 9)],
        ),
        "day": date(2025, 7, 1),
    }


KIND = DocumentKind(
    key="sample",
    model="programme.Step",
    title=lambda _subject, language: TITLES[language],
    template="tests/sample.html",
    report=report,
    file_name=lambda _subject, language, version: f"sample-v{version}_{language}.pdf",
    can_read=lambda user, document: document.audience == Audience.PUBLIC or user.is_authenticated,
)
