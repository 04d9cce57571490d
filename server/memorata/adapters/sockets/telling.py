"""What is told about ceremonies and people, put into the messages of the wire, once for all who get the same."""

from collections.abc import Callable, Iterable
from typing import Any, cast, get_args

import msgspec

from memorata.adapters.codec import event_payload
from memorata.adapters.sockets import wire
from memorata.adapters.sockets.presences import change
from memorata.domain.events import Recorded
from memorata.domain.programme import LEAD_MS
from memorata.domain.state import CeremonyState
from memorata.services.live import RECENT, LiveCeremonies
from memorata.services.ports import Clock, Participant, Totals
from memorata.services.presence import PresenceDesk, Shown
from memorata.services.snapshots import public_event
from memorata.services.troubles import Trouble

_FRESH_MS = 400
"""For how long totals that have been counted serve those who arrive."""


def me(participant: Participant) -> wire.Me:
    """A participant as they see themselves."""
    return wire.Me(
        id=participant.id,
        role=participant.role,
        name=participant.name,
        community=participant.community,
        country=participant.country,
        language=participant.language,
        consent=participant.consent,
        people=participant.people,
        recording=participant.recording,
    )


def event_message(recorded: Recorded, view: wire.View) -> wire.EventMessage:
    """An event as staff or as the public get it."""
    seen = recorded if view == "staff" else public_event(recorded)
    return wire.EventMessage(seen.seq, seen.at_ms, seen.by, seen.event.kind, event_payload(seen.event))


def roster_row(shown: Shown) -> wire.RosterRow:
    return wire.RosterRow(
        name=shown.name,
        community=shown.community,
        country=shown.country,
        people=shown.people,
        online=shown.online,
        participant_id=msgspec.UNSET if shown.participant_id is None else shown.participant_id,
        key=shown.key,
        role=msgspec.UNSET if shown.role is None else shown.role,
        recording=msgspec.UNSET if shown.recording is None else shown.recording,
        name_state=msgspec.UNSET if shown.name_state is None else shown.name_state,
        mark=msgspec.UNSET if shown.mark is None else shown.mark,
    )


class Teller:
    """Makes messages; encodings that many get are kept until what they tell has changed."""

    def __init__(
        self,
        ceremonies: LiveCeremonies,
        desk: PresenceDesk,
        clock: Clock,
        troubles: Callable[[], tuple[Trouble, ...]] = lambda: (),
        waiting: Callable[[str], int] = lambda _: 0,
        lead: Callable[[str], int] = lambda _: LEAD_MS,
    ) -> None:
        """Args: waiting: how many wait for a seat at a ceremony; lead: how far ahead a press is announced there, ms."""
        self._lead = lead
        self._waiting = waiting
        self._ceremonies = ceremonies
        self._troubles = troubles
        self._desk = desk
        self._clock = clock
        self._snapshots: dict[tuple[str, wire.View], tuple[CeremonyState, msgspec.Raw]] = {}
        self._told: dict[tuple[str, wire.View], wire.Presence] = {}
        self._presences: dict[tuple[str, wire.View], tuple[int, float, wire.Presence]] = {}

    def you(self, participant: Participant) -> wire.You:
        own = self._ceremonies.own(participant.ceremony_id, participant.id)
        return wire.You(me(participant), own.entries, own.lit, own.laid, own.wishes)

    def state(self, ceremony_id: str, view: wire.View) -> CeremonyState:
        return self._ceremonies.state(ceremony_id) if view == "staff" else self._ceremonies.public(ceremony_id)

    def snapshot(self, ceremony_id: str, view: wire.View) -> msgspec.Raw:
        """The whole state, encoded once for each number and view."""
        state = self.state(ceremony_id, view)
        kept = self._snapshots.get((ceremony_id, view))
        if kept is not None and kept[0] is state:
            return kept[1]
        encoded = msgspec.Raw(msgspec.json.encode(state))
        self._snapshots[(ceremony_id, view)] = (state, encoded)
        return encoded

    def forget(self, ceremony_id: str) -> None:
        """Keep no encoding of what may hold words that have been erased."""
        for view in get_args(wire.View):
            self._snapshots.pop((ceremony_id, view), None)

    def events(self, recorded: Iterable[Recorded], view: wire.View) -> tuple[wire.EventMessage, ...]:
        return tuple(event_message(one, view) for one in recorded)

    def missing(
        self, ceremony_id: str, view: wire.View, epoch: str, seq: int
    ) -> tuple[CeremonyState | None, tuple[wire.EventMessage, ...] | None]:
        """What somebody lacks who knows `seq` of `epoch`: a snapshot, or the events since; one of the two."""
        current, head = self._ceremonies.head(ceremony_id)
        if epoch == current and 0 < seq <= head and head - seq <= RECENT:
            events = self._ceremonies.events_after(ceremony_id, seq)
            if len(events) == head - seq:
                return None, self.events(events, view)
        return cast(Any, self.snapshot(ceremony_id, view)), None

    def welcome(self, participant: Participant, view: wire.View, epoch: str, seq: int) -> wire.Welcome:
        """What a page is greeted with that knows `seq` of `epoch`."""
        ceremony_id = participant.ceremony_id
        current, head = self._ceremonies.head(ceremony_id)
        snapshot, replay = self.missing(ceremony_id, view, epoch, seq)
        return wire.Welcome(
            epoch=current,
            seq=head,
            server_now=self._clock.now(),
            you=self.you(participant),
            view=view,
            snapshot=snapshot,
            replay=replay,
            progress=self._ceremonies.state(ceremony_id).progress,
            presence=self.told(ceremony_id, view),
        )

    def synced(self, ceremony_id: str, view: wire.View, epoch: str, seq: int) -> wire.Synced:
        current, head = self._ceremonies.head(ceremony_id)
        snapshot, replay = self.missing(ceremony_id, view, epoch, seq)
        progress, told = self._ceremonies.state(ceremony_id).progress, self.told(ceremony_id, view)
        return wire.Synced(True, current, head, snapshot, replay, progress, self._clock.now(), told)

    def presence(self, ceremony_id: str, view: wire.View = "public", *, fresh: bool = True) -> wire.Presence:
        """Who is there, in numbers; not `fresh`: what was counted a moment ago will do, as one of a crowd asks."""
        version, now = self._desk.version(ceremony_id), self._clock.now()
        kept = self._presences.get((ceremony_id, view))
        if not fresh and kept is not None and kept[0] == version and now - kept[1] < _FRESH_MS:
            return kept[2]
        presence = self._presence(self._desk.totals(ceremony_id), ceremony_id, view, version)
        self._presences[(ceremony_id, view)] = (version, now, presence)
        return presence

    def told(self, ceremony_id: str, view: wire.View) -> wire.Presence:
        """The totals as everybody there has been told them; changes follow."""
        told = self._told.get((ceremony_id, view))
        if told is None:
            told = self._told[(ceremony_id, view)] = self.presence(ceremony_id, view)
        return told

    def changes(self, ceremony_id: str, views: Iterable[wire.View]) -> tuple[tuple[wire.View, Any], ...]:
        """By view, what has changed since everybody was told last, and is told by this."""
        totals, found = self._desk.totals(ceremony_id), []
        for view in views:
            before = self.told(ceremony_id, view)
            after = self._presence(totals, ceremony_id, view, before.version + 1)
            changed = change(before, after)
            if changed is not None:
                self._told[(ceremony_id, view)] = after
                found.append((view, changed))
        return tuple(found)

    def untold(self, ceremony_id: str) -> None:
        """Nobody is there who has been told anything."""
        for view in get_args(wire.View):
            self._told.pop((ceremony_id, view), None)

    def _presence(self, totals: Totals, ceremony_id: str, view: wire.View, version: int) -> wire.Presence:
        counts, sync = self._ceremonies.counts(ceremony_id), totals.sync
        quality = wire.SyncQuality(sync.ms5, sync.ms20, sync.unknown, sync.soundless, sync.away)
        return wire.Presence(
            version=version,
            people=totals.people,
            seats=totals.seats,
            places=dict(totals.places),
            elsewhere=totals.elsewhere,
            communities=totals.communities,
            candles=counts.candles,
            wreaths=counts.wreaths,
            sync=quality if view == "staff" else msgspec.UNSET,
            troubles=self._troubles() if view == "staff" else msgspec.UNSET,
            waiting=self._waiting(ceremony_id) if view == "staff" else msgspec.UNSET,
            lead_ms=self._lead(ceremony_id) if view == "staff" else msgspec.UNSET,
        )

    def beat(self, ceremony_id: str) -> wire.Beat:
        epoch, seq = self._ceremonies.head(ceremony_id)
        return wire.Beat(epoch, seq, self._clock.now())
