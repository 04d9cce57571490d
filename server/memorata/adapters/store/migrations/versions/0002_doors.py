"""Personal invitations, who was let in, accounts of organizers, one serving process, what has been erased."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("participant") as participant:
        participant.add_column(sa.Column("invitation_id", sa.String(22)))
        participant.add_column(sa.Column("standing", sa.String(10), nullable=False, server_default="admitted"))
        participant.add_column(sa.Column("name_state", sa.String(10), nullable=False, server_default="held"))
        participant.add_column(sa.Column("recording", sa.Boolean(), nullable=False, server_default=sa.false()))
        participant.add_column(sa.Column("session_hash", sa.LargeBinary(32)))
        participant.add_column(sa.Column("changed_ms", sa.BigInteger(), nullable=False, server_default="0"))
        participant.add_column(sa.Column("judged", sa.Text(), nullable=False, server_default=""))
        participant.create_index("ix_participant_invitation_id", ["invitation_id"])
        participant.create_index("ix_participant_changed_ms", ["changed_ms"])
    op.create_table(
        "invitation",
        sa.Column("id", sa.String(22), nullable=False),
        sa.Column("ceremony_id", sa.String(200), nullable=False),
        sa.Column("role", sa.String(20), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(32), nullable=False),
        sa.Column("code_hash", sa.LargeBinary(32)),
        sa.Column("turn", sa.Integer(), server_default="0", nullable=False),
        sa.Column("name", sa.Text(), server_default="", nullable=False),
        sa.Column("community", sa.Text(), server_default="", nullable=False),
        sa.Column("country", sa.String(2)),
        sa.Column("language", sa.String(40), server_default="", nullable=False),
        sa.Column("mail", sa.Text(), server_default="", nullable=False),
        sa.Column("created_ms", sa.BigInteger(), nullable=False),
        sa.Column("revoked_ms", sa.BigInteger()),
        sa.ForeignKeyConstraint(["ceremony_id"], ["ceremony.id"], name="fk_invitation_ceremony_id"),
        sa.PrimaryKeyConstraint("id", name="pk_invitation"),
        sa.UniqueConstraint("token_hash", name="uq_invitation_token_hash"),
        sa.UniqueConstraint("ceremony_id", "code_hash", name="uq_invitation_ceremony_id"),
    )
    op.create_table(
        "claim",
        sa.Column("link_hash", sa.LargeBinary(32), nullable=False),
        sa.Column("device_hash", sa.String(43), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("link_hash", "device_hash", name="pk_claim"),
    )
    op.create_table(
        "account",
        sa.Column("id", sa.String(22), nullable=False),
        sa.Column("mail", sa.String(254), nullable=False),
        sa.Column("name", sa.Text(), server_default="", nullable=False),
        sa.Column("role", sa.String(20), nullable=False),
        sa.Column("password_hash", sa.Text()),
        sa.Column("created_ms", sa.BigInteger(), nullable=False),
        sa.Column("disabled_ms", sa.BigInteger()),
        sa.PrimaryKeyConstraint("id", name="pk_account"),
        sa.UniqueConstraint("mail", name="uq_account_mail"),
    )
    op.create_table(
        "account_session",
        sa.Column("session_hash", sa.LargeBinary(32), nullable=False),
        sa.Column("account_id", sa.String(22), nullable=False),
        sa.Column("created_ms", sa.BigInteger(), nullable=False),
        sa.Column("expires_ms", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name="fk_account_session_account_id"),
        sa.PrimaryKeyConstraint("session_hash", name="pk_account_session"),
    )
    op.create_index("ix_account_session_account_id", "account_session", ["account_id"])
    op.create_table(
        "account_link",
        sa.Column("link_hash", sa.LargeBinary(32), nullable=False),
        sa.Column("account_id", sa.String(22)),
        sa.Column("expires_ms", sa.BigInteger(), nullable=False),
        sa.Column("used_ms", sa.BigInteger()),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name="fk_account_link_account_id"),
        sa.PrimaryKeyConstraint("link_hash", name="pk_account_link"),
    )
    op.create_table(
        "instance",
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("process", sa.String(120), nullable=False),
        sa.Column("beat_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_instance"),
    )
    op.create_table(
        "erasure",
        sa.Column("ceremony_id", sa.String(200), nullable=False),
        sa.Column("what", sa.String(20), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["ceremony_id"], ["ceremony.id"], name="fk_erasure_ceremony_id"),
        sa.PrimaryKeyConstraint("ceremony_id", "what", name="pk_erasure"),
    )


def downgrade() -> None:
    for table in ("erasure", "instance", "account_link", "account_session", "account", "claim", "invitation"):
        op.drop_table(table)
    with op.batch_alter_table("participant") as participant:
        participant.drop_index("ix_participant_changed_ms")
        participant.drop_index("ix_participant_invitation_id")
        for column in (
            "judged", "changed_ms", "session_hash", "recording", "name_state", "standing", "invitation_id",
        ):  # fmt: skip
            participant.drop_column(column)
