"""Who has entered, remembered: a page that comes back, and every command, asks the store for nobody twice.

Within this process what is remembered is what the store holds, for every change goes through here or is told here. What
another process has changed is taken over when the changes are read, which moderation does each second; where nobody
reads them, as on a command line, nothing is remembered.
"""

from collections import OrderedDict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

from memorata import green
from memorata.domain.roles import Role
from memorata.services.at_once import AtOnce
from memorata.services.ports import (
    Clock,
    Counts,
    Device,
    Newcomer,
    Participant,
    Participants,
    Queue,
    Stamped,
)

REMEMBERED = 20_000
"""Most people at once, about 1 kB each: several times as many as one process holds lines."""

COUNT_MS = 10_000
"""For how long a count of all who ever entered is good; those who enter here are added to it."""


@dataclass(slots=True, eq=False)
class _Asking:
    """A question to the store; what changes until the answer is there, the answer does not know."""

    overtaken: set[str] = field(default_factory=set)
    all: bool = False

    def knows(self, participant_id: str) -> bool:
        return not self.all and participant_id not in self.overtaken


class KnownParticipants:
    """The participants of a store, at most so many of them in memory; the longest unasked for are forgotten first."""

    def __init__(self, store: Participants, clock: Clock, most: int = REMEMBERED) -> None:
        self._store = store
        self._clock = clock
        self._most = most
        self._lock = green.lock()
        self._by_id: OrderedDict[str, Participant] = OrderedDict()
        self._by_device: dict[Device, str] = {}
        self._device_of: dict[str, Device] = {}
        self._asking: set[_Asking] = set()
        self._followed = False
        self._counted: dict[str, tuple[int, int]] = {}
        self._finding = AtOnce(self._find_together)
        self._recognizing = AtOnce(self._recognize_together)
        self._adding = AtOnce(self._add_together)

    # --- asked for one by one, answered together ---

    def find(self, participant_id: str) -> Participant | None:
        known = self._recall(participant_id)
        return self._finding.ask(participant_id) if known is None else known

    def find_by_device(self, ceremony_id: str, role: Role, device_hash: str) -> Participant | None:
        device = Device(ceremony_id, role, device_hash)
        known = self._recall(self._by_device.get(device, ""))
        # Somebody may have become something else meanwhile.
        return known if known is not None and known.role == role else self._recognizing.ask(device)

    def add(self, participant: Participant, device_hash: str, now_ms: int) -> Participant:
        return self._adding.ask(Newcomer(participant, device_hash, now_ms))

    def _find_together(self, ids: Sequence[str]) -> list[Participant | None]:
        found = self.find_all(ids)
        return [found.get(one) for one in ids]

    def _recognize_together(self, devices: Sequence[Device]) -> list[Participant | None]:
        found = self.find_by_devices(devices)
        return [found.get(one) for one in devices]

    def _add_together(self, newcomers: Sequence[Newcomer]) -> tuple[Participant, ...]:
        return self.add_all(newcomers)

    # --- many at once ---

    def find_all(self, participant_ids: Sequence[str]) -> dict[str, Participant]:
        with self._ask() as asking:
            found = self._store.find_all(participant_ids)
            self._remember(asking, found.values())
        return found

    def find_by_devices(self, devices: Sequence[Device]) -> dict[Device, Participant]:
        with self._ask() as asking:
            found = self._store.find_by_devices(devices)
            self._remember(asking, found.values())
            self._link(found)
        return found

    def add_all(self, newcomers: Sequence[Newcomer]) -> tuple[Participant, ...]:
        with self._ask() as asking:
            added = self._store.add_all(newcomers)
            self._remember(asking, added)
            self._link({
                Device(who.ceremony_id, who.role, newcomer.device_hash): who
                for who, newcomer in zip(added, newcomers, strict=True)
            })  # fmt: skip
        with self._lock:
            for who, newcomer in zip(added, newcomers, strict=True):
                if who.id == newcomer.participant.id and who.ceremony_id in self._counted:
                    count, at_ms = self._counted[who.ceremony_id]
                    self._counted[who.ceremony_id] = (count + 1, at_ms)
        return added

    # --- changes ---

    def change(self, before: Participant, after: Participant, now_ms: int) -> bool:
        changed = False
        with self._ask() as asking:
            try:
                changed = self._store.change(before, after, now_ms)
            finally:
                # Whether it was written, nobody knows where that failed; nor which of two was the last.
                self._overtake(after.id, after if changed and asking.knows(after.id) else None)
        return changed

    def next_generation(self, ceremony_id: str, role: Role) -> int:
        return self._store.next_generation(ceremony_id, role)

    def forget(self, ceremony_id: str, participant_id: str | None) -> None:
        """Somebody is kept no longer; with `None` no name of the ceremony is."""
        with self._lock:
            if participant_id is not None:
                self._drop(participant_id)
                for asking in self._asking:
                    asking.overtaken.add(participant_id)
                return
            for asking in self._asking:
                asking.all = True
            for one in [who for who in self._by_id.values() if who.ceremony_id == ceremony_id]:
                self._by_id[one.id] = replace(one, name="", community="", language="", consent="count", recording=False)

    def end(self, ceremony_id: str) -> None:
        """There is no such ceremony any more."""
        with self._lock:
            for asking in self._asking:
                asking.all = True
            for one in [who.id for who in self._by_id.values() if who.ceremony_id == ceremony_id]:
                self._drop(one)
            self._counted.pop(ceremony_id, None)

    # --- read, and remembered where somebody may come by it ---

    def of_invitation(self, invitation_id: str) -> Participant | None:
        with self._ask() as asking:
            found = self._store.of_invitation(invitation_id)
            if found is not None:
                self._remember(asking, [found])
        return found

    def changed_since(self, at_ms: int) -> tuple[Stamped, ...]:
        self._followed = True
        with self._ask() as asking:
            found = self._store.changed_since(at_ms)
            self._remember(asking, [stamped.participant for stamped in found])
        return found

    def queue(self, ceremony_id: str, queue: Queue, after: tuple[int, str] | None, most: int) -> tuple[Stamped, ...]:
        return self._store.queue(ceremony_id, queue, after, most)

    def waiting(self, ceremony_id: str) -> Counts:
        return self._store.waiting(ceremony_id)

    def outside(self, ceremony_id: str) -> frozenset[str]:
        return self._store.outside(ceremony_id)

    def count(self, ceremony_id: str) -> int:
        count, at_ms = self._counted.get(ceremony_id, (0, None))
        now_ms = self._clock.now_ms()
        if at_ms is None or now_ms - at_ms > COUNT_MS:
            count = self._store.count(ceremony_id)
            self._counted[ceremony_id] = (count, now_ms)
        return count

    def generations(self) -> dict[tuple[str, str], int]:
        return self._store.generations()

    # --- inside ---

    def _recall(self, participant_id: str) -> Participant | None:
        with self._lock:
            known = self._by_id.get(participant_id)
            if known is not None:
                self._by_id.move_to_end(participant_id)
            return known

    @contextmanager
    def _ask(self) -> Iterator[_Asking]:
        asking = _Asking()
        with self._lock:
            self._asking.add(asking)
        try:
            yield asking
        finally:
            with self._lock:
                self._asking.discard(asking)

    def _remember(self, asking: _Asking, found: Iterable[Participant]) -> None:
        if not self._followed:
            return
        with self._lock:
            for who in found:
                if asking.knows(who.id):
                    self._by_id[who.id] = who
                    self._by_id.move_to_end(who.id)
            while len(self._by_id) > self._most:
                self._drop(next(iter(self._by_id)))

    def _link(self, found: dict[Device, Participant]) -> None:
        with self._lock:
            for device, who in found.items():
                if who.id in self._by_id:
                    self._unlink(who.id)
                    self._by_device[device] = who.id
                    self._device_of[who.id] = device

    def _overtake(self, participant_id: str, now: Participant | None) -> None:
        with self._lock:
            if now is None:
                self._drop(participant_id)
            elif participant_id in self._by_id:
                self._by_id[participant_id] = now
            for asking in self._asking:
                asking.overtaken.add(participant_id)

    def _drop(self, participant_id: str) -> None:
        self._by_id.pop(participant_id, None)
        self._unlink(participant_id)

    def _unlink(self, participant_id: str) -> None:
        device = self._device_of.pop(participant_id, None)
        if device is not None:
            self._by_device.pop(device, None)
