"""All pages over services that stand on fakes: no socket, no store, a clock that the test moves."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from memorata.adapters.bus.alone import Alone
from memorata.adapters.countries import is_country
from memorata.adapters.http import app as pages
from memorata.adapters.letters import Letters
from memorata.adapters.metrics import Metrics
from memorata.adapters.presence.memory import MemorySeats
from memorata.adapters.sockets.telling import Teller
from memorata.adapters.stage.hls import HlsStreams
from memorata.config import Settings
from memorata.domain.programme import Programme
from memorata.domain.state import door_of
from memorata.services.accounts import AccountDesk
from memorata.services.admission import Admission
from memorata.services.conductor import Conductor
from memorata.services.inviting import Inviting
from memorata.services.keys import Keys
from memorata.services.live import LiveCeremonies
from memorata.services.meters import Meters
from memorata.services.ports import Participant
from memorata.services.presence import PresenceDesk
from memorata.services.privacy import Privacy
from memorata.services.readiness import Readiness
from memorata.services.recording import RecordingDesk
from memorata.services.retention import Retention
from memorata.services.seating import SeatingDesk
from memorata.services.stage import StageDesk
from memorata.services.stage_told import Seen
from memorata.services.troubles import Troubles
from memorata.services.wrongs import Wrongs
from tests.builders import START_MS
from tests.fake_planning import planning_of
from tests.fake_plans import MemoryPlans
from tests.fakes import (
    FakeAlarm,
    FakeClock,
    FakeMailer,
    FakePasswords,
    FakeSecurityLog,
    MemoryAccounts,
    MemoryInvitations,
    MemoryLog,
    MemoryParticipants,
    MemoryPeople,
    RecordingPublisher,
)
from tests.fakes_planning import MemoryContacts, MemorySeries, MemoryTrail
from tests.fakes_recording import MemoryFiles, MemoryRecordings


class _Stage(StageDesk):
    """As far as pages ask it."""

    def __init__(self, office: "Office") -> None:
        self._office = office

    def streamed(self, ceremony_id: str) -> tuple[str, Seen | None]:
        return self._office.streamed


class Office:
    """The services that pages ask, and the pages."""

    def __init__(self, folder: Path, proxies: int = 0, settings: dict[str, Any] | None = None) -> None:
        self.clock = FakeClock(START_MS - 600_000)
        usual: dict[str, Any] = {"base_url": "https://memory.example.org", "schedules_dir": folder, "proxies": proxies}
        self.settings = Settings(folder, "", b"k" * 32, **{**usual, **(settings or {})})
        self.log, self.participants, publisher = MemoryLog(), MemoryParticipants(), RecordingPublisher()
        self.ceremonies = LiveCeremonies(self.log, self.clock, publisher)
        alarm = FakeAlarm(self.clock)
        self.seats = MemorySeats()
        self.presence = PresenceDesk(self.seats, publisher, self.clock, alarm, self.ceremonies.silent)
        keys, self.invitations = Keys(self.settings.secret_key), MemoryInvitations(self.participants)
        self.recorded, self.films = MemoryRecordings(), MemoryFiles()
        self.recordings = RecordingDesk(self.recorded, self.films, self.participants, self.clock, alarm)
        self.streams = HlsStreams(self.settings.data_dir / "streams")
        self.inviting = Inviting(keys, self.invitations, self.participants, self.clock, is_country, publisher.put_out)
        self.mailer, self.trail = FakeMailer(), list[tuple[str, dict[str, object]]]()
        self.accounts = AccountDesk(
            MemoryAccounts(),
            FakePasswords(),
            self.mailer,
            self.clock,
            note=lambda kind, **facts: self.trail.append((kind, facts)),
            beside=lambda work: work(),
        )
        self.admission = Admission(
            keys,
            self.participants,
            self.invitations,
            self.ceremonies.ids,
            lambda ceremony_id: door_of(self.ceremonies.state(ceremony_id)),
            self.clock,
            is_country,
            self._changed,
            publisher.removed,
            self.accounts.signed_in,
        )
        self.seating = SeatingDesk(
            self.seats, self.settings.seats, Alone(), self.invitations, tuple, self.ceremonies.silent, keys, self.clock,
            alarm,
        )  # fmt: skip
        people = self.log.people = MemoryPeople(self.participants)
        self.retention = Retention(self.ceremonies, people, self.clock, alarm, 30)
        keys = Keys(self.settings.secret_key)
        book = MemoryContacts()
        self.privacy = Privacy(
            self.ceremonies,
            self.log,
            self.participants,
            people,
            MemorySeries(book),
            book,
            MemoryTrail(),
            keys,
            self.clock,
        )
        self.teller = Teller(self.ceremonies, self.presence, self.clock)
        self.conductor = Conductor(self.ceremonies, self.clock, alarm, lambda _: None, alone=True)
        self.security = FakeSecurityLog()
        self.readiness, self.metrics = Readiness(), Metrics(Meters())
        self.wrongs = Wrongs(Alone())
        self.troubles = Troubles(FakeAlarm(self.clock), lambda: None)
        self.streamed: tuple[str, Seen | None] = ("", None)
        self.stage = _Stage(self)
        self.plans = MemoryPlans()
        self.letters = Letters(self.settings.base_url)
        self.planning = planning_of(
            folder, self.clock, self.ceremonies, self.accounts, self.inviting, self.mailer, keys, self.letters
        )
        self.app = Flask("memorata", static_folder=None)
        pages.register(self.app, self)

    def _changed(self, participant: Participant) -> None:
        self.recordings.changed(participant)
        self.presence.changed(participant)

    def plan(self, programme: Programme) -> dict[str, str]:
        """Plan a ceremony; the keys of its links."""
        self.ceremonies.plan(programme)
        self.conductor.scan_due()
        return dict(self.admission.links(programme.ceremony_id))

    def browser(self) -> FlaskClient:
        return self.app.test_client()


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office(tmp_path)


@pytest.fixture
def browser(office: Office) -> FlaskClient:
    return office.browser()


Planner = Callable[[Programme], dict[str, str]]
