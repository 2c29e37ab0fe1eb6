"""How much a file from outside may cost. Bytes and seconds unless said otherwise."""

MEMORY = 300 * 1024 * 1024
"""Address space of the child, its interpreter and libraries included."""
SECONDS = 10
LARGEST_RESULT = 48 * 1024 * 1024
LARGEST_FILE = 5 * 1024 * 1024
"""What is taken from a person, and what is kept after cleaning."""

MOST_PIXELS = 24_000_000
MOST_PIXELS_JPEG = 100_000_000
"""A JPEG is decoded at a fraction of its size: what telephones make is never too large."""
LONGEST_SIDE = 2400
"""Pixels: enough to read a flip chart, and a third of the bytes."""

MOST_PAGES = 300
MOST_OBJECTS = 200_000
"""Of a PDF."""

MOST_PARTS = 2_000
LARGEST_PART = 30 * 1024 * 1024
LARGEST_CONTENT = 60 * 1024 * 1024
MOST_TIMES = 150
"""How many times its packed size a part may have, once it is larger than a megabyte: text packs 5 to 30 times."""

MOST_CELLS = 60_000
LAST_ROW = 2_000
LAST_COLUMN = 200
LONGEST_TEXT = 32_767
"""Of a workbook that is read: what a form of ours can hold, and more."""
