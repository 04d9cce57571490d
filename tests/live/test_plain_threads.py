"""The heart of the protocol on plain threads: the way out of eventlet stays open (docs/adr/0004-eventlet.md)."""

from collections.abc import Iterator

import pytest

from tests.live import test_protocol as promises
from tests.live.conftest import Server

pytestmark = pytest.mark.live


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    started = Server(tmp_path_factory.mktemp("server"), MEMORATA_ASYNC_MODE="threading").start()
    yield started
    started.stop()
    assert started.defects() == []


test_welcome_holds_the_whole_ceremony = promises.test_welcome_holds_the_whole_ceremony
test_a_command_reaches_everybody_in_order = promises.test_a_command_reaches_everybody_in_order
test_who_comes_back_gets_what_was_missed = promises.test_who_comes_back_gets_what_was_missed
test_a_repeated_command_gets_the_first_answer = promises.test_a_repeated_command_gets_the_first_answer
test_two_hosts_who_press_together_advance_once = promises.test_two_hosts_who_press_together_advance_once
test_the_clock_is_answered = promises.test_the_clock_is_answered
