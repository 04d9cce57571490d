"""What is fetched after the first picture: no silence needs any of it, and none of it is fetched in one."""

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Request, Route, expect

from memorata.domain import items as i
from tests.browser.conftest import WIDE
from tests.browser.evening import both, short
from tests.browser.recorder import SCRIPT, last_beat, seen_by
from tests.live.client import Person, eventually
from tests.live.conftest import Server, now_ms

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]

FURTHER = "**/assets/further-*.js"
LATER = re.compile(r"/assets/(further|calibrate|embed|captions)-")
MINUTE = i.Silence(duration_s=15, invitation_s=4, stillness_s=2, quiet_after_s=2, invitation=both("Rise.", "Встаньте."))


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    """One whose failed requests are what is tested."""
    context = chromium.new_context(locale="en", **WIDE)
    context.add_init_script(SCRIPT)
    yield context.new_page()
    context.close()


def plan(server: Server, name: str) -> tuple[dict[str, str], Person]:
    programme = short(now_ms() + 600_000, name)
    items = tuple(replace(one, detail=MINUTE, planned_s=23) if one.id == "minute" else one for one in programme.items)
    keys = server.plan(replace(programme, items=items))
    return keys, server.person(keys["host"]).connect()


def cue(host: Person, item_id: str) -> None:
    answer: dict[str, Any] = host.command("item.cue", item_id=item_id, aimed_cue=host.state.progress.cues)
    assert answer["ok"], answer
    host.at(answer["seq"])


def enter(page: Page, url: str) -> None:
    page.goto(url)
    page.locator("button[data-main]").click()
    expect(page.locator(".bar")).to_be_visible()


def test_a_silence_needs_nothing_of_it_and_fetches_nothing(server: Server, page: Page) -> None:
    keys, host = plan(server, "cut")
    asked: list[tuple[int, str]] = []

    def note(request: Request) -> None:
        if "/assets/" in request.url:
            asked.append((now_ms(), request.url))

    page.route(FURTHER, lambda route: route.abort())
    page.on("request", note)
    enter(page, f"{server.url}/e/{keys['participant']}")
    cue(host, "minute")
    eventually(lambda: last_beat(page) >= 3, "the fourth beat", 60)
    calm_ms = now_ms() - 3000
    assert any("further" in url for _, url in asked)
    assert [url for at_ms, url in asked if calm_ms <= at_ms] == []

    # Who comes into the middle of it gets what the silence needs, and the rest when it is over.
    page.reload()
    eventually(lambda: last_beat(page) >= 8, "the ninth beat", 60)
    expect(page.locator("html")).not_to_have_attribute("data-calm", "", timeout=60_000)
    _, until_ms = seen_by(page).calm
    assert [url for at_ms, url in asked if calm_ms <= at_ms < until_ms and LATER.search(url)] == []
    # Events are told only while the page is asked something.
    eventually(lambda: page.title() and any(LATER.search(url) for at_ms, url in asked if at_ms >= until_ms), "the rest")

    cue(host, "wreaths")
    # Until the picture can be had, its words stand there.
    expect(page.locator(".scene .over")).to_have_text("Laying of wreaths")
    expect(page.locator(".wreaths-picture")).not_to_be_attached()
    page.unroute(FURTHER)
    expect(page.locator(".wreaths-picture")).to_be_visible()


def test_replaced_scripts_bring_a_new_page_but_not_into_a_silence(server: Server, page: Page) -> None:
    keys, host = plan(server, "renewed")
    loads: list[bool] = []
    gone: list[str] = []

    def away(route: Route) -> None:
        gone.append(route.request.url)
        route.fulfill(status=404, body="")

    page.route(FURTHER, away)
    cue(host, "minute")
    enter(page, f"{server.url}/e/{keys['participant']}")
    page.on("load", lambda: loads.append(page.evaluate("document.documentElement.hasAttribute('data-calm')")))
    eventually(lambda: last_beat(page) >= 8, "the ninth beat", 60)
    expect(page.locator("html")).not_to_have_attribute("data-calm", "", timeout=60_000)
    assert (loads, len(gone) > 0) == ([], True)

    # The new page names the scripts there are now.
    page.unroute(FURTHER)
    with page.expect_event("load"):
        pass
    cue(host, "wreaths")
    expect(page.locator(".wreaths-picture")).to_be_visible()
