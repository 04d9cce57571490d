"""The services of planning over stores in memory, put together as for a server."""

from pathlib import Path

from memorata.adapters.http.planning.api import Planning
from memorata.bootstrap import Stores, planning_on
from memorata.services.accounts import AccountDesk
from memorata.services.agenda import Agenda
from memorata.services.archiving import Tally
from memorata.services.inviting import Inviting
from memorata.services.keys import Keys
from memorata.services.live import LiveCeremonies
from memorata.services.ports import Mailer
from memorata.services.reminding import Compose
from tests.fakes import FakeAlarm, FakeClock
from tests.fakes_planning import MemoryArchives, MemoryContacts, MemoryDues, MemorySeries, MemoryTrail


class NobodyCame:
    def tally(self, ceremony_id: str) -> Tally:
        return Tally()


class MemoryStores:
    """`all` are those that planning is put upon."""

    def __init__(self) -> None:
        self.contacts, self.dues = MemoryContacts(), MemoryDues()
        self.series, self.archives, self.trail = MemorySeries(self.contacts), MemoryArchives(), MemoryTrail()
        self.all = Stores(self.series, self.contacts, self.dues, self.trail, self.archives, NobodyCame())


def planning_of(
    folder: Path,
    clock: FakeClock,
    ceremonies: LiveCeremonies,
    accounts: AccountDesk,
    inviting: Inviting,
    mailer: Mailer,
    keys: Keys,
    letters: Compose,
    stores: MemoryStores | None = None,
) -> Planning:
    """All of it; its agenda does the due work when it is told to."""
    stores, alarm = stores or MemoryStores(), FakeAlarm(clock)
    agenda = Agenda(stores.dues, clock, alarm, "one", beside=lambda work: work())
    return planning_on(
        stores.all, agenda, folder, clock, alarm, ceremonies, accounts, inviting, mailer, keys, letters, None, "2026a"
    )
