"""Takes the pictures of the documentation anew: make pictures, or python docs/pictures.py [name ...].

A real server holds the demonstration with simulated people; a host goes from item to item, and at each one the pages
are photographed as people see them: wide in English, on a phone in Russian. Arguments leave out all other pictures.
"""

import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "server")]

from palette import smaller  # noqa: E402 - beside this file

from memorata.adapters.schedule_files import load_file  # noqa: E402 - found by the line above
from memorata.demo.company import cast  # noqa: E402
from memorata.domain.anniversary import occurrences  # noqa: E402
from memorata.domain.planning import programme_for  # noqa: E402
from memorata.domain.programme import Programme  # noqa: E402
from memorata.services.inviting import Guest  # noqa: E402
from tests.browser.conftest import FLAGS, chromium_program  # noqa: E402
from tests.browser.test_ceremony import open_console  # noqa: E402
from tests.live.client import Person, eventually  # noqa: E402
from tests.live.conftest import Server, now_ms  # noqa: E402

PICTURES = ROOT / "docs/pictures"
SIZES = {1280: (1280, 800, "en"), 390: (390, 844, "ru")}
PEOPLE = 40
ID = "unconquered-demo"

STILL = """
() => document.fonts.status === 'loaded' && document.querySelector('[data-leaving]') === null &&
  document.getAnimations().every((one) =>
    one.playState !== 'running' || one.effect.getComputedTiming().endTime === Infinity) &&
  [...document.images].every((one) => one.complete)
"""


def the_programme(starts_in_s: int | None = None) -> Programme:
    """The shipped demonstration on its day in 2027, or so soon, with its doors open."""
    series = load_file(ROOT / "schedules/unconquered.toml")
    (occurrence,) = occurrences(series, date(2027, 1, 1), 1)
    if starts_in_s is None:
        return replace(programme_for(series, occurrence, ID), door="open")
    planned = programme_for(series, occurrence, ID, now_ms() + starts_in_s * 1000)
    return replace(planned, lobby_opens_ms=now_ms(), door="open")


class Studio:
    """The browsers, one for each size, and who sits before them."""

    def __init__(self, browser: Browser, server: Server, wanted: list[str]) -> None:
        self.server = server
        self.wanted = wanted
        self.taken: list[Path] = []
        self._browser = browser
        self._blank = browser.new_page()
        self._contexts: list[BrowserContext] = []

    def seat(self, path: str, size: int, *, lang: str = "") -> Page:
        width, height, language = SIZES[size]
        language = lang or language
        context = self._browser.new_context(
            viewport={"width": width, "height": height},
            locale={"en": "en-GB", "ru": "ru-RU"}[language],
            timezone_id="Europe/Berlin",
            has_touch=size == 390,
            is_mobile=size == 390,
        )
        context.set_default_timeout(30_000)
        self._contexts.append(context)
        page = context.new_page()
        page.goto(self.server.url + path)
        return page

    def seats(self, path: str) -> dict[int, Page]:
        return {size: self.seat(path, size) for size in SIZES}

    def take(self, name: str, pages: dict[int, Page]) -> None:
        if self.wanted and not any(part in name for part in self.wanted):
            return
        for size, page in pages.items():
            page.wait_for_load_state()
            eventually(lambda page=page: page.evaluate(STILL), f"{name} to keep still")  # type: ignore[misc]
            path = PICTURES / f"{name}-{size}.png"
            path.write_bytes(smaller(page.screenshot(caret="hide"), self._blank))
            self.taken.append(path)

    def close(self, *pages: Page) -> None:
        for page in pages:
            page.context.close()
            self._contexts.remove(page.context)


@contextmanager
def company(server: Server, ceremony_id: str) -> Iterator[None]:
    """The simulated people of the demonstration; they leave when the other end of their input is closed."""
    guests = [Guest(who.name, who.community, who.country or "", who.language) for who in cast(PEOPLE)]
    links = Path(server.environment["MEMORATA_DATA_DIR"], "people.links")
    links.write_text("\n".join(one.key for one in server.office.inviting.make(ceremony_id, guests)), encoding="utf-8")
    people = subprocess.Popen(
        [sys.executable, "-m", "memorata.demo.company", "--url", server.url, "--keys", str(links),
         "--people", str(PEOPLE), "--arrival", "5"],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        yield
    finally:
        people.communicate(timeout=30)


class Evening:
    """Goes through the ceremony as a host, and has it photographed."""

    def __init__(self, studio: Studio, keys: dict[str, str]) -> None:
        self.studio = studio
        self.keys = keys
        self.host = studio.server.person(keys["host"], name="Amina").connect()
        self.items = the_programme().items

    def command(self, kind: str, **fields: object) -> None:
        answer = self.host.command(kind, **fields)
        if not answer["ok"]:
            raise RuntimeError(f"{kind}: {answer}")
        self.host.at(answer["seq"])

    def cue(self, kind: str, *pages: Page) -> str:
        """Start the first item of this kind, and wait until all pages show it."""
        item = next(item for item in self.items if item.kind == kind)
        self.command("item.cue", item_id=item.id, aimed_cue=self.host.state.progress.cues)
        for page in pages:
            page.locator(f".audience[data-shown$='-{item.id}']").wait_for()
        return item.id

    def step(self, step: int, now: int) -> None:
        self.command("item.step", aimed_cue=self.host.state.progress.cues, aimed_step=now, step=step)


def photograph(studio: Studio, keys: dict[str, str]) -> None:
    take, seats = studio.take, studio.seats
    before_the_door(studio, keys)
    studio.server.plan(the_programme(starts_in_s=60))
    evening = Evening(studio, keys)
    participants = seats(f"/e/{keys['participant']}")
    for page in participants.values():
        page.locator("button[data-main]").click()
        page.locator(".lobby").wait_for()
    hall = {1280: studio.seat(f"/e/{keys['participant']}/hall?people=80&lang=ru", 1280, lang="ru")}
    take("hall-entry", hall)
    hall[1280].locator("button[data-main]").click()
    watchers = seats(f"/c/{ID}/watch")
    consoles = seats(f"/h/{keys['host']}")
    take("host-door", consoles)
    for page in consoles.values():
        open_console(page)
    with company(studio.server, ID):
        eventually(lambda: evening.host.presence["seats"] >= PEOPLE, "the people", 60)
        all_pages = (*participants.values(), *watchers.values(), *hall.values())
        take("participant-lobby", participants)
        sheets(take, participants)
        take("watcher-lobby", watchers)
        take("host-lobby", consoles)
        items(evening, take, participants, watchers, hall, consoles, all_pages)
    evening.host.disconnect()


def before_the_door(studio: Studio, keys: dict[str, str]) -> None:
    for name, path in {
        "list": "/",
        "programme": f"/c/{ID}",
        "not-found": "/e/nothing",
        "participant-entry": f"/e/{keys['participant']}",
    }.items():
        pages = studio.seats(path)
        for page in pages.values():
            page.locator("h1").first.wait_for()
        studio.take(name, pages)
        studio.close(*pages.values())


Take = Callable[[str, dict[int, Page]], None]


def sheets(take: Take, participants: dict[int, Page]) -> None:
    for name, place in {"ask": 1, "help": 2}.items():
        for page in participants.values():
            page.locator(".bar-button").nth(place).click()
            page.locator(".sheet").wait_for()
        take(f"participant-{name}", participants)
        for page in participants.values():
            page.locator(".sheet-head button").click()


def items(
    evening: Evening,
    take: Take,
    participants: dict[int, Page],
    watchers: dict[int, Page],
    hall: dict[int, Page],
    consoles: dict[int, Page],
    everybody: tuple[Page, ...],
) -> None:
    evening.cue("address", *everybody)
    take("participant-address", participants)
    take("watcher-address", watchers)
    take("host-address", consoles)

    evening.cue("silence", *everybody)
    for page in everybody:
        page.locator(".silence[data-part=invitation]").wait_for(state="attached")
    take("participant-invitation", participants)
    for page in everybody:
        page.locator(".silence[data-part=silence]").wait_for(state="attached")
    time.sleep(1.5)  # the beat's light, at its fullest or not, is part of the picture
    take("participant-silence", participants)
    take("hall-silence", hall)
    take("host-silence", consoles)
    for page in everybody:
        page.locator("html:not([data-calm])").wait_for(timeout=120_000)

    # It follows the silence by itself.
    playing(*participants.values(), *hall.values())
    take("participant-film", participants)
    take("hall-film", hall)
    evening.cue("testimony", *everybody)
    take("participant-testimony", participants)
    evening.cue("reading", *everybody)
    take("participant-reading", participants)
    floor(evening, take, participants, consoles)
    evening.cue("wreath_laying", *everybody)
    playing(*participants.values(), *hall.values())
    take("participant-wreaths", participants)
    take("hall-wreaths", hall)
    evening.cue("roll_call", *everybody)
    take("participant-roll-call", participants)
    evening.cue("candle", *everybody)
    item_id = next(item.id for item in evening.items if item.kind == "candle")
    eventually(lambda: evening.host.presence["candles"].get(item_id, 0) >= PEOPLE / 2, "candles", 60)
    take("participant-candles", participants)
    take("hall-candles", hall)
    evening.cue("wishes", *everybody)
    words(evening, take, consoles)
    take("participant-wishes", participants)
    take("watcher-wishes", watchers)
    evening.command("picture.hold")
    for page in everybody:
        page.locator(".audience[data-shown=holding]").wait_for()
    take("participant-holding", participants)
    evening.command("picture.release")
    evening.cue("closing", *everybody)
    take("participant-closing", participants)


def playing(*pages: Page) -> None:
    """Wait until the recording has come, and its own still has gone."""
    for page in pages:
        page.bring_to_front()
        page.locator(".player[data-picture=yes]").wait_for()
        eventually(
            lambda page=page: page.evaluate("() => document.querySelector('video').currentTime > 2"), "a film", 60
        )  # type: ignore[misc]


def floor(evening: Evening, take: Take, participants: dict[int, Page], consoles: dict[int, Page]) -> None:
    """Each of the two participants asks, is called, is given the floor; one speaks at a time."""
    for name, poem, (size, page) in zip(
        ("Vera Sokolova", "Вера Соколова"),
        ("The same slow step, the same small light,\nand no one left in tears.",
         "Всё тот же шаг, всё тот же свет,\nи никого в слезах."),
        participants.items(),
        strict=True,
    ):  # fmt: skip
        page.locator(".bar-button").nth(1).click()
        page.locator(".choice").nth(1).click()
        page.locator("#ask-name").fill(name)
        page.locator("#ask-text").fill(poem)
        page.locator(".ask button[type=submit]").click()
        page.locator(".sheet .own-words").wait_for()
        take("participant-waiting", {size: page})
        page.locator(".sheet-head button").click()
        entry = eventually(lambda name=name: by_name(evening.host, name), name)  # type: ignore[misc]
        evening.command("floor.call", entry_id=entry)
        page.locator(".turn-card").wait_for()
        take("participant-next", {size: page})
        page.locator(".turn-card button[data-main]").click()
        if size == 1280:
            for console in consoles.values():
                console.locator("#tab-queue").click()
            take("host-queue", consoles)
        holder = evening.host.state.floor.holder()
        eventually(lambda entry=entry: stands(evening.host, entry) == "ready", "ready")  # type: ignore[misc]
        evening.command("floor.grant", entry_id=entry, aimed_holder=None if holder is None else holder.id)
        page.locator(".floor").wait_for()
        take("participant-speak-now", {size: page})
        page.locator(".floor button[data-main]").click()
        page.locator(".floor-text").wait_for()
        take("participant-own-words", {size: page})
        page.locator(".floor button[data-main]").click()
        page.locator(".floor").wait_for(state="detached")


def by_name(host: Person, name: str) -> str:
    return next((entry.id for entry in host.state.floor.entries if entry.name == name), "")


def stands(host: Person, entry_id: str) -> str:
    entry = host.state.floor.entry(entry_id)
    return "" if entry is None else entry.state


def words(evening: Evening, take: Take, consoles: dict[int, Page]) -> None:
    """Some are released, some still wait."""
    eventually(lambda: len(evening.host.state.tributes.wishes) >= 4, "words written", 90)
    for wish in evening.host.state.tributes.wishes[:3]:
        evening.command("wish.release", wish_id=wish.id)
    for page in consoles.values():
        page.locator("#tab-wishes").click()
    take("host-words", consoles)


def main(wanted: list[str]) -> None:
    PICTURES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        server = Server(Path(folder)).start()
        try:
            keys = server.plan(the_programme())
            browser = playwright.chromium.launch(executable_path=chromium_program(), args=FLAGS)
            studio = Studio(browser, server, wanted)
            photograph(studio, keys)
            browser.close()
        finally:
            server.stop()
    whole = sum(path.stat().st_size for path in studio.taken)
    print(f"{len(studio.taken)} pictures in {PICTURES.relative_to(ROOT)}, {whole / 1e6:.1f} MB")  # noqa: T201
    for path in studio.taken:
        if path.stat().st_size > 200_000:
            print(f"  {path.name} is large: {path.stat().st_size // 1000} kB")  # noqa: T201


if __name__ == "__main__":
    main(sys.argv[1:])
