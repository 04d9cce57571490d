"""Accounts in the store, on SQLite and on PostgreSQL alike: each link and code once, and one admin always remains."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from memorata.adapters.store.accounts import KEPT_MS, SqlAccounts
from memorata.adapters.store.database import Database
from memorata.adapters.store.event_log import SqlEventLog
from memorata.adapters.store.participants import SqlParticipants
from memorata.services.keys import digest
from memorata.services.ports import Account, Participant

NOW = 1_800_000_000_000
AMINA = Account("amina", "amina@museum.example", "Amina", "admin", NOW, "$argon2id$")
BRUNO = Account("bruno", "bruno@museum.example", "Bruno", "organizer", NOW + 1)


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    url = f"sqlite:///{tmp_path}/memorata.sqlite"
    if request.param == "postgresql":
        url = request.getfixturevalue("postgresql").url()
    opened = Database(url)
    opened.upgrade()
    yield opened
    opened.dispose()


@pytest.fixture
def store(database: Database) -> SqlAccounts:
    return SqlAccounts(database)


def together(*works: Callable[[], object]) -> list[object]:
    """What each of them returned, having begun at the same moment."""
    answers: list[object] = []
    start = threading.Barrier(len(works))

    def run(work: Callable[[], object]) -> None:
        start.wait()
        answers.append(work())

    threads = [threading.Thread(target=run, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def test_accounts_come_back_as_they_were(store: SqlAccounts) -> None:
    assert store.empty()
    assert store.add(AMINA)
    assert store.add(BRUNO)
    assert not store.add(replace(BRUNO, id="another"))
    assert not store.empty()
    assert store.all() == (AMINA, BRUNO)
    assert (store.find("bruno"), store.find_by_mail(AMINA.mail)) == (BRUNO, AMINA)
    assert (store.find("nobody"), store.find_by_mail("")) == (None, None)
    store.set_password("bruno", "another hash")
    assert store.find("bruno") == replace(BRUNO, password_hash="another hash")


def test_a_session_lasts_until_it_is_over_or_ended(store: SqlAccounts) -> None:
    store.add(AMINA)
    one, two, three = digest("one"), digest("two"), digest("three")
    for session in (one, two, three):
        assert store.open_session(session, "amina", NOW, NOW + 100)
    assert store.session(one, NOW + 99) == AMINA
    assert store.session(one, NOW + 100) is None
    assert store.session(digest("guess"), NOW) is None
    store.prolong(one, NOW + 200)
    assert store.session(one, NOW + 199) == AMINA
    store.end_session(one)
    store.prolong(one, NOW + 300)
    assert store.session(one, NOW) is None
    store.end_sessions("amina", but=two)
    assert (store.session(two, NOW), store.session(three, NOW)) == (AMINA, None)
    store.end_sessions("amina")
    assert store.session(two, NOW) is None


def test_disabling_ends_sessions_and_links(store: SqlAccounts) -> None:
    store.add(AMINA)
    store.add(BRUNO)
    store.open_session(digest("session"), "bruno", NOW, NOW + 100)
    store.add_link(digest("link"), "bruno", NOW + 100)
    assert store.disable("bruno", NOW + 5)
    assert store.find("bruno") == replace(BRUNO, disabled_ms=NOW + 5)
    assert store.session(digest("session"), NOW + 6) is None
    assert store.link(digest("link"), NOW + 6) is None
    assert not store.open_session(digest("another"), "bruno", NOW, NOW + 100)
    store.enable("bruno")
    assert store.find("bruno") == BRUNO
    assert store.session(digest("session"), NOW + 6) is None


def test_two_admins_who_disable_each_other_at_once(store: SqlAccounts) -> None:
    store.add(AMINA)
    store.add(replace(BRUNO, role="admin"))
    answers = together(lambda: store.disable("amina", NOW), lambda: store.disable("bruno", NOW))
    assert sorted(map(bool, answers)) == [False, True]
    assert sum(account.disabled_ms is None for account in store.all()) == 1


def test_a_link_is_used_once_however_many_press(store: SqlAccounts) -> None:
    store.add(AMINA)
    store.add_link(digest("link"), "amina", NOW + 100)
    assert store.link(digest("link"), NOW) == AMINA
    assert store.link(digest("link"), NOW + 100) is None
    assert store.use_link(digest("link"), NOW + 100) is None
    answers = together(*[lambda: store.use_link(digest("link"), NOW)] * 4)
    assert [answer for answer in answers if answer is not None] == [AMINA]
    assert store.link(digest("link"), NOW) is None


def test_a_set_up_code_makes_one_account_and_is_no_link(store: SqlAccounts) -> None:
    code, other = digest("code"), digest("other")
    store.add_link(code, None, NOW + 100)
    store.add_link(other, None, NOW + 100)
    assert store.is_code(code, NOW)
    assert not store.is_code(code, NOW + 100)
    assert not store.is_code(digest("guess"), NOW)
    assert store.link(code, NOW) is None
    assert store.use_link(code, NOW) is None
    assert not store.add_first(AMINA, digest("guess"), NOW)
    assert not store.add_first(AMINA, code, NOW + 100)
    answers = together(lambda: store.add_first(AMINA, code, NOW), lambda: store.add_first(BRUNO, other, NOW))
    assert sorted(map(bool, answers)) == [False, True]
    assert len(store.all()) == 1
    assert not store.is_code(code, NOW)
    assert not store.is_code(other, NOW)


def test_a_code_can_be_taken_back(store: SqlAccounts) -> None:
    store.add_link(digest("code"), None, NOW + 100)
    store.end_link(digest("code"))
    assert not store.is_code(digest("code"), NOW)


def test_what_is_over_is_forgotten(store: SqlAccounts, database: Database) -> None:
    store.add(AMINA)
    store.open_session(digest("old"), "amina", NOW, NOW + 100)
    store.open_session(digest("new"), "amina", NOW, NOW + 200)
    store.add_link(digest("link"), "amina", NOW + 100)
    store.forget(NOW + 150)
    assert store.session(digest("new"), NOW) == AMINA
    assert store.session(digest("old"), NOW) is None
    assert store.link(digest("link"), NOW) == AMINA
    store.forget(NOW + 100 + KEPT_MS)
    assert store.link(digest("link"), NOW) is None


def test_whoever_came_by_signing_in_is_known_by_the_session(database: Database) -> None:
    SqlEventLog(database).create("remembrance-2027", "epoch")
    participants = SqlParticipants(database)
    organizer = Participant("organizer", "remembrance-2027", "organizer", session=digest("session"))
    guest = Participant("guest", "remembrance-2027", "participant")
    for who in (organizer, guest):
        participants.add(who, f"device of {who.id}", NOW)
    assert (participants.find("organizer"), participants.find("guest")) == (organizer, guest)
