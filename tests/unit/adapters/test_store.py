"""The store, on SQLite and on PostgreSQL alike: all or nothing, each number once, whoever writes."""

import secrets
import sqlite3
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import get_args

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.exc import IntegrityError

from memorata.adapters.store.database import UPGRADE_LOCK, Database
from memorata.adapters.store.event_log import SqlEventLog
from memorata.adapters.store.known import KnownParticipants
from memorata.adapters.store.participants import SqlParticipants
from memorata.adapters.store.tables import metadata
from memorata.domain import commands as c
from memorata.domain import events as e
from memorata.domain.errors import Refused
from memorata.domain.events import Recorded
from memorata.domain.roles import Role
from memorata.services.live import LiveCeremonies
from memorata.services.ports import (
    Answer,
    Counts,
    Device,
    Head,
    Judgement,
    Mark,
    Newcomer,
    Participant,
    Queue,
    StoreBusy,
)
from tests.builders import START_MS, a_programme, recorded
from tests.fakes import FakeClock, RecordingPublisher
from tests.histories import a_history
from tests.postgres import PostgreSQL

ID = "remembrance-2027"
CHIYO = Participant("chiyo", ID, "participant", name="千代 Sato", community="Ōsaka", country="JP", people=2)


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/memorata.sqlite"
    found: str = request.getfixturevalue("postgresql").url()
    return found


@pytest.fixture
def database(url: str) -> Iterator[Database]:
    opened = Database(url)
    opened.upgrade()
    yield opened
    opened.dispose()


@pytest.fixture
def log(database: Database) -> SqlEventLog:
    made = SqlEventLog(database)
    made.create(ID, "epoch")
    return made


def some(after: int, count: int) -> list[Recorded]:
    return recorded([e.AskingSet(bool(n % 2)) for n in range(count)], after=after)


def test_the_migrations_build_what_the_tables_say(database: Database) -> None:
    with database.reading() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []


def test_upgrading_again_does_nothing(database: Database, log: SqlEventLog) -> None:
    log.append(ID, 0, some(0, 2))
    database.upgrade()
    assert log.head(ID) == Head(ID, "epoch", 2)


def test_a_history_is_begun_once(log: SqlEventLog) -> None:
    log.create(ID, "another epoch")
    log.create("a later one", "its own")
    assert log.heads() == (Head("a later one", "its own", 0), Head(ID, "epoch", 0))
    assert log.head("nowhere") is None


def test_every_kind_of_event_comes_back_as_it_was(log: SqlEventLog) -> None:
    kinds: set[str] = set()
    seq = 0
    for seed in range(40):
        history = [replace(one, seq=seq + n) for n, one in enumerate(a_history(seed).recorded, 1)]
        assert log.append(ID, seq, history)
        assert log.events(ID, seq) == tuple(history)
        kinds |= {one.event.kind for one in history}
        seq += len(history)
    rare = recorded([e.WreathLaid("wreaths", 1), e.PersonErased(None, ("a",), ()), e.NamesErased()], after=seq)
    assert log.append(ID, seq, rare)
    assert log.events(ID, seq) == tuple(rare)
    assert kinds | {one.event.kind for one in rare} == set(e.EVENTS) - {"hidden", "wish.removed"}


def test_events_are_read_from_a_number(log: SqlEventLog) -> None:
    log.append(ID, 0, some(0, 10))
    assert [one.seq for one in log.events(ID, 4, 3)] == [5, 6, 7]
    assert log.events(ID, 10) == ()


def test_only_who_names_the_head_moves_it_on(log: SqlEventLog) -> None:
    assert log.append(ID, 0, some(0, 2))
    assert not log.append(ID, 1, some(1, 1), [Answer("hana", "press", 2, 0)], [Mark("candles", "", "hana")])
    assert not log.append(ID, 3, some(3, 1))
    assert not log.append("nowhere", 0, some(0, 1))
    assert (log.head(ID), log.answer(ID, "hana", "press"), log.marks(ID)) == (Head(ID, "epoch", 2), None, ())


def test_an_answer_is_given_once_and_takes_all_else_with_it(log: SqlEventLog) -> None:
    answer = Answer("hana", "press", 1, START_MS)
    assert log.append(ID, 0, some(0, 1), [answer])
    assert not log.append(ID, 1, some(1, 1), [replace(answer, seq=2)], [Mark("candles", "", "hana")])
    assert log.answer(ID, "hana", "press") == answer
    assert (log.head(ID), log.marks(ID)) == (Head(ID, "epoch", 1), ())
    assert log.answer(ID, "hugo", "press") is None
    assert log.answer("another", "hana", "press") is None


def test_an_answer_without_events_is_kept(log: SqlEventLog) -> None:
    assert log.append(ID, 0, (), [Answer("hana", "press", 0, START_MS)])
    assert log.answer(ID, "hana", "press") == Answer("hana", "press", 0, START_MS)


def test_a_mark_counts_once(log: SqlEventLog) -> None:
    marks = (Mark("candles", "", "chiyo"), Mark("candles", "", "bruno"), Mark("wreaths", "1", "chiyo"))
    for mark in (*marks, *marks):
        assert log.append(ID, 0, (), marks=[mark])
    assert set(log.marks(ID)) == set(marks)
    assert len(log.marks(ID)) == 3


def test_many_who_pay_tribute_together_are_kept_as_one_by_one(log: SqlEventLog) -> None:
    people = [f"person-{n}" for n in range(5)]
    answers = [Answer(who, "press", 1, START_MS) for who in people]
    marks = [Mark("candles", "", who) for who in people]
    log.append(ID, 0, some(0, 1))
    assert log.append(ID, 1, (), answers[:3], marks[:3])
    assert log.append(ID, 1, (), answers[3:], marks)  # some of the marks are there already
    assert [log.answer(ID, who, "press") for who in people] == answers
    assert sorted(log.marks(ID), key=lambda mark: mark.participant_id) == marks
    # One who was answered before, and nobody is.
    assert not log.append(ID, 1, (), [Answer("new", "press", 1, START_MS), answers[0]], [Mark("candles", "", "new")])
    assert log.answer(ID, "new", "press") is None
    assert len(log.marks(ID)) == 5


def test_old_answers_are_forgotten(log: SqlEventLog) -> None:
    log.append(ID, 0, (), [Answer("hana", "old", 0, 1_000)])
    log.append(ID, 0, (), [Answer("hana", "new", 0, 2_000)])
    assert log.forget_answers(2_000) == 1
    assert log.answer(ID, "hana", "old") is None
    assert log.answer(ID, "hana", "new") is not None


def test_racing_writers_get_each_number_once(url: str, log: SqlEventLog) -> None:
    """Four processes' worth of writers, each with connections of its own, on one ceremony."""
    granted: list[int] = []
    lost: list[int] = []

    def write(number: int) -> None:
        own = Database(url)
        mine = SqlEventLog(own)
        done = 0
        while done < 15:
            head = mine.head(ID)
            assert head is not None
            event = Recorded(head.seq + 1, START_MS, f"writer {number}", e.AskingSet(True))
            try:
                if mine.append(ID, head.seq, [event]):
                    granted.append(head.seq + 1)
                    done += 1
                else:
                    lost.append(head.seq + 1)
            except StoreBusy:
                time.sleep(0.01)
        own.dispose()

    threads = [threading.Thread(target=write, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(granted) == list(range(1, 61))
    assert [one.seq for one in log.events(ID, 0)] == list(range(1, 61))


def test_two_services_on_one_store_agree(url: str, database: Database) -> None:
    """Both press "next" all the time; the programme advances once for each press that was granted."""
    clock = FakeClock()
    databases = [database, Database(url)]
    services = [LiveCeremonies(SqlEventLog(own), clock, RecordingPublisher()) for own in databases]
    services[0].plan(a_programme())
    granted: list[int] = []

    def press(ceremonies: LiveCeremonies, name: str) -> None:
        actor = c.Actor(name, "host")
        for _ in range(20):
            aimed = ceremonies.state(ID).progress.cues
            try:
                ceremonies.handle(ID, c.CueItem("words", aimed), actor, "")
                granted.append(aimed + 1)
            except (Refused, StoreBusy):
                ceremonies.follow()

    threads = [threading.Thread(target=press, args=pair) for pair in zip(services, ("hana", "hugo"), strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for ceremonies in services:
        ceremonies.follow()
    assert services[0].state(ID) == services[1].state(ID)
    assert sorted(granted) == list(range(1, services[0].state(ID).progress.cues + 1))
    databases[1].dispose()


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.tuples(st.sampled_from(["participant", "speaker"]), st.integers(0, 3)), min_size=1, max_size=9),
    st.integers(0, 4),
)
def test_a_crowd_that_enters_together_is_the_same_as_one_after_the_other(
    database: Database, log: SqlEventLog, came: list[tuple[Role, int]], before: int
) -> None:
    """Several tabs of one device among them, and some who were there before."""
    people = SqlParticipants(database)
    run = secrets.token_hex(4)

    def newcomers(way: str) -> list[Newcomer]:
        return [
            Newcomer(
                replace(CHIYO, id=f"{run}{way}{number}", role=role, name=f"Name {number}"),
                f"{run} device {way} {device}",
                START_MS + number,
            )
            for number, (role, device) in enumerate(came)
        ]

    alone = [people.add(one.participant, one.device_hash, one.at_ms) for one in newcomers("a")]
    some_before = newcomers("b")[:before]
    there = [people.add(one.participant, one.device_hash, one.at_ms) for one in some_before]
    together = people.add_all(newcomers("b"))
    assert [who.id[8 + 1 :] for who in together] == [who.id[8 + 1 :] for who in alone]
    assert list(together[: len(there)]) == there
    assert people.find_all([who.id for who in together]) == {who.id: who for who in together}
    devices = [Device(ID, one.participant.role, one.device_hash) for one in newcomers("b")]
    assert people.find_by_devices(devices) == dict(zip(devices, together, strict=True))


def test_a_crowd_of_which_one_cannot_be_written_is_not_written(database: Database, log: SqlEventLog) -> None:
    people = SqlParticipants(database)
    faulty = replace(CHIYO, id="faulty", people=None)  # type: ignore[arg-type]
    with pytest.raises(IntegrityError):
        people.add_all([Newcomer(CHIYO, "device", START_MS), Newcomer(faulty, "another", START_MS)])
    assert people.find("chiyo") is None
    known = KnownParticipants(people, FakeClock())
    assert known.add(CHIYO, "device", START_MS) == CHIYO


def test_participants_come_back_by_their_device(database: Database, log: SqlEventLog) -> None:
    people = SqlParticipants(database)
    assert people.add(CHIYO, "device", START_MS) == CHIYO
    assert people.add(replace(CHIYO, id="another"), "device", START_MS) == CHIYO
    assert people.find("chiyo") == CHIYO
    assert people.find_by_device(ID, "participant", "device") == CHIYO
    assert people.find_by_device(ID, "host", "device") is None
    assert people.find("nobody") is None
    changed = replace(CHIYO, name="Chiyo", country=None, consent="full", generation=3, language="ja")
    assert people.change(CHIYO, changed, START_MS + 1)
    assert people.find("chiyo") == changed
    assert (people.count(ID), people.count("another")) == (1, 0)


def test_a_word_about_somebody_is_written_only_if_nobody_was_first(database: Database, log: SqlEventLog) -> None:
    people = SqlParticipants(database)
    people.add(CHIYO, "device", START_MS)
    judgement = Judgement("hana", "person.ban", START_MS, "admitted", "released", ("w1", "w2"), ("f1",))
    banned = replace(CHIYO, standing="banned", judged=judgement)
    assert people.change(CHIYO, banned, START_MS + 1)
    assert people.find("chiyo") == banned
    for late in (replace(CHIYO, language="ja"), replace(CHIYO, name_state="hidden")):
        assert not people.change(CHIYO, late, START_MS + 2)
    assert people.find("chiyo") == banned
    assert not people.change(replace(banned, name="Another"), banned, START_MS + 2)
    assert not people.change(replace(CHIYO, id="nobody"), CHIYO, START_MS + 2)


def test_moderators_find_who_waits_in_order_and_in_pages(database: Database, log: SqlEventLog) -> None:
    people = SqlParticipants(database)
    log.create("another", "epoch")
    held = replace(CHIYO, name_state="held", consent="full")
    for n, who in enumerate([
        replace(held, id="n1"), replace(held, id="d1", standing="waiting"),
        replace(held, id="counted", consent="count"), replace(held, id="nameless", name=""),
        replace(held, id="out1", standing="removed"), CHIYO,
        replace(held, id="host", role="host"), replace(held, id="far", ceremony_id="another"),
        replace(held, id="d2", standing="waiting", consent="count"), replace(held, id="n2"),
        replace(held, id="out2", standing="banned", invitation_id="letter"),
    ]):  # fmt: skip
        people.add(who, f"device {n}", START_MS + n // 3)
    queues = {
        name: [stamped.participant.id for stamped in people.queue(ID, name, None, 50)]
        for name in get_args(Queue)
    }  # fmt: skip
    assert queues == {
        "all": ["d1", "n1", "d2", "n2"],
        "door": ["d1", "d2"],
        "names": ["n1", "n2"],
        "out": ["out1", "out2"],
    }
    assert people.waiting(ID) == Counts(door=2, names=2)
    assert people.outside(ID) == {"out1", "out2"}
    found: list[str] = []
    after = None
    while page := people.queue(ID, "all", after, 1):
        found.append(page[0].participant.id)
        after = (page[0].at_ms, page[0].participant.id)
    assert found == queues["all"]
    assert people.change(replace(held, id="n1"), replace(held, id="n1", name_state="released"), START_MS + 60)
    assert [stamped.participant.id for stamped in people.changed_since(START_MS + 59)] == ["n1"]
    assert people.waiting(ID) == Counts(door=2, names=1)


def test_links_are_replaced_one_role_at_a_time(database: Database, log: SqlEventLog) -> None:
    people = SqlParticipants(database)
    assert people.generations() == {}
    assert [people.next_generation(ID, "host") for _ in range(3)] == [1, 2, 3]
    assert people.next_generation(ID, "participant") == 1
    assert people.generations() == {(ID, "host"): 3, (ID, "participant"): 1}


def test_an_interrupted_unit_of_work_leaves_nothing(database: Database, log: SqlEventLog) -> None:
    def interrupted() -> None:
        with database.writing() as connection:
            connection.exec_driver_sql("UPDATE ceremony SET seq = 7")
            raise RuntimeError("the power went")

    with pytest.raises(RuntimeError, match="power"):
        interrupted()
    assert log.head(ID) == Head(ID, "epoch", 0)
    assert log.append(ID, 0, some(0, 1))


def test_sqlite_is_durable_and_waits_outside_of_any_transaction(tmp_path: Path) -> None:
    path = tmp_path / "memorata.sqlite"
    database = Database(f"sqlite:///{path}")
    database.upgrade()
    with database.reading() as connection:
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == 2
    log = SqlEventLog(database)
    log.create(ID, "epoch")
    other = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")
    threading.Timer(0.3, lambda: other.execute("COMMIT")).start()
    assert log.append(ID, 0, some(0, 1))
    other.execute("BEGIN IMMEDIATE")
    assert log.head(ID) == Head(ID, "epoch", 1)  # readers never wait
    with pytest.raises(StoreBusy):
        log.append(ID, 1, some(1, 1))
    other.execute("COMMIT")
    other.close()
    assert log.append(ID, 1, some(1, 1))
    database.dispose()


def test_connections_that_the_database_has_cut_are_replaced(postgresql: PostgreSQL) -> None:
    url = postgresql.url()
    database = Database(url)
    database.upgrade()
    log = SqlEventLog(database)
    log.create(ID, "epoch")
    with database.reading() as connection:
        connection.exec_driver_sql("SELECT 1")
    other = Database(url)
    with other.reading() as connection:
        connection.exec_driver_sql(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() "
            "AND pid <> pg_backend_pid()"
        )
    other.dispose()
    assert log.append(ID, 0, some(0, 1))
    database.dispose()


def test_who_comes_while_another_brings_the_tables_up_to_date_waits(postgresql: PostgreSQL) -> None:
    url = postgresql.url()
    first, second = Database(url), Database(url)
    done = threading.Event()
    with first.engine.begin() as connection:
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({UPGRADE_LOCK})")
        waiting = threading.Thread(target=lambda: (second.upgrade(), done.set()), daemon=True)
        waiting.start()
        # Longer than any question may take that people wait for.
        assert not done.wait(3)
    assert done.wait(20)
    waiting.join()
    for one in (first, second):
        one.dispose()
