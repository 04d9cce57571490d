"""Somebody speaks and is seen and heard by everybody, from page to page; on deck before, and never in a silence."""

import time
from dataclasses import replace

import pytest
from playwright.sync_api import Page, expect

from memorata.domain import items as i
from tests.browser.cameras import INTRUDER, PEERS, WATCH, camera, frames, live_tracks, seen, sent
from tests.browser.conftest import PHONE, Sit
from tests.browser.evening import an_item, both, of
from tests.browser.test_ceremony import enter
from tests.live.client import eventually
from tests.live.conftest import Server, now_ms

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]

MINUTE = i.Silence(duration_s=12, invitation_s=4, stillness_s=2, quiet_after_s=2)


class Evening:
    """A host at the controls, and Vera, who has asked to speak."""

    def __init__(self, server: Server, sit: Sit, name: str, fails: str = "", **screen: object) -> None:
        words = an_item("words", both("Memories", "Воспоминания"), i.Interval(), 600)
        words = replace(words, recording_allowed=True)
        minute = an_item("minute", both("A minute of silence", "Минута молчания"), MINUTE, 20)
        self.server, self.sit = server, sit
        self.keys = server.plan(of(f"stage-{name}", now_ms() + 600_000, (words, minute)))
        self.host = server.person(self.keys["host"], name="Hana").connect()
        self.cue("words")
        self.vera = self.guest("red", fails, **screen)
        self.entry = self.asks(self.vera, "Vera", "Children of the siege")

    def guest(self, colour: str = "", fails: str = "", **screen: object) -> Page:
        page = self.sit("about:blank", **screen)
        page.add_init_script(PEERS)
        if colour:
            page.add_init_script(camera(colour, fails))
        page.goto(f"{self.server.url}/e/{self.keys['participant']}")
        return enter(page)

    def asks(self, page: Page, name: str, community: str = "") -> str:
        page.locator(".bar").get_by_role("button", name="Ask to speak").click()
        page.get_by_label("Your name", exact=True).fill(name)
        page.get_by_label("Your town, association or family").fill(community)
        page.locator(".sheet").get_by_role("button", name="Ask to speak").click()
        page.get_by_role("button", name="Back to the ceremony").click()
        return eventually(
            lambda: next((e.id for e in self.host.state.floor.entries if e.name == name), None), "the entry"
        )

    def do(self, kind: str, **fields: object) -> None:
        answer = self.host.command(kind, **fields)
        assert answer["ok"], answer

    def cue(self, item_id: str) -> None:
        self.do("item.cue", item_id=item_id, aimed_cue=self.host.state.progress.cues)

    def call(self, entry: str = "") -> None:
        self.do("floor.call", entry_id=entry or self.entry)

    def grant(self, entry: str = "") -> None:
        self.do("floor.grant", entry_id=entry or self.entry)


def shows(page: Page, colour: str | None, of: str = ".tile video[data-seen]") -> None:
    eventually(lambda: seen(page, of) == colour, f"{colour} on the page", 40)


def tried(page: Page) -> None:
    page.get_by_role("button", name="Try camera and microphone").click()
    expect(page.locator(".turn-card")).to_contain_text("We can hear you, Vera. You are next.")


def stands_by(evening: Evening) -> None:
    """Vera is on deck, has tried her devices, and is willing."""
    evening.call()
    tried(evening.vera)
    evening.vera.get_by_role("button", name="I am ready").click()


def test_a_speaker_is_heard_on_deck_and_seen_by_three_when_called(server: Server, sit: Sit) -> None:
    evening = Evening(server, sit, "called")
    viewers = [evening.guest() for _ in range(3)]
    evening.call()
    tried(evening.vera)
    shows(evening.vera, "red", ".mirror video[data-seen]")
    evening.vera.get_by_role("button", name="I am ready").click()
    expect(evening.vera.locator(".turn-card")).to_contain_text("The host will give you the floor")
    # Linked already, and nothing has left the page.
    for viewer in viewers:
        eventually(lambda viewer=viewer: linked(viewer), "the link", 15)  # type: ignore[misc]
        viewer.evaluate(WATCH)
    time.sleep(1)
    assert sent(evening.vera) == {"audio": 0, "video": 0}
    assert [viewer.locator(".tile").count() for viewer in viewers] == [0, 0, 0]
    called_ms = time.time() * 1000
    evening.grant()
    for viewer in viewers:
        shows(viewer, "red")
        expect(viewer.locator(".tile-plate")).to_contain_text("Vera")
        expect(viewer.locator(".tile-plate")).to_contain_text("Children of the siege")
        eventually(lambda viewer=viewer: one_voice(viewer), "her voice")  # type: ignore[misc]
    print("called to first picture:", *(f"{frames(viewer)['first_ms'] - called_ms:.0f} ms" for viewer in viewers))
    expect(evening.vera.locator("#floor-title")).to_have_text("Everybody hears you.")
    # Released: at once nothing leaves, and nothing is drawn.
    released_ms = time.time() * 1000
    evening.do("floor.yield", entry_id=evening.entry)
    for viewer in viewers:
        expect(viewer.locator(".tile")).to_have_count(0)
        eventually(lambda viewer=viewer: not one_voice(viewer), "silence")  # type: ignore[misc]
    print("released to last picture:", *(f"{frames(viewer)['last_ms'] - released_ms:.0f} ms" for viewer in viewers))
    eventually(lambda: live_tracks(evening.vera) == 0, "closed devices", 10)


def test_a_silence_closes_every_microphone_and_afterwards_it_is_open_again(server: Server, sit: Sit) -> None:
    evening = Evening(server, sit, "silence")
    viewer = evening.guest()
    stands_by(evening)
    evening.grant()
    shows(viewer, "red")
    evening.cue("minute")
    expect(viewer.locator("html")).to_have_attribute("data-calm", "")
    eventually(lambda: sent(evening.vera) == {"audio": 0, "video": 0}, "nothing sent", 3)
    eventually(lambda: not one_voice(viewer), "silence", 5)
    expect(viewer.locator(".tile")).to_have_count(0)
    expect(viewer.locator("html")).not_to_have_attribute("data-calm", "", timeout=40_000)
    evening.cue("words")
    shows(viewer, "red")
    expect(evening.vera.locator("#floor-title")).to_have_text("Everybody hears you.")


def test_a_voice_without_a_picture_has_a_light_and_a_name(server: Server, sit: Sit) -> None:
    evening = Evening(server, sit, "voice", fails="video:NotFoundError")
    viewer = evening.guest(**PHONE)
    evening.call()
    tried(evening.vera)
    expect(evening.vera.locator(".amiss")).to_contain_text("We found no camera.")
    evening.vera.get_by_role("button", name="I am ready").click()
    evening.grant()
    expect(viewer.locator(".tile")).to_contain_text("Vera")
    eventually(lambda: one_voice(viewer), "a voice", 15)
    assert seen(viewer) is None


def test_a_camera_that_is_refused_is_told_in_words_and_tried_again(server: Server, sit: Sit) -> None:
    evening = Evening(server, sit, "refused", fails="NotAllowedError")
    evening.call()
    evening.vera.get_by_role("button", name="Try camera and microphone").click()
    card = evening.vera.locator(".turn-card")
    expect(card).to_contain_text("This page was not allowed to use camera and microphone.")
    expect(card.get_by_role("link", name="+7 812 555 01 27")).to_be_visible()
    evening.vera.evaluate("() => { window.__camera.fails = '' }")
    card.get_by_role("button", name="Try again").click()
    expect(card).to_contain_text("We can hear you, Vera.")


def test_the_line_is_lost_and_nobody_sees_a_gap(server: Server, sit: Sit) -> None:
    evening = Evening(server, sit, "gap")
    viewer = evening.guest()
    stands_by(evening)
    evening.grant()
    shows(viewer, "red")
    watch_for_gaps(viewer)
    server.kill()
    time.sleep(1)
    server.start()
    expect(viewer.locator(".bar")).to_be_visible()
    evening.host = server.person(evening.keys["host"], name="Hana").connect()
    eventually(
        lambda: viewer.evaluate("() => window.__peers.filter((p) => p.connectionState === 'connected').length") >= 1,
        "links",
    )
    eventually(lambda: viewer.evaluate("() => window.__peers.length") >= 2, "new links", 30)
    eventually(
        lambda: viewer.evaluate("() => window.__peers.filter((p) => p.connectionState !== 'closed').length") == 1,
        "the old link's end",
        30,
    )
    shows(viewer, "red")
    assert gaps(viewer) == []


def test_whoever_wants_no_pictures_hears_and_reads_a_name(server: Server, sit: Sit) -> None:
    evening = Evening(server, sit, "sound-only")
    viewer = evening.guest()
    viewer.get_by_role("button", name="Help").click()
    viewer.get_by_role("switch", name="Sound only, no moving pictures").click()
    viewer.get_by_role("button", name="Close").click()
    stands_by(evening)
    evening.grant()
    expect(viewer.locator(".tile")).to_contain_text("Vera")
    eventually(lambda: one_voice(viewer), "a voice", 15)
    assert seen(viewer) is None
    assert sent(evening.vera)["video"] == 0


def test_who_intrudes_is_seen_by_nobody(server: Server, sit: Sit) -> None:
    intruded(Evening(server, sit, "intruder"), sit)


def intruded(evening: Evening, sit: Sit) -> None:
    """A page that watches means to send as well."""
    intruder = sit("about:blank")
    for script in (PEERS, INTRUDER):
        intruder.add_init_script(script)
    intruder.goto(f"{evening.server.url}/e/{evening.keys['participant']}")
    enter(intruder)
    viewer = evening.guest()
    stands_by(evening)
    evening.grant()
    shows(viewer, "red")
    eventually(lambda: peers(intruder) > 0, "the intruder's try", 20)
    time.sleep(2)
    # It was refused: it neither sends nor sees.
    assert sent(intruder) == {"audio": 0, "video": 0}
    assert not linked(intruder)
    assert (seen(viewer), viewer.locator(".tile").count()) == ("red", 1)
    assert evening.vera.locator(".tile video").count() <= 1


def peers(page: Page) -> int:
    found: int = page.evaluate("() => window.__peers.length")
    return found


def linked(page: Page) -> bool:
    return bool(page.evaluate("() => window.__peers.some(({ connectionState }) => connectionState === 'connected')"))


VOICES = """
() => window.__played.filter(({ paused, muted, srcObject }) => !paused && !muted && srcObject !== null)
  .flatMap(({ srcObject }) => srcObject.getAudioTracks())
  .filter(({ muted, readyState }) => !muted && readyState === 'live').length
"""


def one_voice(page: Page) -> bool:
    found = page.evaluate(VOICES)
    assert found <= 1
    return bool(found == 1)


def watch_for_gaps(page: Page) -> None:
    page.evaluate(
        """() => {
          const gaps = window.__gaps = []
          setInterval(() => {
            const tile = document.querySelector('.tile')
            if (tile === null) gaps.push('no tile')
            else if (!tile.hasAttribute('data-seen')) gaps.push('no picture')
          }, 50)
        }"""
    )


def gaps(page: Page) -> list[str]:
    found: list[str] = page.evaluate("() => window.__gaps")
    return found


def test_a_camera_that_is_switched_off_leaves_the_voice(server: Server, sit: Sit) -> None:
    evening = Evening(server, sit, "voice-only")
    viewer = evening.guest()
    stands_by(evening)
    evening.vera.get_by_role("switch", name="Only my voice").click()
    evening.grant()
    expect(viewer.locator(".tile")).to_contain_text("Vera")
    eventually(lambda: one_voice(viewer), "a voice", 15)
    assert seen(viewer) is None
    expect(evening.vera.locator("#floor-title")).to_have_text("Everybody hears you.")
    assert live_tracks(evening.vera) == 1
