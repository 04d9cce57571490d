"""Two browsers that may reach each other by a TURN server alone, with words that our own code has made."""

import time
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

from memorata.config import Settings
from memorata.services import turn
from tests.browser.conftest import the_browser
from tests.builders import START_MS, a_programme
from tests.coturn import Coturn
from tests.live.client import eventually

pytestmark = [pytest.mark.live, pytest.mark.browser, pytest.mark.timeout(120)]

SCRIPT = """
window.meet = (servers) => {
  const pc = window.pc = new RTCPeerConnection({ iceServers: servers, iceTransportPolicy: 'relay' })
  window.faults = []
  window.ways = []
  pc.onicecandidateerror = ({ errorCode }) => faults.push(errorCode)
  pc.onicecandidate = ({ candidate }) => candidate?.candidate && ways.push(candidate.type)
}
const gathered = (pc) => new Promise((done) => {
  if (pc.iceGatheringState === 'complete') return done(pc.localDescription.toJSON())
  pc.onicegatheringstatechange = () => pc.iceGatheringState === 'complete' && done(pc.localDescription.toJSON())
})
window.offer = async () => {
  const canvas = document.createElement('canvas')
  const draw = canvas.getContext('2d')
  setInterval(() => { draw.fillStyle = `hsl(${Date.now() / 10 % 360} 80% 50%)`; draw.fillRect(0, 0, 300, 150) }, 60)
  for (const track of canvas.captureStream(15).getTracks()) pc.addTrack(track)
  await pc.setLocalDescription()
  return gathered(pc)
}
window.answer = async (sdp) => {
  await pc.setRemoteDescription(sdp)
  await pc.setLocalDescription()
  return gathered(pc)
}
window.seen = async () => {
  const stats = [...(await pc.getStats()).values()]
  const pair = stats.find((one) => one.id === stats.find(({ type }) => type === 'transport')?.selectedCandidatePairId)
  const local = stats.find((one) => one.id === pair?.localCandidateId)
  return {
    frames: stats.find(({ type }) => type === 'inbound-rtp')?.framesDecoded ?? 0,
    way: local?.candidateType ?? '', over: local?.relayProtocol ?? '', state: pc.connectionState, faults, ways,
  }
}
"""


@pytest.fixture
def pair() -> Iterator[tuple[Page, Page]]:
    """A speaker's and a viewer's page, each in a browser session of its own."""
    contexts = [the_browser().new_context(), the_browser().new_context()]
    pages = [context.new_page() for context in contexts]
    for page in pages:
        page.evaluate(f"() => {{ {SCRIPT} }}")
    yield pages[0], pages[1]
    for context in contexts:
        context.close()


def settings(relay: Coturn, over: str) -> Settings:
    return Settings(
        data_dir=Path("/nowhere"),
        database_url="sqlite:///nowhere.sqlite",
        secret_key=b"k" * 32,
        turn_urls=tuple(url for url in relay.urls if url.endswith(over)),
        turn_secret=relay.secret.encode(),
    )


def servers(relay: Coturn, person: str, over: str = "udp", now_ms: int | None = None) -> list[dict[str, Any]]:
    at_ms = int(time.time() * 1000) if now_ms is None else now_ms
    return [asdict(one) for one in turn.ice_servers(settings(relay, over), a_programme(), person, at_ms)]


@pytest.mark.parametrize("over", ["udp", "tcp"])
def test_a_picture_goes_by_the_relay_alone(relay: Coturn, pair: tuple[Page, Page], over: str) -> None:
    bruno, chiyo = pair
    bruno.evaluate("meet", servers(relay, "bruno", over))
    chiyo.evaluate("meet", servers(relay, "chiyo", over))
    answer = chiyo.evaluate("answer", bruno.evaluate("offer()"))
    bruno.evaluate("(sdp) => pc.setRemoteDescription(sdp)", answer)
    seen = eventually(lambda: (found := chiyo.evaluate("seen()"))["frames"] > 20 and found, "frames", 20)
    assert (seen["way"], seen["over"], set(seen["ways"])) == ("relay", over, {"relay"})
    assert "bruno" not in relay.log
    assert "chiyo" not in relay.log


def test_words_that_are_over_or_forged_carry_nothing(relay: Coturn, pair: tuple[Page, Page]) -> None:
    bruno, chiyo = pair
    past = servers(relay, "bruno", now_ms=START_MS - 400 * 86_400_000)
    assert int(past[0]["username"].partition(":")[0]) < time.time()
    forged = [
        {**one, "credential": turn.word(b"another secret of sixteen", one["username"])}
        for one in servers(relay, "chiyo")
    ]
    bruno.evaluate("meet", past)
    chiyo.evaluate("meet", forged)
    answer = chiyo.evaluate("answer", bruno.evaluate("offer()"))
    bruno.evaluate("(sdp) => pc.setRemoteDescription(sdp)", answer)
    for page in pair:
        seen = eventually(lambda page=page: (found := page.evaluate("seen()"))["faults"] and found, "a refusal")
        assert (set(seen["faults"]), seen["ways"], seen["frames"]) == ({401}, [], 0)
