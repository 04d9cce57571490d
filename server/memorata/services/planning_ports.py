"""What planning needs of a store: series and their occurrences, people to invite, work that comes due, a trail."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol

from memorata.domain.roles import Role

Managed = Literal["file", "site"]
"""Whether a series is what its file says, and can be read here alone, or is edited on the site."""


@dataclass(frozen=True, slots=True)
class SeriesRow:
    """A series as it is kept: `text` is its TOML, the one truth; `version` counts its changes from 1.

    Published, its next ceremony is planned and shown; removed, it is kept for whoever wants it back.
    """

    id: str
    managed: Managed
    text: str
    version: int
    changed_ms: int
    published_ms: int | None = None
    removed_ms: int | None = None


@dataclass(frozen=True, slots=True)
class OccurrenceRow:
    """What is kept of one occurrence beside the rule: `key` is its date by the rule.

    `date` is the day it is held and `at` the time, HH:MM, `zone` the IANA zone: from them and from the zone data of
    version `tzdata` came `instants`, UTC ms by site (the empty name: of all). `told` are those that people have been
    told by mail; `sequence` counts the changes of time, as calendars want it. `programme` is TOML with keys that take
    the place of the series' own in this year alone (items, delegations); empty: none. `notes` are the organizers'.
    """

    series: str
    key: str
    date: str
    at: str
    zone: str
    tzdata: str
    instants: Mapping[str, int] = field(default_factory=dict)
    told: Mapping[str, int] = field(default_factory=dict)
    sequence: int = 0
    cancelled: bool = False
    programme: str = ""
    notes: str = ""
    version: int = 1


class SeriesStore(Protocol):
    """Every method may raise StoreBusy."""

    def all(self, *, removed: bool = False) -> tuple[SeriesRow, ...]:
        """By id; with `removed` also those that have been removed."""

    def find(self, series_id: str) -> SeriesRow | None: ...

    def add(self, row: SeriesRow) -> bool:
        """False when the id is taken, if only by one that was removed."""

    def change(self, row: SeriesRow) -> bool:
        """Write it if what is kept has the version before; False when somebody was faster."""

    def occurrences(self, series_id: str) -> tuple[OccurrenceRow, ...]:
        """By key."""

    def occurrence(self, series_id: str, key: str) -> OccurrenceRow | None: ...

    def add_occurrence(self, row: OccurrenceRow) -> bool:
        """False when there is one of that key."""

    def change_occurrence(self, row: OccurrenceRow) -> bool:
        """As `change`."""

    def rekey_occurrence(self, series_id: str, key: str, to: str) -> bool:
        """The rule has changed: what is kept of one date, guests included, is that of another; False: not any more."""

    def remove_occurrence(self, series_id: str, key: str) -> None:
        """With its guests."""


@dataclass(frozen=True, slots=True)
class Contact:
    """Somebody whom the organizers of a series invite each year: their address book, kept until it is taken out.

    `zone` is the IANA zone of their clock and `site` the id of the site they belong to, either may be empty. Who is
    `in_memory` gets no mail any more; their testimony stays. Who has unsubscribed gets none either.
    """

    id: str
    series: str
    name: str
    community: str = ""
    country: str | None = None
    language: str = ""
    zone: str = ""
    site: str = ""
    mail: str = ""
    telephone: str = ""
    role: Role = "participant"
    note: str = ""
    in_memory_ms: int | None = None
    unsubscribed_ms: int | None = None
    created_ms: int = 0
    version: int = 1


Answer = Literal["", "coming", "cannot"]


@dataclass(frozen=True, slots=True)
class Guest:
    """A contact who is invited to one occurrence; `invitation_id` is their personal link, once it has been made."""

    series: str
    key: str
    contact_id: str
    ceremony_id: str = ""
    invitation_id: str | None = None
    answer: Answer = ""
    answered_ms: int | None = None


class Contacts(Protocol):
    """Every method may raise StoreBusy."""

    def of_series(self, series_id: str) -> tuple[Contact, ...]:
        """By name, as the store sorts."""

    def find(self, contact_id: str) -> Contact | None: ...

    def add(self, contacts: Sequence[Contact]) -> None:
        """Who is there already, by id, stays as they are."""

    def change(self, contact: Contact) -> bool:
        """Write it if what is kept has the version before."""

    def remove(self, contact_id: str) -> None:
        """With what was asked and answered."""

    def guests(self, series_id: str, key: str) -> tuple[Guest, ...]: ...

    def guest(self, series_id: str, key: str, contact_id: str) -> Guest | None: ...

    def guests_of(self, contact_id: str) -> tuple[Guest, ...]:
        """What somebody was invited to, by key."""

    def by_invitation(self, invitation_id: str) -> Guest | None:
        """Whose personal link it is."""

    def invite(self, guests: Sequence[Guest]) -> None:
        """Add those who are not invited yet; the others stay as they are. Who is no contact any more is left out."""

    def set_invitation(self, guest: Guest) -> bool:
        """Write ceremony and invitation where there was no invitation yet; False when another process was faster."""

    def answer(self, series_id: str, key: str, contact_id: str, answer: Answer, at_ms: int) -> None: ...

    def uninvite(self, series_id: str, key: str, contact_id: str) -> None: ...


DueKind = Literal["reminder", "mail", "change", "cancel", "link_check", "archive", "wipe"]
"""Tell everybody invited; send one mail; tell of another time; of no ceremony; look at links; keep a record; wipe."""

DueState = Literal["waiting", "claimed", "done", "failed", "dropped"]


@dataclass(frozen=True, slots=True)
class Due:
    """Work that comes due once. `subject` is what it is about and `recipient` for whom, by id; with the kind they name
    it: there is one row of that name, ever.

    `data` is JSON for whoever does it. A claim that is as old as `LEASE_MS` was left by a process that died.
    """

    kind: DueKind
    subject: str
    due_ms: int
    recipient: str = ""
    data: str = ""
    id: int = 0
    state: DueState = "waiting"
    claimed_ms: int | None = None
    claimed_by: str = ""
    tries: int = 0
    done_ms: int | None = None
    said: str = ""


class Dues(Protocol):
    """The work to be done, each once. Every method may raise StoreBusy."""

    def put(self, dues: Sequence[Due]) -> None:
        """Add those that are new; of those that still wait, change instant and data. What was done stays done.

        One that was tried and is to be tried again does not come sooner by it.
        """

    def ripe(self, now_ms: int, most: int) -> tuple[Due, ...]:
        """Those that wait and are due, and those whose claim was left behind; the oldest first."""

    def next_ms(self) -> int | None:
        """When the next one that waits is due."""

    def overdue(self, kind: DueKind, now_ms: int) -> int:
        """How many of a kind are due and not done."""

    def claim(self, due: Due, by: str, now_ms: int) -> bool:
        """Take it, if it is still as it was found; of all processes one gets True."""

    def finish(self, due: Due, state: DueState, now_ms: int, said: str = "", then: Sequence[Due] = ()) -> None:
        """Say what became of a piece that is claimed, and `put` what follows from it, in one transaction.

        Nothing happens, and nothing follows, when it has ended otherwise meanwhile.
        """

    def again(self, due: Due, at_ms: int, said: str) -> None:
        """Give back what is claimed, to be tried at another instant."""

    def revive(self, due_id: int, at_ms: int) -> Due | None:
        """Let one that has failed wait again, from its first try on; `None` where none of that id has failed."""

    def drop(self, subject: str, kinds: Sequence[DueKind]) -> int:
        """Nobody shall do what still waits; how many."""

    def of_subject(self, subject: str) -> tuple[Due, ...]:
        """All of it, whatever its state, by its instant."""


LEASE_MS = 120_000
"""For how long a claim is believed."""


@dataclass(frozen=True, slots=True)
class TrailEntry:
    """Who changed what. `before` is what brings it back, JSON, empty where nothing can; `about` names what was changed.

    `facts` are plain values for a sentence; `after` is the version that the change made, so that undoing it does not
    take a later change with it.
    """

    at_ms: int
    by: str
    by_name: str
    kind: str
    series: str
    about: str = ""
    facts: Mapping[str, str | int] = field(default_factory=dict)
    before: str = ""
    after: int = 0
    undone_ms: int | None = None
    id: int = 0


class Trail(Protocol):
    """Every method may raise StoreBusy."""

    def add(self, entry: TrailEntry) -> TrailEntry:
        """With its id."""

    def find(self, entry_id: int) -> TrailEntry | None: ...

    def of_series(self, series_id: str, most: int, before_id: int | None = None) -> tuple[TrailEntry, ...]:
        """The latest first; the empty id: of all series."""

    def undone(self, entry_id: int, at_ms: int) -> bool:
        """Mark it; False when it is already."""

    def forget_before(self, at_ms: int) -> int:
        """Take `before`, and names out of the facts, of older entries; how many held any."""

    def forget_about(self, about: str, name: str = "") -> None:
        """Empty the `before` and the facts of entries about somebody, by id, or that hold their id or their name."""


@dataclass(frozen=True, slots=True)
class LinkCheck:
    """What was found at the last look at one link of a ceremony; `said` is one sentence, empty when all is well."""

    ceremony_id: str
    item_id: str
    link: str
    at_ms: int
    ok: bool
    said: str = ""


@dataclass(frozen=True, slots=True)
class ArchiveRow:
    """What stays of a ceremony when names are gone: numbers, by `data`, JSON of `archiving.Record`."""

    ceremony_id: str
    series: str
    at_ms: int
    data: str


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """A ceremony that only those with its links see; wiped, its record is deleted a while after."""

    ceremony_id: str
    series: str
    key: str
    by: str
    created_ms: int
    wiped_ms: int | None = None


class Archives(Protocol):
    """Records, link checks and rehearsals. Every method may raise StoreBusy."""

    def add(self, row: ArchiveRow) -> None:
        """The first one stays."""

    def of_series(self, series_id: str) -> tuple[ArchiveRow, ...]:
        """The latest first."""

    def put_checks(self, checks: Sequence[LinkCheck]) -> None:
        """In the place of what was known of the same links."""

    def checks(self, ceremony_id: str) -> tuple[LinkCheck, ...]: ...

    def add_rehearsal(self, rehearsal: Rehearsal) -> None: ...

    def rehearsals(self) -> tuple[Rehearsal, ...]: ...

    def wipe(self, ceremony_id: str, at_ms: int | None) -> bool:
        """Mark a rehearsal as wiped, or with `None` as it was; whether there is one."""

    def delete_ceremony(self, ceremony_id: str) -> None:
        """Everything that the store has of a rehearsal: its log, people, links, answers. Only of a rehearsal."""
