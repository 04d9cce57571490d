"""The beats of a silence."""

from hypothesis import given
from hypothesis import strategies as st

from memorata.domain.items import Silence
from memorata.domain.silence import beat_at, beat_count, beat_ms, length_s, plan


def test_fifty_beats_in_a_minute_the_last_at_58_8_seconds() -> None:
    minute = plan(Silence(), 0)
    assert (minute.still_ms, minute.t0_ms, minute.end_ms, minute.rest_end_ms) == (20_000, 25_000, 85_000, 90_000)
    assert beat_count(minute) == 50
    assert beat_ms(minute, 49) == minute.t0_ms + 58_800
    assert [beat_at(minute, minute.t0_ms + at) for at in (-1, 0, 1_199, 1_200, 58_800, 60_000, 99_000)] == [
        -1, 0, 0, 1, 49, 49, 49,
    ]  # fmt: skip


def test_the_demo_silence_lasts_95_seconds() -> None:
    assert length_s(Silence(quiet_after_s=10)) == 95


def test_parts_follow_one_another_and_lock() -> None:
    minute = plan(Silence(), 1_000)
    parts = [minute.part(1_000 + s * 1000) for s in (-1, 0, 19, 20, 24, 25, 84, 85, 89, 90)]
    assert parts == [
        None, "invitation", "invitation", "stillness", "stillness", "silence", "silence", "rest", "rest", None,
    ]  # fmt: skip
    assert [minute.locked(1_000 + s * 1000) for s in (19, 20, 89, 90)] == [False, True, True, False]


@given(st.integers(40, 60), st.integers(15, 300))
def test_beats_lie_strictly_before_the_end_and_no_more_would(bpm: int, duration_s: int) -> None:
    silence = plan(Silence(bpm=bpm, duration_s=duration_s), 0)
    count = beat_count(silence)
    assert beat_ms(silence, count - 1) < silence.end_ms <= beat_ms(silence, count) + 1e-6
    for index in (0, count // 2, count - 1):
        assert beat_at(silence, beat_ms(silence, index) + 0.001) == index
