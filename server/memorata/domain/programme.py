"""The order of service and its run of show: which item is live at an instant, and what follows by itself.

Everything here is a pure function of the programme, the runs recorded so far and an instant, and has its twin in the
client, so that a page that knows the timeline conducts itself through a silence with no server at all.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from memorata.domain.door import DoorPolicy
from memorata.domain.items import Item, Silence, Text, steps, walks_by_itself
from memorata.domain.silence import Part, SilencePlan, plan

LEAD_MS = 3_000
"""How far ahead an instant is announced at the least, for the slowest client."""

SILENCE_LEAD_MS = 8_000
"""The same for the first beat of a silence."""

AUTOPILOT_LEAD_MS = 12_000
"""How far ahead the conductor announces an item that begins by the clock."""

ItemState = Literal["planned", "standby", "live", "held", "done", "skipped"]


@dataclass(frozen=True, slots=True)
class Delegation:
    """People who come as one community, a name they write themselves; the country is optional (ISO 3166-1 alpha-2)."""

    community: Text
    country: str | None = None


@dataclass(frozen=True, slots=True)
class Hall:
    """A place elsewhere that joins by its own link, with one camera; it stands by until the programme shows it.

    `contact` and `telephone` are whom the hosts ring there; nobody else sees them.
    """

    id: str
    place: Text
    community: Text = field(default_factory=dict)
    country: str | None = None
    contact: str = ""
    telephone: str = ""


@dataclass(frozen=True, slots=True)
class Programme:
    """What one ceremony consists of; `starts_ms` is the planned start of the first item after the lobby.

    `number` is the number of the anniversary, `date` the civil date of the occurrence, `zone` its IANA time zone.
    The first of `languages` is the language of the ceremony. `recurs` says whether there is a next year. `door` is how
    uninvited people are met, until a host says otherwise. `embed` are the https origins of the pages that may hold the
    watchers' view in a frame. `place` is where it is held when each site holds its own; with `autopilot` it begins and
    goes on by itself; a `rehearsal` is shown to nobody without a link, and wiped afterwards. `cancelled` is
    why it is not held, perhaps without words; `None`: it is.
    """

    ceremony_id: str
    series: str
    title: Text
    subject: Text
    date: str
    zone: str
    starts_ms: int
    lobby_opens_ms: int
    languages: tuple[str, ...]
    items: tuple[Item, ...]
    number: int | None = None
    organizer: str = ""
    telephone: str = ""
    delegations: tuple[Delegation, ...] = ()
    countries: Mapping[str, Text] | None = None
    holding_still: str | None = None
    door: DoorPolicy = "knock"
    embed: tuple[str, ...] = ()
    place: Text = field(default_factory=dict)
    autopilot: bool = False
    rehearsal: bool = False
    cancelled: Text | None = None
    halls: tuple[Hall, ...] = ()

    def hall(self, hall_id: str) -> Hall | None:
        return next((hall for hall in self.halls if hall.id == hall_id), None)

    def item(self, item_id: str) -> Item | None:
        return next((item for item in self.items if item.id == item_id), None)

    def conducted(self) -> tuple[Item, ...]:
        """The items that are cued; the lobby is not, it is simply what there is before the first."""
        return tuple(item for item in self.items if item.kind != "lobby")


@dataclass(frozen=True, slots=True)
class Hold:
    """A pause of the item's own clock; `to_ms` is `None` while it lasts, and lies ahead when its end is announced."""

    from_ms: int
    to_ms: int | None = None


@dataclass(frozen=True, slots=True)
class StepAnchor:
    """From the instant `at_ms` on the item is at `step`, and walks on from there."""

    step: int
    at_ms: int


@dataclass(frozen=True, slots=True)
class Run:
    """One going-live of an item; `cue` counts the cues of the ceremony from 1."""

    cue: int
    item_id: str
    start_ms: int
    holds: tuple[Hold, ...] = ()
    steps: tuple[StepAnchor, ...] = ()


@dataclass(frozen=True, slots=True)
class Progress:
    """The timeline: everything that decides what is shown when, and nothing else."""

    runs: tuple[Run, ...] = ()
    cues: int = 0
    skipped: tuple[str, ...] = ()
    autopilot: bool = False
    autopilot_since_ms: int = 0
    holding_since_ms: int | None = None
    opened_ms: int | None = None
    closed_ms: int | None = None


@dataclass(frozen=True, slots=True)
class Moment:
    """What is shown at one instant.

    `position_ms` is the item's own time, without holds; `over` says that the planned time has passed; `standby` is the
    run that comes next, when known; `silence` the part of a silence; `step` counts from 0.
    """

    phase: Literal["planned", "lobby", "item", "closed"]
    run: Run | None = None
    item: Item | None = None
    position_ms: int = 0
    held: bool = False
    over: bool = False
    step: int = 0
    silence: Part | None = None
    standby: Run | None = None


def held_ms(run: Run, now_ms: int) -> int:
    """How long the run has been on hold up to `now_ms`."""
    return sum(max(0, (now_ms if hold.to_ms is None else min(now_ms, hold.to_ms)) - hold.from_ms) for hold in run.holds)


def position_ms(run: Run, now_ms: int) -> int:
    """The item's own time at `now_ms`: time since its start, less all holds."""
    return now_ms - run.start_ms - held_ms(run, now_ms)


def on_hold(run: Run, now_ms: int) -> bool:
    return any(hold.from_ms <= now_ms and (hold.to_ms is None or now_ms < hold.to_ms) for hold in run.holds)


def planned_end_ms(run: Run, item: Item) -> int | None:
    """When the planned time of the run is over; `None` while it is on hold with no end in sight."""
    if any(hold.to_ms is None for hold in run.holds):
        return None
    return run.start_ms + item.planned_s * 1000 + sum((hold.to_ms or 0) - hold.from_ms for hold in run.holds)


def silence_plan(item: Item, run: Run) -> SilencePlan | None:
    return plan(item.detail, run.start_ms) if isinstance(item.detail, Silence) else None


def next_item(programme: Programme, progress: Progress, after: str | None) -> Item | None:
    """The item that follows `after` (`None`: the first), leaving out what is skipped."""
    items = programme.conducted()
    at = 0 if after is None else next((i + 1 for i, item in enumerate(items) if item.id == after), len(items))
    return next((item for item in items[at:] if item.id not in progress.skipped), None)


def runs_ahead(programme: Programme, progress: Progress) -> Iterator[Run]:
    """The runs recorded, then those that follow by the clock alone, in order of their starts."""
    yield from progress.runs
    if progress.closed_ms is not None:
        return
    last = progress.runs[-1] if progress.runs else None
    cue = progress.cues
    earliest = progress.autopilot_since_ms + LEAD_MS if progress.autopilot else 0
    while True:
        if last is None:
            if not progress.autopilot:
                return
            following, start_ms = next_item(programme, progress, None), programme.starts_ms
        else:
            item = programme.item(last.item_id)
            if item is None or not (progress.autopilot or item.end == "next"):
                return
            end_ms = planned_end_ms(last, item)
            if end_ms is None:
                return
            following, start_ms = next_item(programme, progress, item.id), end_ms
        if following is None:
            return
        cue += 1
        last = Run(cue, following.id, max(start_ms, earliest))
        yield last


def step_at(item: Item, run: Run, progress: Progress, now_ms: int) -> int:
    """Which step of the item is shown: from the latest anchor on, walking by the clock where it does."""
    count, slot_s = steps(item)
    anchor = StepAnchor(0, run.start_ms)
    for candidate in run.steps:
        if candidate.at_ms <= now_ms:
            anchor = candidate
    step = anchor.step
    if progress.autopilot or walks_by_itself(item):
        walked_ms = position_ms(run, now_ms) - position_ms(run, anchor.at_ms)
        step += int(walked_ms // max(1, round(slot_s * 1000)))
    return max(0, min(count - 1, step))


def moment(programme: Programme, progress: Progress, now_ms: int) -> Moment:
    """What is shown at `now_ms`."""
    if programme.cancelled is not None:
        return Moment("planned")
    current: Run | None = None
    standby: Run | None = None
    for run in runs_ahead(programme, progress):
        if run.start_ms <= now_ms:
            current = run
        else:
            standby = run
            break
    if progress.closed_ms is not None and progress.closed_ms <= now_ms:
        return Moment("closed")
    if current is None:
        is_open = now_ms >= programme.lobby_opens_ms or (
            progress.opened_ms is not None and progress.opened_ms <= now_ms
        )
        return Moment("lobby" if is_open else "planned", standby=standby)
    item = programme.item(current.item_id)
    if item is None:
        return Moment("lobby", standby=standby)
    end_ms = planned_end_ms(current, item)
    instants = silence_plan(item, current)
    return Moment(
        "item",
        run=current,
        item=item,
        position_ms=position_ms(current, now_ms),
        held=on_hold(current, now_ms),
        over=end_ms is not None and now_ms >= end_ms,
        step=step_at(item, current, progress, now_ms),
        silence=instants.part(now_ms) if instants else None,
        standby=standby,
    )


def silence_locked(programme: Programme, progress: Progress, now_ms: int) -> bool:
    """Whether a silence holds the ceremony now, from its stillness to the end of its rest."""
    shown = moment(programme, progress, now_ms)
    return shown.silence in ("stillness", "silence", "rest")


def item_states(programme: Programme, progress: Progress, now_ms: int) -> dict[str, ItemState]:
    """The state of every item, by id."""
    shown = moment(programme, progress, now_ms)
    states: dict[str, ItemState] = {item.id: "planned" for item in programme.items}
    for run in progress.runs:
        if run.start_ms <= now_ms:
            states[run.item_id] = "done"
    for run in runs_ahead(programme, progress):
        if run.start_ms <= now_ms:
            states[run.item_id] = "done"
    for item_id in progress.skipped:
        if states.get(item_id) == "planned":
            states[item_id] = "skipped"
    if shown.standby is not None and shown.standby.start_ms - now_ms <= AUTOPILOT_LEAD_MS:
        states[shown.standby.item_id] = "standby"
    if shown.run is not None:
        states[shown.run.item_id] = "held" if shown.held else "live"
    for item in programme.items:
        if item.kind == "lobby":
            states[item.id] = {"planned": "planned", "lobby": "live"}.get(shown.phase, "done")  # type: ignore[assignment]
    return states


def with_hold(run: Run, from_ms: int) -> Run:
    return replace(run, holds=(*run.holds, Hold(from_ms)))


def resumed(run: Run, to_ms: int) -> Run:
    """The run with its open hold ended at `to_ms`."""
    return replace(run, holds=tuple(replace(h, to_ms=to_ms) if h.to_ms is None else h for h in run.holds))
