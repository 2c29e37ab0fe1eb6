"""The benchmark's arithmetic; its measurements are not tests."""

import random
import subprocess
import sys
import time
from collections import Counter

import pytest

from tests.bench.documents_bench import Comparison
from tests.bench.figures import Table, kilobytes, median_ratio, milliseconds, percentile
from tests.bench.load import Load
from tests.bench.machine import machine_facts, web_seconds
from tests.bench.users import SHARES, choose


@pytest.mark.parametrize(
    ("share", "expected"), [(0, 1), (0.5, 10), (0.95, 19), (0.951, 20), (1, 20)], ids=lambda value: str(value)
)
def test_percentile_is_a_value_that_occurred(share, expected):
    assert percentile(reversed(range(1, 21)), share) == expected


def test_percentile_of_one_value_is_that_value():
    assert percentile([0.25], 0.95) == 0.25


@pytest.mark.parametrize(("values", "share"), [([], 0.5), ([1], 1.1), ([1], -0.1)])
def test_percentile_refuses_what_has_no_answer(values, share):
    with pytest.raises(ValueError):
        percentile(values, share)


def test_median_ratio_goes_round_by_round_and_is_not_decided_by_one():
    assert median_ratio([2, 20, 50], [1, 10, 1]) == 2


@pytest.mark.parametrize(("ratio", "word"), [(1.25, "within"), (1.26, "above")])
def test_comparison_says_whether_the_target_is_met(ratio, word):
    assert word in str(Comparison(ours=2.5, bare=2.0, untagged=1.0, ratio=ratio, pages=3))


def test_short_times_keep_a_digit_that_means_something():
    assert [milliseconds(seconds) for seconds in (0.00234, 0.0456, 1.234)] == ["2.3 ms", "46 ms", "1,234 ms"]
    assert kilobytes(1536) == "1.5 KB"


def test_table_stands_in_columns_with_its_notes():
    table = Table("Pages", ["page", "time"], [["home", "2 ms"], ["the list", "12 ms"]], ["Warm."])
    assert str(table).splitlines() == [
        "Pages",
        "",
        "page       time",
        "---------------",
        "home       2 ms",
        "the list  12 ms",
        "Warm.",
    ]


def test_machine_facts_say_what_is_behind_the_figures():
    assert "cores" in machine_facts()[0]
    assert "Python" in machine_facts()[0]


def test_users_do_what_their_shares_say():
    chance = random.Random(1)
    done = Counter(choose(chance) for _number in range(10_000))
    assert sum(SHARES.values()) == pytest.approx(1)
    assert {kind: round(count / 10_000, 1) for kind, count in done.items()} == SHARES


def test_slowest_of_a_hundred_are_told_apart():
    load = Load(seconds=10, times=[number / 100 for number in range(1, 101)])
    assert (load.per_second, load.p95, load.p99) == (10, 0.95, 0.99)


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_processor_of_the_web_counts_only_its_own_processes():
    """Those called gunicorn below one process: not another program, and not the portals that a journey left running."""
    busy = "import time; end = time.process_time() + 0.2\nwhile time.process_time() < end: pass\ntime.sleep(60)"
    web = subprocess.Popen([sys.executable, "-c", busy, "gunicorn"])
    other = subprocess.Popen([sys.executable, "-c", busy])
    try:
        deadline = time.monotonic() + 20
        while web_seconds(web.pid) < 0.1 and time.monotonic() < deadline:
            time.sleep(0.05)
        assert web_seconds(web.pid) >= 0.1
        assert web_seconds(other.pid) == 0
    finally:
        for process in (web, other):
            process.kill()
            process.wait(10)
