"""How the child says no: a code and numbers, never a sentence and never what the file holds."""

from __future__ import annotations

from typing import Any


class Refusal(Exception):
    """The file is not taken. The portal's side has words for ``code``."""

    def __init__(self, code: str, **details: Any):
        self.code = code
        self.details = details
        super().__init__(code)
