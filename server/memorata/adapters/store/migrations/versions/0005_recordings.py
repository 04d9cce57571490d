"""Recordings of what people say, with whose consent, and how far each has come."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "recording",
        sa.Column("id", sa.String(22), nullable=False),
        sa.Column("ceremony_id", sa.String(200), nullable=False),
        sa.Column("participant_id", sa.String(22), nullable=False),
        sa.Column("key", sa.String(80), nullable=False),
        sa.Column("name", sa.Text(), nullable=False, server_default=""),
        sa.Column("community", sa.Text(), nullable=False, server_default=""),
        sa.Column("item_id", sa.String(200), nullable=False, server_default=""),
        sa.Column("started_ms", sa.BigInteger(), nullable=False),
        sa.Column("ended_ms", sa.BigInteger()),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("parts", sa.Integer(), nullable=False, server_default="1"),
        sa.Column("bytes", sa.BigInteger(), nullable=False, server_default="0"),
        sa.Column("duration_ms", sa.BigInteger(), nullable=False, server_default="0"),
        sa.Column("media_type", sa.String(40), nullable=False, server_default="video/webm"),
        sa.PrimaryKeyConstraint("id", name="pk_recording"),
    )
    op.create_index("ix_recording_ceremony_id", "recording", ["ceremony_id"])
    op.create_index("ix_recording_participant_id", "recording", ["participant_id"])


def downgrade() -> None:
    op.drop_table("recording")
