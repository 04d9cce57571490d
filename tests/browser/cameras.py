"""Cameras of one colour each, so that it can be told who is on a screen; and microphones that hum."""

from typing import Any

from playwright.sync_api import Page

from tests.browser.conftest import Sit

CAMERA = """
(() => {
  const camera = window.__camera = { colour: 'COLOUR', fails: 'FAILS', speaks: true, made: [], asked: [] }
  const picture = () => {
    const canvas = Object.assign(document.createElement('canvas'), { width: 320, height: 180 })
    const draw = canvas.getContext('2d')
    let at = 0
    // A picture that never changes is not sent again.
    setInterval(() => {
      draw.fillStyle = camera.colour
      draw.fillRect(0, 0, 320, 180)
      draw.fillStyle = '#fff'
      draw.fillRect((at += 3) % 300, 0, 12, 6)
    }, 60)
    return canvas.captureStream(15).getVideoTracks()[0]
  }
  const sound = () => {
    const context = new AudioContext()
    const tone = new OscillatorNode(context, { frequency: 330 })
    const gain = new GainNode(context, { gain: 0.2 })
    const out = new MediaStreamAudioDestinationNode(context)
    tone.connect(gain).connect(out)
    tone.start()
    setInterval(() => { gain.gain.value = camera.speaks ? 0.2 : 0 }, 50)
    return out.stream.getAudioTracks()[0]
  }
  navigator.mediaDevices.getUserMedia = async (wanted) => {
    camera.asked.push(Object.keys(wanted).sort().join('+'))
    const fails = camera.fails.split(' ').find((one) => one !== '' && (!one.startsWith('video:') || wanted.video))
    if (fails) throw new DOMException('', fails.replace('video:', ''))
    const tracks = [...(wanted.video ? [picture()] : []), ...(wanted.audio ? [sound()] : [])]
    camera.made.push(...tracks)
    return new MediaStream(tracks)
  }
})()
"""

PEERS = """
(() => {
  const Native = window.RTCPeerConnection
  const peers = (window.__peers = [])
  window.RTCPeerConnection = function (...given) {
    const peer = new Native(...given)
    peers.push(peer)
    return peer
  }
  window.RTCPeerConnection.prototype = Native.prototype
  const NativeAudio = window.Audio
  const played = (window.__played = [])
  window.Audio = function (...given) {
    const element = new NativeAudio(...given)
    played.push(element)
    return element
  }
})()
"""
"""Notes every peer connection of a page, and every sound that it plays."""

SEEN = """
(of) => {
  const video = document.querySelector(of)
  if (!video || video.videoWidth === 0) return null
  const canvas = Object.assign(document.createElement('canvas'), { width: 3, height: 3 })
  const draw = canvas.getContext('2d')
  draw.drawImage(video, 0, 0, 3, 3)
  return [...draw.getImageData(1, 1, 1, 1).data].slice(0, 3)
}
"""

SENT = """
async () => {
  let bytes = { audio: 0, video: 0 }
  for (const peer of window.__peers) {
    if (peer.connectionState === 'closed') continue
    const stats = [...(await peer.getStats()).values()]
    for (const one of stats) if (one.type === 'outbound-rtp') bytes[one.kind] += one.bytesSent
  }
  return bytes
}
"""

DECODED = """async () => {
  let decoded = 0
  for (const peer of window.__peers) {
    if (peer.connectionState === 'closed') continue
    for (const { type, framesDecoded } of (await peer.getStats()).values())
      if (type === 'inbound-rtp') decoded += framesDecoded || 0
  }
  return decoded
}"""

WATCH = f"""
() => {{
  const count = {DECODED}
  const frames = window.__frames = {{ first_ms: 0, last_ms: 0, decoded: 0 }}
  const look = async () => {{
    // Looking is work too: as soon as there is something it need not be so often.
    setTimeout(look, frames.first_ms === 0 ? 20 : 50)
    const decoded = await count()
    if (decoded <= frames.decoded) return
    if (frames.first_ms === 0) frames.first_ms = Date.now()
    frames.last_ms = Date.now()
    frames.decoded = decoded
  }}
  void look()
}}
"""
"""Notes when pictures came to a page."""

INTRUDER = """
(() => {
  const { get } = Object.getOwnPropertyDescriptor(RTCPeerConnection.prototype, 'localDescription')
  Object.defineProperty(RTCPeerConnection.prototype, 'localDescription', {
    get() {
      const own = get.call(this)
      return own && { type: own.type, sdp: own.sdp.replace(/a=recvonly/g, 'a=sendrecv') }
    },
  })
})()
"""
"""A page that says to whoever sends to it that it sends too."""


COLOURS = {"red": (200, 30, 30), "green": (30, 160, 40), "blue": (40, 60, 200), "yellow": (220, 200, 40)}


def camera(colour: str, fails: str = "") -> str:
    """A script for a page; `fails`: names of what the browser says instead, those of the camera alone with `video:`."""
    red, green, blue = COLOURS[colour]
    return CAMERA.replace("COLOUR", f"rgb({red} {green} {blue})").replace("FAILS", fails)


def seen(page: Page, of: str = ".tile video[data-seen]") -> str | None:
    """Whose colour is there; `None`: nobody's."""
    found: Any = page.evaluate(SEEN, of)
    if found is None:
        return None
    near = {name: max(abs(a - b) for a, b in zip(found, colour, strict=True)) for name, colour in COLOURS.items()}
    best = min(near, key=lambda name: near[name])
    return best if near[best] < 40 else f"none of them: {found}"


def sent(page: Page) -> dict[str, int]:
    """Bytes of sound and picture that have left the page by the links it has."""
    found: dict[str, int] = page.evaluate(SENT)
    return found


def live_tracks(page: Page) -> int:
    """How many cameras and microphones are open."""
    found: int = page.evaluate("() => window.__camera.made.filter(({ readyState }) => readyState === 'live').length")
    return found


def frames(page: Page) -> dict[str, Any]:
    found: dict[str, Any] = page.evaluate("() => window.__frames")
    return found


def before_camera(sit: Sit, url: str, colour: str, *scripts: str, **screen: Any) -> Page:
    """Somebody sits down before a camera that sees this one colour, at a page that also runs these scripts first."""
    page = sit("about:blank", **screen)
    for script in (camera(colour), *scripts):
        page.add_init_script(script)
    page.goto(url)
    return page
