"""F6: a server that refuses, falls silent or hangs up: whoever holds a link is never left behind, nor told at once."""

from collections.abc import Callable

import pytest
from playwright.sync_api import WebSocketRoute, expect

from tests.browser.conftest import the_browser
from tests.browser.evening import of
from tests.faults.badline import BadLine
from tests.faults.figures import Figures
from tests.faults.test_f06_offline import CANDLES
from tests.faults.witness import witness
from tests.live.client import eventually
from tests.live.conftest import Server, now_ms
from tests.live.truth import Truth, truth_of

pytestmark = [pytest.mark.faults, pytest.mark.browser, pytest.mark.heavy, pytest.mark.timeout(180)]

LINE = "The connection is being restored; the ceremony continues."
RETRY = '44/live,{"message":"retry","data":{"code":"retry","after":1}}'


class Between:
    """What the server says on the way to a page, once: kept back, or said otherwise."""

    def __init__(self, truth: Truth) -> None:
        self.greeted_ms: list[float] = []
        self._truth = truth
        self.instead: str | None = None
        self.swallow = False
        self.route: WebSocketRoute | None = None

    def attend(self, route: WebSocketRoute) -> None:
        self.route = route
        server = route.connect_to_server()
        refused = False

        def down(message: str | bytes) -> None:
            nonlocal refused
            if isinstance(message, str) and message.startswith("40/live") and (self.instead or self.swallow):
                refused = True
                if self.instead is not None:
                    route.send(self.instead)
                self.instead, self.swallow = None, False
            # To this page the server has said no, or nothing, whatever it says after.
            if refused:
                return
            route.send(message)
            if isinstance(message, str) and message.startswith('42/live,["welcome"'):
                self.greeted_ms.append(self._truth.now())

        server.on_message(down)


def test_every_way_of_being_sent_away_ends(serving: Callable[..., Server], figures: Figures) -> None:
    server = serving()
    truth = truth_of(server)
    keys = server.plan(of("refused", now_ms() + 600_000, (CANDLES,)))
    between = Between(truth)
    page = witness(the_browser(), "participant", f"{server.url}/e/{keys['participant']}", truth)
    page.page.route_web_socket("**/socket.io/**", between.attend)
    page.page.reload()
    page.enter()

    def greeted(since_ms: float) -> float:
        def after() -> list[float]:
            page.wait(0.05)
            return [at for at in between.greeted_ms if at >= since_ms]

        return float(eventually(after, "a greeting", 30)[0])

    greeted(0)

    def hang_up() -> None:
        assert between.route is not None
        between.route.close()

    def put_off() -> None:
        between.instead = RETRY
        hang_up()

    def say_nothing() -> None:
        between.swallow = True
        hang_up()

    def dismiss() -> None:
        assert between.route is not None
        between.route.send("41/live,")

    for what, act, within_s in (
        ("hung up on", hang_up, 3),
        ("put off by a second", put_off, 5),
        ("dismissed by the server", dismiss, 3),
        ("without an answer to its greeting", say_nothing, 10),
    ):
        since_ms = truth.now()
        act()
        at = greeted(since_ms)
        figures.hold("F6", f"{what}: back after", (at - since_ms) / 1000, "s", within_s)
    assert page.page.get_by_text(LINE).count() == 0
    assert page.complaints() == []
    page.page.context.close()


def test_that_the_line_is_down_is_said_after_a_while_and_calmly(serving: Callable[..., Server]) -> None:
    server = serving()
    truth = truth_of(server)
    keys = server.plan(of("told", now_ms() + 600_000, (CANDLES,)))
    with BadLine(int(server.environment["MEMORATA_PORT"])) as line:
        page = witness(the_browser(), "participant", f"{line.url}/e/{keys['participant']}", truth).enter()
        eventually(lambda: page.line("welcome"), "a greeting")
        cut_ms = truth.now()
        line.cut()
        expect(page.page.locator(".under-line")).to_have_text(LINE)
        assert truth.now() - cut_ms > 7500
        assert page.page.locator("[role=alert]").count() == 0
        line.restore()
        expect(page.page.locator(".under-line")).to_have_text("")
        page.page.context.close()
