"""Personal invitations, and in which browsers the links of those who lead have been exchanged."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import exists, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from memorata.adapters.store import tables as t
from memorata.adapters.store.database import Database
from memorata.domain.roles import Role
from memorata.services.ports import Invitation, Sealed, StoreBusy

FIRST = ""
"""Stands in the claims of a link beside its first browser: of two that come first at once, one is refused."""


class SqlInvitations:
    def __init__(self, database: Database) -> None:
        self._database = database

    def find(self, invitation_id: str) -> Invitation | None:
        return self._first(t.invitation.c.id == invitation_id)

    def by_token(self, token_hash: bytes) -> Invitation | None:
        return self._first(t.invitation.c.token_hash == token_hash)

    def by_code(self, ceremony_id: str, code_hash: bytes) -> Invitation | None:
        return self._first(t.invitation.c.ceremony_id == ceremony_id, t.invitation.c.code_hash == code_hash)

    def of_ceremony(self, ceremony_id: str) -> tuple[Invitation, ...]:
        made = t.invitation.c
        wanted = select(t.invitation).where(made.ceremony_id == ceremony_id).order_by(made.created_ms, made.id)
        with self._database.reading() as connection:
            rows = connection.execute(wanted).all()
        return tuple(_invitation(row) for row in rows)

    def codes(self, ceremony_id: str) -> frozenset[bytes]:
        taken = t.invitation.c
        wanted = select(taken.code_hash).where(taken.ceremony_id == ceremony_id, taken.code_hash.is_not(None))
        with self._database.reading() as connection:
            return frozenset(bytes(row.code_hash) for row in connection.execute(wanted))

    def add(self, sealed: Sequence[Sealed]) -> None:
        rows = [
            {
                "id": one.invitation.id,
                "ceremony_id": one.invitation.ceremony_id,
                "role": one.invitation.role,
                "token_hash": one.token_hash,
                "code_hash": one.code_hash,
                "turn": one.invitation.turn,
                "name": one.invitation.name,
                "community": one.invitation.community,
                "country": one.invitation.country,
                "language": one.invitation.language,
                "mail": one.invitation.mail,
                "created_ms": one.invitation.created_ms,
                "hall": one.invitation.hall,
            }
            for one in sealed
        ]
        try:
            with self._database.writing() as connection:
                connection.execute(insert(t.invitation), rows)
        except IntegrityError as error:
            raise StoreBusy("another process has just taken one of these codes") from error

    def revoke(self, invitation_id: str, at_ms: int) -> bool:
        made, came = t.invitation.c, t.participant.c
        with self._database.writing() as connection:
            good = (made.id == invitation_id, made.revoked_ms.is_(None))
            changed = connection.execute(update(t.invitation).where(*good).values(revoked_ms=at_ms)).rowcount
            if changed:
                connection.execute(
                    update(t.participant)
                    .where(came.invitation_id == invitation_id, came.standing != "banned")
                    .values(standing="removed", changed_ms=at_ms)
                )
        return bool(changed)

    def set_role(self, invitation_id: str, role: Role, at_ms: int) -> None:
        came = t.participant.c.invitation_id == invitation_id
        with self._database.writing() as connection:
            connection.execute(update(t.invitation).where(t.invitation.c.id == invitation_id).values(role=role))
            connection.execute(update(t.participant).where(came).values(role=role, changed_ms=at_ms))

    def unused(self, ceremony_ids: Sequence[str]) -> int:
        made = t.invitation.c
        came = exists().where(t.participant.c.invitation_id == made.id)
        good = (made.ceremony_id.in_(ceremony_ids), made.revoked_ms.is_(None), ~came)
        with self._database.reading() as connection:
            return int(connection.execute(select(func.count()).select_from(t.invitation).where(*good)).scalar_one())

    def claims(self, link_hash: bytes) -> frozenset[str]:
        wanted = select(t.claim.c.device_hash).where(t.claim.c.link_hash == link_hash)
        with self._database.reading() as connection:
            return frozenset(row.device_hash for row in connection.execute(wanted)) - {FIRST}

    def claim(self, link_hash: bytes, device_hash: str, at_ms: int, *, first: bool) -> bool:
        try:
            with self._database.writing() as connection:
                for device in (FIRST, device_hash) if first else (device_hash,):
                    connection.execute(insert(t.claim).values(link_hash=link_hash, device_hash=device, at_ms=at_ms))
        except IntegrityError:
            # Noted before, or somebody else was first.
            return device_hash in self.claims(link_hash)
        return True

    def _first(self, *conditions: Any) -> Invitation | None:
        with self._database.reading() as connection:
            row = connection.execute(select(t.invitation).where(*conditions)).first()
        return None if row is None else _invitation(row)


def _invitation(row: Any) -> Invitation:
    return Invitation(
        id=row.id,
        ceremony_id=row.ceremony_id,
        role=row.role,
        name=row.name,
        community=row.community,
        country=row.country,
        language=row.language,
        mail=row.mail,
        turn=row.turn,
        created_ms=row.created_ms,
        revoked_ms=row.revoked_ms,
        hall=row.hall,
    )
