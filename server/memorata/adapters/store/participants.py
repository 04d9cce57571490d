"""Who has entered which ceremony, by the hash of their device; and which links have been replaced."""

from collections.abc import Sequence
from typing import Any

import msgspec
from sqlalchemy import Connection, and_, bindparam, case, func, insert, or_, select, update
from sqlalchemy.exc import IntegrityError

from memorata.adapters.store import tables as t
from memorata.adapters.store.database import Database
from memorata.adapters.store.people import unless_there
from memorata.domain.moderating import OUTSIDE
from memorata.domain.roles import RANKS, Role, is_staff
from memorata.services.ports import Counts, Device, Judgement, Newcomer, Participant, Queue, Stamped, StoreBusy

CHANGED_MAX = 5_000
"""How many changed rows are read at once; more than that enter in no second."""

_LED = t.participant.c.role.not_in([role for role in RANKS if is_staff(role)])
_WAITS = t.participant.c.standing == "waiting"
_HELD = and_(
    t.participant.c.standing == "admitted", t.participant.c.name_state == "held",
    t.participant.c.consent != "count", t.participant.c.name != "",
)  # fmt: skip

_OF_IDS = select(t.participant).where(t.participant.c.id.in_(bindparam("ids", expanding=True)))
"""Made once: for a crowd, to put the question into words takes longer than to answer it."""


class SqlParticipants:
    def __init__(self, database: Database) -> None:
        self._database = database

    def find(self, participant_id: str) -> Participant | None:
        return self._first(t.participant.c.id == participant_id)

    def find_by_device(self, ceremony_id: str, role: Role, device_hash: str) -> Participant | None:
        known = t.participant.c
        return self._first(known.ceremony_id == ceremony_id, known.role == role, known.device_hash == device_hash)

    def find_all(self, participant_ids: Sequence[str]) -> dict[str, Participant]:
        with self._database.reading() as connection:
            rows = connection.execute(_OF_IDS, {"ids": list(participant_ids)}).all()
        return {row.id: _participant(row) for row in rows}

    def find_by_devices(self, devices: Sequence[Device]) -> dict[Device, Participant]:
        with self._database.reading() as connection:
            return _by_devices(connection, devices)

    def of_invitation(self, invitation_id: str) -> Participant | None:
        return self._first(t.participant.c.invitation_id == invitation_id)

    def add(self, participant: Participant, device_hash: str, now_ms: int) -> Participant:
        (added,) = self.add_all([Newcomer(participant, device_hash, now_ms)])
        return added

    def add_all(self, newcomers: Sequence[Newcomer]) -> tuple[Participant, ...]:
        rows = [_row(newcomer) for newcomer in newcomers]
        with self._database.writing() as connection:
            # Two tabs of one device may come in together, here or at another process.
            connection.execute(unless_there(self._database, t.participant), rows)
            there = _by_devices(connection, [_device(newcomer) for newcomer in newcomers])
        return tuple(there[_device(newcomer)] for newcomer in newcomers)

    def change(self, before: Participant, after: Participant, now_ms: int) -> bool:
        was = t.participant.c
        unchanged = (
            was.id == before.id, was.standing == before.standing, was.name_state == before.name_state,
            was.name == before.name, was.community == before.community,
        )  # fmt: skip
        with self._database.writing() as connection:
            written = connection.execute(
                update(t.participant).where(*unchanged).values(**_said(after), changed_ms=now_ms)
            )
        return bool(written.rowcount)

    def changed_since(self, at_ms: int) -> tuple[Stamped, ...]:
        return self._stamped(CHANGED_MAX, None, t.participant.c.changed_ms > at_ms)

    def queue(self, ceremony_id: str, queue: Queue, after: tuple[int, str] | None, most: int) -> tuple[Stamped, ...]:
        known = t.participant.c
        of_queue = {"all": or_(_WAITS, _HELD), "door": _WAITS, "names": _HELD, "out": known.standing.in_(OUTSIDE)}
        return self._stamped(most, after, known.ceremony_id == ceremony_id, _LED, of_queue[queue])

    def waiting(self, ceremony_id: str) -> Counts:
        counted = select(func.count(case((_WAITS, 1))), func.count(case((_HELD, 1)))).where(
            t.participant.c.ceremony_id == ceremony_id, _LED
        )
        with self._database.reading() as connection:
            door, names = connection.execute(counted).one()
        return Counts(int(door), int(names))

    def outside(self, ceremony_id: str) -> frozenset[str]:
        known = t.participant.c
        wanted = select(known.id).where(known.ceremony_id == ceremony_id, known.standing.in_(OUTSIDE))
        with self._database.reading() as connection:
            return frozenset(connection.execute(wanted).scalars())

    def count(self, ceremony_id: str) -> int:
        wanted = select(func.count()).select_from(t.participant).where(t.participant.c.ceremony_id == ceremony_id)
        with self._database.reading() as connection:
            return int(connection.execute(wanted).scalar_one())

    def generations(self) -> dict[tuple[str, str], int]:
        with self._database.reading() as connection:
            rows = connection.execute(select(t.link)).all()
        return {(row.ceremony_id, row.role): row.generation for row in rows}

    def next_generation(self, ceremony_id: str, role: Role) -> int:
        replaced = t.link.c
        with self._database.writing() as connection:
            of_role = (replaced.ceremony_id == ceremony_id, replaced.role == role)
            if connection.execute(update(t.link).where(*of_role).values(generation=replaced.generation + 1)).rowcount:
                return int(connection.execute(select(replaced.generation).where(*of_role)).scalar_one())
            try:
                connection.execute(insert(t.link).values(ceremony_id=ceremony_id, role=role, generation=1))
            except IntegrityError as error:
                raise StoreBusy("another process is replacing this link") from error
            return 1

    def _stamped(self, most: int, after: tuple[int, str] | None, *conditions: Any) -> tuple[Stamped, ...]:
        known = t.participant.c
        wanted = select(t.participant).where(*conditions).order_by(known.changed_ms, known.id).limit(most)
        if after is not None:
            at_ms, last = after
            wanted = wanted.where(or_(known.changed_ms > at_ms, and_(known.changed_ms == at_ms, known.id > last)))
        with self._database.reading() as connection:
            return tuple(Stamped(row.changed_ms, _participant(row)) for row in connection.execute(wanted))

    def _first(self, *conditions: Any) -> Participant | None:
        with self._database.reading() as connection:
            row = connection.execute(select(t.participant).where(*conditions)).first()
        return None if row is None else _participant(row)


def _by_devices(connection: Connection, devices: Sequence[Device]) -> dict[Device, Participant]:
    known = t.participant.c
    found: dict[Device, Participant] = {}
    for ceremony_id, role in dict.fromkeys((device.ceremony_id, device.role) for device in devices):
        hashes = {device.hash for device in devices if (device.ceremony_id, device.role) == (ceremony_id, role)}
        theirs = (known.ceremony_id == ceremony_id, known.role == role, known.device_hash.in_(hashes))
        for row in connection.execute(select(t.participant).where(*theirs)):
            found[Device(ceremony_id, role, row.device_hash)] = _participant(row)
    return found


def _device(newcomer: Newcomer) -> Device:
    return Device(newcomer.participant.ceremony_id, newcomer.participant.role, newcomer.device_hash)


def _row(newcomer: Newcomer) -> dict[str, Any]:
    who = newcomer.participant
    row = {**_said(who), "id": who.id, "ceremony_id": who.ceremony_id, "role": who.role}
    row |= {"device_hash": newcomer.device_hash, "entered_ms": newcomer.at_ms, "changed_ms": newcomer.at_ms}
    return row | {"session_hash": who.session, "hall": who.hall}


def _participant(row: Any) -> Participant:
    return Participant(
        id=row.id,
        ceremony_id=row.ceremony_id,
        role=row.role,
        generation=row.generation,
        name=row.name,
        community=row.community,
        country=row.country,
        language=row.language,
        consent=row.consent,
        people=row.people,
        invitation_id=row.invitation_id,
        standing=row.standing,
        name_state=row.name_state,
        recording=row.recording,
        hall=row.hall,
        session=None if row.session_hash is None else bytes(row.session_hash),
        judged=msgspec.json.decode(row.judged, type=Judgement) if row.judged else None,
    )


def _said(participant: Participant) -> dict[str, Any]:
    """What may change of a participant."""
    return {
        "generation": participant.generation,
        "name": participant.name,
        "community": participant.community,
        "country": participant.country,
        "language": participant.language,
        "consent": participant.consent,
        "people": participant.people,
        "invitation_id": participant.invitation_id,
        "standing": participant.standing,
        "name_state": participant.name_state,
        "recording": participant.recording,
        "judged": "" if participant.judged is None else msgspec.json.encode(participant.judged).decode(),
    }
