"""The host's side of the stage: the own picture, guests, somebody on the telephone, and what a host falls back to."""

import re
from collections.abc import Callable
from dataclasses import replace

import pytest
from playwright.sync_api import Locator, Page, expect

from memorata.domain import items as i
from memorata.domain.broadcast import Source
from memorata.domain.programme import Hall
from tests.browser.cameras import PEERS, camera, live_tracks, seen, sent
from tests.browser.conftest import PHONE, Sit
from tests.browser.evening import VERA, an_item, both, of
from tests.browser.test_accessibility import Examiner
from tests.browser.test_ceremony import enter, open_console
from tests.live.client import eventually
from tests.live.conftest import Server, now_ms

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]

FILM = i.Media(sources=(Source("file", "", "/media/taisiya.mp4"),))
MINUTE = i.Silence(duration_s=10, invitation_s=3, stillness_s=2, quiet_after_s=2)
BISHKEK = Hall("bishkek", both("Bishkek", "Бишкек"), both("", ""), "KG", "Aizada", "+996 555 12 34 56")

# Which elements of a page are heard: those drawn, and those that are played and drawn nowhere.
EARS = """
(() => {
  const made = window.__audios = []
  const Native = window.Audio
  window.Audio = function (...given) {
    const element = new Native(...given)
    made.push(element)
    return element
  }
  window.Audio.prototype = Native.prototype
})()
"""
HEARD = """
() => [...window.__audios, ...document.querySelectorAll('audio, video')].filter((element) =>
  !element.muted && !element.paused && (element.srcObject?.getAudioTracks().length ?? 0) > 0).length
"""
# How loud what comes over the links is: 0 is nothing at all.
LOUDNESS = """
async () => {
  let energy = 0
  for (const peer of window.__peers) {
    if (peer.connectionState === 'closed') continue
    for (const one of (await peer.getStats()).values()) {
      if (one.type === 'inbound-rtp' && one.kind === 'audio') energy += one.totalAudioEnergy
    }
  }
  return energy
}
"""
PLAYS = "() => document.querySelector('video.player-video')?.currentTime > 0.5"


class Evening:
    """A host before the console, Hana; Chiyo, who looks on; and a second host who does what is not shown here."""

    def __init__(self, server: Server, sit: Sit, name: str, **screen: object) -> None:
        self.server, self.sit = server, sit
        speakers = (i.Witness(VERA, 91, both("Yerevan", "Ереван"), "AM", media=FILM), i.Witness(VERA))
        items = (
            an_item("memories", both("Memories", "Воспоминания"), i.Testimony(speakers), 300),
            an_item("minute", both("A minute of silence", "Минута молчания"), MINUTE, 17),
            an_item("words", both("Closing words", "Слова"), i.Address(VERA), 600, hall="bishkek"),
        )
        programme = replace(of(f"host-{name}", now_ms() + 600_000, items), halls=(BISHKEK,))
        self.keys = server.plan(programme)
        self.other = server.person(self.keys["host"], name="Oleg").connect()
        self.do("ceremony.open")
        self.cue("memories")
        self.host = self.page("red", "h", **screen)
        open_console(self.host)
        self.chiyo = enter(self.page("blue", "e"))

    def page(self, colour: str, view: str, fails: str = "", **screen: object) -> Page:
        page = self.sit("about:blank", **screen)
        page.add_init_script(camera(colour, fails))
        for script in (PEERS, EARS):
            page.add_init_script(script)
        page.goto(f"{self.server.url}/{view}/{self.keys['host' if view == 'h' else 'participant']}")
        return page

    def do(self, kind: str, **fields: object) -> None:
        answer = self.other.command(kind, **fields)
        assert answer["ok"], answer

    def cue(self, item_id: str) -> None:
        self.do("item.cue", item_id=item_id, aimed_cue=self.other.state.progress.cues)

    def asks(self, page: Page, name: str) -> str:
        page.locator(".bar").get_by_role("button", name="Ask to speak").click()
        page.get_by_label("Your name", exact=True).fill(name)
        page.locator(".sheet").get_by_role("button", name="Ask to speak").click()
        page.get_by_role("button", name="Back to the ceremony").click()
        return self.entry(name)

    def entry(self, name: str) -> str:
        def known() -> str | None:
            return next((entry.id for entry in self.other.state.floor.entries if entry.name == name), None)

        found: str = eventually(known, f"the request of {name}")
        return found

    def speaks(self, name: str = "Vera") -> Page:
        """Somebody has been called, has tried their devices, and has the floor."""
        vera = enter(self.page("green", "e"))
        entry = self.asks(vera, name)
        self.do("floor.call", entry_id=entry)
        vera.get_by_role("button", name="Try camera and microphone").click()
        expect(vera.locator(".turn-card")).to_contain_text("We can hear you")
        vera.get_by_role("button", name="I am ready").click()
        expect(vera.locator(".turn-card")).to_contain_text("The host will give you the floor")
        self.do("floor.grant", entry_id=entry)
        shows(self.chiyo, "green")
        return vera


def shows(page: Page, colour: str | None, of: str = ".tile video[data-seen]") -> None:
    eventually(lambda: seen(page, of) == colour, f"{colour} on the page", 20)


def stage(host: Page) -> Locator:
    return host.get_by_role("region", name="On the stage")


def shows_own_picture(host: Page, press: str = "Show my picture", name: str = "Hana Okafor") -> None:
    own = stage(host).get_by_role("region", name="My own picture")
    own.get_by_role("button", name=press).click()
    host.get_by_label("Your name, for everybody to read").fill(name)
    own.get_by_role("button", name=press).click()


def louder(page: Page) -> Callable[[], bool]:
    """Whether anything has been heard since."""
    before: float = page.evaluate(LOUDNESS)
    return lambda: bool(page.evaluate(LOUDNESS) > before + 1e-4)


def test_the_host_is_seen_beside_nobody_and_hidden_again(server: Server, sit: Sit) -> None:
    evening = Evening(server, sit, "own")
    host, chiyo = evening.host, evening.chiyo
    expect(stage(host)).to_contain_text("Nobody is seen or heard live.")
    shows_own_picture(host)
    shows(chiyo, "red")
    expect(chiyo.locator(".tile-plate")).to_contain_text("Hana Okafor")
    own = stage(host).get_by_role("region", name="My own picture")
    expect(own).to_contain_text("Everybody sees and hears you")
    assert seen(host, ".h-own video[data-seen]") == "red"
    expect(own.locator("[data-mirrored]")).to_have_count(1)
    eventually(louder(chiyo), "the host's voice", 10)
    # Nobody hears themselves come back.
    assert host.evaluate(HEARD) == 0

    own.get_by_role("button", name="My microphone is on").click()
    expect(own).to_contain_text("Everybody sees you; nobody hears you")
    chiyo.wait_for_timeout(700)
    quiet = louder(chiyo)
    chiyo.wait_for_timeout(700)
    assert not quiet()
    own.get_by_role("button", name="My microphone is off").click()
    eventually(louder(chiyo), "the host's voice again", 10)

    # In the silence nothing is sent, whatever the server does; afterwards all is as before, unasked.
    evening.cue("minute")
    expect(host.locator(".h-desk")).to_have_class(re.compile("is-calm"))
    eventually(lambda: sent(host) == {"audio": 0, "video": 0}, "nothing sent", 3)
    expect(stage(host)).to_contain_text("In the silence nobody is seen or heard.")
    expect(host.locator(".h-desk")).not_to_have_class(re.compile("is-calm"), timeout=40_000)
    evening.cue("words")
    shows(chiyo, "red")

    own.get_by_role("button", name="Leave the stage").click()
    expect(chiyo.locator(".tile")).to_have_count(0)
    eventually(lambda: live_tracks(host) == 0, "closed devices", 10)
    # The name is known by now.
    stage(host).get_by_role("button", name="Show my picture").click()
    shows(chiyo, "red")


def test_the_host_hears_a_speaker_once_and_sees_who_stands_by(server: Server, sit: Sit) -> None:
    evening = Evening(server, sit, "once")
    host = evening.host
    vera = enter(evening.page("green", "e"))
    entry = evening.asks(vera, "Vera")
    evening.do("floor.call", entry_id=entry)
    deck = stage(host).locator(".h-deck")
    expect(deck).to_contain_text("Vera: has not tried camera and microphone yet")
    expect(deck).to_contain_text("Bishkek: the page is not open")
    expect(deck.get_by_role("link", name=BISHKEK.telephone)).to_have_attribute("href", "tel:+996555123456")
    vera.get_by_role("button", name="Try camera and microphone").click()
    expect(deck).to_contain_text("Vera: camera and microphone work; we hear the voice")
    vera.get_by_role("button", name="I am ready").click()
    expect(vera.locator(".turn-card")).to_contain_text("The host will give you the floor")
    evening.do("floor.grant", entry_id=entry)
    shows(host, "green", ".h-tile video[data-seen]")
    shows(host, "green", ".h-screen .tile video[data-seen]")
    eventually(lambda: host.evaluate(HEARD) == 1, "one voice")
    # The sound of the ceremony is another matter.
    host.get_by_role("button", name="Sound is off").click()
    assert host.evaluate(HEARD) == 1
    stage(host).get_by_role("button", name="On the stage: Its sound is on").click()
    eventually(lambda: host.evaluate(HEARD) == 0, "no voice")


def test_guests_beside_the_floor_and_no_more_than_there_is_room_for(server: Server, sit: Sit) -> None:
    evening = Evening(server, sit, "guests")
    host, chiyo = evening.host, evening.chiyo
    chiyo.get_by_role("button", name="Help").click()
    chiyo.get_by_role("button", name="Close").click()
    host.get_by_role("tab", name="People").click()
    people = host.get_by_role("tabpanel")
    row = people.locator(".h-names li").filter(has_text="without a name")
    row.get_by_role("button", name="Onto the stage").click()
    people.get_by_label("Name, for everybody to read").fill("Chiyo")
    people.get_by_role("form").get_by_role("button", name="Onto the stage").click()
    chiyo.get_by_role("button", name="Try camera and microphone").click()
    chiyo.get_by_role("button", name="Let everybody see and hear me").click()
    shows(host, "blue", ".h-tile video[data-seen]")
    people.get_by_role("button", name="From the stage: Chiyo").click()
    expect(stage(host).locator(".h-tile")).to_have_count(0)

    for name in ("Ana", "Boris", "Carla", "Daniel"):
        server.person(evening.keys["participant"], name=name, consent="full").connect(tab=name)
    for name in ("Ana", "Boris", "Carla"):
        people.get_by_role("button", name=f"Onto the stage: {name}").click()
        expect(people.get_by_role("button", name=f"From the stage: {name}")).to_be_visible()
    people.get_by_role("button", name="Onto the stage: Daniel").click()
    expect(host.locator(".h-notices")).to_contain_text("Four people are on the stage")


def test_somebody_on_the_telephone(server: Server, sit: Sit) -> None:
    examiner = Examiner()
    evening = Evening(server, sit, "telephone")
    host, chiyo = evening.host, evening.chiyo
    host.get_by_role("button", name="Add somebody").click()
    form = host.get_by_role("form", name="Add somebody")
    form.get_by_label("Name", exact=True).fill("Bruno Silva")
    form.get_by_label("Telephone, with the code of the country").fill("+374 10 12 34 56")
    form.get_by_role("button", name="Add to the queue").click()
    host.get_by_role("button", name="Call as next: Bruno Silva").click()
    ring = host.locator(".h-stage > .h-ring")
    expect(ring).to_contain_text("Ring Bruno Silva now:")
    expect(ring.get_by_role("link")).to_have_attribute("href", "tel:+37410123456")
    expect(ring).to_contain_text("Your microphone is not open")
    expect(host.locator(".h-entry .h-ring").get_by_role("link")).to_have_text("+374 10 12 34 56")
    # The number is for hosts.
    assert "+374" not in chiyo.content()
    examiner.look(host, "ringing")
    ring.get_by_role("button", name="Only my voice").click()
    host.get_by_label("Your name, for everybody to read").fill("Hana Okafor")
    stage(host).get_by_role("region", name="My own picture").get_by_role("button", name="Only my voice").click()
    expect(ring).to_contain_text("Your microphone is on: everybody hears it.")
    host.get_by_role("button", name="Give the floor: Bruno Silva").click()
    expect(ring).to_contain_text("Bruno Silva speaks by telephone")
    expect(chiyo.locator(".tile").filter(has_text="Bruno Silva")).to_contain_text("Heard by telephone")
    eventually(louder(chiyo), "the room of the host", 10)
    stage(host).get_by_role("button", name="My microphone is on").click()
    expect(ring).to_contain_text("Your microphone is muted: nobody hears the telephone.")
    ring.get_by_role("button", name="Turn my microphone on").click()
    expect(ring).to_contain_text("Your microphone is on")
    examiner.look(host, "speaking by telephone")
    assert examiner.found == []


def test_a_line_fails_and_one_press_helps(server: Server, sit: Sit) -> None:
    evening = Evening(server, sit, "falls-back")
    host, chiyo = evening.host, evening.chiyo
    vera = evening.speaks()
    stage(host).get_by_role("button", name="Play the recorded version").click()
    expect(host.locator(".h-stage")).to_contain_text("Everybody sees the recorded version.")
    expect(chiyo.locator(".tile")).to_have_count(0)
    eventually(
        lambda: chiyo.evaluate("() => document.querySelector('video.player-video')?.currentTime > 0.5"), "the film", 20
    )
    eventually(lambda: sent(vera)["video"] == 0 or not grows(vera), "nothing of Vera's", 10)
    host.locator(".h-stage .h-warning").get_by_role("button", name="Back to the living voice").click()
    shows(chiyo, "green")

    stage(host).get_by_role("button", name="By telephone: Vera").click()
    expect(chiyo.locator(".tile")).to_contain_text("Heard by telephone")
    eventually(lambda: seen(chiyo) is None, "a still", 10)
    ring = host.locator(".h-stage > .h-ring")
    ring.get_by_label("No number is noted yet. Telephone:").fill("+374 99 00 11")
    ring.get_by_role("button", name="Note it").click()
    expect(ring.get_by_role("link")).to_have_text("+374 99 00 11")
    stage(host).get_by_role("button", name="By their own screen again: Vera").click()
    eventually(lambda: evening.other.state.floor.entries[0].via == "self", "her own screen")
    shows(chiyo, "green")


def test_devices_that_are_refused_keep_the_host_off_the_stage(server: Server, sit: Sit) -> None:
    evening = Evening(server, sit, "refused", **PHONE)
    host, examiner = evening.host, Examiner()
    host.evaluate("() => { window.__camera.fails = 'NotAllowedError' }")
    shows_own_picture(host)
    expect(stage(host)).to_contain_text("Your browser does not let this page use the microphone.")
    assert evening.other.state.stage.guests == ()
    host.evaluate("() => { window.__camera.fails = 'video:NotFoundError' }")
    stage(host).get_by_role("button", name="Show my picture").click()
    expect(stage(host)).to_contain_text("Everybody hears you")
    expect(stage(host)).to_contain_text("This device has no camera: you are heard without a picture.")
    eventually(louder(evening.chiyo), "the host's voice", 10)
    host.set_viewport_size({"width": 320, "height": 640})
    examiner.look(host, "the host on a telephone", narrow=host)
    assert examiner.found == []


def grows(page: Page) -> bool:
    before = sent(page)["video"]
    page.wait_for_timeout(500)
    return sent(page)["video"] > before


def test_the_server_begins_anew_and_the_host_is_still_on_the_stage(server: Server, sit: Sit) -> None:
    evening = Evening(server, sit, "anew")
    host, chiyo = evening.host, evening.chiyo
    shows_own_picture(host)
    shows(chiyo, "red")
    server.kill()
    server.start()
    expect(host.locator(".h-topbar")).to_contain_text("Connected")
    host.wait_for_timeout(6000)
    expect(stage(host)).to_contain_text("Everybody sees and hears you")
    shows(chiyo, "red")
    eventually(louder(chiyo), "the host's voice", 20)
