"""Pictures where people would rather look than read: SVG written by the server, for pages and for print.

Every picture has a title and a description, says with letters, signs and patterns what it says with colour, and stands
beside its numbers as a table. ``target="page"`` takes its colours from portal.css (light and dark);
``target="print"`` carries them itself, within what WeasyPrint draws (reference: documents-and-languages C). Labels
come translated and numbers formatted: a chart only places them.
"""

from .bars import Series, bars
from .flow import Link, Node, flow
from .matrix import Column, matrix
from .strip import strip
from .tiles import Tile, TileGroup, tile_grid

__all__ = [
    "Column",
    "Link",
    "Node",
    "Series",
    "Tile",
    "TileGroup",
    "bars",
    "flow",
    "matrix",
    "strip",
    "tile_grid",
]
