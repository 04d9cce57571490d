"""Every page by an automatic examiner (axe-core), and on a screen of 320 pixels: nothing serious, nothing sideways."""

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import PHONE, ROOT, Sit
from tests.browser.evening import every_kind, short
from tests.browser.test_ceremony import enter, open_console
from tests.live.client import Person, eventually
from tests.live.conftest import Server, now_ms

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

AXE = Path(ROOT / "client/node_modules/axe-core/axe.min.js").read_text("utf-8")
NARROW: Any = {**PHONE, "viewport": {"width": 320, "height": 640}}
GRAVE = ("serious", "critical")

EXAMINE = """
async () => {
  const { violations } = await axe.run(document, { resultTypes: ['violations'] })
  const where = ({ target, any }) => `${target.join(' ')} | ${any[0]?.message ?? ''}`
  return violations.map(({ id, impact, help, nodes }) => ({ id, impact, help, where: nodes.slice(0, 4).map(where) }))
}
"""

# Whatever sticks out sideways; `overflow: hidden` may hide it from the scroll bar, not from the person.
SIDEWAYS = """
() => {
  const html = document.documentElement
  const room = html.clientWidth
  const out = []
  if (html.scrollWidth > room || document.body.scrollWidth > room) out.push(`the page is ${html.scrollWidth} wide`)
  const parts = 'h1, h2, h3, p, button, a, li, dt, dd, input, textarea, select, img, video'
  for (const element of document.body.querySelectorAll(parts)) {
    if (element.closest('svg, .unseen, [inert]') !== null || !element.checkVisibility()) continue
    const box = element.getBoundingClientRect()
    // A link that comes into view by its focus waits wholly outside.
    if (box.width > 0 && box.right > 0 && (box.right > room + 1 || box.left < -1)) {
      const name = `${element.tagName.toLowerCase()}.${element.className}`
      out.push(`${name}: ${Math.round(box.left)} to ${Math.round(box.right)}`)
    }
  }
  return out
}
"""


class Examiner:
    """Collects what is wrong with the pages shown to it, so that one run tells everything."""

    def __init__(self) -> None:
        self.found: list[str] = []

    def look(self, page: Page, name: str, *, narrow: Page | None = None) -> None:
        settled(page)
        # The policy of our pages lets no foreign script in; the examiner comes by the debugger, as a function does.
        page.evaluate(AXE)
        for fault in page.evaluate(EXAMINE):
            if fault["impact"] in GRAVE:
                self.found.append(f"{name}: {fault['impact']} {fault['id']}, {fault['help']}: {fault['where']}")
        if narrow is not None:
            settled(narrow)
            self.found += [f"{name} at 320 px: {what}" for what in narrow.evaluate(SIDEWAYS)]


STILL = """
() => document.fonts.status === 'loaded' && document.querySelector('[data-leaving]') === null &&
  document.getAnimations().every((one) =>
    one.playState !== 'running' || one.effect.getComputedTiming().endTime === Infinity ||
    // The line of one's own time fills all along.
    one.effect.target.closest('.timer-line') !== null)
"""


def settled(page: Page) -> None:
    """When nothing fades any more."""
    eventually(lambda: page.evaluate(STILL), "a still page")


@pytest.fixture
def examiner() -> Any:
    examiner = Examiner()
    yield examiner
    assert examiner.found == []


def test_pages_before_the_door(server: Server, sit: Sit, examiner: Examiner) -> None:
    keys = server.plan(short(now_ms() + 600_000))
    wide, narrow = sit(server.url), sit(server.url, **NARROW)
    for name, path in {
        "list": "/",
        "programme": "/c/evening",
        "programme in Russian": "/c/evening?lang=ru",
        "no such page": "/nowhere",
        "no such link": "/e/abcdefgh",
        "entry": f"/e/{keys['participant']}",
        "entry in Russian": f"/e/{keys['participant']}?lang=ru",
        "hall's entry": f"/e/{keys['participant']}/hall?people=80",
        "host's door": f"/h/{keys['host']}?lang=en",
        "watcher": "/c/evening/watch?lang=en",
    }.items():
        for page in (wide, narrow):
            page.goto(server.url + path)
            expect(page.locator("h1").first).to_be_visible()
            expect(page.get_by_text("One moment")).to_have_count(0)
        examiner.look(wide, name, narrow=None if name == "hall's entry" else narrow)


def test_the_lobby_and_what_lies_over_it(server: Server, sit: Sit, examiner: Examiner) -> None:
    keys = server.plan(short(now_ms() + 600_000, "morning"))
    link = f"{server.url}/e/{keys['participant']}"
    wide, narrow = enter(sit(link)), enter(sit(link, **NARROW))
    for page in (wide, narrow):
        expect(page.get_by_role("heading", name="Unconquered")).to_be_visible()
        page.evaluate("() => document.querySelectorAll('details').forEach((one) => (one.open = true))")
    examiner.look(wide, "lobby", narrow=narrow)
    for name in ("Ask to speak", "Help"):
        for page in (wide, narrow):
            page.get_by_role("button", name=name, exact=True).click()
            expect(page.get_by_role("dialog")).to_be_visible()
            page.evaluate("() => document.querySelectorAll('details').forEach((one) => (one.open = true))")
        examiner.look(wide, name, narrow=narrow)
        for page in (wide, narrow):
            page.get_by_role("dialog").get_by_role("button", name="Close").click()


def test_every_kind_of_item(server: Server, sit: Sit, examiner: Examiner) -> None:
    programme = every_kind(now_ms() + 600_000)
    keys = server.plan(programme)
    link = f"{server.url}/e/{keys['participant']}"
    wide, narrow = enter(sit(link)), enter(sit(link, **NARROW))
    host = server.person(keys["host"]).connect()
    narrow.get_by_role("button", name="Help").click()
    narrow.get_by_role("switch", name="Large text").click()
    narrow.get_by_role("dialog").get_by_role("button", name="Close").click()
    for item in programme.conducted():
        cue(host, item.id)
        for page in (wide, narrow):
            expect(page.locator(f".audience[data-shown$='-{item.id}']")).to_be_attached()
        examiner.look(wide, item.kind, narrow=narrow)
    assert host.command("picture.hold")["ok"]
    for page in (wide, narrow):
        expect(page.locator(".audience[data-shown=holding]")).to_be_attached()
    examiner.look(wide, "holding picture", narrow=narrow)
    assert host.command("picture.release")["ok"]
    assert host.command("ceremony.close")["ok"]
    for page in (wide, narrow):
        expect(page.locator(".audience[data-shown=closed]")).to_be_attached()
    examiner.look(wide, "after the end", narrow=narrow)
    host.disconnect()


def test_a_silence_one_s_own_turn_and_the_console(server: Server, sit: Sit, examiner: Examiner) -> None:
    keys = server.plan(short(now_ms() + 600_000, "noon"))
    link = f"{server.url}/e/{keys['participant']}"
    wide, narrow = enter(sit(link)), enter(sit(link, **NARROW))
    console = open_console(sit(f"{server.url}/h/{keys['host']}"))
    watcher = sit(f"{server.url}/c/noon/watch")
    hall = sit(f"{link}/hall?people=80")
    hall.locator("button[data-main]").click()
    host, chiyo = server.person(keys["host"]).connect(), server.person(keys["participant"], name="Chiyo").connect()
    asked = chiyo.command("floor.request", entry_kind="poem", name="Chiyo", text="The same slow step")
    assert asked["ok"]
    cue(host, "words")
    for page in (wide, watcher, hall):
        expect(page.locator(".audience[data-shown$='-words']")).to_be_attached()
    examiner.look(watcher, "watcher in an address")
    examiner.look(hall, "hall in an address")
    for tab in ("Queue", "Words", "People", "More"):
        console.get_by_role("tab", name=tab).click()
        examiner.look(console, f"console, {tab}")
    console.locator(".h-head").nth(3).click()
    examiner.look(console, "console, an item's actions")

    asks(wide)
    asks(narrow)
    eventually(lambda: len(host.state.floor.entries) == 3, "their requests")
    for page, entry in zip((wide, narrow), host.state.floor.entries[1:], strict=True):
        assert host.command("floor.call", entry_id=entry.id)["ok"]
        expect(page.get_by_role("button", name="I am ready")).to_be_visible()
    examiner.look(wide, "called as next", narrow=narrow)
    for page, entry in zip((wide, narrow), host.state.floor.entries[1:], strict=True):
        page.get_by_role("button", name="I am ready").click()
        eventually(lambda entry=entry: stands(host, entry.id) == "ready", "ready")
        holder = host.state.floor.holder()
        assert host.command("floor.grant", entry_id=entry.id, aimed_holder=None if holder is None else holder.id)["ok"]
        page.get_by_role("button", name="Speak now").wait_for()
        examiner.look(page, "the floor is offered", narrow=page if page is narrow else None)
        page.get_by_role("button", name="Speak now").click()
        examiner.look(page, "one's own words", narrow=page if page is narrow else None)
    narrow.get_by_role("button", name="I have finished").click()

    cue(host, "minute")
    for page in (wide, narrow):
        expect(page.locator(".silence[data-part=invitation]")).to_be_attached()
    examiner.look(wide, "invitation", narrow=narrow)
    for page in (wide, narrow):
        expect(page.locator(".silence[data-part=silence]")).to_be_attached()
    examiner.look(wide, "silence", narrow=narrow)
    examiner.look(hall, "silence in a hall")
    examiner.look(console, "console in a silence")
    host.disconnect()
    chiyo.disconnect()


def asks(page: Page) -> None:
    page.get_by_role("button", name="Ask to speak").click()
    page.locator("#ask-name").fill("Bruno")
    page.locator("#ask-text").fill("The wireless had no words that night")
    page.locator(".ask button[type=submit]").click()
    page.get_by_role("button", name="Back to the ceremony").click()


def stands(host: Person, entry_id: str) -> str:
    entry = host.state.floor.entry(entry_id)
    return "" if entry is None else entry.state


def cue(host: Person, item_id: str) -> None:
    answer = host.command("item.cue", item_id=item_id, aimed_cue=host.state.progress.cues)
    assert answer["ok"], answer
    host.at(answer["seq"])
