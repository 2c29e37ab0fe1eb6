"""How long the texts of a priority may be, in characters: the same on the page, in a workbook and in the services."""

TITLE_LIMIT = 160
TEXT_LIMIT = 4000
LIMITS = {"title": TITLE_LIMIT, **dict.fromkeys(("situation", "concerned", "change", "together"), TEXT_LIMIT)}
