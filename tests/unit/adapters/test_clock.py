"""The system clock, and what waits by it."""

import json
import logging
import threading
import time
from pathlib import Path

import pytest

from memorata import green
from memorata.adapters.alarm import SystemAlarm
from memorata.adapters.clock import SystemClock
from memorata.logs import Sparingly


def test_it_tells_utc_and_never_runs_back() -> None:
    clock = SystemClock()
    assert abs(clock.now() - time.time() * 1000) < 1_000
    told = [clock.now() for _ in range(1_000)]
    assert told == sorted(told)
    assert isinstance(clock.now_ms(), int)


def test_another_process_can_tell_its_time_from_the_anchor() -> None:
    clock = SystemClock()
    server_ms, monotonic_s = clock.anchor()
    before = time.monotonic()
    told = clock.now()
    after = time.monotonic()
    assert before <= monotonic_s + (told - server_ms) / 1000 + 1e-6
    assert monotonic_s + (told - server_ms) / 1000 <= after + 1e-6


def test_a_wall_clock_that_is_set_is_reported_and_not_followed(monkeypatch: pytest.MonkeyPatch) -> None:
    clock, wall = SystemClock(), time.time
    before = clock.now()
    monkeypatch.setattr(time, "time", lambda: wall() + 3_600)
    assert clock.watch() == pytest.approx(3_600_000, abs=1_000)
    assert clock.now() - before < 60_000


def test_the_alarm_goes_on_after_a_defect_and_rings_once_when_asked() -> None:
    alarm, rung, once = SystemAlarm(), threading.Semaphore(0), threading.Semaphore(0)

    def ring() -> None:
        rung.release()
        raise ZeroDivisionError

    alarm.each(0.05, "a defect", ring)
    alarm.once(0.05, once.release)
    # At once: where machines are slow, three rings may take longer than what is called off would wait.
    alarm.once(0.3, once.release)()
    alarm.start()
    try:
        assert all(rung.acquire(timeout=10) for _ in range(3))
        assert once.acquire(timeout=10)
        assert not once.acquire(timeout=0.5)
    finally:
        alarm.stop()


def test_without_eventlet_waiting_is_plain() -> None:
    done = threading.Event()
    assert not green.is_green()
    green.spawn(done.set)
    assert done.wait(10)
    with green.at_most(0.001):
        green.sleep(0.01)
    assert green.in_thread(sum, [1, 2]) == 3


def test_what_strangers_cause_by_the_thousand_is_told_once() -> None:
    sparingly = Sparingly(each_s=60)

    def record(line: int) -> logging.LogRecord:
        return logging.LogRecord("engineio", logging.ERROR, "server.py", line, "%s is no origin", ("x",), None)

    told = [sparingly.filter(record(1)) for _ in range(1_000)]
    assert (told[0], sum(told)) == (True, 1)
    assert sparingly.filter(record(2))
    sparingly._seen[("server.py", 1)] = (-1e9, 999)
    again = record(1)
    assert sparingly.filter(again)
    assert (again.getMessage(), again.levelname) == ("x is no origin (and 999 more like it)", "WARNING")


def test_the_next_process_goes_by_it_whatever_the_wall_clock_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = SystemClock()
    first.keep(tmp_path / "clock")
    real = time.time
    monkeypatch.setattr(time, "time", lambda: real() + 3600)
    second = SystemClock()
    assert second.now() - first.now() > 3_500_000
    before = SystemClock.kept(tmp_path / "clock")
    assert before is not None
    second.take_over(before)
    assert abs(second.now() - first.now()) < 1_000
    assert second.has_jumped is False
    second.watch()
    assert second.has_jumped is True


@pytest.mark.parametrize("kept", ["", "{}", "[]", '{"boot": "another", "wall_ms": 1, "monotonic_s": 1}'])
def test_of_another_start_or_none_there_is_nothing_to_go_by(tmp_path: Path, kept: str) -> None:
    path = tmp_path / "clock"
    assert SystemClock.kept(path) is None
    path.write_text(kept)
    assert SystemClock.kept(path) is None
    SystemClock().keep(path)
    told = json.loads(path.read_text())
    path.write_text(json.dumps({**told, "monotonic_s": time.perf_counter() + 100}))
    assert SystemClock.kept(path) is None
