"""Ceremonies and their logs, who entered, answers given, tributes counted."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "ceremony",
        sa.Column("id", sa.String(200), nullable=False),
        sa.Column("epoch", sa.String(40), nullable=False),
        sa.Column("seq", sa.Integer(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_ceremony"),
    )
    op.create_table(
        "event",
        sa.Column("ceremony_id", sa.String(200), nullable=False),
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.Column("by", sa.String(80), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("data", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["ceremony_id"], ["ceremony.id"], name="fk_event_ceremony_id"),
        sa.PrimaryKeyConstraint("ceremony_id", "seq", name="pk_event"),
    )
    op.create_table(
        "command",
        sa.Column("ceremony_id", sa.String(200), nullable=False),
        sa.Column("participant_id", sa.String(80), nullable=False),
        sa.Column("cmd_id", sa.String(80), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["ceremony_id"], ["ceremony.id"], name="fk_command_ceremony_id"),
        sa.PrimaryKeyConstraint("ceremony_id", "participant_id", "cmd_id", name="pk_command"),
    )
    op.create_index("ix_command_at_ms", "command", ["at_ms"])
    op.create_table(
        "tribute_mark",
        sa.Column("ceremony_id", sa.String(200), nullable=False),
        sa.Column("item_id", sa.String(200), nullable=False),
        sa.Column("key", sa.String(20), nullable=False),
        sa.Column("participant_id", sa.String(80), nullable=False),
        sa.ForeignKeyConstraint(["ceremony_id"], ["ceremony.id"], name="fk_tribute_mark_ceremony_id"),
        sa.PrimaryKeyConstraint("ceremony_id", "item_id", "key", "participant_id", name="pk_tribute_mark"),
    )
    op.create_table(
        "participant",
        sa.Column("id", sa.String(22), nullable=False),
        sa.Column("ceremony_id", sa.String(200), nullable=False),
        sa.Column("role", sa.String(20), nullable=False),
        sa.Column("device_hash", sa.String(43), nullable=False),
        sa.Column("generation", sa.Integer(), server_default="0", nullable=False),
        sa.Column("name", sa.Text(), server_default="", nullable=False),
        sa.Column("community", sa.Text(), server_default="", nullable=False),
        sa.Column("country", sa.String(2), nullable=True),
        sa.Column("language", sa.String(40), server_default="", nullable=False),
        sa.Column("consent", sa.String(10), server_default="count", nullable=False),
        sa.Column("people", sa.Integer(), server_default="1", nullable=False),
        sa.Column("entered_ms", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["ceremony_id"], ["ceremony.id"], name="fk_participant_ceremony_id"),
        sa.PrimaryKeyConstraint("id", name="pk_participant"),
        sa.UniqueConstraint("ceremony_id", "role", "device_hash", name="uq_participant_ceremony_id"),
    )
    op.create_table(
        "link",
        sa.Column("ceremony_id", sa.String(200), nullable=False),
        sa.Column("role", sa.String(20), nullable=False),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["ceremony_id"], ["ceremony.id"], name="fk_link_ceremony_id"),
        sa.PrimaryKeyConstraint("ceremony_id", "role", name="pk_link"),
    )
