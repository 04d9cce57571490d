"""A list of people to invite, as an office programme saves it."""

from memorata.adapters.csv_in import read
from memorata.services.inviting import Guest

COLUMNS = ("name", "community", "country", "language", "role", "mail")


def guests(data: bytes) -> list[Guest]:
    """The people of a table, each with the number of its line.

    Raises: TableFault
    """
    return [Guest(**row.cells, where=str(row.line)) for row in read(data, COLUMNS, ("name",))]
