"""Planning and mails together, on fakes: a series, its people, and a clock that the test moves."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, time
from typing import Any

from memorata.adapters.countries import is_country
from memorata.domain.anniversary import Departure, Reminder, Series
from memorata.domain.rules import Fixed
from memorata.services.agenda import Agenda
from memorata.services.inviting import Inviting
from memorata.services.keys import Keys
from memorata.services.live import LiveCeremonies
from memorata.services.planbook import PlanBook
from memorata.services.planner import Planner
from memorata.services.planning_ports import Contact, Due, Guest, OccurrenceRow, SeriesRow
from memorata.services.ports import Letter, Mailer
from memorata.services.reminding import Note, Reminding
from tests.builders import START_MS, an_item
from tests.fakes import FakeAlarm, FakeClock, FakeMailer, MemoryInvitations, MemoryLog, RecordingPublisher
from tests.fakes_planning import MemoryArchives, MemoryContacts, MemoryDues, MemorySeries, MemoryTrail

DAY_MS = 86_400_000
HOUR_MS = 3_600_000
KEY = "2027-01-27"
SUBJECT = f"leningrad/{KEY}"

SERIES = Series(
    id="leningrad",
    title={"ru": "Непокорённые", "en": "Unconquered"},
    subject={"ru": "Полное снятие блокады Ленинграда", "en": "The siege of Leningrad is lifted"},
    languages=("ru", "en"),
    rule=Fixed(1, 27),
    at=time(14),
    zone="Europe/Moscow",
    base_date=date(1944, 1, 27),
    items=(an_item("words", planned_s=600), an_item("farewell", planned_s=300)),
    reminders=(
        Reminder(30 * 86_400),
        Reminder(7 * 86_400, {"en": "Bring a candle if you have one.", "ru": "Принесите свечу, если она у вас есть."}),
        Reminder(86_400),
        Reminder(3_600),
    ),
    organizer="Museum of the Siege",
    telephone="+7 812 000-00-00",
)

AIGERIM = Contact(
    "aigerim", "leningrad", "Айгерим Бекова", language="ru", country="KZ", zone="Asia/Almaty", mail="aigerim@a.example"
)
BRUNO = Contact("bruno", "leningrad", "Bruno Silva", language="en", zone="America/New_York", mail="bruno@b.example")
CHIYO = Contact("chiyo", "leningrad", "Chiyo Ito", language="en", zone="Asia/Kathmandu", mail="chiyo@c.example")


class Texts:
    """Series by the texts that stand for them."""

    def __init__(self) -> None:
        self.known: dict[str, Series] = {}

    def read(self, series_id: str, text: str, own: str = "") -> tuple[Series | None, Sequence[Any]]:
        return self.known.get(text), ()

    def document(self, text: str) -> dict[str, Any]:
        raise NotImplementedError

    def merged(self, text: str, document: Any) -> str:
        raise NotImplementedError


class PostRoom:
    """`sent` are the letters; `notes` what each said. It is sixty days before the ceremony."""

    def __init__(
        self,
        *people: Contact,
        series: Series = SERIES,
        compose: Callable[[Note], Letter] | None = None,
        mailer: Mailer | None = None,
    ) -> None:
        self.clock = FakeClock(START_MS - 60 * DAY_MS)
        self.contacts, self.dues, self.texts = MemoryContacts(), MemoryDues(), Texts()
        self.store = MemorySeries(self.contacts)
        self.alarm = FakeAlarm(self.clock)
        self.ceremonies = LiveCeremonies(MemoryLog(), self.clock, RecordingPublisher())
        self.book = PlanBook(self.store, MemoryArchives(), self.texts)
        self.invitations = MemoryInvitations()
        self.keys = Keys(b"k" * 32)
        self.inviting = Inviting(
            self.keys, self.invitations, self.invitations.participants, self.clock, is_country, lambda _: None
        )
        self.post = FakeMailer()
        self.mailer: Mailer = mailer or self.post
        self.notes: list[Note] = []
        self._write = compose or (lambda note: Letter(note.contact.mail, note.what, str(note.starts_ms)))
        self.restart()
        self.texts.known["1"] = series
        self.store.add(SeriesRow(series.id, "site", "1", 1, self.clock.now_ms(), self.clock.now_ms()))
        self.planner.scan()
        self.invite(*people)

    def restart(self) -> None:
        """Another process takes over."""
        self.agenda = Agenda(self.dues, self.clock, self.alarm, "main", beside=lambda work: work())
        self.planner = Planner(
            self.store, self.book, self.ceremonies, self.agenda, MemoryTrail(), self.clock, self.alarm, "2026a"
        )
        self.reminding = self.another()
        self.agenda.on("reminder", self.reminding.remind)
        self.agenda.on("change", self.reminding.changed)
        self.agenda.on("cancel", self.reminding.cancelled)
        self.agenda.on("mail", self.reminding.send, once=True)
        # What others do.
        self.agenda.on("link_check", lambda _: ())
        self.agenda.on("archive", lambda _: ())

    def another(self) -> Reminding:
        return Reminding(
            self.store,
            self.contacts,
            self.dues,
            self.book,
            self.inviting,
            self.mailer,
            self.keys,
            self.clock,
            self._compose,
        )

    def _compose(self, note: Note) -> Letter:
        self.notes.append(note)
        return self._write(note)

    # --- people and series ---

    def invite(self, *people: Contact, key: str = KEY) -> None:
        self.contacts.add(people)
        self.contacts.invite([Guest(one.series, key, one.id) for one in people])

    def set(self, contact: Contact, **fields: Any) -> None:
        """Change somebody as they are now."""
        now = self.contacts.known[contact.id]
        self.contacts.change(replace(now, version=now.version + 1, **fields))

    @property
    def series(self) -> Series:
        (row,) = self.store.all()
        return self.texts.known[row.text]

    def write(self, **fields: Any) -> None:
        """Save the series with other words in it, and plan by them."""
        (row,) = self.store.all()
        self.texts.known[str(row.version + 1)] = replace(self.series, **fields)
        self.store.change(
            replace(row, text=str(row.version + 1), version=row.version + 1, changed_ms=self.clock.now_ms())
        )
        self.planner.scan()

    def depart(self, *departures: Departure) -> None:
        self.write(departures=departures)

    @property
    def kept(self) -> OccurrenceRow:
        found = self.store.occurrence("leningrad", KEY)
        assert found is not None
        return found

    def token(self, contact: Contact, key: str = KEY) -> str:
        return self.keys.reply(contact.series, key, contact.id)

    # --- time ---

    def run(self) -> None:
        """Do what is due now, and what follows from it."""
        for _ in range(1_000):
            if not self.dues.ripe(self.clock.now_ms(), 1):
                return
            self.agenda.scan()
        raise AssertionError("it never ends")

    def to(self, at_ms: int) -> None:
        """Let time pass, doing each piece at its instant."""
        while (following := self.dues.next_ms()) is not None and following <= at_ms:
            self.clock.at_ms = max(self.clock.at_ms, following)
            self.run()
        self.skip(at_ms)

    def skip(self, at_ms: int) -> None:
        """Nobody is there until then."""
        self.clock.at_ms = at_ms
        self.run()

    def before(self, ms: int) -> None:
        """Let time pass until so long before the start."""
        self.to(START_MS - ms)

    # --- what came of it ---

    def taken(self) -> list[tuple[str, str]]:
        """To whom and what, of the mails since this was asked last."""
        sent = [(letter.to.partition("@")[0], letter.subject) for letter in self.post.sent]
        self.post.sent.clear()
        return sorted(sent)

    def mails(self) -> dict[str, tuple[str, str]]:
        """What became of each mail: its state, and what is said of it."""
        return {one.recipient: (one.state, one.said) for one in self.dues.rows.values() if one.kind == "mail"}

    def due(self, kind: str, recipient: str) -> Due:
        return next(one for one in self.dues.rows.values() if (one.kind, one.recipient) == (kind, recipient))
