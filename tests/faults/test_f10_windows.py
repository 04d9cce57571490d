"""F10: one person in several windows and on several devices: one seat, one metronome, every press once."""

import os
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from memorata.services.inviting import Guest
from tests.browser.conftest import PATIENCE_MS, PHONE, WIDE, Faults, ru, the_browser
from tests.browser.minute import Evening
from tests.faults.figures import Figures
from tests.faults.witness import HEARING, LISTENING, READING, SEEING, Witness, accounts
from tests.live.client import eventually, fetch
from tests.live.conftest import Server
from tests.live.truth import Truth, truth_of

pytestmark = [pytest.mark.faults, pytest.mark.browser, pytest.mark.timeout(240)]

ELSEWHERE = "You are here in another window too. The sound comes from there."
ON_ANOTHER = "You are here on another device too. If both are in one room, turn the sound of one of them off."


LOUDNESS = """
(() => {
  // How loud a page is lies in what it connects to its loudspeaker.
  const { connect } = AudioNode.prototype
  window.__masters = []
  AudioNode.prototype.connect = function (to, ...rest) {
    if (to instanceof AudioDestinationNode && this instanceof GainNode) __masters.push(this)
    return connect.call(this, to, ...rest)
  }
})()
"""


def loud(windows: list[Witness]) -> list[int]:
    """The numbers of those whose beats can be heard; no browser looks at it while nothing sounds."""
    loudest = "Math.max(0, ...__masters.filter((one) => one.context.state === 'running').map((one) => one.gain.value))"
    gains = [one.page.evaluate(loudest) for one in windows]
    return [number for number, gain in enumerate(gains) if gain > 0.01]


def a_browser(locale: str = "en", **options: Any) -> BrowserContext:
    context = the_browser().new_context(locale=locale, **{**WIDE, **options})
    context.set_default_timeout(PATIENCE_MS)
    for script in (SEEING, HEARING, READING, LISTENING, LOUDNESS):
        context.add_init_script(script)
    return context


def a_window(browser: BrowserContext, url: str, truth: Truth) -> Witness:
    window = Witness("participant", browser.new_page(), truth)
    window.page.goto(url)
    return window


def seats(server: Server, evening: Evening) -> int:
    _, timeline = fetch(f"{server.url}/c/{evening.ceremony_id}/timeline.json")
    return int(timeline["counts"]["seats"])


def picture(page: Page, name: str) -> None:
    """For whoever wants to see it: MEMORATA_PICTURES names a folder."""
    if folder := os.environ.get("MEMORATA_PICTURES"):
        page.screenshot(path=f"{folder}/{name}.png")


def sounds(page: Page) -> None:
    expect(page.locator(".bar-button[data-sound=on]")).to_be_visible()
    expect(page.get_by_text(ELSEWHERE)).to_have_count(0)


def is_silent(page: Page) -> None:
    expect(page.get_by_text(ELSEWHERE)).to_be_visible()
    expect(page.locator(".bar-button[data-sound=off]")).to_be_visible()


def test_the_window_in_which_somebody_presses_is_the_one_that_sounds(serving: Callable[..., Server]) -> None:
    server = serving()
    truth = truth_of(server)
    evening = Evening(server)
    browser = a_browser()
    first = a_window(browser, evening.door, truth).enter()
    expect(first.page.get_by_text("A soft tone will sound")).to_have_count(0)
    second = a_window(browser, evening.door, truth)
    expect(second.page.get_by_text("You have entered already in another window.")).to_be_visible()
    second.enter()
    sounds(second.page)
    is_silent(first.page)
    picture(first.page, "window-1280")
    # One seat; and a forgotten window is not in the way: one press, and it is this one.
    assert seats(server, evening) == 1
    first.page.get_by_role("button", name="Use this window instead").click()
    sounds(first.page)
    is_silent(second.page)
    second.page.locator(".bar-button[data-sound]").click()
    sounds(second.page)
    is_silent(first.page)
    # Closed, another goes on with no press at all.
    second.page.close()
    sounds(first.page)
    assert seats(server, evening) == 1
    # Who reloads a window looks at it.
    third = a_window(browser, evening.door, truth).enter()
    is_silent(first.page)
    first.page.reload()
    expect(third.page.get_by_text(ELSEWHERE)).to_be_visible()
    expect(first.page.get_by_text(ELSEWHERE)).to_have_count(0)
    assert first.faults == third.faults == Faults()
    browser.close()


@pytest.mark.heavy
def test_ten_windows_keep_one_silence_with_one_metronome(serving: Callable[..., Server], figures: Figures) -> None:
    server = serving()
    truth = truth_of(server)
    evening = Evening(server)
    browser = a_browser()
    windows = [a_window(browser, evening.door, truth).enter() for _ in range(10)]
    sounds(windows[-1].page)
    for one in windows[:-1]:
        is_silent(one.page)
    figures.hold("F10", "seats of ten windows", seats(server, evening), "", 1, exact=True)
    silence = evening.begin()
    truth_ms = silence.t0_ms + 3000
    eventually(lambda: truth.now() > truth_ms, "the middle of the silence", 40)
    # In the silence another takes the sound, and nothing moves on the one that loses it.
    eventually(lambda: loud(windows) == [9], "the last alone to be heard")
    windows[0].page.locator(".bar-button[data-sound]").click()
    eventually(lambda: loud(windows) == [0], "the first alone to be heard")
    told = accounts(windows, silence)
    for account in told:
        assert account.heard is not None
        assert (account.heard.missed, account.heard.extra, account.errors) == ([], 0, [])
        assert account.said_within() == []
    for account in told[1:]:
        assert account.moved == []
    for one in windows[1:]:
        one.page.close()
    sounds(windows[0].page)
    # The host's own seat is kept for half a minute; this one stays.
    eventually(lambda: seats(server, evening) == 1, "one seat", 45)
    browser.close()


@pytest.mark.heavy
def test_a_second_device_is_told_of_and_never_in_the_way(serving: Callable[..., Server]) -> None:
    server = serving()
    truth = truth_of(server)
    evening = Evening(server)
    (vera,) = server.office.inviting.make(evening.ceremony_id, [Guest("Vera Sokolova", "Yerevan")])
    door = f"{server.url}/e/{vera.key}"
    laptop, telephone = a_browser(), a_browser("ru", **PHONE)
    at_home = a_window(laptop, door, truth).enter()
    in_hand = a_window(telephone, door, truth).enter()
    expect(at_home.page.get_by_text("You are here on another device too.")).to_be_visible()
    expect(in_hand.page.get_by_text(ru(ON_ANOTHER))).to_be_visible()
    # Both sound, for they may be in two houses; and the seat is one.
    for one in (at_home, in_hand):
        expect(one.page.locator(".bar-button[data-sound=on]")).to_be_visible()
    assert seats(server, evening) == 1
    picture(at_home.page, "devices-1280")
    picture(in_hand.page, "devices-390")
    in_hand.page.get_by_role("button", name=ru("Understood")).click()
    expect(in_hand.page.locator(".several")).to_have_count(0)
    telephone.close()
    expect(at_home.page.locator(".several")).to_have_count(0)
    assert seats(server, evening) == 1
    laptop.close()
