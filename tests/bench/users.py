"""Hundreds of people at once, each with pauses as people have them: most save a draft, some look, some read."""

from __future__ import annotations

import asyncio
import random
import time
import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from .load import Load
from .writers import Writer

PAUSE = (3.0, 7.0)
"""Seconds between one answer and the next request, evenly spread: somebody types half a sentence, or reads."""
SHARES = {"draft": 0.7, "list": 0.2, "page": 0.1}
"""What the next request is: a save of one's draft, a look at the list or at what is to do, or a page."""
WARM_UP = 5.0
"""Seconds that are not counted: the processes have just started."""
Person = Mapping[str, Any]


def choose(chance: random.Random) -> str:
    """The kind of the next request, by ``SHARES``."""
    return chance.choices(list(SHARES), list(SHARES.values()))[0]


def run_users(portal_url: str, people: Sequence[Person], *, seconds: float) -> dict[str, Load]:
    """Let ``people`` (``pages.make_people``) work for ``seconds`` after ``WARM_UP``; what came of it by kind.

    Each opens a connection for each request, as a phone does after a pause. The chance is seeded with each person's
    number: the same requests in the same order whenever it is run.
    """
    return asyncio.run(_run(portal_url, people, seconds))


async def _run(portal_url: str, people: Sequence[Person], seconds: float) -> dict[str, Load]:
    loads = {kind: Load(seconds=seconds) for kind in SHARES}
    begin = time.perf_counter() + WARM_UP
    span = (begin, begin + seconds)
    await asyncio.gather(*(_live(portal_url, person, number, loads, span) for number, person in enumerate(people)))
    return loads


async def _live(
    portal_url: str, person: Person, number: int, loads: Mapping[str, Load], span: tuple[float, float]
) -> None:
    """One person until the end of ``span``: wait, act, wait. What is asked before its begin is not counted."""
    chance = random.Random(number)
    user = Writer(portal_url, person["cookies"], {"draft": person["draft"]})
    user.fields = {"version": "1", "editor": str(uuid.UUID(int=number)), "csrfmiddlewaretoken": person["token"]}
    wait, saves = chance.uniform(0, PAUSE[1]), 0
    while time.perf_counter() + wait < span[1]:
        await asyncio.sleep(wait)
        kind = choose(chance)
        load = loads[kind] if time.perf_counter() >= span[0] else Load()
        if kind == "draft":
            saves += 1
            await user.save(load, saves)
        else:
            await user.read(load, chance.choice(person[kind]))
        user.connection.close()
        wait = chance.uniform(*PAUSE)
