"""The tables: ceremonies and their logs, who entered, answers given, tributes counted. migrations/ builds them."""

from sqlalchemy import BigInteger, Column, ForeignKey, Integer, MetaData, String, Table, Text, UniqueConstraint

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_name)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)

_CEREMONY = "ceremony.id"

ceremony = Table(
    "ceremony",
    metadata,
    Column("id", String(200), primary_key=True),
    Column("epoch", String(40), nullable=False),
    Column("seq", Integer, nullable=False, server_default="0"),
)
"""`seq` is the head of the log: who writes moves it on from what they have read, or writes nothing."""

event = Table(
    "event",
    metadata,
    Column("ceremony_id", ForeignKey(_CEREMONY), primary_key=True),
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("at_ms", BigInteger, nullable=False),
    Column("by", String(80), nullable=False),
    Column("kind", String(40), nullable=False),
    Column("data", Text, nullable=False),
)
"""`data` is JSON as on the wire."""

command = Table(
    "command",
    metadata,
    Column("ceremony_id", ForeignKey(_CEREMONY), primary_key=True),
    Column("participant_id", String(80), primary_key=True),
    Column("cmd_id", String(80), primary_key=True),
    Column("seq", Integer, nullable=False),
    Column("at_ms", BigInteger, nullable=False, index=True),
)
"""Commands that were granted, so that a repetition gets the first answer."""

tribute_mark = Table(
    "tribute_mark",
    metadata,
    Column("ceremony_id", ForeignKey(_CEREMONY), primary_key=True),
    Column("item_id", String(200), primary_key=True),
    Column("key", String(20), primary_key=True),
    Column("participant_id", String(80), primary_key=True),
)

participant = Table(
    "participant",
    metadata,
    Column("id", String(22), primary_key=True),
    Column("ceremony_id", ForeignKey(_CEREMONY), nullable=False),
    Column("role", String(20), nullable=False),
    Column("device_hash", String(43), nullable=False),
    Column("generation", Integer, nullable=False, server_default="0"),
    Column("name", Text, nullable=False, server_default=""),
    Column("community", Text, nullable=False, server_default=""),
    Column("country", String(2)),
    Column("language", String(40), nullable=False, server_default=""),
    Column("consent", String(10), nullable=False, server_default="count"),
    Column("people", Integer, nullable=False, server_default="1"),
    Column("entered_ms", BigInteger, nullable=False),
    UniqueConstraint("ceremony_id", "role", "device_hash"),
)
"""`generation` is that of the link by which they came last."""

link = Table(
    "link",
    metadata,
    Column("ceremony_id", ForeignKey(_CEREMONY), primary_key=True),
    Column("role", String(20), primary_key=True),
    Column("generation", Integer, nullable=False),
)
"""Links that have been replaced, and how often; the links themselves are derived from the secret."""
