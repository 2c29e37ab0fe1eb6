"""Rounds for the laws, drawn by Hypothesis: few ballots and candidates, so that ties and narrow ballots are common."""

from hypothesis import strategies as st

ZONES = ("WA", "LA", "AS")
CANDIDATES = ("A1", "B2", "C3", "D4", "E5", "F6", "G7")


@st.composite
def rounds(draw, *, most_ballots=9, least_ballots=0):
    """Candidates, ballots by voter, zones by voter, seats."""
    candidates = list(draw(st.permutations(CANDIDATES)))[: draw(st.integers(1, len(CANDIDATES)))]
    ballots = draw(
        st.dictionaries(
            st.integers(1, 40),
            st.frozensets(st.sampled_from(candidates)),
            min_size=least_ballots,
            max_size=most_ballots,
        )
    )
    zones = {voter: draw(st.sampled_from(ZONES)) for voter in ballots}
    return candidates, ballots, zones, draw(st.integers(1, 6))


@st.composite
def floored_rounds(draw):
    """A round with homes of candidates and floors that the seats allow."""
    candidates, ballots, zones, seats = draw(rounds())
    homes = {candidate: draw(st.sampled_from(("", *ZONES))) for candidate in candidates}
    floors, left = {}, seats
    for zone in ZONES:
        floors[zone] = draw(st.integers(0, left))
        left -= floors[zone]
    return candidates, ballots, zones, seats, homes, floors
