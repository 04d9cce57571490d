"""F2 and F3: the Redis by which two workers hear of each other dies, or hangs, and comes back."""

import time
from collections.abc import Callable

import pytest

from tests.builders import a_programme, an_item
from tests.faults.conftest import NAME, an_evening, instant_ms, until_ms
from tests.faults.crowd import Crowd
from tests.faults.figures import Figures, quantile
from tests.faults.pulse import Pulse
from tests.faults.watch import Watch
from tests.faults.workers import Workers, workers
from tests.live import test_stage_workers as raw
from tests.live.client import Person, eventually
from tests.live.conftest import now_ms
from tests.live.staged import links
from tests.live.truth import truth_of

pytestmark = pytest.mark.faults

__all__ = ["workers"]

Crowds = Callable[..., Crowd]
People = Callable[..., Person]

PAGES = 20
EACH_S = 0.7
"""How far apart the host's presses are: out of step with the workers' look at the store, once a second."""


class Presses:
    """A host who presses again and again at the one worker, and how soon the pages of the other one know of it."""

    def __init__(self, host: Person, pages: Crowd) -> None:
        self._host, self._pages = host, pages
        self.acks_s: list[float] = []
        self.blind_s: list[float] = []

    def press(self) -> None:
        began_s = time.monotonic()
        answer = self._host.command("floor.set_asking", on=not self._host.state.floor.asking)
        self.acks_s.append(time.monotonic() - began_s)
        assert answer["ok"], answer
        eventually(lambda: all(page.seq >= answer["seq"] for page in self._pages.pages), "the other worker's pages")
        self.blind_s.append(time.monotonic() - began_s)
        self._host.at(answer["seq"])

    def until(self, end_s: float) -> None:
        while time.monotonic() < end_s:
            self.press()
            time.sleep(EACH_S)


def hear_again(workers: Workers, before: list[int]) -> bool:
    """Whether each has begun to hear once more than before."""
    return all(now > was for now, was in zip(workers.heard("bus.hears"), before, strict=True))


def redis_away(
    fault: str, away_s: float, workers: Workers, crowds: Crowds, people: People, figures: Figures, *, hangs: bool
) -> None:
    programme = a_programme(NAME, at_ms=now_ms() + 600_000, items=[an_item("words", planned_s=600)])
    keys = workers.plan(programme)
    near = crowds(workers.one, keys["participant"], PAGES)
    far = crowds(workers.two, keys["participant"], PAGES)
    feeling = crowds(workers.two, keys["participant"], 1)
    host = people(workers.one, keys["host"])
    presses = Presses(host, far)
    presses.press()
    told = f"({away_s:g} s)"
    before = workers.heard("bus.hears")
    with Pulse(feeling) as pulse:
        if hangs:
            frozen = workers.redis.frozen()
            frozen.__enter__()
        else:
            workers.redis.kill()
        away = Presses(host, far)
        try:
            began_s = time.monotonic()
            away.until(began_s + away_s / 2)
            # Who comes meanwhile comes in, at the other worker too.
            joining_s = time.monotonic()
            newcomer = people(workers.two, keys["participant"])
            joining_s = time.monotonic() - joining_s
            away.until(began_s + away_s)
        finally:
            back_s = time.monotonic()
            if hangs:
                frozen.__exit__(None, None, None)
            else:
                workers.redis.start()
        eventually(lambda: hear_again(workers, before), "both to hear again", 30)
        normal_s = time.monotonic() - back_s
        after = Presses(host, far)
        after.until(time.monotonic() + 2)
    figures.hold(fault, f"ack of the host's press {told}", max(away.acks_s), "s", 2.5)
    figures.hold(fault, f"blind at the other worker {told}", max(away.blind_s), "s", 2)
    figures.hold(fault, f"hearing again after it is back {told}", normal_s, "s", 2)
    figures.tell(fault, f"then to the other worker's pages {told}", quantile(after.blind_s, 0.5), "s")
    figures.hold(fault, f"a join meanwhile {told}", joining_s, "s", 2)
    figures.hold(fault, f"others held up meanwhile, 99 % {told}", pulse.p99_ms, "ms", 100)
    assert pulse.unanswered == 0
    head = workers.one.office.log.events(NAME, 0)[-1].seq
    eventually(lambda: all(page.seq == head for page in (*near.pages, *far.pages)), "all at the head")
    assert len({page.heard.digest for page in (*near.pages, *far.pages)}) == 1
    assert newcomer.at(head).picture() == host.at(head).picture()
    faults = [fault for page in (*near.pages, *far.pages) for fault in page.faults]
    figures.hold(fault, f"events lost {told}", len(faults), "", 0, exact=True)
    assert [page for page in (*near.pages, *far.pages) if page.lost_s] == [], "no line was lost for it"


def test_redis_dies_for_five_seconds(workers: Workers, crowds: Crowds, people: People, figures: Figures) -> None:
    redis_away("F2", 5, workers, crowds, people, figures, hangs=False)


@pytest.mark.heavy
@pytest.mark.timeout(240)
@pytest.mark.parametrize("away_s", [30, 35, 65])
def test_redis_dies_for_longer_than_libraries_back_off(
    away_s: float, workers: Workers, crowds: Crowds, people: People, figures: Figures
) -> None:
    redis_away("F2", away_s, workers, crowds, people, figures, hangs=False)


@pytest.mark.heavy
@pytest.mark.timeout(240)
def test_redis_hangs_for_half_a_minute(workers: Workers, crowds: Crowds, people: People, figures: Figures) -> None:
    redis_away("F3", 30, workers, crowds, people, figures, hangs=True)


def test_redis_hangs_over_the_beginning_of_a_silence(workers: Workers, crowds: Crowds, figures: Figures) -> None:
    keys = workers.plan(an_evening(starts_in_s=600))
    near = crowds(workers.one, keys["participant"], PAGES)
    far = crowds(workers.two, keys["participant"], PAGES)
    announced = workers.begins((near, far), starts_in_s=4, words_s=2, silence_s=4)
    at_ms = instant_ms(announced, "minute")
    until_ms(at_ms - 1_500)
    watches = Watch(near, announced, truth_of(workers.one)), Watch(far, announced, truth_of(workers.two))
    with workers.redis.frozen(), watches[0] as one, watches[1] as two:
        until_ms(at_ms + 3_500)
    figures.hold("F3", "error of the time shown in the silence", max(one.worst_ms, two.worst_ms), "ms", 50)
    assert one.contradictions == two.contradictions == []
    head = workers.one.office.log.events(NAME, 0)[-1].seq
    eventually(lambda: all(page.seq >= head for page in (*near.pages, *far.pages)), "all at the head")
    assert [page for page in (*near.pages, *far.pages) if page.lost_s] == []


@pytest.mark.heavy
@pytest.mark.timeout(240)
def test_on_the_stage_what_is_seen_goes_on_while_redis_is_away(workers: Workers, figures: Figures) -> None:
    raw.heard(workers.one, "keeping.")
    keeps = workers.heard("stage.kept_here")
    keeper, other = workers.both if keeps[0] else (workers.two, workers.one)
    evening = raw.Evening(keeper, other, keeper, other)
    feed = evening.speaks()
    workers.redis.kill()
    try:
        # Who comes newly to the other worker is told calmly, and asks again; who is there is told nothing at all.
        refused = raw.come(other, evening.far.key)
        eventually(lambda: refused.ask("stage_watch", {}).get("code") == "stage.unavailable", "a calm refusal")
        time.sleep(8)
        assert evening.near.sees() == evening.far.sees() == feed
        for person in (evening.near, evening.far):
            assert links(person, "close") == []
        # The floor is given back meanwhile: the other worker reads it in the log, and takes the right by itself.
        evening.do("floor.yield", entry_id=evening.entry)
        eventually(lambda: evening.vera.grant["level"] is None, "the right to be taken back", 5)
        eventually(lambda: evening.vera.open_links("send") == [], "nothing to be sent any more", 5)
    finally:
        began_s = time.monotonic()
        workers.redis.start()
    eventually(lambda: refused.ask("stage_watch", {})["ok"], "the keeper to be heard again")
    figures.hold("F2", "the stage at the other worker again", time.monotonic() - began_s, "s", 4)
    eventually(lambda: all(person.sees() is None for person in (evening.near, evening.far)), "nobody on the stage")
    refused.disconnect()
    evening.leave()
