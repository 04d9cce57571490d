"""F4: PostgreSQL is stopped, stands still, or is cut off, for as long as a silence and longer."""

import time
from collections import Counter
from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest

from memorata.domain import events as e
from tests.faults.conftest import NAME, an_evening, conducted, instant_ms, settled, until_ms
from tests.faults.crowd import Crowd
from tests.faults.figures import Figures, quantile
from tests.faults.metrics import Gaps
from tests.faults.pulse import Pulse
from tests.faults.store import Store, store
from tests.faults.watch import Watch
from tests.live.client import eventually, fetch
from tests.live.conftest import Server
from tests.live.truth import truth_of

pytestmark = pytest.mark.faults

__all__ = ["store"]

SERVED = ("before", "minute", "after", "farewell")

Outage = Callable[[], AbstractContextManager[None]]


def without_a_database(
    serving: Callable[..., Server],
    crowds: Callable[..., Crowd],
    figures: Figures,
    store: Store,
    way: str,
    count: int,
    silence_s: int,
    away_s: float,
) -> None:
    server = serving(MEMORATA_DATABASE_URL=store.url)
    server.environment["MEMORATA_DATABASE_URL"] = store.direct  # the office is not in it
    keys = server.plan(an_evening(words_s=3, silence_s=silence_s))
    server.person(keys["participant"]).enter()  # by its door, so that it knows the link
    crowd = crowds(server, keys["participant"], count)
    (host,) = crowds(server, keys["host"], 1).pages
    aside = crowds(server, keys["participant"], 1)
    announced = conducted(server, crowd)
    before = server.office.log.events(NAME, 0)
    outage: Outage = getattr(store, way)
    until_ms(instant_ms(announced, "before") + 500)
    with Watch(crowd, announced, truth_of(server)) as watch, Pulse(aside) as pulse, Gaps(server) as gaps:
        with outage():
            gone_s = time.monotonic()
            press = host.press("floor.set_asking", on=False)
            eventually(lambda: press.busy, "the host to be told", 10)
            those_who_join(server, crowd, keys["participant"], figures)
            until_ms(instant_ms(announced, "farewell") + 300)
            late = host.press("floor.set_asking", on=False)
            eventually(lambda: late.busy, "the host to be told after the silence", 10)
            time.sleep(max(0.0, gone_s + away_s - time.monotonic()))
        back_s = time.monotonic()
        eventually(lambda: late.answer is not None, "the host's press", 30)
        figures.hold("F4", f"{way}: full service after its return", late.answered_s - back_s, "s", 3)
    waits = [waited_s for one in (press, late) for waited_s, _ in one.busy]
    figures.hold("F4", f"{way}: a host's press answered", max(waits), "s", 2)
    assert {answer["facts"].get("after_s") for one in (press, late) for _, answer in one.busy} == {1}
    assert late.ok
    figures.hold("F4", f"{way}: error of the time shown", watch.worst_ms, "ms", 50)
    figures.hold("F4", f"{way}: the loop stood at most", gaps.at_most_ms, "ms", 100)
    assert pulse.unanswered == 0
    assert watch.contradictions == []
    assert {shown[1] for shown in watch.seen} == set(SERVED)
    # Nothing is lost, nothing is twice; what came due meanwhile is written as it had been announced.
    eventually(lambda: cued(server).keys() >= set(SERVED), "all that came due to be written", 10)
    history = server.office.log.events(NAME, 0)
    assert [one for one in before if one not in history] == []
    assert [recorded.seq for recorded in history] == list(range(1, len(history) + 1))
    assert cued(server) == {item_id: (instant_ms(announced, item_id), 1) for item_id in SERVED}
    asked = [r.event for r in history if isinstance(r.event, e.AskingSet)]
    figures.hold("F4", f"{way}: presses applied never or twice", len(asked) != 1, "", 0, exact=True)
    settled(crowd, count)
    eventually(lambda: {page.seq for page in crowd.pages} == {history[-1].seq}, "all at the head", 10)
    assert len({page.heard.digest for page in crowd.pages}) == 1
    assert Counter(fault for page in (*crowd.pages, host) for fault in page.faults) == Counter()


def cued(server: Server) -> dict[str, tuple[int, int]]:
    """By item: the instant that its cue names, and how often it was cued."""
    found: dict[str, tuple[int, int]] = {}
    for recorded in server.office.log.events(NAME, 0):
        if isinstance(recorded.event, e.ItemCued):
            _, times = found.get(recorded.event.item_id, (0, 0))
            found[recorded.event.item_id] = recorded.event.start_ms, times + 1
    return found


def those_who_join(server: Server, crowd: Crowd, key: str, figures: Figures) -> None:
    """Who is known comes back in; who is new is told calmly, and can watch."""
    dropped = crowd.pages[: len(crowd.pages) // 4]
    lost_s = time.monotonic()
    crowd.call(lambda: [page.cut() for page in dropped])
    eventually(lambda: all(page.welcomed_s[-1] > lost_s for page in dropped), "those who are known", 15)
    back = [page.welcomed_s[-1] - lost_s for page in dropped]
    figures.hold("F4", "who is known is back, 95 %", quantile(back, 0.95), "s", 4)
    began_s = time.monotonic()
    status, answer = fetch(f"{server.url}/api/enter", {"key": key, "device": "a-new-device"})
    figures.hold("F4", "who is new is answered", time.monotonic() - began_s, "s", 2)
    assert (status, answer["code"]) == (503, "store.busy")
    for path in (f"/c/{NAME}/timeline.json", f"/c/{NAME}/watch", f"/e/{key}"):
        assert fetch(f"{server.url}{path}")[0] == 200, path


def test_it_stands_still_and_the_silence_does_not(
    serving: Callable[..., Server], crowds: Callable[..., Crowd], figures: Figures, store: Store
) -> None:
    without_a_database(serving, crowds, figures, store, "frozen", 100, 4, 5)


@pytest.mark.heavy
@pytest.mark.timeout(300)
@pytest.mark.parametrize("way", ["stopped", "frozen", "cut_off", "forgotten", "mute"])
def test_it_is_away_for_half_a_minute(
    serving: Callable[..., Server], crowds: Callable[..., Crowd], figures: Figures, store: Store, way: str
) -> None:
    without_a_database(serving, crowds, figures, store, way, 200, 15, 30)
