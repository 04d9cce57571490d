"""Accounts, their sessions, the links to sign in and the code of the first set-up."""

from typing import Any

from sqlalchemy import Connection, delete, exists, insert, select, update
from sqlalchemy.exc import IntegrityError

from memorata.adapters.store import tables as t
from memorata.adapters.store.database import Database
from memorata.services.ports import Account

_account, _session, _link = t.account.c, t.account_session.c, t.account_link.c

KEPT_MS = 24 * 3_600_000
"""How long a used or stale link is kept, so that a repetition can be told from a guess."""


class SqlAccounts:
    def __init__(self, database: Database) -> None:
        self._database = database

    def empty(self) -> bool:
        with self._database.reading() as connection:
            return _none(connection)

    def all(self) -> tuple[Account, ...]:
        with self._database.reading() as connection:
            rows = connection.execute(select(t.account).order_by(_account.created_ms, _account.id)).all()
        return tuple(_read(row) for row in rows)

    def find(self, account_id: str) -> Account | None:
        return self._first(select(t.account).where(_account.id == account_id))

    def find_by_mail(self, mail: str) -> Account | None:
        return self._first(select(t.account).where(_account.mail == mail))

    def add(self, account: Account) -> bool:
        try:
            with self._database.writing() as connection:
                connection.execute(insert(t.account).values(_row(account)))
        except IntegrityError:
            return False
        return True

    def add_first(self, account: Account, code_hash: bytes, now_ms: int) -> bool:
        try:
            with self._database.writing() as connection:
                # Who comes second, by whichever code, waits here for the first and then finds none left.
                good = (_link.account_id.is_(None), _link.used_ms.is_(None), _link.expires_ms > now_ms)
                codes = connection.execute(select(_link.link_hash).where(*good).with_for_update()).scalars().all()
                if code_hash not in [bytes(code) for code in codes] or not _none(connection):
                    return False
                connection.execute(update(t.account_link).where(*good).values(used_ms=now_ms))
                connection.execute(insert(t.account).values(_row(account)))
        except IntegrityError:
            return False
        return True

    def set_password(self, account_id: str, password_hash: str) -> None:
        with self._database.writing() as connection:
            mine = update(t.account).where(_account.id == account_id)
            connection.execute(mine.values(password_hash=password_hash))

    def disable(self, account_id: str, now_ms: int) -> bool:
        with self._database.writing() as connection:
            # Locked, so that of two admins who disable each other at once one remains.
            admins = select(_account.id).where(_account.role == "admin", _account.disabled_ms.is_(None))
            able = connection.execute(admins.order_by(_account.id).with_for_update()).scalars().all()
            if able == [account_id]:
                return False
            ended = update(t.account).where(_account.id == account_id, _account.disabled_ms.is_(None))
            connection.execute(ended.values(disabled_ms=now_ms))
            connection.execute(delete(t.account_session).where(_session.account_id == account_id))
            connection.execute(delete(t.account_link).where(_link.account_id == account_id))
            return True

    def enable(self, account_id: str) -> None:
        with self._database.writing() as connection:
            connection.execute(update(t.account).where(_account.id == account_id).values(disabled_ms=None))

    def open_session(self, session_hash: bytes, account_id: str, now_ms: int, expires_ms: int) -> bool:
        able = select(_account.id).where(_account.id == account_id, _account.disabled_ms.is_(None))
        with self._database.writing() as connection:
            if connection.execute(able.with_for_update()).first() is None:
                return False
            row = {"session_hash": session_hash, "account_id": account_id, "created_ms": now_ms}
            connection.execute(insert(t.account_session).values(**row, expires_ms=expires_ms))
            return True

    def session(self, session_hash: bytes, now_ms: int) -> Account | None:
        lasts = (_session.session_hash == session_hash, _session.expires_ms > now_ms, _account.disabled_ms.is_(None))
        return self._first(select(t.account).join(t.account_session).where(*lasts))

    def prolong(self, session_hash: bytes, expires_ms: int) -> None:
        with self._database.writing() as connection:
            mine = update(t.account_session).where(_session.session_hash == session_hash)
            connection.execute(mine.values(expires_ms=expires_ms))

    def end_session(self, session_hash: bytes) -> None:
        with self._database.writing() as connection:
            connection.execute(delete(t.account_session).where(_session.session_hash == session_hash))

    def end_sessions(self, account_id: str, but: bytes | None = None) -> None:
        ended = delete(t.account_session).where(_session.account_id == account_id)
        with self._database.writing() as connection:
            connection.execute(ended if but is None else ended.where(_session.session_hash != but))

    def add_link(self, link_hash: bytes, account_id: str | None, expires_ms: int) -> None:
        with self._database.writing() as connection:
            row = {"link_hash": link_hash, "account_id": account_id, "expires_ms": expires_ms}
            connection.execute(insert(t.account_link).values(**row))

    def link(self, link_hash: bytes, now_ms: int) -> Account | None:
        good = (_link.link_hash == link_hash, _link.used_ms.is_(None), _link.expires_ms > now_ms)
        wanted = select(t.account).join(t.account_link).where(*good, _account.disabled_ms.is_(None))
        return self._first(wanted)

    def use_link(self, link_hash: bytes, now_ms: int) -> Account | None:
        good = (_link.link_hash == link_hash, _link.used_ms.is_(None), _link.expires_ms > now_ms)
        whose = select(t.account).join(t.account_link).where(_link.link_hash == link_hash)
        with self._database.writing() as connection:
            used = update(t.account_link).where(*good, _link.account_id.is_not(None)).values(used_ms=now_ms)
            if connection.execute(used).rowcount != 1:
                return None
            row = connection.execute(whose.where(_account.disabled_ms.is_(None))).first()
        return None if row is None else _read(row)

    def is_code(self, code_hash: bytes, now_ms: int) -> bool:
        good = (_link.link_hash == code_hash, _link.used_ms.is_(None), _link.expires_ms > now_ms)
        with self._database.reading() as connection:
            found = connection.execute(select(_link.link_hash).where(*good, _link.account_id.is_(None))).first()
            return found is not None and _none(connection)

    def end_link(self, link_hash: bytes) -> None:
        with self._database.writing() as connection:
            connection.execute(delete(t.account_link).where(_link.link_hash == link_hash))

    def forget(self, now_ms: int) -> None:
        with self._database.writing() as connection:
            connection.execute(delete(t.account_session).where(_session.expires_ms <= now_ms))
            connection.execute(delete(t.account_link).where(_link.expires_ms <= now_ms - KEPT_MS))

    def _first(self, wanted: Any) -> Account | None:
        with self._database.reading() as connection:
            row = connection.execute(wanted).first()
        return None if row is None else _read(row)


def _none(connection: Connection) -> bool:
    return not connection.execute(select(exists().where(_account.id.is_not(None)))).scalar_one()


def _row(account: Account) -> dict[str, Any]:
    return {
        "id": account.id,
        "mail": account.mail,
        "name": account.name,
        "role": account.role,
        "password_hash": account.password_hash,
        "created_ms": account.created_ms,
        "disabled_ms": account.disabled_ms,
    }


def _read(row: Any) -> Account:
    return Account(row.id, row.mail, row.name, row.role, row.created_ms, row.password_hash, row.disabled_ms)
