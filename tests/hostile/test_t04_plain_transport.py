"""T4, T5 and T6 by the libraries' own transport: whoever goes back to it is as safe."""

from collections.abc import Callable, Iterator

import pytest

from tests.hostile import test_t04_flood as floods
from tests.hostile import test_t05_slow as slow
from tests.hostile import test_t06_events as events
from tests.live.client import Person
from tests.live.conftest import Server

pytestmark = pytest.mark.hostile


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    started = Server(tmp_path_factory.mktemp("plain"), MEMORATA_TRANSPORT="plain").start()
    yield started
    started.stop()
    assert started.defects() == []


host = events.host


@pytest.mark.parametrize("kind", ["events", "a message without end"])
def test_a_flood_is_cut(server: Server, people: Callable[..., Person], kind: str) -> None:
    floods.test_a_flood_is_cut_while_the_others_go_on(server, people, kind)


def test_idle_and_slow_lines_are_closed(server: Server) -> None:
    slow.test_idle_and_slow_lines_are_closed_while_others_join(server)


@pytest.mark.parametrize("name", ["connect", "disconnect"])
def test_reserved_names_do_nothing(server: Server, host: Person, name: str) -> None:
    events.test_reserved_and_unknown_names_do_nothing(server, host, name)


@pytest.mark.parametrize("kind", ["5,000-deep lists", "a binary event", "half a text"])
def test_packets_made_by_hand_change_nothing(server: Server, host: Person, kind: str) -> None:
    events.test_packets_made_by_hand_change_nothing(server, host, kind)
