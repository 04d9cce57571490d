"""Who is there at all workers together: one's own seats in memory, and those of the others as they last told them.

A join touches one's own alone, so it neither waits for anybody nor fails with them. Twice a second each worker tells
what has changed; who may have missed something asks for all. While nobody is heard, what was known last stays.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

import msgspec

from memorata import green
from memorata.adapters.presence.memory import GRACE_MS, Held, MemorySeats, counted, nameless, shows
from memorata.services.bus import Bus, Message
from memorata.services.ports import Participant, Report, SeatRow, Totals

FLUSH_S = 0.5
COUNT_EACH = 10
"""Each so many tellings it is also told how many seats there are, so that what others have wrong mends itself."""

CHUNK = 200
"""How many seats one message tells of."""

What = Literal["totals", "roster", "step"]
Seat = tuple[str, str]
"""The ids of a ceremony and of a participant."""


@dataclass(slots=True)
class _Worker:
    """The seats at another worker, by ceremony and participant; `left_ms` is when it went, if it has."""

    seats: dict[str, dict[str, Held]] = field(default_factory=dict)
    coming: dict[str, dict[str, Held]] | None = None
    """What has come of a list of all its seats whose end has not."""
    left_ms: int | None = None


class SharedSeats:
    """Seats over several workers. `changed` hears of a ceremony at which the others' seats are not what they were.

    A participant has one seat, at however many workers their tabs are.
    """

    def __init__(self, bus: Bus, now_ms: Callable[[], int], changed: Callable[[str, set[What]], object]) -> None:
        self._bus = bus
        self._now_ms = now_ms
        self._changed = changed
        self._dirty: dict[Seat, None] = {}
        self._all_wanted = False
        self._flushes = 0
        self._own = MemorySeats(self._touched)
        self._lock = green.lock()
        self._workers: dict[str, _Worker] = {}
        bus.on("seats", self._hear)
        bus.on_gap(self._missed)
        bus.on_left(self._left)

    # --- the port ---

    def join(self, participant: Participant, tab: str, now_ms: int) -> bool:
        elsewhere = self._elsewhere(participant.ceremony_id, participant.id)
        changed = self._own.join(participant, tab, now_ms)
        return changed and (elsewhere is None or shows(elsewhere.participant) != shows(participant))

    def leave(self, participant: Participant, tab: str, now_ms: int, *, at_once: bool) -> bool:
        changed = self._own.leave(participant, tab, now_ms, at_once=at_once)
        elsewhere = self._elsewhere(participant.ceremony_id, participant.id)
        if elsewhere is not None and elsewhere.online:
            self._own.moved(participant.ceremony_id, participant.id)
        return changed and elsewhere is None

    def update(self, participant: Participant) -> bool:
        own = self._own.update(participant)
        return self._at_others(participant.ceremony_id, participant.id, lambda _: participant) or own

    def forget(self, ceremony_id: str, participant_id: str | None) -> bool:
        own = self._own.forget(ceremony_id, participant_id)
        if participant_id is not None:
            return self._drop_at_others(ceremony_id, participant_id) or own
        with self._lock:
            named = {whose for worker in self._workers.values() for whose in worker.seats.get(ceremony_id, {})}
        for whose in named:
            self._at_others(ceremony_id, whose, nameless)
        return bool(named) or own

    def drop(self, participant: Participant) -> bool:
        own = self._own.drop(participant)
        return self._drop_at_others(participant.ceremony_id, participant.id) or own

    def report(self, participant: Participant, report: Report, now_ms: int) -> bool:
        return self._own.report(participant, report, now_ms)

    def forget_reports(self, now_ms: int) -> tuple[str, ...]:
        return self._own.forget_reports(now_ms)

    def expire(self, now_ms: int) -> tuple[str, ...]:
        changed = dict.fromkeys(self._own.expire(now_ms))
        with self._lock:
            for name, worker in list(self._workers.items()):
                # Who was there has had the time to come to another worker.
                if worker.left_ms is not None and now_ms - worker.left_ms >= GRACE_MS:
                    del self._workers[name]
                    changed.update(dict.fromkeys(worker.seats))
        return tuple(changed)

    def totals(self, ceremony_id: str) -> Totals:
        merged = self._merged(ceremony_id)
        if merged is None:
            return self._own.totals(ceremony_id)
        return counted((held.participant, held.step) for held in merged.values())

    def rows(self, ceremony_id: str) -> tuple[SeatRow, ...]:
        merged = self._merged(ceremony_id)
        if merged is None:
            return self._own.rows(ceremony_id)
        return tuple(SeatRow(held.participant, held.online, held.number) for held in merged.values())

    def ceremonies(self) -> tuple[str, ...]:
        found = dict.fromkeys(self._own.ceremonies())
        with self._lock:
            for worker in self._workers.values():
                found.update(dict.fromkeys(ceremony_id for ceremony_id, seats in worker.seats.items() if seats))
        return tuple(found)

    def has(self, ceremony_id: str, participant_id: str) -> bool:
        return self._own.has(ceremony_id, participant_id) or self._elsewhere(ceremony_id, participant_id) is not None

    def count(self) -> int:
        """Somebody who is at two workers counts twice for so long: rather too many than too few."""
        with self._lock:
            others = sum(len(seats) for worker in self._workers.values() for seats in worker.seats.values())
        return self._own.count() + others

    # --- telling ---

    def flush(self) -> None:
        """Tell the others what has changed; to be called each `FLUSH_S`."""
        self._flushes += 1
        if not self._bus.others():
            self._dirty.clear()  # whoever comes asks for all
            return
        if self._all_wanted:
            self._all_wanted = False
            self._dirty.clear()
            self._tell_all()
        elif self._dirty:
            dirty, self._dirty = self._dirty, {}
            for some in _chunks(list(dirty)):
                self._bus.tell("seats", {"changed": [[*seat, _packed(self._own.one(*seat))] for seat in some]})
        if self._flushes % COUNT_EACH == 0:
            self._bus.tell("seats", {"count": sum(len(self._own.held(one)) for one in self._own.ceremonies())})

    def _tell_all(self) -> None:
        every = [(one, whose) for one in self._own.ceremonies() for whose in self._own.held(one)]
        chunks = list(_chunks(every)) or [[]]
        for number, some in enumerate(chunks, 1):
            rows = [[*seat, _packed(self._own.one(*seat))] for seat in some]
            self._bus.tell("seats", {"all": rows, "first": number == 1, "last": number == len(chunks)})
            green.sleep(0)

    def _touched(self, ceremony_id: str, participant_id: str) -> None:
        self._dirty[(ceremony_id, participant_id)] = None

    def _missed(self) -> None:
        """We were deaf: tell everything, and ask for everything."""
        self._all_wanted = True
        self._bus.tell("seats", {"want": True})

    # --- hearing ---

    def _hear(self, name: str, told: Message) -> None:
        if "want" in told:
            self._all_wanted = True
            return
        worker = self._workers.get(name)
        if worker is None:
            with self._lock:
                worker = self._workers[name] = _Worker()
        worker.left_ms = None
        if "changed" in told:
            self._tell_changes(self._take(worker, told["changed"]))
        elif "all" in told:
            self._take_all(worker, told)
        elif worker.coming is None and told["count"] != sum(map(len, worker.seats.values())):
            self._bus.tell("seats", {"want": True}, name)

    def _take(self, worker: _Worker, rows: Sequence[Any]) -> dict[str, set[What]]:
        changed: dict[str, set[What]] = {}
        with self._lock:
            for ceremony_id, whose, packed in rows:
                seats = worker.seats.setdefault(ceremony_id, {})
                before, after = seats.pop(whose, None), _unpacked(ceremony_id, whose, packed)
                if after is not None:
                    seats[whose] = after
                    if after.online:
                        self._own.moved(ceremony_id, whose)
                _note(changed, ceremony_id, before, after)
                if not seats:
                    del worker.seats[ceremony_id]
        return changed

    def _take_all(self, worker: _Worker, told: Message) -> None:
        if told["first"]:
            worker.coming = {}
        if worker.coming is None:
            return  # its beginning was missed; all will be told once more
        for ceremony_id, whose, packed in told["all"]:
            held = _unpacked(ceremony_id, whose, packed)
            if held is not None:
                worker.coming.setdefault(ceremony_id, {})[whose] = held
                if held.online:
                    self._own.moved(ceremony_id, whose)
        if told["last"]:
            changed: dict[str, set[What]] = {}
            with self._lock:
                before, worker.seats, worker.coming = worker.seats, worker.coming, None
            for ceremony_id in {*before, *worker.seats}:
                then, now = before.get(ceremony_id, {}), worker.seats.get(ceremony_id, {})
                for whose in {*then, *now}:
                    _note(changed, ceremony_id, then.get(whose), now.get(whose))
            self._tell_changes(changed)

    def _left(self, name: str) -> None:
        worker = self._workers.get(name)
        if worker is not None:
            worker.left_ms = self._now_ms()
            with self._lock:
                for seats in worker.seats.values():
                    for whose, held in seats.items():
                        seats[whose] = replace(held, online=False, step=())
            self._tell_changes({ceremony_id: {"roster", "step"} for ceremony_id in worker.seats})

    def _tell_changes(self, changed: dict[str, set[What]]) -> None:
        for ceremony_id, what in changed.items():
            self._changed(ceremony_id, what)

    # --- together ---

    def _merged(self, ceremony_id: str) -> dict[str, Held] | None:
        """All seats, one for each participant; `None` when all of them are our own."""
        with self._lock:
            others = [seats for worker in self._workers.values() if (seats := worker.seats.get(ceremony_id))]
            if not others:
                return None
            merged = dict(others[0])
            for seats in others[1:]:
                for whose, held in seats.items():
                    merged[whose] = _both(merged.get(whose), held)
        for whose, held in self._own.held(ceremony_id).items():
            merged[whose] = _both(merged.get(whose), held)
        return merged

    def _elsewhere(self, ceremony_id: str, participant_id: str) -> Held | None:
        for worker in list(self._workers.values()):
            held = worker.seats.get(ceremony_id, {}).get(participant_id)
            if held is not None:
                return held
        return None

    def _at_others(self, ceremony_id: str, whose: str, change: Callable[[Participant], Participant]) -> bool:
        """What is known of somebody is so at once, before their worker tells it too."""
        changed = False
        with self._lock:
            for worker in self._workers.values():
                seats = worker.seats.get(ceremony_id, {})
                held = seats.get(whose)
                if held is not None:
                    seats[whose] = replace(held, participant=_shared(change(held.participant)))
                    changed = changed or seats[whose] != held
        return changed

    def _drop_at_others(self, ceremony_id: str, whose: str) -> bool:
        with self._lock:
            dropped = [
                worker.seats.get(ceremony_id, {}).pop(whose, None) is not None for worker in self._workers.values()
            ]
        return any(dropped)


def _both(one: Held | None, other: Held) -> Held:
    """The seat of somebody who is at two workers: as the one says it where they are."""
    if one is None:
        return other
    shown = one if one.online and not other.online else other
    return replace(shown, number=min(one.number, other.number), online=one.online or other.online)


def _note(changed: dict[str, set[What]], ceremony_id: str, before: Held | None, after: Held | None) -> None:
    if before == after:
        return
    what = changed.setdefault(ceremony_id, set())
    if before is None or after is None:
        what.update(("totals", "roster", "step"))
        return
    if (before.participant, before.online) != (after.participant, after.online):
        what.add("roster")
    if shows(before.participant) != shows(after.participant):
        what.add("totals")
    if before.step != after.step:
        what.add("step")


def _packed(held: Held | None) -> Any:
    if held is None:
        return None
    who = msgspec.to_builtins(_shared(held.participant))
    plain = {key: value for key, value in who.items() if key not in ("id", "ceremony_id", "session", "judged")}
    return [plain, held.number, held.online, list(held.step)]


def _unpacked(ceremony_id: str, whose: str, packed: Any) -> Held | None:
    if packed is None:
        return None
    who, number, online, step = packed
    return Held(
        msgspec.convert({"id": whose, "ceremony_id": ceremony_id, **who}, Participant), number, online, tuple(step)
    )


def _shared(participant: Participant) -> Participant:
    """Without what concerns nobody but their own worker."""
    return replace(participant, session=None, judged=None)


def _chunks(seats: list[Seat]) -> Iterator[list[Seat]]:
    for at in range(0, len(seats), CHUNK):
        yield seats[at : at + CHUNK]
