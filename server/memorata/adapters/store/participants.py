"""Who has entered which ceremony, by the hash of their device; and which links have been replaced."""

from typing import Any

from sqlalchemy import func, insert, select, update
from sqlalchemy.exc import IntegrityError

from memorata.adapters.store import tables as t
from memorata.adapters.store.database import Database
from memorata.domain.roles import Role
from memorata.services.ports import Participant, StoreBusy


class SqlParticipants:
    def __init__(self, database: Database) -> None:
        self._database = database

    def find(self, participant_id: str) -> Participant | None:
        return self._first(t.participant.c.id == participant_id)

    def find_by_device(self, ceremony_id: str, role: Role, device_hash: str) -> Participant | None:
        known = t.participant.c
        return self._first(known.ceremony_id == ceremony_id, known.role == role, known.device_hash == device_hash)

    def of_invitation(self, invitation_id: str) -> Participant | None:
        return self._first(t.participant.c.invitation_id == invitation_id)

    def add(self, participant: Participant, device_hash: str, now_ms: int) -> Participant:
        row = {**_said(participant), "id": participant.id, "ceremony_id": participant.ceremony_id}
        row |= {"role": participant.role, "device_hash": device_hash, "entered_ms": now_ms}
        row |= {"session_hash": participant.session}
        try:
            with self._database.writing() as connection:
                connection.execute(insert(t.participant).values(row))
        except IntegrityError:
            # Two tabs of one device came in together.
            found = self.find_by_device(participant.ceremony_id, participant.role, device_hash)
            if found is None:
                raise
            return found
        return participant

    def save(self, participant: Participant) -> None:
        with self._database.writing() as connection:
            connection.execute(
                update(t.participant).where(t.participant.c.id == participant.id).values(_said(participant))
            )

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

    def _first(self, *conditions: Any) -> Participant | None:
        with self._database.reading() as connection:
            row = connection.execute(select(t.participant).where(*conditions)).first()
        if row is None:
            return None
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
            session=None if row.session_hash is None else bytes(row.session_hash),
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
    }
