"""The services of planning over stores in memory, as pages ask them."""

from pathlib import Path

from memorata.adapters.countries import is_country
from memorata.adapters.http.planning.api import Planning
from memorata.adapters.http.planning.views import Shelves
from memorata.adapters.letters import Letters
from memorata.adapters.schedules.texts import FolderTexts
from memorata.adapters.zones import is_zone
from memorata.services.accounts import AccountDesk
from memorata.services.agenda import Agenda
from memorata.services.contacts import ContactDesk
from memorata.services.inviting import Inviting
from memorata.services.keys import Keys
from memorata.services.ledger import Ledger
from memorata.services.link_checks import LinkChecks
from memorata.services.live import LiveCeremonies
from memorata.services.occurrences import OccurrenceDesk
from memorata.services.planbook import PlanBook
from memorata.services.planner import Planner
from memorata.services.ports import Mailer
from memorata.services.reminding import Reminding
from memorata.services.series import SeriesDesk
from memorata.services.undoing import UndoDesk
from tests.fakes import FakeAlarm, FakeClock
from tests.fakes_planning import MemoryArchives, MemoryContacts, MemoryDues, MemorySeries, MemoryTrail


def planning_of(
    folder: Path,
    clock: FakeClock,
    ceremonies: LiveCeremonies,
    accounts: AccountDesk,
    inviting: Inviting,
    mailer: Mailer,
    keys: Keys,
    base_url: str,
) -> tuple[Planning, Agenda]:
    """All of it, and what does the due work when it is told to."""
    alarm, contacts, dues = FakeAlarm(clock), MemoryContacts(), MemoryDues()
    store, archives, trail = MemorySeries(contacts), MemoryArchives(), MemoryTrail()
    texts = FolderTexts(folder)
    book, ledger = PlanBook(store, archives, texts), Ledger(trail, clock)
    agenda = Agenda(dues, clock, alarm, "one", beside=lambda work: work())
    planner = Planner(store, book, ceremonies, agenda, trail, clock, alarm, "2026a")
    series = SeriesDesk(store, book, texts, planner, ledger, clock)
    occurrences = OccurrenceDesk(
        store, contacts, archives, book, texts, planner, agenda, ceremonies, series, ledger, clock
    )
    people = ContactDesk(contacts, book, planner, agenda, ledger, clock, is_country, is_zone)
    reminding = Reminding(store, contacts, dues, book, inviting, mailer, keys, clock, Letters(base_url))
    agenda.on("reminder", reminding.remind)
    agenda.on("change", reminding.changed)
    agenda.on("cancel", reminding.cancelled)
    agenda.on("mail", reminding.send, once=True)
    planning = Planning(
        accounts=accounts,
        book=book,
        texts=texts,
        planner=planner,
        series=series,
        occurrences=occurrences,
        contacts=people,
        undoing=UndoDesk(trail, store, series, occurrences, people, ledger, clock),
        reminding=reminding,
        checks=LinkChecks(ceremonies, archives, None, lambda name: (folder / name).is_file(), clock),
        trail=trail,
        shelves=Shelves(store, contacts, dues, archives),
    )
    return planning, agenda
