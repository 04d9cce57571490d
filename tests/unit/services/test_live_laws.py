"""Two processes on one log, in any interleaving: each press acts once, a repetition gets the first answer, no gaps."""

import random

from hypothesis import given, settings
from hypothesis import strategies as st

from memorata.domain import commands as c
from memorata.domain.ceremony import fold
from memorata.domain.errors import Refused
from memorata.domain.state import CeremonyState
from memorata.services.live import LiveCeremonies
from tests.fakes import FakeClock, MemoryLog, RecordingPublisher
from tests.histories import START_MS, History, a_programme, some_commands


def ask(service: LiveCeremonies, command: c.Command, actor: c.Actor) -> tuple[str, int]:
    """("ok", number of the last event) or (code, 0)."""
    try:
        return "ok", service.handle("remembrance-2027", command, actor, actor.request_id).seq
    except Refused as no:
        return no.code, 0


@settings(max_examples=40, deadline=None)
@given(st.integers(min_value=0, max_value=1_000_000))
def test_a_repeated_command_changes_nothing_whichever_process_it_reaches(seed: int) -> None:
    chance = random.Random(seed)
    log, clock = MemoryLog(), FakeClock(START_MS - 1_000_000)
    services = [LiveCeremonies(log, clock, RecordingPublisher()) for _ in range(2)]
    services[0].plan(a_programme())
    clock.forward(300_000)
    mirror = History()
    commands = some_commands(chance, mirror)
    granted: list[tuple[c.Command, c.Actor, tuple[str, int]]] = []
    for _ in range(60):
        mirror.state = fold(CeremonyState(), log.written["remembrance-2027"])
        command, actor = next(commands)
        clock.forward(chance.choice((0, 400, 2_500, 15_000)))
        answer = ask(chance.choice(services), command, actor)
        if answer[0] == "ok":
            granted.append((command, actor, answer))
        if granted and chance.random() < 0.5:
            before = len(log.written["remembrance-2027"])
            repeated, by, first = chance.choice(granted)
            assert ask(chance.choice(services), repeated, by) == first
            assert len(log.written["remembrance-2027"]) == before

    for service in services:
        service.follow()
    history = log.written["remembrance-2027"]
    assert [recorded.seq for recorded in history] == list(range(1, len(history) + 1))
    folded = fold(CeremonyState(), history)
    assert [service.state("remembrance-2027") for service in services] == [folded, folded]
