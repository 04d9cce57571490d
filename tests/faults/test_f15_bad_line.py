"""F15: the edge of a network: every tenth packet lost, 800 ms there and back, now and then three seconds of nothing."""

import time
from collections.abc import Callable

import pytest

from tests.browser.conftest import the_browser
from tests.browser.minute import Evening
from tests.faults.badline import BAD, BadLine
from tests.faults.figures import Figures, quantile
from tests.faults.witness import accounts, witness
from tests.live.conftest import Server
from tests.live.truth import truth_of

pytestmark = [pytest.mark.faults, pytest.mark.browser, pytest.mark.heavy, pytest.mark.timeout(300)]

PHASE_MS, ACTION_S = 150, 4.0
ACTIONS = 24


def test_a_silence_and_a_host_on_a_bad_line(serving: Callable[..., Server], figures: Figures) -> None:
    server = serving()
    truth = truth_of(server)
    evening = Evening(server)
    with BadLine(int(server.environment["MEMORATA_PORT"]), BAD, seed=15) as line:
        page = witness(the_browser(), "participant", line.url + evening.door[len(server.url) :], truth).enter()
        host = server.person(evening.keys["host"]).enter()
        host.base_url = line.url
        host.connect()
        took: list[float] = []
        for number in range(ACTIONS):
            pressed = time.monotonic()
            answer = host.command("picture.release" if number % 2 else "picture.hold")
            took.append(time.monotonic() - pressed)
            assert answer["ok"], answer
            page.wait(0.2)
        host.disconnect()
        silence = evening.begin()
        (account,) = accounts([page], silence)
        account.undisturbed()
        assert account.heard is not None
        figures.hold("F15", "a beat away from its instant", account.heard.usual_ms, "ms", PHASE_MS)
        figures.hold("F15", "a host's press, 50 %", quantile(took, 0.5), "s", ACTION_S)
        figures.hold("F15", "a host's press, 99 %", quantile(took, 0.99), "s", ACTION_S)
        # What the page said in all this time: nothing that comes and goes.
        lost = [text for _, text in account.said if "connection" in text]
        figures.hold("F15", "times that the page spoke of its line", len(lost), "", 1)
        page.page.context.close()
