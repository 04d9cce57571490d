"""Wrong guesses are counted at all workers alike, and by each alone while they do not hear each other."""

from functools import partial

from memorata.adapters.bus.alone import Alone
from memorata.services.tries import Tries
from memorata.services.wrongs import Wrongs
from tests.fake_bus import FakeBus, Wire
from tests.fakes import FakeClock

MOST, WITHIN_MS = 3, 60_000


def tries(wire: Wire, name: str, clock: FakeClock) -> Tries:
    return Tries(clock, MOST, WITHIN_MS, "pin", Wrongs(FakeBus(wire, name)).share)


def test_what_one_counts_the_others_count_too() -> None:
    wire, clock = Wire(), FakeClock(1_000_000)
    one, two = tries(wire, "one", clock), tries(wire, "two", clock)
    one.wrong("link")
    one.wrong("link")
    two.wrong("link")
    wire.carry()
    assert [each.wait_s("link") for each in (one, two)] == [60, 60]
    assert [each.wait_s("another") for each in (one, two)] == [0, 0]
    clock.forward(WITHIN_MS)
    assert [each.wait_s("link") for each in (one, two)] == [0, 0]


def test_while_nothing_is_heard_each_counts_by_itself() -> None:
    wire, clock = Wire(), FakeClock(1_000_000)
    one, two = tries(wire, "one", clock), tries(wire, "two", clock)
    for _ in range(MOST):
        one.wrong("link")
    wire.lose()
    assert (one.wait_s("link"), two.wait_s("link")) == (60, 0)


def test_a_count_that_is_not_known_here_does_no_harm() -> None:
    wire = Wire()
    Wrongs(FakeBus(wire, "one"))
    counted: list[str] = []
    share = Wrongs(FakeBus(wire, "two")).share
    share("of a later version", counted.append)("x")
    wire.carry()
    assert counted == ["x"]


def test_one_process_alone_counts_as_ever() -> None:
    share = partial(Wrongs(Alone()).share, "pin")
    counted: list[str] = []
    share(counted.append)("x")
    assert counted == ["x"]
