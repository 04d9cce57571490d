"""T11: no page of ours stands in a stranger's frame, but for the watchers' view where the organizers have said so."""

import threading
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from playwright.sync_api import Browser, Route, expect

from memorata.domain import items as i
from memorata.domain.broadcast import parse_link
from memorata.domain.programme import Programme
from tests.browser.conftest import Sit
from tests.builders import a_programme, an_item
from tests.hostile.raw import Answer, ask
from tests.live.conftest import Server, now_ms

pytestmark = pytest.mark.hostile

MUSEUM = "https://museum.example.org"
STRICT = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "object-src": "'none'",
    "base-uri": "'none'",
    "form-action": "'self'",
    "worker-src": "'none'",
    "require-trusted-types-for": "'script'",
    "trusted-types": "'none'",
    "frame-ancestors": "'none'",
}
PAGES = (
    "/", "/c/{id}", "/c/{id}/watch", "/c/{id}/watch?lang=en", "/e/{participant}", "/e/{participant}/hall", "/h/{host}",
    "/h/{moderator}", "/e/none", "/none", "/c/none", "/c/none/watch", "/embed/none",
)  # fmt: skip
FILES = ("/c/{id}/timeline.json", "/c/{id}/programme.json", "/c/{id}/clock?t0=1", "/c/{id}/calendar.ics", "/health",
         "/page/page.css", "/media/none.svg", "/assets/none.js", "/api/enter")  # fmt: skip


def film() -> i.Item:
    media = i.Media(sources=(parse_link("https://youtu.be/dQw4w9WgXcQ", frozenset()),))
    return an_item("film", i.VideoMessage(), 600, media=media)


def shown_by(ceremony_id: str, *embed: str) -> Programme:
    programme = a_programme(ceremony_id, at_ms=now_ms() + 600_000, items=[an_item("lobby", i.Lobby(), 900), film()])
    return replace(programme, embed=embed)


@pytest.fixture(scope="module")
def places(server: Server) -> dict[str, str]:
    keys = server.plan(shown_by("framed"))
    server.plan(shown_by("embedded", MUSEUM, "https://www.museum.example.org:8443"))
    return {"id": "framed", **keys}


def policy(answer: Answer) -> dict[str, str]:
    rules = [rule.strip().partition(" ") for rule in answer.headers["Content-Security-Policy"].split(";")]
    return {name: value for name, _, value in rules}


@pytest.mark.parametrize("path", PAGES)
def test_every_page_refuses_to_be_framed(server: Server, places: dict[str, str], path: str) -> None:
    answer = ask(server, "GET", path.format(**places))
    assert answer.headers["Content-Type"].startswith("text/html")
    found = policy(answer)
    assert {name: found.get(name) for name in STRICT} == STRICT
    assert "unsafe" not in answer.headers["Content-Security-Policy"]
    assert "report" not in answer.headers["Content-Security-Policy"]
    assert answer.headers["X-Frame-Options"] == "DENY"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "same-origin"
    assert answer.headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "geolocation=()" in answer.headers["Permissions-Policy"]


@pytest.mark.parametrize("path", FILES)
def test_what_is_no_page_shows_nothing_in_a_frame(server: Server, places: dict[str, str], path: str) -> None:
    answer = ask(server, "GET", path.format(**places))
    if not answer.headers["Content-Type"].startswith("text/html"):
        assert policy(answer)["default-src"] == "'none'"
        assert "unsafe-eval" not in answer.headers["Content-Security-Policy"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("path", ["/c/embedded", "/c/embedded/watch", "/"])
def test_a_list_opens_the_page_made_for_it_alone(server: Server, places: dict[str, str], path: str) -> None:
    answer = ask(server, "GET", path)
    assert (policy(answer)["frame-ancestors"], answer.headers["X-Frame-Options"]) == ("'none'", "DENY")


def test_the_page_made_for_frames_stands_in_those_that_are_named(server: Server, places: dict[str, str]) -> None:
    answer = ask(server, "GET", "/embed/embedded")
    assert answer.status == 200
    assert policy(answer)["frame-ancestors"] == f"{MUSEUM} https://www.museum.example.org:8443"
    assert "X-Frame-Options" not in answer.headers
    assert "Set-Cookie" not in answer.headers
    assert {name: policy(answer)[name] for name in STRICT if name != "frame-ancestors"} == {
        name: value for name, value in STRICT.items() if name != "frame-ancestors"
    }
    closed = ask(server, "GET", "/embed/framed")
    assert (policy(closed)["frame-ancestors"], closed.headers["X-Frame-Options"]) == ("'none'", "DENY")
    # Nothing of a link, a seat or the staff is in it.
    assert "/e/" not in answer.body.replace("/page/", "")
    assert "note_host" not in answer.body or "Smile." not in answer.body


@pytest.fixture(scope="module")
def stranger() -> Iterator[str]:
    """Another site, whose page shows whatever is asked for in a frame; its address."""

    class Page(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = f'<!doctype html><title>museum</title><iframe src="{self.path[2:]}"></iframe>'.encode()
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    site = ThreadingHTTPServer(("127.0.0.1", 0), Page)
    threading.Thread(target=site.serve_forever, daemon=True).start()
    yield f"http://localhost:{site.server_address[1]}"
    site.shutdown()
    site.server_close()


@pytest.mark.browser
def test_chromium_draws_none_of_our_pages_in_a_strangers_frame(
    server: Server, places: dict[str, str], chromium: Browser, stranger: str
) -> None:
    context = chromium.new_context()
    page = context.new_page()
    for path in ("/embed/framed", "/c/framed/watch", f"/h/{places['host']}"):
        page.goto(f"{stranger}/?{server.url}{path}")
        [frame] = page.frames[1:]
        frame.wait_for_load_state()
        assert frame.url.startswith("chrome-error:"), path
    context.close()


@pytest.mark.browser
def test_the_page_for_frames_keeps_nothing_and_asks_nobody_before_the_item_and_the_press(
    server: Server, places: dict[str, str], sit: Sit
) -> None:
    """The watchers' view as it is, with every request noted; other sites are answered from here."""
    keys = server.plan(shown_by("embedded-film", MUSEUM))
    page = sit(f"{server.url}/embed/embedded-film?lang=en")
    asked: list[str] = []

    def note(route: Route) -> None:
        asked.append(route.request.url)
        route.fulfill(body="<p>film</p>", content_type="text/html")

    page.context.route(lambda url: not url.startswith(server.url), note)
    page.reload()
    expect(page.locator(".page")).to_be_visible()
    page.wait_for_timeout(1000)
    assert asked == []
    host = server.person(keys["host"]).connect()
    assert host.command("item.cue", item_id="film", aimed_cue=0)["ok"]
    expect(page.locator(".screen")).to_be_visible(timeout=40_000)
    page.wait_for_timeout(1500)
    assert asked == [], "the item is on, but nobody has pressed"
    assert page.frames[1:] == []
    page.get_by_role("button", name="Listen").first.click()
    page.wait_for_function("() => document.querySelector('iframe') !== null", timeout=30_000)
    page.wait_for_timeout(500)
    assert asked
    assert {url.split("/")[2] for url in asked} == {"www.youtube-nocookie.com"}
    assert page.evaluate("() => Object.keys(localStorage).length") == 0
    assert [kept["name"] for kept in page.context.cookies()] == []
    host.disconnect()
