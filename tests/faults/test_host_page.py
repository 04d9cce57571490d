"""F4 and F6 at the console: what a host has pressed is kept, plainly shown as waiting, and done once."""

import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import the_browser
from tests.browser.evening import of
from tests.browser.test_ceremony import press_next
from tests.faults.badline import BadLine
from tests.faults.test_f06_offline import CANDLES
from tests.faults.test_f07_asleep import WORDS
from tests.faults.witness import witness
from tests.live.client import eventually
from tests.live.conftest import Server, now_ms
from tests.live.truth import truth_of

pytestmark = [pytest.mark.faults, pytest.mark.browser, pytest.mark.timeout(180)]


@pytest.mark.heavy
def test_a_press_waits_for_the_line_and_for_the_store(serving: Callable[..., Server], tmp_path: Path) -> None:
    server = serving(tmp_path / "house")
    keys = server.plan(of("waiting", now_ms() + 600_000, (WORDS, CANDLES)))
    bruno = server.person(keys["participant"]).connect()
    with BadLine(int(server.environment["MEMORATA_PORT"])) as line:
        host = witness(the_browser(), "host", f"{line.url}/h/{keys['host']}", truth_of(server)).enter()
        button = host.page.locator("#next")
        line.cut()
        press_next(host.page, "Words")
        expect(button).to_contain_text("Pressed; it goes out with the line")
        expect(host.page.locator(".h-line")).to_contain_text("The line is down for")
        expect(host.page.locator(".h-line")).to_contain_text("1 press waits to be sent.")
        picture(host.page, "host-down")
        assert bruno.state.progress.cues == 0
        line.restore()
        eventually(lambda: bruno.state.progress.cues == 1, "the press to be done")
        expect(host.page.locator(".h-line")).to_contain_text("Connected")

        # Somebody else holds the store: not just now, says the server, and the console sends the same again.
        expect(button).to_contain_text("Next: Candles in the windows", timeout=30_000)
        with closing(sqlite3.connect(next((tmp_path / "house").glob("*.sqlite*")), isolation_level=None)) as other:
            other.execute("BEGIN EXCLUSIVE")
            press_next(host.page, "Candles in the windows")
            expect(button).to_contain_text("Saving…")
            expect(host.page.locator(".h-line")).to_contain_text("1 press is being saved.")
            picture(host.page, "host-saving")
            host.wait(4)
            assert bruno.state.progress.cues == 1
            expect(button).to_contain_text("Saving…")
            other.execute("ROLLBACK")
        eventually(lambda: bruno.state.progress.cues == 2, "the press to be done")
        sent = host.line("command", "up")
        assert len(sent) >= 3, "it was sent again"
        host.wait(2)
        assert bruno.sync()["seq"] == bruno.state.seq
        assert (bruno.state.progress.cues, len(bruno.state.progress.runs)) == (2, 2)
        assert host.complaints() == []
        host.page.context.close()
    bruno.disconnect()


def picture(page: "object", name: str) -> None:
    """For whoever wants to see it: MEMORATA_PICTURES names a folder."""
    if folder := os.environ.get("MEMORATA_PICTURES"):
        page.screenshot(path=f"{folder}/{name}.png")  # type: ignore[attr-defined]
