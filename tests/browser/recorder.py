"""What happens on a page, written down by the page itself: the beats it shows, and whatever else moves in a silence."""

from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Page

# Wall time on one machine is one clock for all its pages.
SCRIPT = """
(() => {
  const seen = { beats: [], calm: [], changes: [], shifts: [], focus: [], flashes: 0 }
  window.__seen = seen
  const wall = (at) => performance.timeOrigin + (at ?? performance.now())
  // The parts of a silence follow one another, and its light keeps the beat.
  const own = ({ target, attributeName }) =>
    (attributeName === 'style' && target.classList.contains('glow-beat')) ||
    (attributeName === 'data-part' && target.classList.contains('silence'))
  const nameOf = (node) => {
    const element = node.nodeType === 1 ? node : node.parentElement
    return element === null ? node.nodeName : element.tagName.toLowerCase() + (element.id && '#' + element.id) +
      [...element.classList].map((name) => '.' + name).join('')
  }
  new MutationObserver((records) => {
    const at = wall()
    const html = document.documentElement
    for (const record of records) {
      const { type, target, attributeName } = record
      if (target === html && attributeName === 'data-calm') {
        const on = html.hasAttribute('data-calm')
        if ((seen.calm.at(-1)?.on ?? false) !== on) seen.calm.push({ on, at })
      } else if (attributeName === 'data-beat') {
        const beat = target.dataset.beat
        if (beat !== '' && seen.beats.at(-1)?.beat !== Number(beat)) seen.beats.push({ beat: Number(beat), at })
      } else if (html?.hasAttribute('data-calm') && !own(record)) {
        seen.changes.push({ at, what: `${nameOf(target)} ${attributeName ?? type}` })
      }
    }
  }).observe(document, { subtree: true, childList: true, characterData: true, attributes: true })
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) seen.shifts.push({ at: wall(entry.startTime), value: entry.value })
  }).observe({ type: 'layout-shift', buffered: true })
  for (const kind of ['focusin', 'focusout']) {
    document.addEventListener(kind, (event) => seen.focus.push({ at: wall(), what: `${kind} ${nameOf(event.target)}` }))
  }
})()
"""


@dataclass(frozen=True, slots=True)
class Seen:
    """`beats`: wall time, ms, at which the page first showed each beat. `calm`: when it kept still, from and to."""

    beats: dict[int, float]
    calm: tuple[float, float]
    changes: list[dict[str, Any]]
    shifts: list[dict[str, Any]]
    focus: list[dict[str, Any]]

    def moved(self, settled_ms: float) -> list[str]:
        """What moved while the page kept still; its own fade into stillness has so long."""
        begin, end = self.calm
        told = [
            f"+{one['at'] - begin:.0f} ms {one['what']}" for one in self.changes if begin + settled_ms < one["at"] < end
        ]
        told += [
            f"+{one['at'] - begin:.0f} ms shift {one['value']:.4f}" for one in self.shifts if begin < one["at"] < end
        ]
        return told + [f"+{one['at'] - begin:.0f} ms {one['what']}" for one in self.focus if begin < one["at"] < end]


def last_beat(page: Page) -> int:
    """The number of the latest beat the page has shown; -1 before the first."""
    found: int = page.evaluate("() => window.__seen.beats.at(-1)?.beat ?? -1")
    return found


def seen_by(page: Page) -> Seen:
    """What the page has written down; a silence must have come and gone."""
    seen = page.evaluate("() => window.__seen")
    beats: dict[int, float] = {}
    for one in seen["beats"]:
        beats.setdefault(one["beat"], one["at"])
    begin = next(one["at"] for one in seen["calm"] if one["on"])
    end = next(one["at"] for one in seen["calm"] if not one["on"])
    return Seen(beats, (begin, end), seen["changes"], seen["shifts"], seen["focus"])
