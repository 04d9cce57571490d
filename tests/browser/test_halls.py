"""A hall elsewhere with a camera: unseen until the programme shows it, seen while it does, and unseen again."""

import re
from dataclasses import replace

import pytest
from playwright.sync_api import Page, expect

from memorata.domain import items as i
from memorata.domain.programme import Hall, Programme
from tests.browser.cameras import before_camera, seen
from tests.browser.conftest import Sit
from tests.browser.evening import an_item, both, of
from tests.browser.test_ceremony import enter, open_console, press_next
from tests.live.client import eventually
from tests.live.conftest import Server, now_ms

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

LISTENING = """
{
  window.received = 0
  const Real = window.RTCPeerConnection
  window.RTCPeerConnection = class extends Real {
    constructor(...given) {
      super(...given)
      this.addEventListener('track', () => (window.received += 1))
    }
  }
}
"""
QUIET = i.Silence(duration_s=15, invitation_s=5, stillness_s=3, quiet_after_s=3, sound="none")

PLACES = i.RollCall(
    entries=(
        i.Place(both("Bishkek", "Бишкек"), country="KG", hall="bishkek"),
        i.Place(both("Yerevan", "Ереван"), mode="picture"),
    ),
    slot_s=60,
)


def the_programme(ceremony_id: str) -> Programme:
    items = (
        an_item("words", both("Opening words", "Вступительное слово"), i.Address(both("Vera", "Вера")), 120),
        an_item("called", both("The monuments answer", "Перекличка"), PLACES, 120),
        an_item("minute", both("A minute of silence", "Минута молчания"), QUIET, 26),
        an_item("thanks", both("A word of thanks", "Слово благодарности"), i.Address(), 60, hall="bishkek"),
    )
    halls = (Hall("bishkek", both("Bishkek", "Бишкек"), country="KG", contact="Azamat", telephone="+996 312 00 00 00"),)
    return replace(of(ceremony_id, now_ms() + 600_000, items), halls=halls)


def call_next_place(host: Page, place: str) -> None:
    button = host.locator("#next")
    expect(button).to_contain_text(f"Next place: {place}")
    expect(button).not_to_have_attribute("aria-disabled", "true")
    button.click()


def made_link(host: Page) -> str:
    """What the host's panel shows once its button has been pressed."""
    host.get_by_role("tab", name="Halls").click()
    panel = host.locator(".h-halls")
    expect(panel).to_contain_text("Not here")
    expect(panel).to_contain_text("+996 312 00 00 00")
    panel.get_by_role("button", name="Make the link: Bishkek").click()
    link = panel.locator(".h-address")
    expect(link).to_contain_text("/e/")
    expect(panel.locator("svg.h-square")).to_be_visible()
    return link.inner_text().strip().rpartition("/")[2]


def test_a_hall_is_seen_in_its_turn_alone(server: Server, sit: Sit) -> None:
    keys = server.plan(the_programme("halls"))
    host = open_console(sit(f"{server.url}/h/{keys['host']}"))
    key = made_link(host)

    hall = before_camera(sit, f"{server.url}/e/{key}", "green", LISTENING)
    hall.get_by_role("button", name="Try camera and microphone").click()
    expect(hall.locator(".hall-check video[data-seen]")).to_be_visible()
    expect(hall.get_by_label("Microphone", exact=True).locator("option")).not_to_have_count(0)
    hall.get_by_role("button", name="Begin").click()
    strip = hall.locator(".hall-strip")
    expect(strip).to_contain_text("Standing by: nobody sees you yet.")
    expect(strip).to_contain_text("+7 812 555 01 27")

    # As it was, without a press, where the browser does not ask again.
    hall.reload()
    expect(strip).to_contain_text("Standing by: nobody sees you yet.")

    chiyo = enter(before_camera(sit, f"{server.url}/e/{keys['participant']}", "green", LISTENING))
    expect(host.locator(".h-halls")).to_contain_text("Stands by")
    press_next(host, "Opening words")
    expect(chiyo.get_by_text("Opening words").first).to_be_visible()
    expect(strip).to_contain_text(re.compile(r"You are on screen in (about \d+ minutes?|less than a minute)\."))
    assert chiyo.locator(".tile").count() == 0

    press_next(host, "The monuments answer")
    expect(chiyo.locator(".tile")).to_contain_text("Bishkek")
    eventually(lambda: seen(chiyo) == "green", "the colour of the hall")
    expect(strip).to_contain_text("Everybody sees you now.")
    expect(host.locator(".h-halls")).to_contain_text("On screen")
    # In its own room the hall is seen, from its own camera, and never heard: nothing of it comes back.
    eventually(lambda: seen(hall) == "green", "its own colour on the hall's screen")
    assert hall.evaluate("window.received") == 0

    call_next_place(host, "Yerevan")
    expect(chiyo.locator(".tile")).to_have_count(0)
    expect(chiyo.locator(".rollcall-now")).to_contain_text("Yerevan")
    expect(strip).to_contain_text("Standing by: nobody sees you yet.")
    expect(host.locator(".h-halls")).to_contain_text("Stands by")

    # In a silence nothing of it is sent, and there is no strip; afterwards it comes without a press.
    press_next(host, "A minute of silence")
    expect(hall.locator(".hall-strip[data-calm]")).to_be_attached()
    expect(hall.locator(".hall-strip[data-calm]")).not_to_be_attached()
    expect(strip).to_contain_text("Standing by: nobody sees you yet.")
    press_next(host, "A word of thanks")
    eventually(lambda: seen(chiyo) == "green", "the hall after the silence")
    expect(strip).to_contain_text("Everybody sees you now.")


def test_a_hall_that_stays_away_changes_nothing(server: Server, sit: Sit) -> None:
    keys = server.plan(the_programme("halls-away"))
    host = open_console(sit(f"{server.url}/h/{keys['host']}"))
    chiyo = enter(sit(f"{server.url}/e/{keys['participant']}"))
    press_next(host, "Opening words")
    press_next(host, "The monuments answer")
    expect(chiyo.locator(".rollcall-now")).to_contain_text("Bishkek")
    host.get_by_role("tab", name="Halls").click()
    expect(host.locator(".h-halls")).to_contain_text("Its turn now")
    assert chiyo.locator(".tile").count() == 0
