"""F6: a page without its line, however that was lost: back at once, nothing repeated, nothing lost."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace

import pytest
from playwright.sync_api import expect

from memorata.domain import items as i
from tests.browser.conftest import the_browser
from tests.browser.evening import an_item, both, of
from tests.browser.minute import DETAIL, Evening
from tests.faults.badline import BadLine
from tests.faults.figures import Figures
from tests.faults.witness import Witness, accounts, wait_ms, witness
from tests.live.client import Person, eventually
from tests.live.conftest import Server, now_ms
from tests.live.truth import Truth, truth_of

pytestmark = [pytest.mark.faults, pytest.mark.browser, pytest.mark.timeout(240)]

BACK_S, REPLAY_KB = 3.0, 20
CANDLES = an_item("candles", both("Candles in the windows", "Свечи в окнах"), i.Candle(), 600)


@dataclass(slots=True)
class Away:
    """Somebody whose line can be taken away, and given back."""

    how: str
    witness: Witness
    lose: Callable[[], None]
    regain: Callable[[], None]


@contextmanager
def those_who_lose_their_lines(server: Server, door: str, truth: Truth, *ways: str) -> Iterator[list[Away]]:
    """One whose device knows that it has no network, one whose line breaks, one whose line falls silent."""
    with ExitStack() as stack:
        path = door[len(server.url) :]
        to_port = int(server.environment["MEMORATA_PORT"])
        broken, silent = stack.enter_context(BadLine(to_port)), stack.enter_context(BadLine(to_port))

        def come(way: str) -> Away:
            url = {"offline": server.url, "cut": broken.url, "silent": silent.url}[way]
            one = witness(the_browser(), "participant", url + path, truth)
            stack.callback(one.page.context.close)
            set_offline = one.page.context.set_offline
            lose, regain = {
                "offline": (lambda: set_offline(True), lambda: set_offline(False)),
                "cut": (broken.cut, broken.restore),
                "silent": (silent.silence, silent.restore),
            }[way]
            return Away(way, one.enter(), lose, regain)

        yield [come(way) for way in ways]


def back(figures: Figures, away: Away, since_ms: float) -> None:
    """The page has been greeted again, soon, with no more than it lacked."""
    told = eventually(lambda: away.witness.line("welcome", since_ms=since_ms), f"{away.how}: the page to be back", 20)
    (at, size) = told[0]
    figures.hold("F6", f"{away.how}: back after", (at - since_ms) / 1000, "s", BACK_S)
    figures.hold("F6", f"{away.how}: greeted with", size / 1000, "kB", REPLAY_KB, exact=True)


def light(away: Away) -> None:
    away.witness.page.get_by_role("button", name="Light a candle").click()
    expect(away.witness.page.get_by_role("button", name="Your candle is burning")).to_be_visible()


def lit_once(away: list[Away], host: Person, others: int) -> None:
    """Everybody's press has come, and once."""
    count = len(away) + others
    for one in away:
        expect(one.witness.page.locator(".candles-count")).to_have_text(f"{count} candles are burning")
        assert len({*one.witness.line("command", "up")}) >= 1
    assert host.sync()["seq"] == host.state.seq
    eventually(lambda: host.presence["candles"] == {"candles": count}, "as many candles as presses")


def test_away_for_a_moment_nothing_is_struck_or_lit_twice(serving: Callable[..., Server], figures: Figures) -> None:
    server = serving()
    truth = truth_of(server)
    bells = an_item("bells", both("The bells", "Колокола"), i.Bell(4, 1.5), 6, end="next")
    keys = server.plan(of("bells", now_ms() + 600_000, (bells, CANDLES)))
    host, bruno = server.person(keys["host"]).connect(), server.person(keys["participant"]).connect()
    with those_who_lose_their_lines(server, f"{server.url}/e/{keys['participant']}", truth, "offline", "cut") as away:
        answer = host.command("item.cue", item_id="bells", aimed_cue=0)
        start_ms = host.at(answer["seq"]).state.progress.runs[-1].start_ms
        wait_ms(truth, start_ms + 1800)
        for one in away:
            one.lose()
        wait_ms(truth, start_ms + 6300)
        for one in away:
            light(one)
        assert bruno.command("candle.light", item_id="candles")["ok"]
        for one in away:
            since_ms = truth.now()
            one.regain()
            back(figures, one, since_ms)
        lit_once(away, host, 1)
        for one in away:
            assert [round((at - start_ms) / 1500) for at in one.witness.strokes(start_ms - 1000)] == [*range(4)], (
                one.how
            )
            assert one.witness.faults == []
    host.disconnect()
    bruno.disconnect()


@pytest.mark.heavy
def test_twenty_seconds_without_a_line_in_the_middle_of_a_silence(
    serving: Callable[..., Server], figures: Figures
) -> None:
    server = serving()
    truth = truth_of(server)
    evening = Evening(server, replace(DETAIL, duration_s=24, end_signal="bell"), after=[CANDLES])
    host, bruno = server.person(evening.keys["host"]).connect(), server.person(evening.keys["participant"]).connect()
    with those_who_lose_their_lines(server, evening.door, truth, "offline", "cut", "silent") as away:
        silence = evening.begin()
        wait_ms(truth, silence.t0_ms + 7000)
        for one in away:
            one.lose()
        wait_ms(truth, silence.rest_end_ms + 500)
        for one in away:
            light(one)
        assert bruno.command("candle.light", item_id="candles")["ok"]
        wait_ms(truth, silence.t0_ms + 27_000)
        for one in away:
            since_ms = truth.now()
            one.regain()
            back(figures, one, since_ms)
        lit_once(away, host, 1)
        for one, account in zip(away, accounts([one.witness for one in away], silence), strict=True):
            account.undisturbed()
            assert len(one.witness.strokes(silence.t0_ms)) == 1, "the bell at the end"
    host.disconnect()
    bruno.disconnect()
