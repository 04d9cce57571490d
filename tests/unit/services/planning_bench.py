"""Planning on fakes: organizers, a store in memory, the real parser of schedule files, a clock that the test moves."""

from pathlib import Path
from typing import Any

from memorata.adapters.countries import is_country
from memorata.adapters.schedules.texts import FolderTexts
from memorata.adapters.zones import is_zone
from memorata.domain.civil import instant_ms
from memorata.services.agenda import Agenda
from memorata.services.contacts import ContactDesk
from memorata.services.ledger import Ledger
from memorata.services.live import LiveCeremonies
from memorata.services.occurrences import OccurrenceDesk
from memorata.services.planbook import PlanBook
from memorata.services.planner import Planner
from memorata.services.planning_ports import Due
from memorata.services.ports import Account
from memorata.services.series import SeriesDesk
from memorata.services.undoing import UndoDesk
from tests.fakes import FakeAlarm, FakeClock, MemoryLog, RecordingPublisher
from tests.fakes_planning import MemoryArchives, MemoryContacts, MemoryDues, MemorySeries, MemoryTrail

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
        from datetime import date, time

        self.clock = FakeClock(instant_ms(date(2027, 2, 1), time(12), "UTC"))
        self.alarm = FakeAlarm(self.clock)
        self.dues, self.contacts = MemoryDues(), MemoryContacts()
        self.store = MemorySeries(self.contacts)
        self.archives, self.trail = MemoryArchives(), MemoryTrail()
        self.texts = FolderTexts(folder)
        self.ceremonies = LiveCeremonies(MemoryLog(), self.clock, RecordingPublisher())
        self.book = PlanBook(self.store, self.archives, self.texts)
        self.ledger = Ledger(self.trail, self.clock)
        self.agenda = Agenda(self.dues, self.clock, self.alarm, "one", beside=lambda work: work())
        self.planner = self.with_zones("2026a")
        self.series = SeriesDesk(self.store, self.book, self.texts, self.planner, self.ledger, self.clock)
        self.occurrences = OccurrenceDesk(
            self.store,
            self.contacts,
            self.archives,
            self.book,
            self.texts,
            self.planner,
            self.agenda,
            self.ceremonies,
            self.series,
            self.ledger,
            self.clock,
        )
        self.people = ContactDesk(
            self.contacts, self.book, self.planner, self.agenda, self.ledger, self.clock, is_country, is_zone
        )
        self.undoing = UndoDesk(
            self.trail, self.store, self.series, self.occurrences, self.people, self.ledger, self.clock
        )

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
