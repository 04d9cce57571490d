"""What the comparison of servers rests on: medians, the mark of a disturbed machine, the goals, the page."""

from pathlib import Path

import pytest

from tests.load.scale import page
from tests.load.scale.figures import GOALS, Run, Summary, is_disturbed, quietest_ms, summary, verdicts


def a_run(*noise_ms: float, queued_percent: float = 0.0, late_ms: float = 0.1, **figures: float) -> Run:
    return {"noise_ms": list(noise_ms), "queued_percent": queued_percent, "late_ms": late_ms, "figures": figures}


def a_summary(**figures: float) -> Summary:
    return Summary(figures, frozenset(), 1, 0)


def test_a_machine_that_takes_half_as_long_again_is_disturbed() -> None:
    runs = [a_run(20, 21), a_run(20, 30), a_run(20, 31)]
    best = quietest_ms(runs)
    assert best == 20
    assert [is_disturbed(run, best) for run in runs] == [False, False, True]


def test_who_waits_for_a_core_is_disturbed() -> None:
    assert not is_disturbed(a_run(20, queued_percent=4.0, late_ms=1.5), 20)
    assert is_disturbed(a_run(20, queued_percent=6.0), 20)
    assert is_disturbed(a_run(20, late_ms=2.5), 20)


def test_a_figure_is_the_median_of_calm_sittings() -> None:
    runs = [a_run(20, joins_per_s=900), a_run(21, joins_per_s=1000), a_run(22, joins_per_s=1100)]
    told = summary([*runs, a_run(90, joins_per_s=10)], 20)
    assert told == Summary({"joins_per_s": 1000}, frozenset(), 4, 1)


def test_where_no_sitting_was_calm_the_figure_is_doubtful() -> None:
    told = summary([a_run(20, joins_per_s=900), a_run(90, return_s=4.0), a_run(80, return_s=2.0)], 20)
    assert told == Summary({"joins_per_s": 900, "return_s": 3.0}, frozenset({"return_s"}), 3, 2)


def test_a_ratio_is_judged_beside_its_peer() -> None:
    of = {"ours": a_summary(joins_per_s=2000), "bare": a_summary(joins_per_s=900), "node": a_summary(joins_per_s=1500)}
    told = {verdict["than"]: verdict for verdict in verdicts({1000: of}, "ours")}
    assert (told["bare"]["met"], told["node"]["met"]) == (False, True)
    assert told["bare"]["reached"] == pytest.approx(2.22, abs=0.01)


def test_a_bound_holds_for_the_clients_that_it_names() -> None:
    of = {"ours": a_summary(clock_p99_ms=7.0, flow_cpu_percent=12.0, memory_kb=15.0, held=10_000.0)}
    found = verdicts({200: of, 1000: of, 10_000: of}, "ours")
    assert {(v["clients"], v["figure"], v["met"]) for v in found} == {
        (1000, "clock_p99_ms", False),
        (1000, "flow_cpu_percent", True),
        (1000, "memory_kb", True),
        (10_000, "memory_kb", True),
        (10_000, "held", True),
    }


def test_nothing_is_met_that_was_paid_for_by_losing_somebody() -> None:
    of = {"ours": a_summary(held=10_000.0, hold_lost=3)}
    (told,) = verdicts({10_000: of}, "ours")
    assert (told["met"], told["missing"]) == (False, 3)


def test_a_goal_without_its_peer_is_left_out() -> None:
    assert verdicts({1000: {"ours": a_summary(joins_per_s=2000)}}, "ours") == []
    assert verdicts({1000: {"bare": a_summary(joins_per_s=2000)}}, "ours") == []


def test_each_goal_is_of_a_figure_that_is_shown() -> None:
    shown = {figure for _, columns in page.TABLES for _, figure in columns}
    assert {goal.figure for goal in GOALS} <= shown


def a_result() -> dict[str, object]:
    figures = {"joins_per_s": 1234.5, "join_p99_ms": 8.25, "storm_crowd_percent": 12.0}
    return {
        "date": "1 May 2026",
        "machine": dict.fromkeys(("cpu", "cores", "memory", "system", "versions"), "x"),
        "cores": {"server": 0, "crowd": 1},
        "in_haste": True,
        "disk_ms": 1.5,
        "rounds": {"1000": 1},
        "messages": {"welcome": 4500, "event": 126},
        "sizes": {"1000": {"ours": [a_run(20, **figures)], "bare": [a_run(20, 40, **figures)]}},
    }


def test_a_figure_of_a_disturbed_machine_is_marked() -> None:
    (told,) = [line for line in page.document(a_result()).splitlines() if line.startswith("| bare")]
    assert "1,234*" in told
    (told,) = [line for line in page.document(a_result()).splitlines() if line.startswith("| ours")]
    assert "1,234 " in told


def test_the_page_keeps_all_that_stands_outside_the_marks(tmp_path: Path) -> None:
    written = tmp_path / "page.md"
    written.write_text(f"before\n{page.BEGIN}\nold\n{page.END}\nafter\n")
    page.write(written, a_result())
    once = written.read_text()
    assert once == f"before\n{page.BEGIN}\n\n{page.document(a_result())}\n\n{page.END}\nafter\n"
    page.write(written, a_result())
    assert written.read_text() == once
    written.write_text("no marks")
    with pytest.raises(ValueError, match="scale: begin"):
        page.write(written, a_result())
