"""Films whose picture is one colour and whose sound is one tone: made by Janus or ffmpeg, and looked at afterwards."""

import json
import re
import subprocess
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

from tests.janus import Janus

PUBLISH = r"""
async ({url, secret, admin_key, folder, room, name, colour, seconds, picture}) => {
  const line = new WebSocket(url, 'janus-protocol')
  await new Promise((ok, no) => { line.onopen = ok; line.onerror = no })
  const waiting = new Map(), early = []
  let n = 0, session = 0, handle = 0, peer = null
  const ask = (body) => new Promise((ok) => {
    const transaction = 't' + ++n
    waiting.set(transaction, ok)
    const where = {...(session && {session_id: session}), ...(handle && {handle_id: handle})}
    line.send(JSON.stringify({transaction, apisecret: secret, ...where, ...body}))
  })
  line.onmessage = ({data}) => {
    const told = JSON.parse(data)
    if (told.janus === 'trickle') {
      if (peer?.remoteDescription) void peer.addIceCandidate(told.candidate.completed ? undefined : told.candidate)
      else early.push(told.candidate)
    } else if (told.janus !== 'ack') {
      waiting.get(told.transaction)?.(told)
    }
  }
  const say = (body, jsep) => ask({janus: 'message', body, ...(jsep && {jsep})})
  session = (await ask({janus: 'create'})).data.id
  handle = (await ask({janus: 'attach', plugin: 'janus.plugin.videoroom'})).data.id
  await say({request: 'create', admin_key, room, secret: 'x', publishers: 4, videocodec: 'vp8', audiocodec: 'opus',
             lock_record: true, rec_dir: folder})
  const canvas = document.createElement('canvas')
  canvas.width = 320
  canvas.height = 240
  const context = canvas.getContext('2d')
  let tick = 0
  const draw = () => {
    context.fillStyle = colour
    context.fillRect(0, 0, 320, 240)
    context.fillStyle = '#000'
    context.fillRect(tick++ % 320, 0, 2, 2)
  }
  draw()
  const drawing = setInterval(draw, 66)
  const audio = new AudioContext()
  await audio.resume()
  const tone = new OscillatorNode(audio, {frequency: 440})
  const out = audio.createMediaStreamDestination()
  tone.connect(new GainNode(audio, {gain: 0.5})).connect(out)
  tone.start()
  peer = new RTCPeerConnection()
  for (const track of out.stream.getTracks()) peer.addTrack(track)
  if (picture) for (const track of canvas.captureStream(15).getTracks()) peer.addTrack(track)
  peer.onicecandidate = ({candidate}) => line.send(JSON.stringify({janus: 'trickle', transaction: 'c' + ++n,
    apisecret: secret, session_id: session, handle_id: handle, candidate: candidate ?? {completed: true}}))
  await peer.setLocalDescription(await peer.createOffer())
  const joined = await say({request: 'joinandconfigure', ptype: 'publisher', room, id: name, record: true,
                            filename: name, secret: 'x'}, {type: 'offer', sdp: peer.localDescription.sdp})
  await peer.setRemoteDescription(joined.jsep)
  for (const one of early) await peer.addIceCandidate(one.completed ? undefined : one)
  while (peer.connectionState !== 'connected') await new Promise((ok) => setTimeout(ok, 20))
  await new Promise((ok) => setTimeout(ok, seconds * 1000))
  window.leave = async () => {
    clearInterval(drawing)
    peer.close()
    if (line.readyState === 1) await ask({janus: 'detach'})
    await audio.close()
  }
}
"""


def publish(
    page: Page, janus: Janus, name: str, colour: str, seconds: float, *, picture: bool = True, leave: bool = True
) -> None:
    """Let a page send to a room of Janus, which writes it to files of this name.

    Args: leave: else it sends on, until the test ends Janus or the page.
    """
    # Sound waits for a press.
    page.mouse.click(5, 5)
    asked = {
        "url": janus.url,
        "secret": janus.secret,
        "admin_key": janus.admin_key,
        "folder": str(janus.recordings),
        "room": f"room-{name}",
        "name": name,
        "colour": colour,
        "seconds": seconds,
        "picture": picture,
    }
    page.evaluate(PUBLISH, asked)
    if leave:
        page.evaluate("leave()")


def made(path: Path, colour: str, seconds: float) -> bytes:
    """A WebM of VP8 and Opus."""
    picture = f"color=c={colour}:s=320x240:r=15:d={seconds}"
    sound = f"sine=frequency=440:duration={seconds}"
    command = ("ffmpeg", "-nostdin", "-loglevel", "error", "-y", "-f", "lavfi", "-i", picture, "-f", "lavfi")
    coded = ("-c:v", "libvpx", "-deadline", "realtime", "-c:a", "libopus", "-b:a", "128k")
    subprocess.run([*command, "-i", sound, *coded, str(path)], check=True)
    return path.read_bytes()


def seen(film: Path, at_s: float) -> tuple[int, int, int]:
    """The mean colour of the picture at this instant: red, green, blue."""
    command = ("ffmpeg", "-nostdin", "-loglevel", "error", "-ss", str(at_s), "-i", str(film), "-frames:v", "1")
    one = subprocess.run(
        [*command, "-vf", "scale=1:1", "-pix_fmt", "rgb24", "-f", "rawvideo", "-"], check=True, capture_output=True
    )
    red, green, blue = one.stdout[:3]
    return red, green, blue


def loudness_db(film: Path, from_s: float = 0, seconds: float = 1000) -> float:
    """The mean volume of the sound between two instants."""
    command = ["ffmpeg", "-nostdin", "-hide_banner", "-ss", str(from_s), "-t", str(seconds), "-i", str(film)]
    told = subprocess.run([*command, "-vn", "-af", "volumedetect", "-f", "null", "-"], check=True, capture_output=True)
    found = re.search(rb"mean_volume: (-?[0-9.]+) dB", told.stderr)
    assert found is not None, told.stderr.decode()
    return float(found[1])


def holds(film: Path) -> dict[str, Any]:
    """Codecs by kind, and the seconds of the film."""
    asked = ("ffprobe", "-v", "error", "-show_entries", "format=duration:stream=codec_type,codec_name", "-of", "json")
    told = json.loads(subprocess.run([*asked, str(film)], check=True, capture_output=True).stdout)
    codecs = {stream["codec_type"]: stream["codec_name"] for stream in told["streams"]}
    return {**codecs, "seconds": float(told["format"]["duration"])}
