"""F16: the process is down, or stands still, at the instant when the ceremony begins."""

import os
import signal
import time
from collections.abc import Callable

import pytest

from memorata.domain import events as e
from memorata.domain.programme import moment
from tests.faults.conftest import NAME, an_evening, conducted, instant_ms, until_ms
from tests.faults.crowd import Crowd
from tests.faults.figures import Figures
from tests.faults.watch import Watch
from tests.live.client import eventually
from tests.live.conftest import Server, now_ms
from tests.live.truth import truth_of

pytestmark = pytest.mark.faults


def cued_at(server: Server, item_id: str) -> tuple[int, int] | None:
    """When it was written that an item is cued, and for which instant, server ms."""
    for recorded in server.office.log.events(NAME, 0):
        if isinstance(recorded.event, e.ItemCued) and recorded.event.item_id == item_id:
            return recorded.at_ms, recorded.event.start_ms
    return None


def late_joiner(crowds: Callable[..., Crowd], server: Server, key: str, figures: Figures, start_ms: int) -> None:
    """Who comes late sees as much of it gone by as is, and not its beginning."""
    (page,) = crowds(server, key, 1).pages
    state, own_ms = page.heard.state, page.now_ms()
    assert own_ms is not None
    assert state.programme is not None
    shown = moment(state.programme, state.progress, round(own_ms))
    assert shown.item is not None
    assert shown.item.id == "before"
    figures.hold("F16", "error of what a late joiner sees", abs(shown.position_ms - (own_ms - start_ms)), "ms", 50)
    figures.hold("F16", "error of a late joiner's clock", abs(own_ms - truth_of(server).now()), "ms", 50)


def test_down_over_its_beginning_it_begins_as_soon_as_it_is_up(
    serving: Callable[..., Server], crowds: Callable[..., Crowd], figures: Figures
) -> None:
    server = serving()
    keys = server.plan(an_evening(words_s=60, starts_in_s=1))
    server.kill()
    server.office.ceremonies.follow()
    server.office.ceremonies.conduct(NAME, on=True)
    start_ms = instant_ms(server.office.ceremonies.state(NAME), "before")
    until_ms(start_ms + 500)
    assert cued_at(server, "before") is None
    server.start()
    up_ms = now_ms()
    written_ms, cued_ms = eventually(lambda: cued_at(server, "before"), "the beginning")
    assert cued_ms == start_ms
    figures.hold("F16", "begun after it was up", max(0, written_ms - up_ms) / 1000, "s", 1)
    late_joiner(crowds, server, keys["participant"], figures, start_ms)


def test_still_over_its_beginning_the_pages_begin_without_it(
    serving: Callable[..., Server], crowds: Callable[..., Crowd], figures: Figures
) -> None:
    server = serving()
    keys = server.plan(an_evening(words_s=60, starts_in_s=1))
    crowd = crowds(server, keys["participant"], 50)
    announced = conducted(server, crowd)
    start_ms = instant_ms(announced, "before")
    with Watch(crowd, announced, truth_of(server)) as watch:
        until_ms(start_ms - 1_000)
        os.kill(server.pid, signal.SIGSTOP)
        until_ms(start_ms + 1_000)
        os.kill(server.pid, signal.SIGCONT)
        host = server.person(keys["host"]).connect()
        went_on_s = time.monotonic()
        answer = host.command("floor.set_asking", on=False)
        figures.hold("F16", "a command after it stood still", time.monotonic() - went_on_s, "s", 1)
        eventually(lambda: all(page.seq >= answer["seq"] for page in crowd.pages), "all to hear of it")
        host.disconnect()
    figures.hold("F16", "error of the time shown", watch.worst_ms, "ms", 50)
    assert watch.contradictions == []
    assert ("item", "before", None) in watch.seen
    assert all(page.lost_s == [] for page in crowd.pages)
    written = cued_at(server, "before")
    assert written is not None
    assert written[1] == start_ms
    late_joiner(crowds, server, keys["participant"], figures, start_ms)
