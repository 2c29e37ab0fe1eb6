"""The countries at a glance, as a picture; the page gives the same as a list."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from planning_portal.web.charts import Tile, TileGroup, tile_grid

from .models import ConsultationState
from .progress import CountryProgress
from .queries import STATE_WORDS, CountryCard

STATUS = {ConsultationState.CLOSED: "done", ConsultationState.OPEN: "now", ConsultationState.PLANNED: "to_come"}


def tiles_of_countries(cards: Sequence[CountryCard]) -> SafeString:
    """A tile for each country, zone by zone: closed, open, planned or not planned yet."""
    groups = [
        TileGroup(zone.code, str(zone), [_tile(card) for card in group])
        for zone, group in groupby(cards, key=lambda card: card.country.zone)
    ]
    return tile_grid(groups, title=_("How far the consultation of each country is"))


def _tile(card: CountryCard) -> Tile:
    country, consultation = card.country, card.consultation
    return Tile(
        code=country.iso2,
        name=country.name,
        row=country.tile_row,
        column=country.tile_column,
        status=STATUS[ConsultationState(consultation.state)] if consultation else "to_come",
        label=str(STATE_WORDS[consultation.state]) if consultation else _("Not planned yet"),
        href=reverse("consultations:consultation-detail", args=[consultation.public_id]) if consultation else "",
    )


def tiles_of_progress(lines: Sequence[CountryProgress]) -> SafeString:
    """A tile for each country with its numbers: closed, going on, or still to begin; its bar is how far it is."""
    groups = [
        TileGroup(zone.code, str(zone), [_progress_tile(line) for line in group])
        for zone, group in groupby(lines, key=lambda line: line.country.zone)
    ]
    return tile_grid(groups, title=_("How far each country is"))


def _progress_tile(line: CountryProgress) -> Tile:
    label = line.state_words
    if line.public_id:
        words = _("%(state)s; invited %(invited)d, answered %(answered)d, submitted %(submitted)d, agreed %(agreed)d")
        label = words % {"state": label, **line.numbers}
    return Tile(
        code=line.country.iso2,
        name=line.country.name,
        row=line.country.tile_row,
        column=line.country.tile_column,
        status=STATUS[ConsultationState(line.state)] if line.public_id else "to_come",
        label=label,
        href=line.url,
        share=line.share if line.public_id else None,
    )
