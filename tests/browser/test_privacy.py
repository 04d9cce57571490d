"""What a person is asked, what others see of them, and how they are forgotten, on real pages."""

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect

from memorata.domain.broadcast import parse_link
from memorata.domain.civil import civil
from memorata.services.retention import names_due_ms
from tests.browser.conftest import PHONE, WIDE, Sit, ru
from tests.browser.evening import short
from tests.browser.pictured import a_film, cue, films
from tests.browser.test_ceremony import enter, open_console
from tests.live.client import eventually
from tests.live.conftest import Server, now_ms

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]

VERA = "Vera Sokolova"
WISH = "Meet again in May"


def test_consent_begins_with_nothing_and_recording_is_asked_apart(server: Server, sit: Sit) -> None:
    keys = server.plan(short(now_ms() + 600_000, "consent"))
    host = open_console(sit(f"{server.url}/h/{keys['host']}"))
    vera = sit(f"{server.url}/e/{keys['participant']}", **PHONE)
    vera.get_by_text("How should we greet you?").click()
    nothing = vera.get_by_role("radio", name="Nothing: I am only counted")
    expect(nothing).to_be_checked()
    due = civil(names_due_ms(server.office.ceremonies.state("consent"), 30) or 0, "Europe/Moscow")
    day = f"{due:%A},? {due.day} {due:%B %Y}"
    expect(vera.locator(".details-fields")).to_contain_text(re.compile(f"It is erased on {day}"))
    expect(vera.get_by_role("checkbox")).to_have_count(0)
    vera.get_by_label("Your name", exact=True).fill(VERA)
    expect(nothing).to_be_checked()
    enter(vera)

    vera.get_by_role("button", name="Ask to speak").click()
    agreed = vera.get_by_role("checkbox", name=re.compile("I agree that my words may be recorded"))
    expect(agreed).not_to_be_checked()
    vera.locator(".ask button[type=submit]").click()
    expect(vera.locator(".sheet")).to_contain_text("You are first")
    host.get_by_role("tab", name="Queue").click()
    expect(host.locator(".h-entry")).to_contain_text("not to be recorded")

    # Changed later, under Help, with who may see the name.
    vera.get_by_role("button", name="Help").click()
    vera.get_by_text("My details").click()
    vera.get_by_role("checkbox", name=re.compile("I agree that my words may be recorded")).check(force=True)
    vera.get_by_role("radio", name="My first name and my country").check(force=True)
    vera.get_by_role("button", name="Keep this").click()
    expect(vera.get_by_text("Kept.")).to_be_visible()
    expect(host.locator(".h-entry").get_by_text("may be recorded", exact=True)).to_be_visible()
    other = server.person(keys["participant"]).connect()
    assert other.roster() == [], "nobody has looked at the name yet"
    host.get_by_role("tab", name=re.compile("^Waiting")).click()
    host.get_by_role("button", name=f"Release: {VERA}").click()
    eventually(lambda: [row["name"] for row in other.roster()] == ["Vera"], "the first name, as she agreed")
    other.disconnect()

    host.get_by_role("tab", name="People").click()
    expect(host.locator(".h-people")).to_contain_text(re.compile(f"will be erased on {day}"))


def test_remove_me_leaves_nothing_on_any_screen(server: Server, sit: Sit) -> None:
    keys = server.plan(short(now_ms() + 600_000, "removed"))
    host = server.person(keys["host"]).connect()
    url = f"{server.url}/e/{keys['participant']}"
    anna, vera = sit(url), sit(url, locale="ru-RU", **PHONE)
    vera.get_by_text(ru("How should we greet you?")).click()
    vera.get_by_label(ru("Your name"), exact=True).fill(VERA)
    enter(vera)
    enter(anna)
    cue(host, "wishes")
    vera.locator(".scene textarea").fill(WISH)
    vera.locator(".write button[type=submit]").click()
    wish = eventually(lambda: host.state.tributes.wishes, "the wish")[0]
    assert host.command("wish.release", wish_id=wish.id)["ok"]
    expect(anna.locator(".scene")).to_contain_text(WISH)
    second = vera.context.new_page()
    second.goto(url)
    enter(second)

    vera.get_by_role("button", name=ru("Help")).click()
    vera.locator("summary", has_text=ru("Remove me")).click()
    vera.get_by_role("button", name=ru("Remove me")).click()
    vera.get_by_role("button", name=ru("No, keep it")).click()
    expect(anna.locator(".scene")).to_contain_text(WISH)
    vera.get_by_role("button", name=ru("Remove me")).click()
    vera.get_by_role("button", name=ru("Yes, erase everything")).click()
    expect(vera.get_by_role("heading", name=ru("You have been removed"))).to_be_visible()
    expect(anna.locator("body")).not_to_contain_text(WISH)
    expect(anna.locator("body")).not_to_contain_text(VERA)
    # Every page of theirs says so, and none keeps what it could come back by.
    expect(second.get_by_role("heading", name=ru("You have been removed"))).to_be_visible()
    kept = "() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }])"
    for page in (vera, second):
        assert [word for word in ("memorata.device", "memorata.token", VERA, WISH) if word in page.evaluate(kept)] == []
    vera.reload()
    vera.get_by_text(ru("How should we greet you?")).click()
    expect(vera.get_by_label(ru("Your name"), exact=True)).to_have_value("")
    host.disconnect()


@pytest.fixture
def stranger(chromium: Browser) -> Iterator[Page]:
    context = chromium.new_context(locale="en", **WIDE)
    yield context.new_page()
    context.close()


def test_nothing_is_asked_of_other_sites_before_somebody_presses(server: Server, stranger: Page) -> None:
    """The film of another site is live when the page is opened: it is not called before the press, and is after it."""
    link = parse_link("https://youtu.be/dQw4w9WgXcQ")
    keys = server.plan(films("elsewhere", now_ms() + 600_000, a_film("film", link)))
    host = server.person(keys["host"]).connect()
    start_ms = cue(host, "film")
    eventually(lambda: now_ms() > start_ms, "the film to be live")
    asked: list[str] = []
    stranger.context.on("request", lambda request: asked.append(request.url))
    stranger.context.route(lambda url: not url.startswith(server.url), lambda route: route.abort())
    stranger.goto(f"{server.url}/e/{keys['participant']}")
    stranger.get_by_text("How should we greet you?").click()
    # All that is fetched afterwards has come, too: the fields are among the last of it.
    stranger.get_by_label("Your name", exact=True).fill(VERA)
    stranger.wait_for_load_state("networkidle")
    assert len(asked) > 5
    assert foreign(server, asked) == set()
    stranger.locator("button[data-main]").click()
    eventually(lambda: _turn(stranger) and foreign(server, asked), "the site of the film to be asked")
    assert foreign(server, asked) == {"www.youtube-nocookie.com"}
    host.disconnect()


def _turn(page: Page) -> bool:
    """Requests are told while this thread waits for the page."""
    page.wait_for_timeout(50)
    return True


def foreign(server: Server, asked: list[str]) -> set[str]:
    own = {urlsplit(server.url).netloc}
    return {urlsplit(url).netloc for url in asked if url.startswith("http")} - own
