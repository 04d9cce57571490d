"""Counts the people of a ceremony before their names are erased."""

from collections import Counter

from sqlalchemy import select

from memorata.adapters.store.database import Database
from memorata.adapters.store.tables import participant
from memorata.services.archiving import Tally

_AUDIENCE = ("participant", "speaker", "watcher")


class SqlTallies:
    def __init__(self, database: Database) -> None:
        self._database = database

    def tally(self, ceremony_id: str) -> Tally:
        wanted = select(participant.c.people, participant.c.country, participant.c.community).where(
            participant.c.ceremony_id == ceremony_id,
            participant.c.standing == "admitted",
            participant.c.role.in_(_AUDIENCE),
        )
        with self._database.reading() as connection:
            rows = connection.execute(wanted).all()
        countries: Counter[str] = Counter()
        for row in rows:
            if row.country:
                countries[row.country] += row.people
        by_size = sorted(countries.items(), key=lambda one: (-one[1], one[0]))
        communities = {row.community.casefold() for row in rows if row.community}
        return Tally(sum(row.people for row in rows), tuple(by_size), len(communities))
