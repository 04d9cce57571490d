"""A Chromium that nobody makes believe it is being looked at: its tabs can be hidden, and put to sleep.

Playwright tells every page that it is in front. Here pages are spoken to by the debugging protocol alone.
"""

import json
import subprocess
from pathlib import Path
from typing import Any, Self

from websocket import create_connection

from tests.live.client import eventually


class Chromium:
    """One process; each tab is somebody's own browser, with cookies and storage of its own."""

    def __init__(self, program: str, flags: list[str], folder: Path) -> None:
        own = [
            "--headless=new",
            "--mute-audio",
            "--window-size=1280,900",
            "--remote-debugging-port=0",
            "--remote-allow-origins=*",
            # A hidden page is throttled to one wake a minute after this, instead of after five minutes.
            "--enable-features=IntensiveWakeUpThrottling:grace_period_seconds/1",
            f"--user-data-dir={folder}",
        ]
        self._process = subprocess.Popen(
            [program, *flags, *own, "about:blank"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        port = folder / "DevToolsActivePort"

        def listening() -> str | None:
            lines = port.read_text().splitlines() if port.exists() else []
            return f"ws://127.0.0.1:{lines[0]}{lines[1]}" if len(lines) == 2 else None

        self._line = create_connection(eventually(listening, "chromium", 30), timeout=60)
        self._number = 0
        self.faults: list[str] = []

    def send(self, method: str, session: str = "", **params: Any) -> Any:
        self._number += 1
        message: dict[str, Any] = {"id": self._number, "method": method, "params": params}
        self._line.send(json.dumps({**message, "sessionId": session} if session else message))
        while True:
            answer = json.loads(self._line.recv())
            if answer.get("method") == "Runtime.exceptionThrown":
                self.faults.append(json.dumps(answer["params"]["exceptionDetails"]))
            if answer.get("id") == self._number:
                assert "error" not in answer, (method, answer["error"])
                return answer["result"]

    def open(self, url: str, *scripts: str) -> "PlainTab":
        return PlainTab(self, self.send("Target.createBrowserContext")["browserContextId"]).goto(url, *scripts)

    def close(self) -> None:
        self.send("Browser.close")
        self._line.close()
        self._process.wait(30)


class PlainTab:
    def __init__(self, chromium: Chromium, context: str) -> None:
        self._chromium = chromium
        self._context = context
        self._target = self._new_tab()
        attached = chromium.send("Target.attachToTarget", targetId=self._target, flatten=True)
        self._session: str = attached["sessionId"]
        for domain in ("Page", "Runtime", "Performance"):
            self.send(f"{domain}.enable")

    def _new_tab(self) -> str:
        made = self._chromium.send("Target.createTarget", url="about:blank", browserContextId=self._context)
        target: str = made["targetId"]
        return target

    def send(self, method: str, **params: Any) -> Any:
        return self._chromium.send(method, self._session, **params)

    def goto(self, url: str, *scripts: str) -> Self:
        for script in scripts:
            self.send("Page.addScriptToEvaluateOnNewDocument", source=script)
        self.send("Page.navigate", url=url)
        return self

    def evaluate(self, expression: str) -> Any:
        done = self.send("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in done, done["exceptionDetails"]
        return done["result"].get("value")

    def sees(self, selector: str) -> None:
        there = f"document.querySelector({json.dumps(selector)}) !== null"
        eventually(lambda: self.evaluate(there), selector, 30)

    def press(self, selector: str) -> None:
        """As a finger does."""
        self.sees(selector)
        found = f"document.querySelector({json.dumps(selector)})"
        self.evaluate(f"{found}.scrollIntoView({{ block: 'center', behavior: 'instant' }})")
        box = self.evaluate(f"{found}.getBoundingClientRect().toJSON()")
        point = {"x": box["x"] + box["width"] / 2, "y": box["y"] + box["height"] / 2}
        for kind in ("mousePressed", "mouseReleased"):
            self.send("Input.dispatchMouseEvent", type=kind, button="left", clickCount=1, **point)

    def hide(self) -> None:
        """Its person opens another tab before it."""
        self._chromium.send("Target.activateTarget", targetId=self._new_tab())
        self._seen("hidden")

    def show(self) -> None:
        """And comes back to it."""
        self._chromium.send("Target.activateTarget", targetId=self._target)
        self._seen("visible")

    def sleep(self) -> None:
        """Nothing in it runs any more, its audio clock included."""
        self.hide()
        self.send("Page.setWebLifecycleState", state="frozen")

    def wake(self) -> None:
        self.send("Page.setWebLifecycleState", state="active")
        self.show()

    def _seen(self, state: str) -> None:
        eventually(lambda: self.evaluate("document.visibilityState") == state, f"the page to be {state}", 30)

    def begun_s(self) -> float:
        """Where the page's clock begins, on the monotonic clock of the machine."""
        metrics = {one["name"]: one["value"] for one in self.send("Performance.getMetrics")["metrics"]}
        return float(metrics["NavigationStart"])
