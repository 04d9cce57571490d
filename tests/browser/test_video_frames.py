"""Frames of other sites are brought within 0.3 s of the clock, by what they tell and what they understand.

The sites themselves are not asked. `standins/player.html` answers in their place, under their names and in their
protocols, with late starts, late jumps, and reports that are late and coarse; and it tells the test where it truly is.
"""

import json

import pytest
from playwright.sync_api import Page

from memorata.domain.broadcast import parse_link
from tests.browser.conftest import Sit
from tests.browser.pictured import Figures, Place, a_film, cue, enter, errors, figures, films
from tests.live.conftest import Server, now_ms

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]

STAND_IN = "tests/browser/standins/player.html"
PEERTUBE = "video.museum.example"
LINKS = {
    "youtube": "https://youtu.be/dQw4w9WgXcQ",
    "vimeo": "https://vimeo.com/76979871",
    "peertube": f"https://{PEERTUBE}/w/9c9de5e8-0a1e-484a-b099-e80766180a6d",
    "rutube": "https://rutube.ru/video/10b3a03fc01d5bbcc632a2f3514e8aab/",
    "vk": "https://vk.com/video-217986831_456240041",
}
STIFF = ("rutube", "vk")
"""Players with a single speed: they can only be sent elsewhere."""
SETTLED_MS = 25_000
WATCHED_MS = 12_000
WITHIN_MS = 300
STIFF_WITHIN_MS = 450
"""A jump is seen by everybody, and a busy machine's jumps land anywhere: this one is kept generous."""


def test_frames_are_brought_into_step(server: Server, sit: Sit) -> None:
    """All five sites at once, each in a ceremony of its own; then each page again, knowing what it has learned."""
    pages: dict[str, Page] = {}
    starts: dict[str, int] = {}
    for name, link in LINKS.items():
        source = parse_link(link, frozenset({PEERTUBE}))
        keys = server.plan(films(f"frame-{name}", now_ms() + 600_000, a_film("film", source)))
        page = pages[name] = sit(f"{server.url}/e/{keys['participant']}")
        host = source.url.split("/")[2]
        page.context.route(f"https://{host}/**", lambda route: route.fulfill(path=STAND_IN, content_type="text/html"))
        enter(page)
        person = server.person(keys["host"]).connect()
        starts[name] = cue(person, "film")
        person.disconnect()
    began_ms = now_ms()
    wait(pages, SETTLED_MS + WATCHED_MS)
    for name, page in pages.items():
        in_step(name, page, starts[name], began_ms + SETTLED_MS)
        kept = json.loads(page.evaluate("() => localStorage.getItem('memorata.learned')"))
        assert [row["key"].split()[0] for row in kept] == [name]
        assert 0.2 < kept[0]["start_s"] < 4

    for page in pages.values():
        page.reload()
    began_ms = now_ms()
    wait(pages, SETTLED_MS + WATCHED_MS)
    for name, page in pages.items():
        in_step(f"{name}, again", page, starts[name], began_ms + SETTLED_MS)
        # It aims at once as far ahead as this site needs.
        assert len(told(page)["seeks"]) <= (3 if name in STIFF else 2)


def wait(pages: dict[str, Page], ms: float) -> None:
    """As browsers wait: what they ask of other sites is answered from this thread."""
    next(iter(pages.values())).wait_for_timeout(ms)


def told(page: Page) -> dict[str, list[dict[str, float]]]:
    [frame] = [frame for frame in page.frames if frame != page.main_frame]
    found: dict[str, list[dict[str, float]]] = frame.evaluate("() => window.__picture")
    return found


def in_step(who: str, page: Page, start_ms: float, from_ms: float) -> None:
    seen = told(page)
    off = errors([Place(**one) for one in seen["places"]], start_ms, from_ms)  # type: ignore[arg-type]
    found: Figures = figures(off)
    print(f"{who}: {found}; {len(seen['seeks'])} jumps, {len(seen['rates'])} changes of speed")
    assert found.median < (STIFF_WITHIN_MS if who.split(",")[0] in STIFF else WITHIN_MS)
    assert all(one["rate"] in (0.95, 1, 1.05) for one in seen["rates"])
