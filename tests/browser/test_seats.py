"""Beyond the seats there are, a page shows the ceremony as watchers see it, and becomes a participant's by itself."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from memorata.domain import items as i
from tests.browser.conftest import PHONE, Sit, ru
from tests.browser.evening import an_item, both, of
from tests.live.client import eventually, fetch
from tests.live.conftest import Server, now_ms

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]

FULL = "The rooms are full."


@pytest.fixture
def house(tmp_path: Path) -> Iterator[Server]:
    """With two seats."""
    started = Server(tmp_path, MEMORATA_SEATS="2").start()
    yield started
    started.stop()
    assert started.defects() == []


@pytest.fixture
def key(house: Server) -> str:
    """Of a ceremony at which candles are lit from the beginning on."""
    candles = an_item("candles", both("Candles in the windows", "Свечи в окнах"), i.Candle(), 900)
    key = house.plan(of("seats", now_ms() + 1_000, (candles,)))["participant"]
    house.office.ceremonies.conduct("seats", on=True)
    return key


def test_the_third_watches_until_somebody_leaves_and_is_who_they_were(house: Server, key: str, sit: Sit) -> None:
    url = f"{house.url}/e/{key}"
    # Chiyo has been here before.
    chiyo = sit(url, locale="ru-RU", **PHONE)
    chiyo.locator("summary").click()
    chiyo.get_by_label(ru("Your name")).fill("Тиё")
    enter(chiyo)
    chiyo.get_by_role("button", name=ru("Light a candle")).click()
    expect(chiyo.get_by_role("button", name=ru("Your candle is burning"))).to_be_visible()
    away(chiyo)
    amina, bruno = sit(url), sit(url)
    enter(amina)
    enter(bruno)
    expect(bruno.get_by_role("button", name="Light a candle")).to_be_visible()

    chiyo.goto(url)
    enter(chiyo)
    notice = chiyo.locator(".seat-line")
    expect(notice).to_contain_text(ru(FULL))
    expect(chiyo.get_by_role("heading", name="Свечи в окнах")).to_be_visible()
    expect(chiyo.locator(".candles-act")).to_have_count(0)
    expect(chiyo.get_by_role("button", name=ru("Ask to speak"))).to_have_count(0)
    daria = sit(url)
    enter(daria)
    expect(daria.locator(".seat-line")).to_contain_text(FULL)
    look(chiyo, "390-ru")
    look(daria, "1280-en")
    for page in (chiyo, daria):
        page.evaluate("() => { window.untouched = true }")
    eventually(lambda: _called(house) == 0, "the line to be there")

    away(bruno)
    expect(chiyo.get_by_role("button", name=ru("Your candle is burning"))).to_be_visible(timeout=90_000)
    expect(notice).to_have_count(0)
    expect(chiyo.get_by_role("button", name=ru("Ask to speak"))).to_be_visible()
    assert chiyo.evaluate("() => window.untouched") is True
    assert name_of(house, chiyo) == "Тиё"
    expect(daria.locator(".seat-line")).to_be_visible()

    # Only then the next, who has come later.
    away(amina)
    expect(daria.get_by_role("button", name="Light a candle")).to_be_visible(timeout=90_000)
    assert daria.evaluate("() => window.untouched") is True


def enter(page: Page) -> None:
    page.locator(".entry button[data-main]").click()
    expect(page.locator(".bar")).to_be_visible()


def away(page: Page) -> None:
    """As whoever closes the page: what was kept for this tab is gone, and the server has been told."""
    page.evaluate("() => { sessionStorage.clear(); window.dispatchEvent(new PageTransitionEvent('pagehide')) }")
    page.wait_for_timeout(200)
    page.goto("about:blank")


def name_of(house: Server, page: Page) -> str:
    token = page.evaluate("() => Object.entries(sessionStorage).find(([key]) => key.startsWith('memorata.token'))[1]")
    status, answer = fetch(f"{house.url}/api/me", {}, {"Authorization": f"Bearer {token}"})
    assert status == 200, answer
    return str(answer["participant"]["name"])


def _called(house: Server) -> Any:
    return fetch(f"{house.url}/c/seats/timeline.json")[1].get("called")


def look(page: Page, name: str) -> None:
    """A picture for whoever wants to see it: MEMORATA_LOOK names the folder."""
    folder = os.environ.get("MEMORATA_LOOK")
    if folder:
        page.screenshot(path=f"{folder}/seats-{name}.png")
