"""Ten years of all shipped series, through kills and restarts, with two processes: each ceremony opened once, each
reminder sent once."""

import os
import random
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from datetime import date, time
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from memorata.adapters.store import tables as t
from memorata.bootstrap import Services, build
from memorata.config import Settings
from memorata.domain.anniversary import agenda, sittings
from memorata.domain.civil import instant_ms
from memorata.domain.planning import ceremony_id, programme_for
from memorata.resources import schedules_dir
from memorata.services.planner import ends_ms
from memorata.services.ports import Account
from tests.live.conftest import SECRET
from tests.live.decade import MovedClock
from tests.mailbox import PlainMailbox
from tests.postgres import PostgreSQL

pytestmark = pytest.mark.timeout(400)

BEGIN = instant_ms(date(2026, 12, 1), time(), "UTC")
END = instant_ms(date(2037, 1, 1), time(), "UTC")
LEAST_STEP_MS = 3_300_000
MOST_STEP_MS = 40 * 86_400_000
AMINA = Account("amina", "amina@museum.example", "Amina", "organizer", 0)
PEOPLE = ("Bruno", "Chiyo")


class Worker:
    """One of the two processes; `moved` returns when something is due next, `None` when it was killed meanwhile."""

    def __init__(self, environment: dict[str, str]) -> None:
        self._environment = environment
        self._process: subprocess.Popen[str] | None = None
        self.starts = 0

    def begin(self, at_ms: int) -> None:
        if self._process is None:
            self.starts += 1
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tests.live.decade"],
                env=self._environment,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )
        assert self._process.stdin is not None
        self._process.stdin.write(f"{at_ms}\n")
        self._process.stdin.flush()

    def end(self) -> int | None:
        assert self._process is not None
        assert self._process.stdout is not None
        line = self._process.stdout.readline().strip()
        assert line, "a worker has ended by itself"
        return None if line == "-" else int(line)

    def kill(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None


@pytest.fixture
def mailbox() -> Iterator[PlainMailbox]:
    with PlainMailbox() as opened:
        yield opened


@pytest.fixture
def environment(tmp_path: Path, postgresql: PostgreSQL, mailbox: PlainMailbox) -> dict[str, str]:
    return {
        **os.environ,
        "MEMORATA_DATA_DIR": str(tmp_path),
        "MEMORATA_DATABASE_URL": postgresql.url(),
        "MEMORATA_SECRET_KEY": SECRET,
        "MEMORATA_ASYNC_MODE": "threading",
        "MEMORATA_SMTP_URL": mailbox.url,
        "MEMORATA_MAIL_FROM": "memory@museum.example",
        "MEMORATA_LINK_CHECKS": "off",
    }


def autopilot(services: Services) -> dict[str, Any]:
    """All shipped series, written on the site and conducted by the clock, with two people each."""
    planning = services.planning
    for path in sorted(schedules_dir().glob("*.toml")):
        document = planning.texts.document(path.read_text("utf-8"))
        planning.series.make(AMINA, path.stem, {**document, "autopilot": True})
        planning.series.publish(AMINA, path.stem, 1)
        people = [{"name": name, "mail": f"{name.lower()}.{path.stem}@b.example"} for name in PEOPLE]
        sites = planning.book.series(path.stem).sites
        if planning.book.series(path.stem).reach != "one_instant" and sites:
            people = [{**one, "site": site.id} for one, site in zip(people, sites, strict=False)]
        planning.contacts.add(AMINA, path.stem, people)
    return {series.id: series for series in planning.book.published()}


def carry_over(services: Services, ends: dict[str, int], now_ms: int) -> None:
    """What the organizer does once a year: the next ceremony, with the people of the last one."""
    for series_id, end_ms in list(ends.items()):
        if now_ms > end_ms:
            kept = services.planning.occurrences.next(AMINA, series_id)
            series, occurrence = kept.planned.series, kept.planned.occurrence
            people = [one.id for one in services.planning.contacts.of_series(AMINA, series_id)]
            services.planning.contacts.invite(AMINA, series_id, occurrence.key, people)
            ends[series_id] = ends_ms(series, occurrence)


def told(mail: EmailMessage) -> tuple[str, str]:
    return str(mail["To"]), str(mail["Message-ID"])


def test_ten_years(environment: dict[str, str], mailbox: PlainMailbox) -> None:
    chance = random.Random(8)
    clock = MovedClock()
    clock.at_ms = BEGIN
    office = build(Settings.from_env({k: v for k, v in environment.items() if k.startswith("MEMORATA_")}), clock)
    all_series = autopilot(office)
    assert len(all_series) >= 8
    ends = dict.fromkeys(all_series, 0)
    workers = [Worker(environment), Worker(environment)]
    kills = steps = 0
    now_ms = BEGIN
    late: list[tuple[int, int]] = []
    try:
        while now_ms < END:
            steps += 1
            clock.at_ms = now_ms
            carry_over(office, ends, now_ms)
            for worker in workers:
                worker.begin(now_ms)
            if chance.random() < 0.01:
                # In the middle of its work, as far as chance has it.
                chance.choice(workers).kill()
                kills += 1
            dues = [due for worker in workers if worker._process is not None and (due := worker.end()) is not None]
            step_ms = max(min(dues, default=END), now_ms + LEAST_STEP_MS)
            if chance.random() < 0.01:
                # Nobody is there for some hours, through starts and reminders.
                for worker in workers:
                    worker.kill()
                kills += 2
                step_ms += chance.randrange(1, 6) * 3_600_000
                late.append((now_ms, step_ms))
            now_ms = min(step_ms, now_ms + MOST_STEP_MS)
    finally:
        for worker in workers:
            worker.kill()
    print(f"{steps} steps, {kills} kills, {[worker.starts for worker in workers]} starts")
    assert kills >= 10
    _each_ceremony_once(office, all_series, late)
    _each_reminder_once(office, mailbox, late)
    office.database.dispose()


def _each_ceremony_once(office: Services, all_series: dict[str, Any], late: list[tuple[int, int]]) -> None:
    with office.database.reading() as connection:
        rows = connection.execute(select(t.event.c.ceremony_id, t.event.c.kind, t.event.c.at_ms)).all()
    opened = Counter(row.ceremony_id for row in rows if row.kind == "ceremony.opened")
    closed = Counter(row.ceremony_id for row in rows if row.kind == "ceremony.closed")
    at_ms = {row.ceremony_id: row.at_ms for row in rows if row.kind == "ceremony.opened"}
    wanted = {}
    for series in all_series.values():
        for occurrence in agenda(series, date(2027, 1, 1), date(2036, 12, 20)):
            for held in sittings(series, occurrence):
                name = ceremony_id(series, occurrence, held.site)
                wanted[name] = programme_for(series, occurrence, name, sitting=held).lobby_opens_ms
    assert len(wanted) >= 80
    assert {name: opened[name] for name in wanted} == dict.fromkeys(wanted, 1)
    assert {name: closed[name] for name in wanted} == dict.fromkeys(wanted, 1)
    # Opened when it is time, or with the first look after nobody was there.
    for name, opens_ms in wanted.items():
        down = next((to for since, to in late if since < opens_ms <= to), None)
        assert at_ms[name] <= (opens_ms + LEAST_STEP_MS if down is None else down), name


def _each_reminder_once(office: Services, mailbox: PlainMailbox, late: list[tuple[int, int]]) -> None:
    arrived = Counter(told(mail) for mail in mailbox.arrived)
    assert set(arrived.values()) == {1}
    with office.database.reading() as connection:
        dues = connection.execute(select(t.due)).all()
    states = Counter((row.kind, row.state) for row in dues)
    ripe = [row for row in dues if row.due_ms < END - MOST_STEP_MS]
    # A reminder that came due while nobody was there, and until the ceremony had begun, is none any more.
    begun = [row for row in ripe if row.kind == "reminder" and row.said == "begun"]
    assert all(any(since < row.due_ms <= to for since, to in late) for row in begun)
    assert [row for row in ripe if row.kind == "reminder" and row.state != "done" and row not in begun] == []
    mails = [row for row in ripe if row.kind == "mail"]
    uncertain = [row for row in mails if row.said == "uncertain"]
    assert [row for row in mails if row.state != "done" and row not in uncertain] == [], states
    sent = sum(row.state == "done" and not row.said for row in dues if row.kind == "mail")
    # Whether a mail went out in whose middle a process was killed nobody knows; it is not sent again.
    assert sent <= len(mailbox.arrived) <= sent + len(uncertain)
    assert len(uncertain) <= 10
    assert len(mailbox.arrived) >= 400
