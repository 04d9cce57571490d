"""The step, by ear: what each page hands to its loudspeaker in a silence, whatever befalls the page meanwhile."""

import math
import statistics
from collections.abc import Iterator
from dataclasses import dataclass, replace

import pytest

from memorata.domain.silence import SilencePlan
from tests.browser.conftest import FLAGS, chromium_program
from tests.browser.minute import DETAIL, Evening, at, instants, lateness, usual
from tests.browser.plain import Chromium, PlainTab
from tests.browser.sounding import SCRIPT, ticks
from tests.live.client import eventually
from tests.live.conftest import Server, now_ms
from tests.live.truth import Truth, truth_of

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]

BEAT_MS = 60_000 / DETAIL.bpm
RIGHT_MS = 30
"""How far a beat may be from its instant where nothing has just happened, on a machine that does much else."""

APART_MS, USUALLY_APART_MS = 15, 3
"""How far apart the beats of three pages may be, but for stalls, and in the middle."""

MINUTE = """
(() => {
  // As browsers do that are saving power: in a hidden page no timer comes before the minute is over.
  for (const name of ['setTimeout', 'setInterval']) {
    const real = window[name].bind(window)
    window[name] = (run, ms = 0) => real(run, document.visibilityState === 'hidden' ? Math.max(60000, ms) : ms)
  }
})()
"""

ASLEEP = """
(() => {
  // A computer that slept: its clock and its timers stood still, the wall clock went on, and nothing tells the page.
  const now = performance.now.bind(performance)
  const { setTimeout, clearTimeout, requestAnimationFrame } = window
  let lost = 0
  let since = 0
  document.addEventListener('visibilitychange', (event) => event.stopImmediatePropagation())
  document.addEventListener('freeze', () => { since = now() })
  document.addEventListener('resume', (event) => { lost += now() - since; event.stopImmediatePropagation() })
  performance.now = () => now() - lost
  window.requestAnimationFrame = (run) => requestAnimationFrame.call(window, (at) => run(at - lost))
  const handles = new Map()
  let last = 0
  const begin = (run, ms, again) => {
    const name = ++last
    let due = performance.now() + ms
    const fire = () => {
      const left = due - performance.now()
      if (left > 1) return void handles.set(name, setTimeout.call(window, fire, left))
      if (again) {
        due = Math.max(due + ms, performance.now())
        handles.set(name, setTimeout.call(window, fire, due - performance.now()))
      } else handles.delete(name)
      run()
    }
    handles.set(name, setTimeout.call(window, fire, ms))
    return name
  }
  const end = (name) => { clearTimeout.call(window, handles.get(name)); handles.delete(name) }
  window.setTimeout = (run, ms = 0) => begin(run, ms, false)
  window.setInterval = (run, ms = 0) => begin(run, ms, true)
  window.clearTimeout = window.clearInterval = end
  const stamp = AudioContext.prototype.getOutputTimestamp
  AudioContext.prototype.getOutputTimestamp = function () {
    const { contextTime, performanceTime } = stamp.call(this)
    return { contextTime, performanceTime: performanceTime - lost }
  }
})()
"""

OUTPUTS = """
(() => {
  // Earphones are pulled out, and what is heard comes another way: so much later from now on.
  const stamp = AudioContext.prototype.getOutputTimestamp
  const latency = Object.getOwnPropertyDescriptor(AudioContext.prototype, 'outputLatency').get
  let later_s = 0
  AudioContext.prototype.getOutputTimestamp = function () {
    const { contextTime, performanceTime } = stamp.call(this)
    return { contextTime: Math.max(0, contextTime - later_s), performanceTime }
  }
  Object.defineProperty(AudioContext.prototype, 'outputLatency', {
    configurable: true,
    get() { return latency.call(this) + later_s },
  })
  window.__later = (ms) => {
    later_s = ms / 1000
    __heard.late_ms = ms
    navigator.mediaDevices?.dispatchEvent(new Event('devicechange'))
  }
})()
"""

CALL = """
(() => {
  // A telephone call takes the sound away; until it is over nothing brings it back.
  const audio = AudioContext.prototype
  const { resume } = audio
  let calling = false
  audio.resume = function () {
    return calling ? Promise.reject(new DOMException('not now', 'InvalidStateError')) : resume.call(this)
  }
  window.__call = (on) => {
    calling = on
    const context = __heard.contexts.at(-1)
    return on ? context.suspend() : undefined
  }
})()
"""

QUESTIONS = """
(() => {
  const fetch = window.fetch.bind(window)
  window.__asked = []
  window.fetch = (address, options) => {
    __asked.push({ address: String(address), at: performance.now() })
    return fetch(address, options)
  }
})()
"""


@pytest.fixture(scope="module")
def truth(server: Server) -> Truth:
    return truth_of(server)


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chromium]:
    chromium = Chromium(chromium_program(), FLAGS, tmp_path_factory.mktemp("chromium"))
    yield chromium
    chromium.close()
    assert chromium.faults == []


@pytest.fixture
def evening(server: Server) -> Evening:
    return Evening(server)


def heard_by(tab: PlainTab, truth: Truth) -> list[float]:
    return ticks(tab, tab.begun_s(), truth)


def right(
    heard: list[float],
    silence: SilencePlan,
    from_ms: float = 0,
    until_ms: float = math.inf,
    within_ms: float = RIGHT_MS,
) -> None:
    """Each beat that was due in between was heard once, at its instant."""
    print({beat: [round(ms, 1) for ms in late] for beat, late in lateness(heard, silence, 0, math.inf).items()})
    found = lateness(heard, silence, from_ms, until_ms)
    assert {beat: len(late) for beat, late in found.items()} == dict.fromkeys(found, 1)
    assert usual([abs(late) for (late,) in found.values()]) < within_ms


def enter(tab: PlainTab) -> PlainTab:
    tab.press("button[data-main]")
    tab.sees("[data-sound=on]")
    return tab


@dataclass(frozen=True, slots=True)
class Kept:
    """One silence before five pages: what each was heard to sound, and when something befell it."""

    silence: SilencePlan
    heard: dict[str, list[float]]
    hidden: dict[str, bool]
    unplugged_ms: int
    plugged_ms: int
    called_ms: int
    over_ms: int


@pytest.fixture(scope="module")
def kept(server: Server, plain: Chromium, truth: Truth) -> Kept:
    evening = Evening(server)
    pages = {
        "front": enter(plain.open(evening.door, SCRIPT)),
        "behind": enter(plain.open(evening.door, SCRIPT)),
        "resting": enter(plain.open(evening.door, SCRIPT, MINUTE)),
        "unplugged": enter(plain.open(evening.door, SCRIPT, OUTPUTS)),
        "called": enter(plain.open(evening.door, SCRIPT, CALL)),
    }
    pages["behind"].hide()
    pages["resting"].hide()
    silence = evening.begin()
    due = instants(silence)
    at(due[2] + 100)
    pages["unplugged"].evaluate("__later(150)")
    unplugged_ms = now_ms()
    pages["called"].evaluate("__call(true)")
    called_ms = now_ms()
    at(due[5] + 100)
    pages["called"].evaluate("__call(false)")
    over_ms = now_ms()
    at(due[8] + 100)
    pages["unplugged"].evaluate("__later(0)")
    plugged_ms = now_ms()
    at(silence.end_ms)
    hidden = {who: tab.evaluate("document.visibilityState") == "hidden" for who, tab in pages.items()}
    heard = {who: heard_by(tab, truth) for who, tab in pages.items()}
    return Kept(silence, heard, hidden, unplugged_ms, plugged_ms, called_ms, over_ms)


def test_a_hidden_tab_goes_on(kept: Kept) -> None:
    assert (kept.hidden["front"], kept.hidden["behind"]) == (False, True)
    right(kept.heard["front"], kept.silence)
    right(kept.heard["behind"], kept.silence)


def test_a_hidden_tab_whose_timers_rest_has_all_beats_from_the_beginning(kept: Kept) -> None:
    assert kept.hidden["resting"]
    # In no timer can it follow a stall of the audio: where its beats lie was decided when they were announced.
    right(kept.heard["resting"], kept.silence, within_ms=5 * RIGHT_MS)


def test_another_output_is_followed(kept: Kept) -> None:
    heard = kept.heard["unplugged"]
    right(heard, kept.silence, until_ms=kept.unplugged_ms)
    right(heard, kept.silence, kept.unplugged_ms + 2 * BEAT_MS, kept.plugged_ms)
    right(heard, kept.silence, kept.plugged_ms + 2 * BEAT_MS)


def test_after_a_call_the_step_is_there_again(kept: Kept) -> None:
    heard = kept.heard["called"]
    right(heard, kept.silence, until_ms=kept.called_ms)
    assert [ms for ms in heard if kept.called_ms + 300 < ms < kept.over_ms] == []
    # The page asks for its sound again every two seconds.
    right(heard, kept.silence, kept.over_ms + 2000 + BEAT_MS)


def test_who_slept_reloads_or_comes_late_enters_in_the_same_beat(server: Server, plain: Chromium, truth: Truth) -> None:
    # Longer, so that there are beats left for who comes late on a slow machine.
    evening = Evening(server, replace(DETAIL, duration_s=20))
    phone = enter(plain.open(evening.door, SCRIPT))
    laptop = enter(plain.open(evening.door, SCRIPT, ASLEEP))
    anew = enter(plain.open(evening.door, SCRIPT))
    silence = evening.begin()
    due = instants(silence)
    at(due[2] + 200)
    phone.sleep()
    laptop.sleep()
    anew.send("Page.reload")
    late = enter(plain.open(evening.door, SCRIPT))
    late_ms = now_ms()
    # Browsers let a page sound that its person has not touched, or not: then the one press is this one.
    eventually(lambda: anew.evaluate("document.querySelector('[data-sound]') !== null"), "the page to be back", 30)
    if anew.evaluate("document.querySelector('[data-sound=on]') === null"):
        anew.press("[data-sound=off]")
    anew.sees("[data-sound=on]")
    anew_ms = now_ms()
    at(due[6] + 300)
    phone.wake()
    laptop.wake()
    woken_ms = now_ms()
    assert max(late_ms, anew_ms, woken_ms) < due[-4], "there must be beats left to hear"
    at(silence.end_ms)
    for who, tab, from_ms in (
        ("reloaded", anew, anew_ms),
        ("late", late, late_ms),
        ("phone", phone, woken_ms),
        ("laptop", laptop, woken_ms),
    ):
        print(who)
        heard = heard_by(tab, truth)
        right(heard, silence, from_ms + BEAT_MS)
        # What was missed is not made up for.
        assert len([ms for ms in heard if from_ms <= ms < from_ms + BEAT_MS]) <= 2


def test_watchers_hear_the_same_beat(plain: Chromium, truth: Truth, evening: Evening) -> None:
    vera, chiyo = enter(plain.open(evening.door, SCRIPT)), enter(plain.open(evening.door, SCRIPT))
    watcher = plain.open(evening.window, SCRIPT, QUESTIONS)
    watcher.press("[data-sound=off]")
    watcher.sees("[data-sound=on]")
    silence = evening.begin()
    questions(watcher)
    at(silence.end_ms)
    heard = {who: heard_by(tab, truth) for who, tab in (("vera", vera), ("chiyo", chiyo), ("watcher", watcher))}
    for each in heard.values():
        right(each, silence)
    errors = {
        who: statistics.median(abs(ms) for (ms,) in lateness(each, silence, 0, math.inf).values())
        for who, each in heard.items()
    }
    assert errors["watcher"] < max(3 * errors["vera"], 3 * errors["chiyo"], USUALLY_APART_MS)
    apart = [max(beat) - min(beat) for beat in zip(*heard.values(), strict=True)]
    print(f"apart: median {statistics.median(apart):.2f} ms, most {max(apart):.2f} ms")
    assert usual(apart) < APART_MS
    assert statistics.median(apart) < USUALLY_APART_MS


def questions(watcher: PlainTab) -> None:
    """A watcher asks for the time now and then, and learns from the browser when the question left."""
    asked = "__asked.filter((one) => one.address.includes('/clock?'))"
    eventually(lambda: watcher.evaluate(f"{asked}.length") >= 12, "the burst to be over")
    gaps = watcher.evaluate(f"{asked}.map((one, n, all) => one.at - (all[n - 1]?.at ?? one.at))")
    assert statistics.median(gaps[1:10]) < 1000 < min(gaps[10:12])
    # A browser's list of what it fetched ends at 250 entries and tells nothing after that.
    watcher.evaluate("(async () => { for (let n = 0; n < 250; n++) await fetch('/health?' + n) })()")
    eventually(lambda: watcher.evaluate("performance.getEntriesByType('resource').length") < 100, "a list with room")
    told = watcher.evaluate("""(async () => {
      const before = performance.now()
      const address = location.pathname.replace('watch', 'clock') + '?t0=1'
      const answer = await fetch(address, { cache: 'no-store', credentials: 'omit' })
      await answer.json()
      const { requestStart, responseStart } = performance.getEntriesByName(answer.url)[0]
      return [before, requestStart, responseStart, performance.now()]
    })()""")
    assert told == sorted(told)
