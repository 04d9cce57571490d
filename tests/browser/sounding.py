"""What a page sounds, and when: each sound it hands to its audio clock, on the server's own clock.

Chromium says where a page's clock begins on the monotonic clock of the machine, and the server where its own stands.
"""

import math
import statistics
from bisect import bisect_left
from typing import Any, Protocol

from tests.live.truth import Truth

SCRIPT = """
(() => {
  const audio = AudioContext.prototype
  const real = {
    now: performance.now.bind(performance),
    stamp: audio.getOutputTimestamp,
    every: window.setInterval.bind(window),
  }
  const heard = { sounds: [], stamps: [], contexts: [], late_ms: 0, real }
  window.__heard = heard
  const numberOf = (context) => {
    if (!heard.contexts.includes(context)) heard.contexts.push(context)
    return heard.contexts.indexOf(context)
  }
  const source = AudioBufferSourceNode.prototype
  const { start, stop } = source
  const of = new WeakMap()
  source.start = function (when = 0, ...rest) {
    const sound = { context: numberOf(this.context), when, length_s: this.buffer?.duration ?? 0, withdrawn: this.loop }
    of.set(this, sound)
    heard.sounds.push(sound)
    return start.call(this, when, ...rest)
  }
  source.stop = function (when = 0) {
    const sound = of.get(this)
    if (sound && Math.max(when, this.context.currentTime) < sound.when) sound.withdrawn = true
    return stop.call(this, when)
  }
  const look = () => {
    for (const context of heard.contexts) {
      if (context.state !== 'running') continue
      const { contextTime, performanceTime } = real.stamp.call(context)
      if (contextTime > 0) {
        const local = performanceTime + heard.late_ms
        heard.stamps.push({ context: heard.contexts.indexOf(context), at: contextTime, local })
      }
    }
  }
  heard.look = look
  real.every(look, 60)
  document.addEventListener('resume', look)
})()
"""

TICK_S = 0.4
"""No tick is longer, and no stroke of the bell is shorter."""

NEAREST = 7
"""Readings of the audio clock around a sound; their median is where it is heard."""

JUMP_MS = 5
"""Where two readings disagree by more, audio has stood still between them, or goes another way now."""


class Tab(Protocol):
    """Of a page, what is asked here."""

    def evaluate(self, expression: str, /) -> Any: ...


def ticks(page: Tab, begun_s: float, truth: Truth) -> list[float]:
    """Server instants, ms, at which ticks were heard, in order; the page's clock began at `begun_s`, monotonic."""
    return _sounds(page, begun_s, truth, 0, TICK_S)


def strokes(page: Tab, begun_s: float, truth: Truth) -> list[float]:
    """As `ticks`, of the bell; the soft tone at the door is one too."""
    return _sounds(page, begun_s, truth, TICK_S, math.inf)


def _sounds(page: Tab, begun_s: float, truth: Truth, longer_s: float, shorter_s: float) -> list[float]:
    noted = page.evaluate("(window.__heard.look(), { sounds: __heard.sounds, stamps: __heard.stamps })")
    heard: list[float] = []
    for sound in noted["sounds"]:
        if sound["withdrawn"] or not longer_s < sound["length_s"] <= shorter_s:
            continue
        local = _local([one for one in noted["stamps"] if one["context"] == sound["context"]], sound["when"])
        if local is not None:
            heard.append(truth.at(begun_s + local / 1000))
    return sorted(heard)


def _local(stamps: list[dict[str, float]], when: float) -> float | None:
    """The page's own time, ms, at which this time of a context is heard; `None` where the context ended before."""
    after = bisect_left(stamps, when, key=lambda one: one["at"])
    if after == len(stamps):
        return None
    told = [one["local"] + (when - one["at"]) * 1000 for one in stamps]
    near = [each for each in range(after - NEAREST, after + NEAREST) if 0 <= each < len(told)]
    alike = [each for each in near if abs(told[each] - told[after]) < JUMP_MS]
    return statistics.median(told[each] for each in sorted(alike, key=lambda each: abs(each - after))[:NEAREST])
