"""Who gets a seat: never more than there are, those who were invited first, and then whoever has waited longest."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from memorata.domain import seats as s
from memorata.domain.roles import RANKS, Role

ID = "remembrance-2027"
NOW_MS = 1_800_000_000_000

ROOMS = st.builds(
    s.Room, st.integers(0, 8), st.integers(0, 8), held=st.integers(0, 4), reserved=st.integers(0, 6)
)  # fmt: skip


@st.composite
def lines(draw: st.DrawFn) -> tuple[s.Waiting, ...]:
    line = []
    for n in range(draw(st.integers(0, 8))):
        claim: s.Claim = draw(st.sampled_from(["invited", "open"]))
        since_ms = NOW_MS - draw(st.integers(0, 600_000))
        seen_ms = NOW_MS - draw(st.sampled_from([0, 60_000, s.GONE_MS, s.GONE_MS + 1]))
        called_ms = draw(st.sampled_from([None, None, NOW_MS, NOW_MS - s.CALLED_MS, NOW_MS - s.CALLED_MS - 1]))
        ceremony_id = draw(st.sampled_from([ID, "another"]))
        line.append(s.Waiting(f"person-{n}", ceremony_id, claim, s.number_of(since_ms, claim), seen_ms, called_ms))
    return tuple(line)


@pytest.mark.parametrize(
    ("role", "invited", "hall", "claim"),
    [
        *((role, False, False, "always") for role in RANKS[2:]),
        ("participant", False, False, "open"),
        ("participant", True, False, "invited"),
        ("participant", True, True, "always"),
        ("watcher", False, False, "open"),
    ],
)
def test_what_somebody_may_claim(role: Role, invited: bool, hall: bool, claim: s.Claim) -> None:
    assert s.claim_of(role, invited=invited, hall=hall) == claim


def test_seats_of_invitations_yet_to_come_are_kept_for_them() -> None:
    room = s.Room(capacity=10, taken=5, held=1, reserved=4)
    assert (room.free("open"), room.free("invited")) == (0, 4)
    assert not s.may_sit("open", room, 0)
    assert s.may_sit("invited", room, 0)
    assert s.may_sit("always", s.Room(1, 5), 9)


@given(ROOMS, lines(), st.sets(st.sampled_from([ID, "another"])), st.none() | st.integers(0, 5))
def test_the_laws_of_the_line(room: s.Room, line: tuple[s.Waiting, ...], silent: set[str], share: int | None) -> None:
    after = s.called(line, room, NOW_MS, silent, share)
    before = {one.id: one for one in line}
    known = {one.id: one for one in after}
    # Nobody comes into it, and it goes by number.
    assert known.keys() <= before.keys()
    assert [one.number for one in after] == sorted(one.number for one in after)
    fresh = [one for one in after if one.called_ms is not None and before[one.id].called_ms is None]
    called = [one for one in after if one.called_ms is not None]
    # Never more than there are seats; what is kept for invitations goes to nobody else; no more than one's share.
    if fresh:
        assert len(called) <= room.free("invited")
        assert share is None or len(called) <= share
    if any(one.claim == "open" for one in fresh):
        assert len(called) <= room.free("open")
    # In a silence nobody is called, and nobody's time runs out.
    assert all(one.ceremony_id not in silent for one in fresh)
    for one in line:
        if one.called_ms is not None and one.ceremony_id in silent:
            assert known[one.id] == one
        elif one.called_ms is not None:
            assert (one.id in known) == (NOW_MS - one.called_ms <= s.CALLED_MS)
        else:
            assert (one.id in known) == (NOW_MS - one.seen_ms <= s.GONE_MS)
    # Whoever waits behind somebody who was called waits longer than they, or in a silence.
    for one in after:
        if one.called_ms is None and one.ceremony_id not in silent:
            assert all(other.number <= one.number for other in fresh)
    # Nothing is left empty that somebody in the line could have.
    first = next((one for one in after if one.called_ms is None and one.ceremony_id not in silent), None)
    if first is not None and share is None:
        assert room.free(first.claim) <= len(called)


@given(lines(), st.integers(1, 4))
def test_everybody_who_stays_gets_in_where_seats_fall_free(line: tuple[s.Waiting, ...], each: int) -> None:
    """Room for a few at a time, taken at once and left again: the line empties, the longest waiting first."""
    line = tuple(replace(one, seen_ms=NOW_MS, called_ms=None) for one in line)
    came: list[s.Waiting] = []
    for turn in range(len(line) + 1):
        line = s.called(line, s.Room(each, 0), NOW_MS + turn)
        came += [one for one in line if one.called_ms is not None]
        line = tuple(one for one in line if one.called_ms is None)
    assert line == ()
    assert [(one.number, one.id) for one in came] == sorted((one.number, one.id) for one in came)


@given(lines())
def test_whoever_was_invited_waits_before_all_others(line: tuple[s.Waiting, ...]) -> None:
    claims = [one.claim for one in s.called(line, s.Room(0, 0), NOW_MS)]
    assert claims == sorted(claims)  # invited, open
