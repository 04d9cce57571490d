"""Pages that look on while something fails: what a participant, a host and a watcher see and hear of a whole silence.

with watching(evening, truth) as witnesses:     # three pages, entered, with sound
    silence = evening.begin()
    ...                                         # whatever is to fail
    for account in accounts(witnesses, silence):
        print(account)
        account.undisturbed()
"""

import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Literal

from playwright.sync_api import Browser, Page, expect

from memorata.domain.silence import SilencePlan, beat_count
from tests.browser.conftest import PATIENCE_MS, WIDE, Faults, the_browser
from tests.browser.minute import Evening, lateness, usual
from tests.browser.recorder import SCRIPT as SEEING
from tests.browser.sounding import SCRIPT as HEARING
from tests.browser.sounding import strokes, ticks
from tests.live.client import eventually
from tests.live.conftest import pin_of
from tests.live.truth import Truth

Who = Literal["participant", "host", "watcher"]

# Beside what the recorder writes down: every phase, and every word of a notice, when it came.
READING = """
(() => {
  const read = { phases: [], said: [], alarms: [] }
  window.__read = read
  const notices = '.under-line, [role=status], [role=alert], .h-notices, .h-line, .elsewhere'
  const words = new Map()
  new MutationObserver(() => {
    const at = performance.now()
    const audience = document.querySelector('.audience')
    const shown = audience?.dataset.shown ?? ''
    const part = document.querySelector('.silence')?.dataset.part ?? ''
    const last = read.phases.at(-1)
    if (last?.shown !== shown || last.part !== part) read.phases.push({ at, shown, part })
    const there = new Map()
    for (const one of document.querySelectorAll(notices)) {
      const text = one.textContent.trim()
      if (text !== '' && one.checkVisibility()) there.set(one, text)
    }
    for (const [one, text] of there) {
      if (words.get(one) === text) continue
      words.set(one, text)
      read.said.push({ at, text })
      if (one.getAttribute('role') === 'alert') read.alarms.push({ at, text })
    }
    for (const one of words.keys()) if (!there.has(one)) words.delete(one)
  }).observe(document, { subtree: true, childList: true, characterData: true, attributes: true })
})()
"""

# What comes and goes over the line: its name in Socket.IO, when, and how large.
LISTENING = """
(() => {
  const told = []
  window.__line = told
  const note = (way, name, bytes) => told.push({ at: performance.now(), way, name, bytes })
  const nameOf = (data) => /^4[23]\\/live,\\d*\\["?([a-z_]+)/.exec(String(data).slice(0, 80))?.[1] ?? ''
  const Plain = window.WebSocket
  window.WebSocket = class extends Plain {
    constructor(...how) {
      super(...how)
      note('', 'begun', 0)
      this.addEventListener('open', () => note('', 'opened', 0))
      this.addEventListener('close', () => note('', 'closed', 0))
      this.addEventListener('message', ({ data }) => note('down', nameOf(data), data.length))
    }
    send(data) {
      note('up', nameOf(data), data.length)
      super.send(data)
    }
  }
})()
"""

FADE_MS = 1500
"""The page's own fade into stillness has so long."""
AWAY_MS = 50
"""How far a beat that is heard may be from its instant, but for stalls of the machine (`usual`)."""
DRAWN_LATE_MS = 1000
"""How late a beat may be drawn: a busy machine draws when it can. Never before its instant by more than `AWAY_MS`."""


@dataclass(frozen=True, slots=True)
class Beats:
    """Of one silence, by eye or by ear. `missed`: numbers of beats; `extra`: how often one came again; ms."""

    missed: list[int]
    extra: int
    late_ms: list[float]

    @property
    def worst_ms(self) -> float:
        return max(map(abs, self.late_ms), default=0.0)

    @property
    def usual_ms(self) -> float:
        return usual([abs(late) for late in self.late_ms]) if self.late_ms else 0.0

    def __str__(self) -> str:
        return f"{len(self.missed)} missed, {self.extra} extra, at most {self.worst_ms:.0f} ms away"


@dataclass(frozen=True, slots=True)
class Account:
    """What one page has seen and heard of a silence. Instants are server ms; `heard` is `None` where sound was off."""

    who: Who
    silence: SilencePlan
    drawn: Beats
    heard: Beats | None
    phases: list[tuple[float, str, str]]
    """When, what was shown, and which part of a silence; in order."""
    said: list[tuple[float, str]]
    """Every notice, whenever it came."""
    moved: list[str]
    errors: list[str]

    def __str__(self) -> str:
        heard = "no sound" if self.heard is None else f"heard: {self.heard}"
        return (
            f"{self.who}: {heard}; drawn: {self.drawn}; "
            f"{len(self.said_within())} notices, {len(self.moved)} moves, {len(self.errors)} errors"
        )

    def said_within(self) -> list[str]:
        """What was said from the stillness, once the page has come to rest, to the end of the silence."""
        begin, end = self.silence.still_ms + FADE_MS, self.silence.end_ms
        return [text for at, text in self.said if begin < at < end]

    def parts(self) -> list[str]:
        """The parts of this silence, in the order in which they were seen."""
        found: list[str] = []
        for at, _, part in self.phases:
            if self.silence.start_ms - 500 < at < self.silence.rest_end_ms - 100 and part not in ("", *found[-1:]):
                found.append(part)
        return found

    def undisturbed(self) -> None:
        """Nothing stopped, jumped, or was told; a fault elsewhere was not to be known here."""
        beats = beat_count(self.silence)
        assert self.errors == []
        assert self.parts() == ["invitation", "stillness", "silence", "rest"]
        assert self.drawn.extra == 0
        assert len(self.drawn.missed) <= max(1, beats // 10), self.drawn.missed
        assert min(self.drawn.late_ms) > -AWAY_MS, self.drawn.late_ms
        assert self.drawn.usual_ms < DRAWN_LATE_MS, self.drawn.late_ms
        if self.heard is not None:
            assert (self.heard.missed, self.heard.extra) == ([], 0)
            assert self.heard.usual_ms < AWAY_MS, self.heard.late_ms
        if self.who != "host":
            assert self.said_within() == []
            assert self.moved == []


@dataclass(slots=True)
class Witness:
    """One person's page, from before they enter; `truth` is server time by this machine's monotonic clock."""

    who: Who
    page: Page
    truth: Truth
    faults: Faults = field(default_factory=Faults)

    def __post_init__(self) -> None:
        self.faults.watch(self.page)

    def enter(self) -> "Witness":
        """With sound, but for the host, whose console is silent until its person asks."""
        page = self.page
        if self.who == "participant":
            page.locator("button[data-main]").click()
        elif self.who == "watcher":
            page.locator("[data-sound=off]").click()
        else:
            page.get_by_role("button", name="Open the console").click()
            pin, opened = page.get_by_label("PIN of this link"), page.locator("#next")
            expect(pin.or_(opened).first).to_be_visible()
            if pin.is_visible():
                pin.fill(pin_of(page.url.partition("?")[0].rpartition("/")[2]))
                page.get_by_role("button", name="Open the console").click()
            expect(opened).to_be_visible()
        if self.who != "host":
            expect(page.locator("[data-sound=on]")).to_be_visible()
        return self

    def complaints(self) -> list[str]:
        """What the page complained of; that an address answered badly is the browser's own remark."""
        return [fault for fault in self.faults if "Failed to load resource" not in fault]

    def begun_s(self) -> float:
        """Where the page's clock begins, on the monotonic clock of the machine."""
        session = self.page.context.new_cdp_session(self.page)
        session.send("Performance.enable")
        told = session.send("Performance.getMetrics")
        session.detach()
        return float(next(one["value"] for one in told["metrics"] if one["name"] == "NavigationStart"))

    def line(self, name: str, way: str = "down", since_ms: float = 0) -> list[tuple[float, int]]:
        """When messages of this name came (or went up), server ms, since then; and their bytes."""
        begun_s = self.begun_s()
        told = self.page.evaluate("() => window.__line")
        found = [(self.truth.at(begun_s + one["at"] / 1000), int(one["bytes"])) for one in told
                 if (one["name"], one["way"]) == (name, way)]  # fmt: skip
        return [(at, size) for at, size in found if at >= since_ms]

    def strokes(self, since_ms: float) -> list[float]:
        """When the bell was heard, server ms, since then; the soft tone at the door is one too."""
        return [at for at in strokes(self.page, self.begun_s(), self.truth) if at >= since_ms]

    def wait(self, seconds: float) -> None:
        """Let time go by; what the page complains of is heard meanwhile."""
        self.page.wait_for_timeout(seconds * 1000)

    def account(self, silence: SilencePlan) -> Account:
        """Waits until the silence and its rest are over for everybody, and asks the page what it has written down."""
        over_s = (silence.rest_end_ms - self.truth.now()) / 1000 + 0.5
        if over_s > 0:
            self.wait(over_s)
        eventually(lambda: not self.page.evaluate("document.documentElement.hasAttribute('data-calm')"), "its end", 10)
        begun_s = self.begun_s()
        seen = self.page.evaluate("() => ({ ...window.__seen, ...window.__read, origin: performance.timeOrigin })")

        def server_ms(local_ms: float) -> float:
            return self.truth.at(begun_s + local_ms / 1000)

        def of_wall(wall_ms: float) -> float:
            return server_ms(wall_ms - seen["origin"])

        still = (silence.still_ms + FADE_MS, silence.rest_end_ms - 100)
        moved = [(of_wall(one["at"]), one["what"]) for one in seen["changes"] + seen["focus"]]
        moved += [(of_wall(one["at"]), f"shift {one['value']:.4f}") for one in seen["shifts"]]
        drawn = [
            (one["beat"], of_wall(one["at"]))
            for one in seen["beats"]
            if silence.t0_ms - 1000 < of_wall(one["at"]) < silence.end_ms + 1000
        ]
        heard = None
        if self.who != "host":
            heard = self._heard(silence, begun_s)
        return Account(
            self.who,
            silence,
            _drawn(drawn, silence),
            heard,
            [(server_ms(one["at"]), one["shown"], one["part"]) for one in seen["phases"]],
            [(server_ms(one["at"]), one["text"]) for one in seen["said"]],
            [f"+{at - silence.still_ms:.0f} ms {what}" for at, what in sorted(moved) if still[0] < at < still[1]],
            [*self.complaints(), *(one["text"] for one in seen["alarms"])],
        )

    def _heard(self, silence: SilencePlan, begun_s: float) -> Beats:
        margin_ms = 3000  # the soft tone at the door, and strokes of the bell, are no ticks
        heard = [
            at
            for at in ticks(self.page, begun_s, self.truth)
            if silence.t0_ms - margin_ms < at < silence.end_ms + margin_ms
        ]
        found = lateness(heard, silence, silence.t0_ms, silence.end_ms)
        return Beats(
            [beat for beat, late in found.items() if not late],
            sum(len(late) - 1 for late in found.values() if late),
            [late for each in found.values() for late in each[:1]],
        )


def _drawn(shown: list[tuple[int, float]], silence: SilencePlan) -> Beats:
    """A beat that comes again, or after a later one, is extra: the light has jumped."""
    late_ms: dict[int, float] = {}
    extra = 0
    for beat, at_ms in shown:
        if beat in late_ms or beat < max(late_ms, default=-1):
            extra += 1
        late_ms.setdefault(beat, at_ms - silence.t0_ms - beat * 60_000 / silence.bpm)
    missed = [beat for beat in range(beat_count(silence)) if beat not in late_ms]
    return Beats(missed, extra, list(late_ms.values()))


def witness(browser: Browser, who: Who, url: str, truth: Truth, *scripts: str, **options: Any) -> Witness:
    """A page of its own browser at this address; closed with its context."""
    context = browser.new_context(locale="en", **{**WIDE, **options})
    context.set_default_timeout(PATIENCE_MS)
    for script in (*scripts, SEEING, HEARING, READING, LISTENING):
        context.add_init_script(script)
    seen = Witness(who, context.new_page(), truth)
    seen.page.goto(url)
    return seen


@contextmanager
def watching(evening: Evening, truth: Truth, *, url: str = "", who: Iterable[Who] = ()) -> Iterator[list[Witness]]:
    """A participant, a host and a watcher of this ceremony (or those named), who have entered.

    Args: url: where the pages go instead of to the server itself, such as a proxy; without a slash at its end.
    """
    addresses: dict[Who, str] = {"participant": evening.door, "host": evening.console, "watcher": evening.window}
    found: list[Witness] = []
    try:
        for each in who or addresses:
            address = addresses[each]
            if url:
                address = url + address[address.index("/", len("http://")) :]
            found.append(witness(the_browser(), each, address, truth))
        for one in found:
            one.enter()
        yield found
    finally:
        for one in found:
            one.page.context.close()


def accounts(witnesses: Iterable[Witness], silence: SilencePlan) -> list[Account]:
    """What each has to say once the silence is over; printed, so that a run leaves its figures."""
    told = [one.account(silence) for one in witnesses]
    for account in told:
        print(account)
    return told


def wait_ms(truth: Truth, instant_ms: float) -> None:
    """Until this server instant."""
    time.sleep(max(0.0, (instant_ms - truth.now()) / 1000))
