"""How far pictures are from the ceremony's clock: written down by the pages, against the one clock of the machine."""

import shutil
import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

from memorata.domain import items as i
from memorata.domain.broadcast import Source
from memorata.domain.programme import Programme
from tests.browser.conftest import ROOT
from tests.browser.evening import an_item, both, of
from tests.browser.streams.make import COLUMNS
from tests.live.client import Person

STREAMS = Path(__file__).parent / "streams"
FILMS = ROOT / "schedules/media"

FILE = Source("file", "", "/media/governor.mp4")
STREAM = Source("hls", "", "/media/stream.m3u8")

# Every 50 ms, and at every picture that comes to the screen: which place of the film it shows, and when.
RECORDER = """
(() => {
  const seen = { places: [], shown: [], rates: [] }
  window.__picture = seen
  const wall = (at) => performance.timeOrigin + (at ?? performance.now())
  const watched = new WeakSet()
  // Our stream's pictures are numbered in black and white columns, see streams/make.py.
  const paper = document.createElement('canvas')
  paper.width = COLUMNS
  paper.height = 1
  const ink = paper.getContext('2d', { willReadFrequently: true })
  const numberOf = (video) => {
    if (video.videoWidth !== COLUMNS * 16) return null
    ink.drawImage(video, 0, 0, COLUMNS, 1)
    const { data } = ink.getImageData(0, 0, COLUMNS, 1)
    return Array.from({ length: COLUMNS }, (_, n) => (data[n * 4] > 127 ? 2 ** n : 0)).reduce((sum, bit) => sum + bit)
  }
  setInterval(() => {
    const video = document.querySelector('video.player-video')
    if (video === null) return
    if (!watched.has(video)) {
      watched.add(video)
      video.addEventListener('ratechange', () => seen.rates.push({ at: wall(), rate: video.playbackRate }))
      const look = (now, { mediaTime, expectedDisplayTime }) => {
        seen.shown.push({ at: wall(expectedDisplayTime), place: mediaTime * 1000, number: numberOf(video) })
        video.requestVideoFrameCallback(look)
      }
      video.requestVideoFrameCallback(look)
    }
    const running = !video.paused && !video.seeking && video.readyState >= 3
    seen.places.push({ at: wall(), place: video.currentTime * 1000, running, rate: video.playbackRate })
  }, 50)
})()
""".replace("COLUMNS", str(COLUMNS))


@dataclass(frozen=True, slots=True)
class Place:
    """Where a film was at an instant of wall time; both ms."""

    at: float
    place: float
    running: bool = True
    rate: float = 1.0
    number: int | None = None


def media_folder(folder: Path, *films: str) -> Path:
    """A schedules folder with no schedule, only the films and the stream."""
    media = folder / "media"
    media.mkdir(parents=True)
    for file in (
        *(FILMS / name for name in films or ("governor.mp4",)),
        STREAMS / "stream.m3u8",
        STREAMS / "stream.m4s",
    ):
        shutil.copy(file, media)
    return folder


def a_film(item_id: str, *sources: Source, **fields: Any) -> i.Item:
    return an_item(item_id, both(item_id, item_id), i.VideoMessage(), 600, media=i.Media(sources=sources, **fields))


def films(ceremony_id: str, at_ms: int, *items: i.Item) -> Programme:
    return of(ceremony_id, at_ms, items)


def cue(host: Person, item_id: str) -> int:
    """Start an item; the instant at which it starts, server ms."""
    runs = len(host.state.progress.runs)
    answer = host.command("item.cue", item_id=item_id, aimed_cue=runs)
    assert answer["ok"], answer
    host.at(answer["seq"])
    return int(host.state.progress.runs[-1].start_ms)


def enter(page: Page) -> Page:
    page.locator("button[data-main]").click()
    page.locator(".bar").wait_for()
    return page


def places(page: Page) -> list[Place]:
    return [Place(**one) for one in page.evaluate("() => window.__picture.places")]


def shown(page: Page) -> list[Place]:
    return [Place(**one) for one in page.evaluate("() => window.__picture.shown")]


def rates(page: Page) -> list[tuple[float, float]]:
    return [(one["at"], one["rate"]) for one in page.evaluate("() => window.__picture.rates")]


def errors(seen: Sequence[Place], start_ms: float, from_ms: float, to_ms: float = float("inf")) -> list[float]:
    """Picture less clock, ms, positive when ahead, between two instants of wall time."""
    return [one.place - (one.at - start_ms) for one in seen if from_ms <= one.at < to_ms and one.running]


@dataclass(frozen=True, slots=True)
class Figures:
    median: float
    p95: float
    most: float
    bias: float
    count: int

    def __str__(self) -> str:
        return (
            f"median {self.median:.1f} ms, p95 {self.p95:.1f} ms, most {self.most:.1f} ms, bias {self.bias:+.1f} ms "
            f"({self.count} samples)"
        )


def figures(found: Sequence[float]) -> Figures:
    """Of the sizes of these errors; the bias keeps their sign."""
    sizes = sorted(abs(one) for one in found)
    assert sizes, "no picture ran"
    return Figures(
        statistics.median(sizes), sizes[int(0.95 * (len(sizes) - 1))], sizes[-1], statistics.median(found), len(sizes)
    )
