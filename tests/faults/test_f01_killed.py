"""F1: the server dies in the middle of the silence, as by a power cut, and is started again by its supervisor."""

import random
import time
from collections import Counter
from collections.abc import Callable

import pytest

from memorata.domain import events as e
from tests.faults.conftest import NAME, Rising, an_evening, conducted, instant_ms, settled, until_ms
from tests.faults.crowd import Crowd, Press
from tests.faults.figures import Figures, quantile
from tests.faults.watch import Watch
from tests.live.client import eventually
from tests.live.conftest import Server
from tests.live.truth import truth_of

pytestmark = pytest.mark.faults

RESTART_S = 1.0
"""`RestartSec` in docs/operate.md."""


def back_s(crowd: Crowd, since_s: float) -> list[float]:
    """How long after an instant each page was greeted again."""
    return [next(at_s for at_s in page.welcomed_s if at_s > since_s) - since_s for page in crowd.pages]


def told(figures: Figures, crowd: Crowd, died_s: float, rising: Rising, watch: Watch) -> None:
    count = len(crowd.pages)
    back = back_s(crowd, died_s)
    figures.hold("F1", f"listening again ({count} pages)", rising.listening_s - died_s, "s", 2)
    figures.hold("F1", f"50 % back ({count} pages)", quantile(back, 0.5), "s", 4)
    figures.hold("F1", f"95 % back ({count} pages)", quantile(back, 0.95), "s", 8)
    figures.hold("F1", f"100 % back ({count} pages)", max(back), "s", 15)
    figures.hold("F1", f"error of the time shown ({count} pages)", watch.worst_ms, "ms", 50)


def one_history(server: Server, crowd: Crowd) -> tuple[e.Recorded, ...]:
    """Nothing that was written is lost, and all pages hold the same; the history as the store has it."""
    history = server.office.log.events(NAME, 0)
    assert [recorded.seq for recorded in history] == list(range(1, len(history) + 1))
    head = history[-1].seq
    eventually(lambda: all(page.seq == head for page in crowd.pages), "all at the head", 30)
    assert len({page.heard.digest for page in crowd.pages}) == 1
    assert Counter(fault for page in crowd.pages for fault in page.faults) == Counter()
    return history


def once_each(server: Server, presses: list[tuple[str, Press]], history: tuple[e.Recorded, ...]) -> int:
    """How many presses were applied never or twice, or answered otherwise than applied."""
    made = Counter(r.event.entry.id for r in history if isinstance(r.event, e.FloorRequested))
    wrong = 0
    for _, press in presses:
        assert press.answer is not None
        wrong += made[press.cmd_id] != press.ok
    return wrong


def killed_in_silence(
    serving: Callable[..., Server], crowds: Callable[..., Crowd], figures: Figures, count: int
) -> None:
    server = serving()
    keys = server.plan(an_evening())
    crowd = crowds(server, keys["participant"], count)
    announced = conducted(server, crowd)
    start_ms = instant_ms(announced, "minute")
    before = server.office.log.events(NAME, 0)
    with Watch(crowd, announced, truth_of(server), each_s=0.1 if count < 500 else 0.5) as watch:
        until_ms(start_ms + 2_000 + random.random() * 3_000)
        server.kill()
        died_s = time.monotonic()
        rising = Rising(server, RESTART_S)
        eventually(lambda: all(page.welcomed_s[-1] > died_s for page in crowd.pages), "all back", 60)
        rising.join(30)
        until_ms(instant_ms(announced, "farewell") + 500)
    told(figures, crowd, died_s, rising, watch)
    assert watch.contradictions == []
    assert {part for _, _, part in watch.seen} >= {"silence", "rest"}
    history = one_history(server, crowd)
    lost = [one for one in before if one not in history]
    figures.hold("F1", "committed events lost", len(lost), "", 0, exact=True)
    # What came due while it was dead was written as it had been announced.
    cued = {r.event.item_id: r.event.start_ms for r in history if isinstance(r.event, e.ItemCued)}
    assert cued == {item: instant_ms(announced, item) for item in ("minute", "after", "farewell")}


def test_killed_in_the_silence_all_come_back(
    serving: Callable[..., Server], crowds: Callable[..., Crowd], figures: Figures
) -> None:
    killed_in_silence(serving, crowds, figures, 200)


@pytest.mark.heavy
@pytest.mark.timeout(240)
def test_killed_in_the_silence_two_thousand_come_back(
    serving: Callable[..., Server], crowds: Callable[..., Crowd], figures: Figures
) -> None:
    killed_in_silence(serving, crowds, figures, 2_000)


def presses_while_it_dies(
    serving: Callable[..., Server], crowds: Callable[..., Crowd], figures: Figures, count: int, deaths: int
) -> None:
    """Many press just before and while it dies: what is answered is in the history once, and at the next start too."""
    server = serving()
    keys = server.plan(an_evening(starts_in_s=600))
    crowd = crowds(server, keys["participant"], count, calm_s=0.1)
    chance = random.Random()
    presses: list[tuple[str, Press]] = []
    for death in range(deaths):
        some = chance.sample(crowd.pages, min(count, 24))
        for page in some:
            presses.append((page.token, page.press("floor.request", entry_kind="poem", name="Chiyo", text=f"{death}")))
        time.sleep(chance.random() * 0.06)
        server.kill()
        died_s = time.monotonic()
        time.sleep(chance.random() * 0.3)
        server.start()
        eventually(lambda died_s=died_s: all(page.welcomed_s[-1] > died_s for page in crowd.pages), "all back", 60)
        eventually(lambda: all(press.answer is not None for _, press in presses), "every press answered", 30)
    settled(crowd, count)
    history = one_history(server, crowd)
    figures.tell("F1", "commands in flight", len(presses), "")
    figures.hold("F1", "commands applied never or twice", once_each(server, presses, history), "", 0, exact=True)
    assert sum(press.ok for _, press in presses) > 0


def test_what_was_on_its_way_is_applied_once(
    serving: Callable[..., Server], crowds: Callable[..., Crowd], figures: Figures
) -> None:
    presses_while_it_dies(serving, crowds, figures, 40, 1)


@pytest.mark.heavy
@pytest.mark.timeout(900)
def test_what_was_on_its_way_is_applied_once_in_fifty_deaths(
    serving: Callable[..., Server], crowds: Callable[..., Crowd], figures: Figures
) -> None:
    presses_while_it_dies(serving, crowds, figures, 60, 50)
