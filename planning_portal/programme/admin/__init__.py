"""Reference data in Django's admin, for coordinators. Ballots and what people submit are not in it.

The organisations' models stand here too: saving one of them makes the programme's public pages new, and the
organisations know nothing of programmes.
"""

from . import content, organisations, people

__all__ = ["content", "organisations", "people"]
