"""Pages that speak WebRTC and nothing else, in one real Chromium, tied to a stage engine in the test's own process."""

import queue
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

from memorata.domain.errors import Refused
from memorata.services.stage_ports import Candidate, Description, Signal, StageEngine, Tab

SCRIPT = (Path(__file__).parent / "raw_page.js").read_text()
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--autoplay-policy=no-user-gesture-required",
    "--disable-renderer-backgrounding",
    "--disable-backgrounding-occluded-windows",
    "--disable-background-timer-throttling",
]
CEREMONY = "evening"
PATIENCE_S = 30.0


def tab(sid: str) -> Tab:
    return Tab(sid, CEREMONY, f"p-{sid}")


class RawPages:
    """Is `Pages` and `Heard` to an engine. Whoever waits by `until` carries the signals to and fro meanwhile."""

    def __init__(self, page: Page) -> None:
        self.heard: list[tuple[str, str, float]] = []
        """What, of which feed, and when (seconds of the system clock)."""
        self.refused: list[str] = []
        self._page = page
        self._in: queue.Queue[tuple[Any, ...]] = queue.Queue()
        self._engine: StageEngine | None = None
        page.goto("about:blank")
        page.evaluate(SCRIPT)

    def drive(self, engine: StageEngine) -> None:
        """Let this engine speak to the pages from now on."""
        self._engine = engine
        engine.start(self, self)

    # Pages

    def link(self, sid: str, link_id: str, do: str, way: str, feed_id: str) -> None:
        self._in.put(("link", sid, link_id, do, way, feed_id))

    def signal(self, sid: str, link_id: str, signal: Signal) -> None:
        if isinstance(signal, Description):
            told: dict[str, Any] = {"kind": signal.type, "sdp": signal.sdp}
        else:
            told = {"kind": "candidate", "candidate": signal.candidate, "mid": signal.mid, "line": signal.line}
        self._in.put(("signal", link_id, told))

    # Heard

    def live(self, feed_id: str) -> None:
        self.heard.append(("live", feed_id, time.time()))

    def gone(self, feed_id: str) -> None:
        self.heard.append(("gone", feed_id, time.time()))

    def away(self) -> None:
        self.heard.append(("away", "", time.time()))

    def back(self) -> None:
        self.heard.append(("back", "", time.time()))

    # The test

    def sends(self, sid: str, colour: str | None = None, sound: bool = True) -> None:
        """What this page has before its camera and microphone, to be sent by the links that it will get."""
        self._page.evaluate("([sid, colour, sound]) => raw.show(sid, colour, sound)", [sid, colour, sound])

    def offers_again(self, link_id: str) -> None:
        """As after a change of networks."""
        self._page.evaluate("id => raw.again(id)", link_id)

    def carry(self) -> None:
        """Hand over what waits between the engine and the pages."""
        while True:
            try:
                what, *args = self._in.get_nowait()
            except queue.Empty:
                break
            self._page.evaluate(f"args => raw.{what}(...args)", args)
        for told in self._page.evaluate("raw.take()"):
            signal: Signal
            if told["kind"] == "candidate":
                signal = Candidate(told["candidate"], told["mid"], told["line"])
            else:
                signal = Description(told["kind"], told["sdp"])
            assert self._engine is not None
            try:
                self._engine.signal(told["sid"], told["link"], signal)
            except Refused as refused:  # late, of a link that is over
                self.refused.append(refused.code)

    def links(self, sid: str | None = None, way: str = "recv") -> list[dict[str, Any]]:
        """The links of a page that are not over."""
        found: list[dict[str, Any]] = self._page.evaluate("raw.told()")
        return [one for one in found if one["way"] == way and not one["over"] and sid in {None, one["sid"]}]

    def of(self, sid: str, feed_id: str) -> dict[str, Any] | None:
        return next((one for one in self.links(sid) if one["feed"] == feed_id), None)

    def has_heard(self, what: str, feed_id: str = "") -> bool:
        return any(one[:2] == (what, feed_id) for one in self.heard)

    def heard_at(self, what: str, feed_id: str = "") -> float:
        return next(at for was, its, at in self.heard if (was, its) == (what, feed_id))

    def until(self, condition: Callable[[], Any], what: str) -> Any:
        end = time.monotonic() + PATIENCE_S
        while True:
            self.carry()
            found = condition()
            if found:
                return found
            assert time.monotonic() < end, (
                f"waited in vain for {what}: {self.heard} {self._page.evaluate('raw.told()')}"
            )
            time.sleep(0.01)

    def during(self, seconds: float) -> None:
        """Let time go by; only to see that something does not happen."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            self.carry()
            time.sleep(0.02)
