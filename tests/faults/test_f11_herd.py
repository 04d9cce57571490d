"""F11: every line is lost at once in the middle of the silence, as when the proxy before the server starts again."""

import time
from collections import Counter
from collections.abc import Callable

import pytest

from tests.faults.conftest import an_evening, conducted, instant_ms, until_ms
from tests.faults.crowd import Crowd
from tests.faults.figures import Figures, quantile
from tests.faults.metrics import Gaps, metric
from tests.faults.watch import Watch
from tests.live.client import eventually
from tests.live.conftest import Server
from tests.live.truth import truth_of

pytestmark = pytest.mark.faults

QUIET_S = 3.0


def herd(serving: Callable[..., Server], crowds: Callable[..., Crowd], figures: Figures, count: int) -> None:
    server = serving()
    keys = server.plan(an_evening(silence_s=6 + count // 200))
    crowd = crowds(server, keys["participant"], count)
    announced = conducted(server, crowd)
    start_ms = instant_ms(announced, "minute")
    with Watch(crowd, announced, truth_of(server), each_s=0.1 if count < 500 else 0.5) as watch:
        until_ms(start_ms - 1_000)
        before, began_s = asked(server), time.monotonic()
        until_ms(start_ms - 1_000 + QUIET_S * 1000)
        usual = (asked(server) - before) / (time.monotonic() - began_s)
        with Gaps(server) as gaps:
            before, lost_s = asked(server), time.monotonic()
            crowd.drop()
            eventually(lambda: all(page.lost_s for page in crowd.pages), "all to be lost", 10)
            eventually(lambda: all(page.welcomed_s[-1] > lost_s for page in crowd.pages), "all back", 60)
        more = asked(server) - before - usual * (time.monotonic() - lost_s)
        until_ms(instant_ms(announced, "farewell") + 300)
    back = [page.welcomed_s[-1] - lost_s for page in crowd.pages]
    figures.hold("F11", f"50 % back ({count} pages)", quantile(back, 0.5), "s", 4)
    figures.hold("F11", f"95 % back ({count} pages)", quantile(back, 0.95), "s", 8)
    figures.hold("F11", f"100 % back ({count} pages)", max(back), "s", 15)
    figures.hold("F11", f"the loop stood at most ({count} pages)", gaps.at_most_ms, "ms", 250)
    figures.hold("F11", f"questions to the store for it ({count} pages)", max(0, more), "", 20)
    figures.hold("F11", f"error of the time shown ({count} pages)", watch.worst_ms, "ms", 50)
    assert watch.contradictions == []
    assert Counter(fault for page in crowd.pages for fault in page.faults) == Counter()
    assert len({page.heard.digest for page in crowd.pages}) == 1


def asked(server: Server) -> float:
    """How often the store was asked for anything since the server began."""
    return metric(server, "memorata_store_seconds_count")


def test_a_herd_comes_back(serving: Callable[..., Server], crowds: Callable[..., Crowd], figures: Figures) -> None:
    herd(serving, crowds, figures, 200)


@pytest.mark.heavy
@pytest.mark.timeout(300)
def test_a_herd_of_two_thousand_comes_back(
    serving: Callable[..., Server], crowds: Callable[..., Crowd], figures: Figures
) -> None:
    herd(serving, crowds, figures, 2_000)
