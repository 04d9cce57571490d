"""Planning on fakes: organizers, a store in memory, the real parser of schedule files, a clock that the test moves."""

from datetime import date, time
from pathlib import Path
from typing import Any

from memorata.adapters.countries import is_country
from memorata.adapters.letters import Letters
from memorata.domain.civil import instant_ms
from memorata.services.accounts import AccountDesk
from memorata.services.inviting import Inviting
from memorata.services.keys import Keys
from memorata.services.live import LiveCeremonies
from memorata.services.planner import Planner
from memorata.services.planning_ports import Due
from memorata.services.ports import Account
from tests.fake_planning import MemoryStores, planning_of
from tests.fakes import (
    FakeAlarm,
    FakeClock,
    FakeMailer,
    FakePasswords,
    MemoryAccounts,
    MemoryInvitations,
    MemoryLog,
    RecordingPublisher,
)

AMINA = Account("amina", "amina@museum.example", "Amina Otieno", "organizer", 0)
DAY_MS = 86_400_000

REMEMBRANCE: dict[str, Any] = {
    "title": {"en": "Remembrance Sunday"},
    "languages": ["en"],
    "source": "a custom",
    "date": {"rule": "nth_weekday", "month": 11, "weekday": "SU", "n": 2, "time": "10:55", "zone": "Europe/London"},
    "reminders": ["30d", "1d"],
    "items": [
        {"id": "words", "kind": "address", "title": {"en": "Words"}, "planned_s": 300},
        {"id": "silence", "kind": "silence", "title": {"en": "Silence"}, "duration_s": 120},
    ],
}


class PlanningBench:
    """It is 1 February 2027, 12:00 UTC."""

    def __init__(self, folder: Path) -> None:
        self.clock = FakeClock(instant_ms(date(2027, 2, 1), time(12), "UTC"))
        self.alarm = FakeAlarm(self.clock)
        stores = MemoryStores()
        self.dues, self.contacts, self.store = stores.dues, stores.contacts, stores.series
        self.archives, self.trail = stores.archives, stores.trail
        self.ceremonies = LiveCeremonies(MemoryLog(), self.clock, RecordingPublisher())
        keys, mailer, invitations = Keys(b"k" * 32), FakeMailer(), MemoryInvitations()
        inviting = Inviting(keys, invitations, invitations.participants, self.clock, is_country, lambda _: None)
        accounts = AccountDesk(MemoryAccounts(), FakePasswords(), mailer, self.clock)
        letters = Letters("https://memory.example.org")
        planning = planning_of(folder, self.clock, self.ceremonies, accounts, inviting, mailer, keys, letters, stores)
        self.texts, self.book, self.ledger, self.agenda = (
            planning.texts,
            planning.book,
            planning.ledger,
            planning.agenda,
        )
        self.planner, self.series, self.occurrences = planning.planner, planning.series, planning.occurrences
        self.people, self.undoing = planning.contacts, planning.undoing

    def with_zones(self, tzdata: str) -> Planner:
        """A process that has these zone data."""
        return Planner(self.store, self.book, self.ceremonies, self.agenda, self.trail, self.clock, self.alarm, tzdata)

    def published(self, series_id: str = "remembrance", **changed: Any) -> None:
        self.series.make(AMINA, series_id, {**REMEMBRANCE, **changed})
        self.series.publish(AMINA, series_id, 1)

    def version(self, series_id: str = "remembrance") -> int:
        found = self.store.find(series_id)
        assert found is not None
        return found.version

    def planned(self, ceremony: str = "remembrance-2027") -> Any:
        found = self.ceremonies.state(ceremony).programme
        assert found is not None
        return found

    def waiting(self, subject: str = "remembrance/2027-11-14") -> list[tuple[str, str, int]]:
        return [(due.kind, due.recipient, due.due_ms) for due in self.due(subject) if due.state == "waiting"]

    def due(self, subject: str) -> tuple[Due, ...]:
        return self.dues.of_subject(subject)

    def kinds(self) -> list[str]:
        return [entry.kind for entry in self.trail.entries]
