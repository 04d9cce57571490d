"""The heart of the protocol by the libraries' own transport: the way back stays open (docs/adr/0020-transport.md)."""

from collections.abc import Iterator

import pytest

from tests.live import test_clock as clocks
from tests.live import test_protocol as promises
from tests.live.conftest import Server

pytestmark = pytest.mark.live


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    started = Server(tmp_path_factory.mktemp("server"), MEMORATA_TRANSPORT="plain").start()
    assert any('"transport": "plain"' in line for line in started.lines)
    yield started
    started.stop()
    assert started.defects() == []


test_welcome_holds_the_whole_ceremony = promises.test_welcome_holds_the_whole_ceremony
test_a_command_reaches_everybody_in_order = promises.test_a_command_reaches_everybody_in_order
test_who_comes_back_gets_what_was_missed = promises.test_who_comes_back_gets_what_was_missed
test_a_repeated_command_gets_the_first_answer = promises.test_a_repeated_command_gets_the_first_answer
test_two_hosts_who_press_together_advance_once = promises.test_two_hosts_who_press_together_advance_once
test_the_clock_is_answered = promises.test_the_clock_is_answered
test_broken_packets_close_only_the_line_they_come_by = promises.test_broken_packets_close_only_the_line_they_come_by
test_many_clocks_at_once_are_told_when_each_came = clocks.test_many_clocks_at_once_are_told_when_each_came
test_who_reads_late_gets_every_answer_whole_and_once = clocks.test_who_reads_late_gets_every_answer_whole_and_once
