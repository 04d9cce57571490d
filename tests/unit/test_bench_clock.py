"""What the comparison of clocks rests on: the laws of its lines, its statistics, and the page that it writes."""

import math
import random
from itertools import pairwise
from pathlib import Path
from statistics import fmean, pstdev

import pytest

from tests.load.clock import page
from tests.load.clock.figures import Client, apart, near, quantile, summary, verdicts, window
from tests.load.clock.lines import PROFILES, OneWay, Way

FEW = OneWay(15, 5)


def delays(spec: OneWay, *, each_ms: float = 1000.0, count: int = 20_000) -> list[float]:
    way = Way(spec, spec, random.Random(1))
    return [way.delay(n * each_ms) for n in range(count)]


def test_a_delay_has_the_mean_the_deviation_and_the_floor_that_are_named() -> None:
    drawn = delays(FEW)
    assert fmean(drawn) == pytest.approx(15, abs=0.3)
    assert pstdev(drawn) == pytest.approx(5, rel=0.1)
    assert 10 < min(drawn) < 10.4


def test_half_of_the_variance_is_slow() -> None:
    logs = [math.log(delay - 10) for delay in delays(FEW, each_ms=1)]
    mean, variance = fmean(logs), pstdev(logs) ** 2
    neighbours = fmean((a - mean) * (b - mean) for a, b in pairwise(logs))
    assert neighbours / variance == pytest.approx(0.5, abs=0.1)


def test_symmetric_jitter_has_no_floor_but_zero() -> None:
    drawn = delays(OneWay(15, 5, law="normal"))
    assert fmean(drawn) == pytest.approx(15, abs=0.3)
    assert min(drawn) < 5
    assert min(delays(OneWay(5, 5, law="normal"))) == 0


def test_order_is_kept() -> None:
    way = Way(OneWay(60, 30), OneWay(60, 30), random.Random(2))
    arrivals = [way.due(n * 0.5) for n in range(2000)]
    assert arrivals == sorted(arrivals)


def test_a_lost_segment_holds_back_those_behind_it() -> None:
    way = Way(OneWay(60, 0, loss=0.2), OneWay(60, 0), random.Random(3))
    arrivals = [way.due(n * 20.0) - n * 20.0 for n in range(50_000)]
    late = [delay for delay in arrivals if delay > 60.001]
    # The first that is lost is late by a retransmission, and those sent meanwhile arrive with it or after it.
    assert way.stalls == pytest.approx(50_000 * 0.2 / 0.8, rel=0.05)
    assert max(arrivals) > 60 + 320 + 640
    assert len(late) > 2 * way.stalls
    assert min(arrivals) == 60


def test_each_segment_of_a_long_message_may_be_lost() -> None:
    spec = OneWay(60, 0, loss=0.01)
    short, long = Way(spec, spec, random.Random(4)), Way(spec, spec, random.Random(4))
    for n in range(5000):
        short.due(n * 10_000.0)
        long.due(n * 10_000.0, 10 * 1400)
    assert short.stalls == pytest.approx(50, rel=0.4)
    assert long.stalls == pytest.approx(480, rel=0.2)


def test_a_quantile_lies_between_its_neighbours() -> None:
    assert quantile([3.0, 1.0, 2.0, 4.0], 0.5) == 2.5
    assert quantile([7.0], 0.95) == 7.0
    assert math.isnan(quantile([], 0.5))


TICKS = [n / 10 for n in range(1000)]


def a_client(*, started_s: float = 0.0, error: float = 1.0, known_s: float = 0.2) -> Client:
    errors = [None if tick - started_s < known_s else error for tick in TICKS]
    return Client("x", started_s, errors, 90)


def test_a_window_counts_from_the_client_s_own_beginning() -> None:
    assert len(window(a_client(), TICKS, 15, 75)) == 600
    assert len(window(a_client(started_s=2), TICKS, 15, 75)) == 600
    assert window(a_client(), TICKS, 0, 0.2) == []


def test_what_two_hear_of_each_other() -> None:
    three = [a_client(error=1), a_client(error=-2), a_client(started_s=2, error=1)]
    found = apart(three, TICKS, 15, 75)
    assert quantile(found, 1.0) == 3
    assert found.count(0) == 580
    assert found.count(3) == 600 + 580


def test_the_time_to_five_ms_first_and_for_good() -> None:
    errors: list[float | None] = [None, 4.0, 9.0, *([1.0] * 997)]
    assert near(Client("x", 0.0, errors, 0), TICKS) == (0.1, pytest.approx(0.3))
    assert near(a_client(error=6), TICKS) == (None, None)
    # After an event only what follows counts.
    assert near(a_client(), TICKS, after_s=50)[1] == 0


def test_goals_are_judged_by_what_was_measured() -> None:
    rows = {name: summary([a_client(error=ms)] * 2, TICKS, 96, {}) for name, ms in (("ours", 0.6), ("watcher", 2.0))}
    found = verdicts({"home-wifi": {"event": "", "candidates": rows}}, "ours", "watcher")
    assert {(v["what"].split(",")[0], v["met"]) for v in found} == {
        ("p95 of the error after 15 s", True),
        ("p95 of the spread between two clients", True),
        ("messages in 95 s", True),
        ("first estimate within 5 ms", True),
        ("watchers' p95 beside participants'", False),
    }
    assert not any("best" in verdict for verdict in found)


def test_the_best_of_the_others_stands_beside_ours() -> None:
    names = {"ours": 0.8, "watcher": 0.5, "good": 0.9, "worse": 2.0}
    rows = {name: summary([a_client(error=ms)] * 2, TICKS, 96, {}) for name, ms in names.items()}
    found = verdicts({"home-wifi": {"event": "", "candidates": rows}}, "ours", "watcher")
    assert (found[0]["met"], found[0]["best"], found[0]["best_reached"]) == (False, "good", 0.9)


def test_the_page_keeps_all_that_stands_outside_the_marks(tmp_path: Path) -> None:
    row = summary([a_client()], TICKS, 96, {})
    profile = {
        "says": PROFILES["lan"].says,
        "seconds": 96,
        "event": "",
        "in_haste": True,
        "proxy": {"late_ms": {"p50": 0.05, "p99": 0.2}, "stalls": 0},
        "busy_percent": {"server": 4.0},
        "candidates": {"ours": row},
    }
    result = {
        "date": "1 May 2026",
        "machine": dict.fromkeys(("cpu", "cores", "memory", "system", "versions"), "x"),
        "clients": 1,
        "seed": 1,
        "profiles": {"lan": profile},
        "goals": [],
    }
    written = tmp_path / "page.md"
    written.write_text(f"before\n{page.BEGIN}\nold\n{page.END}\nafter\n")
    page.write(written, result)
    once = written.read_text()
    assert once == f"before\n{page.BEGIN}\n\n{page.document(result)}\n\n{page.END}\nafter\n"
    assert "| ours |" in once
    page.write(written, result)
    assert written.read_text() == once
    written.write_text("no marks")
    with pytest.raises(ValueError, match="clock: begin"):
        page.write(written, result)
