"""Where pages reach each other a host's page records: what a camera shows is on the film, and gone on request."""

import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests import filming
from tests.browser.cameras import before_camera
from tests.browser.conftest import PHONE, Sit
from tests.browser.evening import short
from tests.browser.test_ceremony import enter, open_console, press_next
from tests.live.client import Person, eventually, fetch
from tests.live.conftest import Server, now_ms

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

NAME = "Vera Sokolova"


class Looking:
    """The second host, who asks the server what there is."""

    def __init__(self, server: Server, key: str) -> None:
        self.person = server.person(key, name="Hana").connect()
        self.folder = Path(server.environment["MEMORATA_DATA_DIR"]) / "recordings" / "evening"
        self.server = server

    def all(self) -> list[dict[str, Any]]:
        headers = {"Authorization": f"Bearer {self.person.token}"}
        status, told = fetch(f"{self.server.url}/api/recordings", headers=headers)
        assert status == 200, told
        found: list[dict[str, Any]] = told["recordings"]
        return found

    def only(self) -> dict[str, Any]:
        (one,) = self.all()
        return one


def vera_on_the_stage(page: Page, hana: Person) -> None:
    """She is asked onto the stage, tries her devices, agrees to be recorded, and is seen."""
    (row,) = [one for one in hana.roster() if one["name"] == NAME]
    assert hana.command("stage.invite", participant_id=row["participant_id"], name=NAME)["ok"]
    page.get_by_role("button", name="Try camera and microphone").click()
    page.get_by_label("I agree that my words may be recorded").check()
    page.get_by_role("button", name="Let everybody see and hear me").click()
    expect(page.get_by_text("Being recorded").first).to_be_visible()


def test_a_hosts_page_records_and_the_speaker_has_it_deleted(own_house: Server, sit: Sit) -> None:
    server = own_house
    programme = short(now_ms() + 600_000)
    words = replace(programme.items[1], recording_allowed=True)
    assert words.id == "words"
    keys = server.plan(replace(programme, items=(programme.items[0], words, *programme.items[2:])))
    host = open_console(before_camera(sit, f"{server.url}/h/{keys['host']}", "red"))
    hana = Looking(server, keys["host"])
    page = before_camera(sit, f"{server.url}/e/{keys['participant']}", "red", **PHONE)
    page.get_by_text("How should we greet you?").click()
    page.get_by_label("Your name", exact=True).fill(NAME)
    enter(page)
    press_next(host, "Opening words")
    expect(page.locator(".audience")).to_have_attribute("data-shown", "item-1-words")
    vera_on_the_stage(page, hana.person)
    eventually(lambda: hana.only()["bytes"] > 20_000, "the first pieces", 30)

    # The line to the server is lost for a while: what was said meanwhile comes afterwards.
    host.route("**/api/recordings/*/bytes/**", lambda route: route.abort())
    time.sleep(4)
    before = hana.only()["bytes"]
    host.unroute("**/api/recordings/*/bytes/**")
    eventually(lambda: hana.only()["bytes"] > before + 20_000, "what was said while the line was lost", 40)

    page.get_by_role("button", name="Leave the stage").click()
    eventually(lambda: hana.only()["state"] == "working", "the end", 30)
    eventually(lambda: hana.only()["state"] == "held", "the film", 60)
    (film,) = hana.folder.glob("*/film.webm")
    told = filming.holds(film)
    assert (told["video"], told["audio"]) == ("vp8", "opus")
    assert told["seconds"] > 6
    red, green, blue = filming.seen(film, told["seconds"] / 2)
    assert red > 150 > 90 > max(green, blue)
    for from_s in (0.5, told["seconds"] / 2, told["seconds"] - 2):
        assert filming.loudness_db(film, from_s, 1) > -45, from_s

    host.get_by_role("tab", name="Recordings").click()
    panel = host.locator(".h-recordings")
    expect(panel).to_contain_text(NAME)
    panel.get_by_role("button", name=f"Listen: {NAME}").click()
    shown = panel.locator("video")
    shown.evaluate("film => { film.muted = true; return film.play() }")
    host.wait_for_function("() => document.querySelector('.h-recordings video').currentTime > 0.3")
    panel.get_by_role("button", name=f"Release to the archive: {NAME}").click()
    expect(panel).to_contain_text("In the archive")

    page.get_by_role("button", name="Help").click()
    page.get_by_text("Your words were recorded").click()
    expect(page.locator("video.recording-film")).to_have_count(1)
    page.get_by_role("button", name="I take my consent back").click()
    page.get_by_role("button", name="Yes, delete my recordings").click()
    expect(page.get_by_text("Deleted. Nothing of what you said is kept.")).to_be_visible()
    assert hana.all() == []
    assert not hana.folder.exists()
    expect(panel).to_contain_text("Nothing has been recorded yet.")
    hana.person.disconnect()


@pytest.fixture
def own_house(tmp_path: Path) -> Iterator[Server]:
    started = Server(tmp_path, MEMORATA_STAGE="mesh").start()
    yield started
    started.stop()
    assert started.defects() == []
