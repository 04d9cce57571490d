"""The address books of series, and who of them is invited to which occurrence."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import delete, select, update

from memorata.adapters.store import tables as t
from memorata.adapters.store.database import Database
from memorata.adapters.store.people import unless_there
from memorata.services.planning_ports import Answer, Contact, Guest

_contact, _guest = t.contact.c, t.guest.c


class SqlContacts:
    def __init__(self, database: Database) -> None:
        self._database = database

    def of_series(self, series_id: str) -> tuple[Contact, ...]:
        wanted = select(t.contact).where(_contact.series == series_id).order_by(_contact.name, _contact.id)
        with self._database.reading() as connection:
            rows = connection.execute(wanted).all()
        return tuple(_read(row) for row in rows)

    def find(self, contact_id: str) -> Contact | None:
        with self._database.reading() as connection:
            row = connection.execute(select(t.contact).where(_contact.id == contact_id)).first()
        return None if row is None else _read(row)

    def add(self, contacts: Sequence[Contact]) -> None:
        if not contacts:
            return
        with self._database.writing() as connection:
            connection.execute(unless_there(self._database, t.contact), [_row(one) for one in contacts])

    def change(self, contact: Contact) -> bool:
        before = update(t.contact).where(_contact.id == contact.id, _contact.version == contact.version - 1)
        with self._database.writing() as connection:
            return connection.execute(before.values(_row(contact))).rowcount == 1

    def remove(self, contact_id: str) -> None:
        with self._database.writing() as connection:
            # Locked, so that nobody invites them between the two.
            connection.execute(select(_contact.id).where(_contact.id == contact_id).with_for_update())
            connection.execute(delete(t.guest).where(_guest.contact_id == contact_id))
            connection.execute(delete(t.contact).where(_contact.id == contact_id))

    def guests(self, series_id: str, key: str) -> tuple[Guest, ...]:
        wanted = select(t.guest).where(_guest.series == series_id, _guest.key == key)
        with self._database.reading() as connection:
            rows = connection.execute(wanted).all()
        return tuple(sorted((_read_guest(row) for row in rows), key=lambda one: one.contact_id))

    def guest(self, series_id: str, key: str, contact_id: str) -> Guest | None:
        with self._database.reading() as connection:
            row = connection.execute(select(t.guest).where(*_named(series_id, key, contact_id))).first()
        return None if row is None else _read_guest(row)

    def guests_of(self, contact_id: str) -> tuple[Guest, ...]:
        with self._database.reading() as connection:
            rows = connection.execute(select(t.guest).where(_guest.contact_id == contact_id)).all()
        return tuple(sorted((_read_guest(row) for row in rows), key=lambda one: one.key))

    def by_invitation(self, invitation_id: str) -> Guest | None:
        with self._database.reading() as connection:
            row = connection.execute(select(t.guest).where(_guest.invitation_id == invitation_id)).first()
        return None if row is None else _read_guest(row)

    def invite(self, guests: Sequence[Guest]) -> None:
        ids = {one.contact_id for one in guests}
        if not ids:
            return
        with self._database.writing() as connection:
            # Who was taken out of the address book a moment ago is not invited.
            there = select(_contact.id).where(_contact.id.in_(ids)).order_by(_contact.id).with_for_update()
            known = set(connection.execute(there).scalars())
            rows = [_guest_row(one) for one in guests if one.contact_id in known]
            if rows:
                connection.execute(unless_there(self._database, t.guest), rows)

    def set_invitation(self, guest: Guest) -> bool:
        mine = (*_named(guest.series, guest.key, guest.contact_id), _guest.invitation_id.is_(None))
        new = {"ceremony_id": guest.ceremony_id, "invitation_id": guest.invitation_id}
        with self._database.writing() as connection:
            return connection.execute(update(t.guest).where(*mine).values(new)).rowcount == 1

    def answer(self, series_id: str, key: str, contact_id: str, answer: Answer, at_ms: int) -> None:
        mine = update(t.guest).where(*_named(series_id, key, contact_id))
        with self._database.writing() as connection:
            connection.execute(mine.values(answer=answer, answered_ms=at_ms))

    def uninvite(self, series_id: str, key: str, contact_id: str) -> None:
        with self._database.writing() as connection:
            connection.execute(delete(t.guest).where(*_named(series_id, key, contact_id)))


def _named(series_id: str, key: str, contact_id: str) -> tuple[Any, Any, Any]:
    return _guest.series == series_id, _guest.key == key, _guest.contact_id == contact_id


def _row(contact: Contact) -> dict[str, Any]:
    return {
        "id": contact.id,
        "series": contact.series,
        "name": contact.name,
        "community": contact.community,
        "country": contact.country,
        "language": contact.language,
        "zone": contact.zone,
        "site": contact.site,
        "mail": contact.mail,
        "telephone": contact.telephone,
        "role": contact.role,
        "note": contact.note,
        "in_memory_ms": contact.in_memory_ms,
        "unsubscribed_ms": contact.unsubscribed_ms,
        "created_ms": contact.created_ms,
        "version": contact.version,
    }


def _read(row: Any) -> Contact:
    return Contact(
        id=row.id,
        series=row.series,
        name=row.name,
        community=row.community,
        country=row.country,
        language=row.language,
        zone=row.zone,
        site=row.site,
        mail=row.mail,
        telephone=row.telephone,
        role=row.role,
        note=row.note,
        in_memory_ms=row.in_memory_ms,
        unsubscribed_ms=row.unsubscribed_ms,
        created_ms=row.created_ms,
        version=row.version,
    )


def _guest_row(guest: Guest) -> dict[str, Any]:
    return {
        "series": guest.series,
        "key": guest.key,
        "contact_id": guest.contact_id,
        "ceremony_id": guest.ceremony_id,
        "invitation_id": guest.invitation_id,
        "answer": guest.answer,
        "answered_ms": guest.answered_ms,
    }


def _read_guest(row: Any) -> Guest:
    return Guest(row.series, row.key, row.contact_id, row.ceremony_id, row.invitation_id, row.answer, row.answered_ms)
