"""F7: a laptop that slept through a part of the ceremony shows the right picture at once, and makes up for nothing."""

import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest

from memorata.domain import items as i
from tests.browser.conftest import FLAGS, chromium_program
from tests.browser.evening import an_item, both, of
from tests.browser.plain import Chromium, PlainTab
from tests.browser.sounding import SCRIPT as HEARING
from tests.browser.sounding import strokes
from tests.browser.test_in_step import ASLEEP
from tests.faults.badline import BadLine
from tests.faults.figures import Figures
from tests.faults.witness import LISTENING, READING, wait_ms
from tests.live.client import eventually
from tests.live.conftest import Server, now_ms
from tests.live.truth import truth_of

pytestmark = [pytest.mark.faults, pytest.mark.browser, pytest.mark.heavy, pytest.mark.timeout(240)]

RIGHT_S, RESYNC_S = 1.0, 3.0
MINUTES_10 = 600_000
BELLS = an_item("bells", both("The bells", "Колокола"), i.Bell(10, 2), 20, end="next")
WORDS = an_item("words", both("Words", "Слова"), i.Address(both("Vera", "Вера")), 600)

# Beside ASLEEP, whose clock stands still while the page is frozen: the wall clock goes on by ten minutes more.
TEN_MINUTES = f"""
(() => {{
  const Real = Date
  let more_ms = 0
  document.addEventListener('resume', () => {{ more_ms += {MINUTES_10} }}, {{ capture: true }})
  window.Date = class extends Real {{
    constructor(...how) {{
      if (how.length === 0) super(Real.now() + more_ms)
      else super(...how)
    }}
    static now() {{ return Real.now() + more_ms }}
  }}
}})()
"""


@pytest.fixture
def plain(tmp_path: Path) -> Iterator[Chromium]:
    chromium = Chromium(chromium_program(), FLAGS, tmp_path / "chromium")
    yield chromium
    chromium.close()
    assert chromium.faults == []


def shown(tab: PlainTab) -> str:
    return str(tab.evaluate("document.querySelector('.audience')?.dataset.shown ?? ''"))


def came(tab: PlainTab) -> int:
    """How many messages of the server have come that are more than a sign of life."""
    return int(tab.evaluate("__line.filter((one) => one.way === 'down' && one.bytes > 20).length"))


def test_who_slept_through_the_bells_sees_what_is_shown_now(
    serving: Callable[..., Server], plain: Chromium, figures: Figures
) -> None:
    """A real freeze; to one of the two the wall clock says that it was ten minutes, and its line has died."""
    server = serving()
    truth = truth_of(server)
    keys = server.plan(of("asleep", now_ms() + 600_000, (BELLS, WORDS)))
    door = f"/e/{keys['participant']}"
    host = server.person(keys["host"]).connect()
    with BadLine(int(server.environment["MEMORATA_PORT"])) as line:
        tabs = {
            "phone": plain.open(server.url + door, HEARING, READING, LISTENING),
            "laptop": plain.open(line.url + door, TEN_MINUTES, ASLEEP, HEARING, READING, LISTENING),
        }
        for tab in tabs.values():
            tab.press("button[data-main]")
            tab.sees("[data-sound=on]")
        answer = host.command("item.cue", item_id="bells", aimed_cue=0)
        start_ms = host.at(answer["seq"]).state.progress.runs[-1].start_ms
        wait_ms(truth, start_ms + 4500)
        for tab in tabs.values():
            tab.sleep()
        slept_ms = truth.now()
        line.silence()
        wait_ms(truth, start_ms + 20_500)
        line.restore()
        for who, tab in tabs.items():
            before = came(tab)
            woken_ms = truth.now()
            tab.wake()
            eventually(partial(_words, tab), f"{who}: the words", 20)
            figures.hold("F7", f"{who}: the right picture after", (truth.now() - woken_ms) / 1000, "s", RIGHT_S)
            eventually(partial(_more, tab, before), f"{who}: to be in again", 20)
            figures.hold("F7", f"{who}: in again after", (truth.now() - woken_ms) / 1000, "s", RESYNC_S)
            time.sleep(1.5)
            struck = [at for at in strokes(tab, tab.begun_s(), truth) if at > slept_ms + 2500]
            assert struck == [], f"{who}: strokes of an item that is over"
    host.disconnect()


def _words(tab: PlainTab) -> bool:
    return "-words" in shown(tab)


def _more(tab: PlainTab, before: int) -> bool:
    return came(tab) > before
