"""One ceremony before five browsers: a host, three participants, a watcher; conducted by the host's own console."""

import re
import statistics
import time
from itertools import pairwise

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import PHONE, Sit, ru
from tests.browser.evening import POEM, SILENCE, short
from tests.browser.recorder import Seen, last_beat, seen_by
from tests.live.client import eventually
from tests.live.conftest import Server, now_ms, pin_of

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

BEATS = SILENCE.duration_s * SILENCE.bpm // 60
SPOILT = BEATS // 10
"""A busy machine draws a beat late now and then, or not before the next; the sound waits for no picture."""
IN_STEP_MS = 150
"""How far apart two pages may be at the start of a silence (95 of 100 beats); here both are on one busy machine."""

ANNA = "Анна Петрова"


@pytest.fixture
def keys(server: Server) -> dict[str, str]:
    return server.plan(short(now_ms() + 600_000))


def test_an_evening_as_people_see_it(server: Server, sit: Sit, keys: dict[str, str]) -> None:
    host = open_console(sit(f"{server.url}/h/{keys['host']}"))
    vera = enter(sit(f"{server.url}/e/{keys['participant']}"))
    anna = sit(f"{server.url}/e/{keys['participant']}", locale="ru-RU", **PHONE)
    anna.get_by_text(ru("How should we greet you?")).click()
    anna.get_by_label(ru("Your name"), exact=True).fill(ANNA)
    anna.get_by_label(ru("Your town, association or family")).fill("Армения")
    enter(anna)
    bruno = enter(sit(f"{server.url}/e/{keys['participant']}"))
    watcher = sit(f"{server.url}/c/evening/watch")
    expect(vera.get_by_role("heading", name="Unconquered")).to_be_visible()
    expect(anna.get_by_role("heading", name="Непокорённые")).to_be_visible()
    expect(vera.get_by_text("4 people are here")).to_be_visible()

    words_are_read_along(host, vera, anna, watcher)
    the_silence_is_kept(server, host, vera, anna, bruno, watcher)
    a_film_is_shown(host, vera, anna)
    a_poem_is_heard(host, vera, anna, watcher)
    a_wreath_is_laid(host, vera, anna)
    candles_are_lit(host, vera, anna, bruno)
    a_wish_is_released(host, vera, anna)
    it_ends(host, vera, anna, watcher)


def open_console(page: Page, shows: str = "#next") -> Page:
    """In whichever browser: where the link was exchanged in another one, its PIN opens it."""
    page.get_by_role("button", name="Open the console").click()
    pin, opened = page.get_by_label("PIN of this link"), page.locator(shows)
    expect(pin.or_(opened).first).to_be_visible()
    if pin.is_visible():
        pin.fill(pin_of(page.url.partition("?")[0].rpartition("/")[2]))
        page.get_by_role("button", name="Open the console").click()
        expect(opened).to_be_visible()
    return page


def enter(page: Page) -> Page:
    page.locator("button[data-main]").click()
    expect(page.locator(".bar")).to_be_visible()
    expect(page.locator("[data-sound=on]")).to_be_visible()
    return page


def press_next(host: Page, title: str) -> None:
    """The large button, once it says what it starts and has stopped resting."""
    button = host.locator("#next")
    expect(button).to_contain_text(f"Next: {title}")
    expect(button).not_to_have_attribute("aria-disabled", "true")
    button.click()


def shows(page: Page, item_id: str) -> Locator:
    """The picture of this item, the only one there once the change of pictures is over."""
    expect(page.locator(".audience")).to_have_attribute("data-shown", re.compile(rf"^item-\d+-{item_id}$"))
    expect(page.locator(".scene > .crossfade > .crossfade-layer")).to_have_count(1)
    return page.locator(".scene")


def words_are_read_along(host: Page, vera: Page, anna: Page, watcher: Page) -> None:
    press_next(host, "Opening words")
    expect(shows(vera, "words")).to_contain_text("Dear people, dear families.")
    expect(shows(watcher, "words")).to_contain_text("Dear people, dear families.")
    expect(shows(anna, "words")).to_contain_text("Дорогие люди, дорогие семьи.")
    expect(host.locator(".h-row[aria-current=step]")).to_contain_text("Opening words")


def the_silence_is_kept(server: Server, host: Page, vera: Page, anna: Page, bruno: Page, watcher: Page) -> None:
    """Beat by beat on every page, whoever comes late and whatever dies; nothing else moves."""
    everybody = (vera, anna, bruno, watcher)
    press_next(host, "A minute of silence")
    expect(vera.locator(".silence")).to_contain_text("Those who can, please rise.")
    expect(anna.locator(".silence")).to_contain_text("Кто может, встаньте, пожалуйста.")
    for page in everybody:
        expect(page.locator(".silence[data-part=silence]")).to_be_attached()
    # In a silence nothing can be started, and only the sound stays in reach.
    expect(host.locator("#next")).to_have_attribute("aria-disabled", "true")
    expect(vera.get_by_role("button", name="Help")).not_to_be_visible()
    expect(vera.get_by_role("button", name="Sound is on")).to_be_visible()

    eventually(lambda: last_beat(vera) >= 2, "the third beat", 30)
    bruno.reload()
    eventually(lambda: last_beat(bruno) >= 0, "the beat after a reload", 10)
    assert last_beat(bruno) > 0

    server.kill()
    at = last_beat(vera)
    eventually(lambda: min(last_beat(page) for page in everybody) >= at + 3, "beats with no server", 30)
    for page in everybody:
        expect(page.locator(".under-line")).to_have_text("")
    server.start()
    assert last_beat(vera) < BEATS - 1, "the server must come back within the silence"

    for page in everybody:
        expect(page.locator("html")).not_to_have_attribute("data-calm", "", timeout=60_000)
    seen = [seen_by(page) for page in (vera, anna, watcher)]
    for one in seen:
        assert every_beat(one)
        assert one.moved(settled_ms=1500) == []
    in_step(seen[0], seen[1], "two participants")
    in_step(seen[0], seen[2], "a participant and the watcher")
    late = seen_after_reload(bruno)
    assert 0 < min(late) <= BEATS - 6
    apart = [abs(late[beat] - seen[0].beats[beat]) for beat in sorted(late.keys() & seen[0].beats)[1:]]
    assert statistics.median(apart) < IN_STEP_MS


def every_beat(one: Seen) -> bool:
    """Each beat of the silence in its turn, no other, and each once."""
    drawn = list(one.beats)
    return drawn == sorted(drawn) and {*drawn} <= {*range(BEATS)} and len(drawn) >= BEATS - SPOILT


def in_step(one: Seen, other: Seen, who: str) -> None:
    apart = sorted(abs(one.beats[beat] - other.beats[beat]) for beat in one.beats.keys() & other.beats)
    p95 = apart[round(0.95 * (len(apart) - 1))]
    print(f"{who}: median {statistics.median(apart):.1f} ms, p95 {p95:.1f} ms, most {apart[-1]:.1f} ms apart")
    assert statistics.median(apart) < IN_STEP_MS
    period_ms = 60_000 / SILENCE.bpm
    steps = [(one.beats[after] - one.beats[before]) / (after - before) for before, after in pairwise(one.beats)]
    # A late beat spoils the two steps beside it.
    assert len([step for step in steps if not 0.5 * period_ms < step < 1.5 * period_ms]) <= 2 * SPOILT


def seen_after_reload(page: Page) -> dict[int, float]:
    beats: dict[int, float] = page.evaluate(
        "() => Object.fromEntries(window.__seen.beats.map((one) => [one.beat, one.at]))"
    )
    return {int(beat): at for beat, at in beats.items()}


def a_film_is_shown(host: Page, vera: Page, anna: Page) -> None:
    press_next(host, "Message of the governor")
    for page in (vera, anna):
        expect(shows(page, "message").locator("video")).to_be_visible()
    eventually(lambda: min(position(vera), position(anna)) > 1, "the film runs", 30)

    def apart_s() -> float:
        """Asked one after the other, with the time of asking taken out."""
        return abs((position(vera) - time.monotonic()) - (position(anna) - time.monotonic()))

    # A film that a busy machine began late catches up a little at a time.
    eventually(lambda: apart_s() < 1.0, "the same picture at the same time", 30)


def position(page: Page) -> float:
    found: float = page.evaluate("() => document.querySelector('video')?.currentTime ?? 0")
    return found


def a_poem_is_heard(host: Page, vera: Page, anna: Page, watcher: Page) -> None:
    press_next(host, "Verses")
    shows(anna, "verses")
    anna.get_by_role("button", name=ru("Ask to speak")).click()
    anna.get_by_role("radio", name=ru("A poem")).check(force=True)
    expect(anna.locator("#ask-name")).to_have_value(ANNA)
    anna.locator("#ask-text").fill(POEM)
    anna.locator(".ask button[type=submit]").click()
    expect(anna.locator(".sheet")).to_contain_text(ru("You are first"))
    anna.get_by_role("button", name=ru("Back to the ceremony")).click()

    host.get_by_role("tab", name="Queue").click()
    host.get_by_role("button", name=f"Accept: {ANNA}").click()
    host.get_by_role("button", name=f"Call as next: {ANNA}").click()
    expect(anna.get_by_role("heading", name=ru("You are next. Please be ready."))).to_be_visible()
    anna.get_by_role("button", name=ru("I am ready")).click()
    host.get_by_role("button", name=f"Give the floor: {ANNA}").click()
    expect(anna.get_by_role("button", name=ru("Speak now"))).to_be_visible()
    expect(anna.get_by_role("button", name=ru("Not now"))).to_be_visible()
    anna.get_by_role("button", name=ru("Speak now")).click()
    expect(anna.locator(".floor-text")).to_have_text(POEM)
    for page in (vera, watcher):
        expect(page.locator(".under-line")).to_contain_text(ANNA)
        expect(page.locator("body")).not_to_contain_text("The wireless had no words")
    anna.get_by_role("button", name=ru("I have finished")).click()
    expect(anna.locator(".floor")).to_have_count(0)
    expect(vera.locator(".under-line")).not_to_contain_text(ANNA)
    expect(host.locator(".h-queue")).to_contain_text("1 request is over")


def a_wreath_is_laid(host: Page, vera: Page, anna: Page) -> None:
    press_next(host, "Laying of wreaths")
    expect(shows(vera, "wreaths")).to_contain_text("Armenia")
    expect(shows(vera, "wreaths")).to_contain_text("To those who stayed")
    expect(shows(anna, "wreaths")).to_contain_text("Тем, кто остался")
    # Only who came with the delegation can lay its wreath; everybody sees that it was laid.
    expect(vera.get_by_role("button", name="Lay our wreath")).to_have_count(0)
    laid = "Laid by their own hands"
    expect(vera.locator(".scene")).not_to_contain_text(laid)
    anna.get_by_role("button", name=ru("Lay our wreath")).click()
    expect(vera.locator(".scene")).to_contain_text(laid)
    expect(anna.locator(".scene")).to_contain_text(ru(laid))


def candles_are_lit(host: Page, vera: Page, anna: Page, bruno: Page) -> None:
    press_next(host, "Candles in the windows")
    shows(vera, "candles")
    vera.get_by_role("button", name="Light a candle").click()
    anna.get_by_role("button", name=ru("Light a candle")).click()
    expect(vera.get_by_role("button", name="Your candle is burning")).to_be_visible()
    for page in (vera, bruno):
        expect(page.locator(".candles-count")).to_have_text("2 candles are burning")


def next_item(host: Page, title: str) -> None:
    """Leave the remaining steps of the live item out, where it has some; such a button wants a second press."""
    host.get_by_role("button", name=f"Go on to: {title}", exact=True).click()
    host.get_by_role("button", name=f"Yes, go on to: {title}", exact=True).click()


def a_wish_is_released(host: Page, vera: Page, anna: Page) -> None:
    press_next(host, "Wishes")
    wish = "Записать голоса детей блокады"
    shows(anna, "wishes").locator("textarea").fill(wish)
    anna.locator(".write button[type=submit]").click()
    host.get_by_role("tab", name="Words").click()
    expect(host.locator(".h-wishes")).to_contain_text(wish)
    expect(vera.locator("body")).not_to_contain_text(wish)
    host.get_by_role("button", name=f"Release: {ANNA}").click()
    expect(shows(vera, "wishes")).to_contain_text(wish)
    # Taken back, it is on no screen any more.
    host.get_by_role("button", name=f"Take from the page: {ANNA}").click()
    expect(vera.locator("body")).not_to_contain_text(wish)


def it_ends(host: Page, vera: Page, anna: Page, watcher: Page) -> None:
    next_item(host, "Until next year")
    expect(shows(vera, "farewell")).to_contain_text("27 January 2028")
    expect(shows(anna, "farewell")).to_contain_text("До следующего года.")
    line = "Thank you for this evening"
    vera.locator(".guest-book textarea").fill(line)
    vera.locator(".guest-book button[type=submit]").click()
    close = host.locator("#next")
    expect(close).to_contain_text("Close the ceremony")
    expect(close).not_to_have_attribute("aria-disabled", "true")
    close.click()
    expect(close).to_contain_text("Yes, close the ceremony")
    close.click()
    for page in (vera, anna, watcher):
        expect(page.locator(".audience")).to_have_attribute("data-shown", "closed")
    host.locator(".h-wishes").get_by_role("button", name="Release").first.click()
    expect(anna.locator(".guest-book")).to_contain_text(line)
