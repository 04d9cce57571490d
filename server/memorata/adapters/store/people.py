"""What is kept of people beside the events, and how it is erased: in the rows, and in the files below them."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Table, delete, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from memorata.adapters.store import tables as t
from memorata.adapters.store.database import Database
from memorata.domain.words import same_name
from memorata.services.ports import AlreadyErased, Claim, Erased, Erasure, Kept

_OUTSIDE = ("refused", "removed", "banned")
"""Standings that are remembered by the device alone: else whoever was put out could erase that and come back."""

_SECRET = frozenset({"device_hash", "token_hash", "code_hash", "turn"})

_NOBODY = {"name": "", "community": "", "language": "", "consent": "count", "recording": False}
_UNINVITED = {"name": "", "community": "", "mail": ""}


class SqlPeople:
    def __init__(self, database: Database) -> None:
        self._database = database

    def known_as(self, ceremony_id: str, name: str) -> tuple[str, ...]:
        return self._named(t.participant, ceremony_id, name)

    def invited_as(self, ceremony_id: str, name: str) -> tuple[str, ...]:
        return self._named(t.invitation, ceremony_id, name)

    def same_person(self, participant_id: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
        who = t.participant.c
        with self._database.reading() as connection:
            invitation = connection.execute(select(who.invitation_id).where(who.id == participant_id)).scalar()
            if invitation is None:
                return (participant_id,), ()
            others = connection.execute(
                select(who.id).where(who.invitation_id == invitation, who.id != participant_id).order_by(who.id)
            ).scalars()
            return (participant_id, *others), (invitation,)

    def kept(self, participant_ids: Sequence[str], invitation_ids: Sequence[str]) -> Kept:
        with self._database.reading() as connection:
            return Kept(
                participants=_rows(connection, t.participant, t.participant.c.id, participant_ids),
                invitations=_rows(connection, t.invitation, t.invitation.c.id, invitation_ids),
                marks=_rows(connection, t.tribute_mark, t.tribute_mark.c.participant_id, participant_ids),
                commands=_rows(connection, t.command, t.command.c.participant_id, participant_ids),
                recordings=_rows(connection, t.recording, t.recording.c.participant_id, participant_ids),
            )

    def any_left(self, ceremony_id: str, what: Erased) -> bool:
        who, invited = t.participant.c, t.invitation.c
        came = select(who.id).where(who.ceremony_id == ceremony_id, or_(who.name != "", who.community != ""))
        asked = select(invited.id).where(invited.ceremony_id == ceremony_id)
        wanted = (
            (asked.where(invited.mail != ""),)
            if what == "mails"
            else (came, asked.where(or_(invited.name != "", invited.community != "")))
        )
        with self._database.reading() as connection:
            return any(connection.execute(each.limit(1)).first() is not None for each in wanted)

    def erased(self) -> dict[tuple[str, str], int]:
        with self._database.reading() as connection:
            rows = connection.execute(select(t.erasure)).all()
        return {(row.ceremony_id, row.what): row.at_ms for row in rows}

    def erase_mails(self, ceremony_id: str, claim: Claim) -> None:
        invited = t.invitation.c
        with self._database.writing() as connection:
            claim_it(self._database, connection, ceremony_id, claim)
            of_ceremony = update(t.invitation).where(invited.ceremony_id == ceremony_id, invited.mail != "")
            connection.execute(of_ceremony.values(mail=""))

    def uninvite(self, invitation_ids: Sequence[str]) -> None:
        if invitation_ids:
            with self._database.writing() as connection:
                theirs = update(t.invitation).where(t.invitation.c.id.in_(invitation_ids))
                connection.execute(theirs.values(_UNINVITED))

    def purge(self) -> bool:
        """SQLite overwrites what it frees (`secure_delete`); its write-ahead log is moved into the file here.

        On PostgreSQL old versions of rows are for VACUUM, which is the operator's (docs/operate.md).
        """
        return self._database.checkpoint()

    def _named(self, table: Table, ceremony_id: str, name: str) -> tuple[str, ...]:
        # Capitals beyond ASCII are not SQLite's business.
        wanted = select(table.c.id, table.c.name).where(table.c.ceremony_id == ceremony_id, table.c.name != "")
        with self._database.reading() as connection:
            rows = connection.execute(wanted.order_by(table.c.id)).all()
        return tuple(row.id for row in rows if same_name(row.name, name))


def unless_there(database: Database, table: Table) -> Any:
    """An insertion that does nothing where there is such a row."""
    dialect = sqlite if database.is_sqlite else postgresql
    return dialect.insert(table).on_conflict_do_nothing()


def claim_it(database: Database, connection: Connection, ceremony_id: str, claim: Claim) -> None:
    """Raises: AlreadyErased: and the transaction must end by it."""
    made = unless_there(database, t.erasure).values(ceremony_id=ceremony_id, what=claim.what, at_ms=claim.now_ms)
    if connection.execute(made).rowcount == 1:
        return
    before = t.erasure.c
    again = update(t.erasure).where(
        before.ceremony_id == ceremony_id, before.what == claim.what, before.at_ms <= claim.unless_since_ms
    )
    if connection.execute(again.values(at_ms=claim.now_ms)).rowcount != 1:
        raise AlreadyErased


def empty_rows(connection: Connection, ceremony_id: str, erasure: Erasure) -> None:
    """Take names off the rows; the row of one person goes as a whole, so that their token is nobody's."""
    who, invited = t.participant.c, t.invitation.c
    ids = erasure.participant_ids
    if ids is None:
        connection.execute(update(t.participant).where(who.ceremony_id == ceremony_id).values(_NOBODY))
        connection.execute(update(t.invitation).where(invited.ceremony_id == ceremony_id).values(_UNINVITED))
        return
    connection.execute(update(t.participant).where(who.id.in_(ids)).values(_NOBODY))
    connection.execute(delete(t.participant).where(who.id.in_(ids), who.standing.not_in(_OUTSIDE)))
    connection.execute(delete(t.command).where(t.command.c.participant_id.in_(ids)))
    connection.execute(update(t.invitation).where(invited.id.in_(erasure.invitation_ids)).values(_UNINVITED))


def _rows(connection: Connection, table: Table, column: Any, ids: Sequence[str]) -> tuple[dict[str, object], ...]:
    found = connection.execute(select(table).where(column.in_(ids))).mappings()
    return tuple({name: value for name, value in row.items() if name not in _SECRET} for row in found)
