"""The tables: ceremonies and their logs, who entered, answers given, tributes counted. migrations/ builds them."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    false,
)

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
    Column("invitation_id", String(22), index=True),
    Column("standing", String(10), nullable=False, server_default="admitted"),
    Column("name_state", String(10), nullable=False, server_default="held"),
    Column("recording", Boolean, nullable=False, server_default=false()),
    Column("session_hash", LargeBinary(32)),
    Column("changed_ms", BigInteger, nullable=False, server_default="0", index=True),
    Column("judged", Text, nullable=False, server_default=""),
    Column("hall", String(40), nullable=False, server_default=""),
    UniqueConstraint("ceremony_id", "role", "device_hash"),
)
"""`generation` is that of the link by which they came last; `invitation_id` is that of a personal one.

`session_hash` is that of somebody who has signed in and came without any link.

`changed_ms` is when any of it was written last, by which other processes find it; `judged` is JSON: what a moderator
decided last, and how to undo it. `hall` is the id of the hall whose link it was; empty for people.
"""

link = Table(
    "link",
    metadata,
    Column("ceremony_id", ForeignKey(_CEREMONY), primary_key=True),
    Column("role", String(20), primary_key=True),
    Column("generation", Integer, nullable=False),
)
"""Links that have been replaced, and how often; the links themselves are derived from the secret."""

invitation = Table(
    "invitation",
    metadata,
    Column("id", String(22), primary_key=True),
    Column("ceremony_id", ForeignKey(_CEREMONY), nullable=False),
    Column("role", String(20), nullable=False),
    Column("token_hash", LargeBinary(32), nullable=False, unique=True),
    Column("code_hash", LargeBinary(32)),
    Column("turn", Integer, nullable=False, server_default="0"),
    Column("name", Text, nullable=False, server_default=""),
    Column("community", Text, nullable=False, server_default=""),
    Column("country", String(2)),
    Column("language", String(40), nullable=False, server_default=""),
    Column("mail", Text, nullable=False, server_default=""),
    Column("created_ms", BigInteger, nullable=False),
    Column("revoked_ms", BigInteger),
    Column("hall", String(40), nullable=False, server_default=""),
    UniqueConstraint("ceremony_id", "code_hash"),
)
"""Personal links: whom they are for, and the hashes by which token and spoken code are known again.

`turn` counts how often a code was drawn until it was nobody else's; `mail` is where the letter goes, if anywhere;
`hall` is the id of the hall of the programme that joins by it, empty for people.
"""

claim = Table(
    "claim",
    metadata,
    Column("link_hash", LargeBinary(32), primary_key=True),
    Column("device_hash", String(43), primary_key=True),
    Column("at_ms", BigInteger, nullable=False),
)
"""Which browsers a link of somebody who leads has been exchanged in; the first needs no PIN, the others do."""

account = Table(
    "account",
    metadata,
    Column("id", String(22), primary_key=True),
    Column("mail", String(254), nullable=False, unique=True),
    Column("name", Text, nullable=False, server_default=""),
    Column("role", String(20), nullable=False),
    Column("password_hash", Text),
    Column("created_ms", BigInteger, nullable=False),
    Column("disabled_ms", BigInteger),
)
"""Organizers and admins; without a password they sign in by a link in a mail."""

account_session = Table(
    "account_session",
    metadata,
    Column("session_hash", LargeBinary(32), primary_key=True),
    Column("account_id", ForeignKey("account.id"), nullable=False, index=True),
    Column("created_ms", BigInteger, nullable=False),
    Column("expires_ms", BigInteger, nullable=False),
)

account_link = Table(
    "account_link",
    metadata,
    Column("link_hash", LargeBinary(32), primary_key=True),
    Column("account_id", ForeignKey("account.id")),
    Column("expires_ms", BigInteger, nullable=False),
    Column("used_ms", BigInteger),
)
"""Good once and not for long: links to sign in, and, for nobody's account, the code of the first set-up."""

instance = Table(
    "instance",
    metadata,
    Column("name", String(80), primary_key=True),
    Column("process", String(120), nullable=False),
    Column("beat_ms", BigInteger, nullable=False),
)
"""Which process serves this store under a name just now, and when it last said so."""

keeping = Table(
    "keeping",
    metadata,
    Column("what", String(20), primary_key=True),
    Column("worker", String(120), nullable=False),
    Column("process", String(120), nullable=False),
    Column("term", BigInteger, nullable=False),
    Column("beat", BigInteger, nullable=False),
)
"""Which of several workers keeps what only one may: `term` grows with each taking over, `beat` while one keeps."""

erasure = Table(
    "erasure",
    metadata,
    Column("ceremony_id", ForeignKey(_CEREMONY), primary_key=True),
    Column("what", String(20), primary_key=True),
    Column("at_ms", BigInteger, nullable=False),
)
"""What has been erased of a ceremony when its time was over: names, mails."""

series = Table(
    "series",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("managed", String(10), nullable=False),
    Column("text", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("changed_ms", BigInteger, nullable=False),
    Column("published_ms", BigInteger),
    Column("removed_ms", BigInteger),
)
"""Anniversaries; `text` is TOML as in schedules/, and the one truth."""

occurrence = Table(
    "occurrence",
    metadata,
    Column("series", ForeignKey("series.id"), primary_key=True),
    Column("key", String(10), primary_key=True),
    Column("date", String(10), nullable=False),
    Column("at", String(8), nullable=False),
    Column("zone", String(64), nullable=False),
    Column("tzdata", String(20), nullable=False),
    Column("instants", Text, nullable=False, server_default="{}"),
    Column("told", Text, nullable=False, server_default="{}"),
    Column("sequence", Integer, nullable=False, server_default="0"),
    Column("cancelled", Boolean, nullable=False, server_default=false()),
    Column("programme", Text, nullable=False, server_default=""),
    Column("notes", Text, nullable=False, server_default=""),
    Column("version", Integer, nullable=False, server_default="1"),
)
"""Civil time, zone and the version of the zone data, and the instants that they gave; JSON by site."""

contact = Table(
    "contact",
    metadata,
    Column("id", String(22), primary_key=True),
    Column("series", ForeignKey("series.id"), nullable=False, index=True),
    Column("name", Text, nullable=False),
    Column("community", Text, nullable=False, server_default=""),
    Column("country", String(2)),
    Column("language", String(40), nullable=False, server_default=""),
    Column("zone", String(64), nullable=False, server_default=""),
    Column("site", String(40), nullable=False, server_default=""),
    Column("mail", Text, nullable=False, server_default=""),
    Column("telephone", Text, nullable=False, server_default=""),
    Column("role", String(20), nullable=False, server_default="participant"),
    Column("note", Text, nullable=False, server_default=""),
    Column("in_memory_ms", BigInteger),
    Column("unsubscribed_ms", BigInteger),
    Column("created_ms", BigInteger, nullable=False),
    Column("version", Integer, nullable=False, server_default="1"),
)

guest = Table(
    "guest",
    metadata,
    Column("series", String(40), primary_key=True),
    Column("key", String(10), primary_key=True),
    Column("contact_id", ForeignKey("contact.id"), primary_key=True, index=True),
    Column("ceremony_id", String(200), nullable=False, server_default=""),
    Column("invitation_id", String(22)),
    Column("answer", String(10), nullable=False, server_default=""),
    Column("answered_ms", BigInteger),
)

due = Table(
    "due",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("kind", String(20), nullable=False),
    Column("subject", String(200), nullable=False, index=True),
    Column("recipient", String(80), nullable=False, server_default=""),
    Column("due_ms", BigInteger, nullable=False),
    Column("data", Text, nullable=False, server_default=""),
    Column("state", String(10), nullable=False, server_default="waiting"),
    Column("claimed_ms", BigInteger),
    Column("claimed_by", String(120), nullable=False, server_default=""),
    Column("tries", Integer, nullable=False, server_default="0"),
    Column("done_ms", BigInteger),
    Column("said", Text, nullable=False, server_default=""),
    UniqueConstraint("kind", "subject", "recipient"),
    Index("ix_due_state", "state", "due_ms"),
)
"""Work that comes due, each row done once by whoever claims it."""

trail = Table(
    "trail",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("at_ms", BigInteger, nullable=False),
    Column("by", String(80), nullable=False),
    Column("by_name", Text, nullable=False, server_default=""),
    Column("kind", String(40), nullable=False),
    Column("series", String(40), nullable=False, index=True),
    Column("about", String(200), nullable=False, server_default=""),
    Column("facts", Text, nullable=False, server_default="{}"),
    Column("before", Text, nullable=False, server_default=""),
    Column("after", Integer, nullable=False, server_default="0"),
    Column("undone_ms", BigInteger),
)
"""Who changed what in planning, and what brings it back."""

link_check = Table(
    "link_check",
    metadata,
    Column("ceremony_id", String(200), primary_key=True),
    Column("item_id", String(200), primary_key=True),
    Column("link", String(1000), primary_key=True),
    Column("at_ms", BigInteger, nullable=False),
    Column("ok", Boolean, nullable=False),
    Column("said", Text, nullable=False, server_default=""),
)

archive = Table(
    "archive",
    metadata,
    Column("ceremony_id", String(200), primary_key=True),
    Column("series", String(40), nullable=False, index=True),
    Column("at_ms", BigInteger, nullable=False),
    Column("data", Text, nullable=False),
)

rehearsal = Table(
    "rehearsal",
    metadata,
    Column("ceremony_id", String(200), primary_key=True),
    Column("series", String(40), nullable=False),
    Column("key", String(10), nullable=False),
    Column("by", String(80), nullable=False),
    Column("created_ms", BigInteger, nullable=False),
    Column("wiped_ms", BigInteger),
)

recording = Table(
    "recording",
    metadata,
    Column("id", String(22), primary_key=True),
    Column("ceremony_id", String(200), nullable=False, index=True),
    Column("participant_id", String(22), nullable=False, index=True),
    Column("key", String(80), nullable=False),
    Column("name", Text, nullable=False, server_default=""),
    Column("community", Text, nullable=False, server_default=""),
    Column("item_id", String(200), nullable=False, server_default=""),
    Column("started_ms", BigInteger, nullable=False),
    Column("ended_ms", BigInteger),
    Column("state", String(10), nullable=False),
    Column("parts", Integer, nullable=False, server_default="1"),
    Column("bytes", BigInteger, nullable=False, server_default="0"),
    Column("duration_ms", BigInteger, nullable=False, server_default="0"),
    Column("media_type", String(40), nullable=False, server_default="video/webm"),
)
"""What somebody has said: of whom, with which words over it, and how far it has come; the film is a file."""
