"""F9: a device whose clock is wrong by hours, and is set while the page is open: nothing of it is seen or heard."""

from collections.abc import Callable

import pytest

from memorata.domain.silence import beat_ms
from tests.browser.conftest import the_browser
from tests.browser.minute import Evening
from tests.faults.figures import Figures
from tests.faults.witness import accounts, wait_ms, witness
from tests.live.conftest import Server
from tests.live.truth import truth_of

pytestmark = [pytest.mark.faults, pytest.mark.browser, pytest.mark.heavy, pytest.mark.timeout(180)]

WALL = """
(() => {
  // The clock of the device, as its owner has set it: what it shows has nothing to do with the time that has passed.
  const Real = Date
  let off_ms = OFF_MS
  window.__set = (ms) => { off_ms = ms }
  window.Date = class extends Real {
    constructor(...how) {
      if (how.length === 0) super(Real.now() + off_ms)
      else super(...how)
    }
    static now() { return Real.now() + off_ms }
  }
})()
"""
HOUR_MS = 3_600_000


def test_a_clock_that_is_wrong_and_is_set_changes_nothing(serving: Callable[..., Server], figures: Figures) -> None:
    server = serving()
    truth = truth_of(server)
    evening = Evening(server)
    there = [
        witness(the_browser(), "participant", evening.door, truth, WALL.replace("OFF_MS", str(hours * HOUR_MS))).enter()
        for hours in (-7, 5)
    ]
    silence = evening.begin()
    wait_ms(truth, beat_ms(silence, 2) + 400)
    for step, hours in enumerate((9, -3, 0)):
        there[0].page.evaluate(f"__set({hours * HOUR_MS})")
        there[1].page.evaluate(f"__set({-hours * HOUR_MS + 700})")
        wait_ms(truth, beat_ms(silence, 5 + 3 * step))
    for account in accounts(there, silence):
        account.undisturbed()
        assert account.heard is not None
        figures.hold("F9", "a beat away from its instant", account.heard.usual_ms, "ms", 20)
    for one in there:
        one.page.context.close()
