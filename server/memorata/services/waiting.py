"""What waits for moderators: people at the door, names and words that nobody has looked at yet."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from memorata.domain.moderating import OUTSIDE
from memorata.domain.roles import is_staff
from memorata.domain.tributes import Wish
from memorata.services.live import LiveCeremonies
from memorata.services.ports import Clock, Participant, Participants, Queue
from memorata.services.presence import mark

PAGE = 50

Only = Literal["all", "door", "names", "wishes", "out"]

_QUEUES: dict[Only, Queue] = {"all": "all", "door": "door", "names": "names", "out": "out"}


@dataclass(frozen=True, slots=True)
class WaitingRow:
    """One thing that waits, or has been decided: somebody, or a wish (`text` is then set, and `id` is the wish's).

    `mark` says how it stands now, and an act on it has to name it. `by` and `done` tell who decided last, and what.
    """

    kind: Literal["door", "name", "wish", "inside", "out"]
    id: str
    mark: str
    since_ms: int
    name: str
    community: str
    country: str | None
    people: int = 1
    consent: str = "count"
    text: str = ""
    item_id: str = ""
    person: str | None = None
    person_mark: str = ""
    by: str = ""
    done: str = ""


@dataclass(frozen=True, slots=True)
class WaitingCounts:
    """How much waits: people at the door, names held inside, wishes held."""

    door: int = 0
    names: int = 0
    wishes: int = 0


class Waiting:
    """Reads the list; nothing of it is kept."""

    def __init__(self, participants: Participants, ceremonies: LiveCeremonies, clock: Clock) -> None:
        self._participants = participants
        self._ceremonies = ceremonies
        self._clock = clock

    def counts(self, ceremony_id: str) -> WaitingCounts:
        """How much waits."""
        people = self._participants.waiting(ceremony_id)
        return WaitingCounts(people.door, people.names, len(self._wishes(ceremony_id)))

    def page(self, ceremony_id: str, after: str | None, only: Only) -> tuple[tuple[WaitingRow, ...], str | None]:
        """Rows, the longest waiting first, and where the following page begins; `None` when this is the last."""
        beyond = _place(after)
        found: list[WaitingRow] = []
        if only in _QUEUES:
            people = self._participants.queue(ceremony_id, _QUEUES[only], beyond, PAGE + 1)
            found += [self.row(stamped.participant, stamped.at_ms) for stamped in people]
        if only in ("all", "wishes"):
            wishes = [wish for wish in self._wishes(ceremony_id) if beyond is None or _at(wish) > beyond]
            found += [self._wish_row(wish) for wish in wishes[: PAGE + 1]]
        found.sort(key=lambda row: (row.since_ms, row.id))
        page = tuple(found[:PAGE])
        return page, f"{page[-1].since_ms}.{page[-1].id}" if len(found) > PAGE else None

    def _wishes(self, ceremony_id: str) -> Sequence[Wish]:
        """Those held, the oldest first; what has been written by those who were put out since waits for nobody."""
        held = [wish for wish in self._ceremonies.state(ceremony_id).tributes.wishes if wish.state == "held"]
        outside = self._participants.outside(ceremony_id) if held else frozenset()
        return sorted((wish for wish in held if wish.participant_id not in outside), key=_at)

    def row(self, who: Participant, since_ms: int | None = None) -> WaitingRow:
        """Somebody as they stand; `since_ms` is when that began, `None` for just now."""
        kind: Literal["door", "name", "inside", "out"] = "inside"
        if who.standing == "waiting":
            kind = "door"
        elif who.standing in OUTSIDE:
            kind = "out"
        elif who.name_state == "held":
            kind = "name"
        judged = who.judged
        return WaitingRow(
            kind, who.id, mark(who), self._clock.now_ms() if since_ms is None else since_ms, who.name, who.community,
            who.country, who.people, who.consent, person=who.id, person_mark=mark(who),
            by="" if judged is None else self._name_of(judged.by), done="" if judged is None else judged.kind,
        )  # fmt: skip

    def _wish_row(self, wish: Wish) -> WaitingRow:
        who = None if wish.participant_id is None else self._participants.find(wish.participant_id)
        return WaitingRow(
            "wish", wish.id, wish.state, wish.at_ms, wish.name, wish.community, wish.country,
            text=wish.text, item_id=wish.item_id,
            person=None if who is None or is_staff(who.role) else who.id, person_mark="" if who is None else mark(who),
        )  # fmt: skip

    def _name_of(self, participant_id: str) -> str:
        found = self._participants.find(participant_id)
        return "" if found is None else found.name


def _at(wish: Wish) -> tuple[int, str]:
    return wish.at_ms, wish.id


def _place(after: str | None) -> tuple[int, str] | None:
    """Where the last page ended."""
    at_ms, _, last = (after or "").partition(".")
    return (int(at_ms), last) if at_ms.isascii() and at_ms.isdigit() and len(at_ms) <= 15 and last else None
