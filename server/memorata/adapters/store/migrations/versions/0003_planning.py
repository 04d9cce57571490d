"""Planning: series and occurrences, contacts and guests, due work, a trail, checks, archives, rehearsals."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "series",
        sa.Column("id", sa.String(40), nullable=False),
        sa.Column("managed", sa.String(10), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("changed_ms", sa.BigInteger(), nullable=False),
        sa.Column("published_ms", sa.BigInteger()),
        sa.Column("removed_ms", sa.BigInteger()),
        sa.PrimaryKeyConstraint("id", name="pk_series"),
    )
    op.create_table(
        "occurrence",
        sa.Column("series", sa.String(40), nullable=False),
        sa.Column("key", sa.String(10), nullable=False),
        sa.Column("date", sa.String(10), nullable=False),
        sa.Column("at", sa.String(8), nullable=False),
        sa.Column("zone", sa.String(64), nullable=False),
        sa.Column("tzdata", sa.String(20), nullable=False),
        sa.Column("instants", sa.Text(), nullable=False, server_default="{}"),
        sa.Column("told", sa.Text(), nullable=False, server_default="{}"),
        sa.Column("sequence", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("cancelled", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("programme", sa.Text(), nullable=False, server_default=""),
        sa.Column("notes", sa.Text(), nullable=False, server_default=""),
        sa.Column("version", sa.Integer(), nullable=False, server_default="1"),
        sa.ForeignKeyConstraint(["series"], ["series.id"], name="fk_occurrence_series"),
        sa.PrimaryKeyConstraint("series", "key", name="pk_occurrence"),
    )
    op.create_table(
        "contact",
        sa.Column("id", sa.String(22), nullable=False),
        sa.Column("series", sa.String(40), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("community", sa.Text(), nullable=False, server_default=""),
        sa.Column("country", sa.String(2)),
        sa.Column("language", sa.String(40), nullable=False, server_default=""),
        sa.Column("zone", sa.String(64), nullable=False, server_default=""),
        sa.Column("site", sa.String(40), nullable=False, server_default=""),
        sa.Column("mail", sa.Text(), nullable=False, server_default=""),
        sa.Column("telephone", sa.Text(), nullable=False, server_default=""),
        sa.Column("role", sa.String(20), nullable=False, server_default="participant"),
        sa.Column("note", sa.Text(), nullable=False, server_default=""),
        sa.Column("in_memory_ms", sa.BigInteger()),
        sa.Column("unsubscribed_ms", sa.BigInteger()),
        sa.Column("created_ms", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False, server_default="1"),
        sa.ForeignKeyConstraint(["series"], ["series.id"], name="fk_contact_series"),
        sa.PrimaryKeyConstraint("id", name="pk_contact"),
    )
    op.create_index("ix_contact_series", "contact", ["series"])
    op.create_table(
        "guest",
        sa.Column("series", sa.String(40), nullable=False),
        sa.Column("key", sa.String(10), nullable=False),
        sa.Column("contact_id", sa.String(22), nullable=False),
        sa.Column("ceremony_id", sa.String(200), nullable=False, server_default=""),
        sa.Column("invitation_id", sa.String(22)),
        sa.Column("answer", sa.String(10), nullable=False, server_default=""),
        sa.Column("answered_ms", sa.BigInteger()),
        sa.ForeignKeyConstraint(["contact_id"], ["contact.id"], name="fk_guest_contact_id"),
        sa.PrimaryKeyConstraint("series", "key", "contact_id", name="pk_guest"),
    )
    op.create_index("ix_guest_contact_id", "guest", ["contact_id"])
    op.create_table(
        "due",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("subject", sa.String(200), nullable=False),
        sa.Column("recipient", sa.String(80), nullable=False, server_default=""),
        sa.Column("due_ms", sa.BigInteger(), nullable=False),
        sa.Column("data", sa.Text(), nullable=False, server_default=""),
        sa.Column("state", sa.String(10), nullable=False, server_default="waiting"),
        sa.Column("claimed_ms", sa.BigInteger()),
        sa.Column("claimed_by", sa.String(120), nullable=False, server_default=""),
        sa.Column("tries", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("done_ms", sa.BigInteger()),
        sa.Column("said", sa.Text(), nullable=False, server_default=""),
        sa.PrimaryKeyConstraint("id", name="pk_due"),
        sa.UniqueConstraint("kind", "subject", "recipient", name="uq_due_kind"),
    )
    op.create_index("ix_due_subject", "due", ["subject"])
    op.create_index("ix_due_state", "due", ["state", "due_ms"])
    op.create_table(
        "trail",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.Column("by", sa.String(80), nullable=False),
        sa.Column("by_name", sa.Text(), nullable=False, server_default=""),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("series", sa.String(40), nullable=False),
        sa.Column("about", sa.String(200), nullable=False, server_default=""),
        sa.Column("facts", sa.Text(), nullable=False, server_default="{}"),
        sa.Column("before", sa.Text(), nullable=False, server_default=""),
        sa.Column("after", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("undone_ms", sa.BigInteger()),
        sa.PrimaryKeyConstraint("id", name="pk_trail"),
    )
    op.create_index("ix_trail_series", "trail", ["series"])
    op.create_table(
        "link_check",
        sa.Column("ceremony_id", sa.String(200), nullable=False),
        sa.Column("item_id", sa.String(200), nullable=False),
        sa.Column("link", sa.String(1000), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.Column("ok", sa.Boolean(), nullable=False),
        sa.Column("said", sa.Text(), nullable=False, server_default=""),
        sa.PrimaryKeyConstraint("ceremony_id", "item_id", "link", name="pk_link_check"),
    )
    op.create_table(
        "archive",
        sa.Column("ceremony_id", sa.String(200), nullable=False),
        sa.Column("series", sa.String(40), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.Column("data", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("ceremony_id", name="pk_archive"),
    )
    op.create_index("ix_archive_series", "archive", ["series"])
    op.create_table(
        "rehearsal",
        sa.Column("ceremony_id", sa.String(200), nullable=False),
        sa.Column("series", sa.String(40), nullable=False),
        sa.Column("key", sa.String(10), nullable=False),
        sa.Column("by", sa.String(80), nullable=False),
        sa.Column("created_ms", sa.BigInteger(), nullable=False),
        sa.Column("wiped_ms", sa.BigInteger()),
        sa.PrimaryKeyConstraint("ceremony_id", name="pk_rehearsal"),
    )


def downgrade() -> None:
    for table in (
        "rehearsal", "archive", "link_check", "trail", "due", "guest", "contact", "occurrence", "series",
    ):  # fmt: skip
        op.drop_table(table)
