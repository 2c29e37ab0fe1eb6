"""Pictures of a plan: when an activity takes place, and what is spent in which year."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from planning_portal.web.charts import Series, bars
from planning_portal.web.charts.svg import Picture, Target
from planning_portal.web.formatting import format_labelled, format_number

from .models import QUARTERS, FundingSource
from .totals import Totals

STRIP = 200.0
HEIGHT = 14.0
SCALE_HEIGHT = 11.0
# The looks of the sources in the bars: zones' hues, but here they stand for who pays.
LOOKS = {FundingSource.DGD: "la", FundingSource.OWN: "as", FundingSource.OTHER: "wa"}


def quarter_name(number: int, years: Sequence[int]) -> str:
    """ "2027, quarter 3" for 3."""
    year, quarter = divmod(number - 1, 4)
    return _("%(year)s, quarter %(quarter)s") % {"year": years[0] + year, "quarter": quarter + 1}


def period_name(start: int, end: int, years: Sequence[int]) -> str:
    """From the first to the last quarter in words."""
    if start == end:
        return quarter_name(start, years)
    if (start, end) == (1, QUARTERS):
        return _("all five years")
    return _("from %(start)s to %(end)s") % {"start": quarter_name(start, years), "end": quarter_name(end, years)}


def quarter_strip(
    code: str, start: int, end: int, years: Sequence[int], *, description: str = "", target: Target = "page"
) -> SafeString:
    """The twenty quarters as one bar: filled from the first to the last, a line at each new year."""
    title = format_labelled(code, period_name(start, end, years))
    picture = Picture(title, description, target, size=8)
    step = STRIP / QUARTERS
    picture.rect(0, 2, STRIP, HEIGHT - 4, "ground")
    picture.rect((start - 1) * step, 1, (end - start + 1) * step, HEIGHT - 2, "act", rx=1.5)
    for year in range(len(years) + 1):
        picture.line(year * 4 * step, 0, year * 4 * step, HEIGHT, "edge", stroke_width=0.5)
    return picture.close(STRIP, HEIGHT)


def year_scale(years: Sequence[int], *, target: Target = "page", description: str = "") -> SafeString:
    """The years above the strips, in the same measure."""
    title = _("Years %(first)s to %(last)s") % {"first": years[0], "last": years[-1]}
    picture = Picture(title, description, target, size=8)
    step = STRIP / len(years)
    for number, year in enumerate(years):
        picture.text(number * step + 1, SCALE_HEIGHT - 3, year, "quiet", size=8)
        picture.line(number * step, 0, number * step, SCALE_HEIGHT, "edge", stroke_width=0.5)
    return picture.close(STRIP, SCALE_HEIGHT)


def budget_bars(totals: Totals, *, title: str, description: str = "", target: Target = "page") -> SafeString:
    """Money by year, cut by who pays. Whole amounts: cents stand in the table beside it."""
    years = list(totals.by_year)
    series = [
        Series(str(FundingSource(source).label), [row[year] for year in years], LOOKS[FundingSource(source)])
        for source, row in totals.source_grid.items()
    ]
    return bars(
        years,
        series,
        title=title,
        description=description,
        format_value=lambda amount: format_number(amount, digits=0),
        target=target,
    )
