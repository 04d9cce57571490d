"""Which of several workers keeps the stages."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "keeping",
        sa.Column("what", sa.String(20), nullable=False),
        sa.Column("worker", sa.String(120), nullable=False),
        sa.Column("process", sa.String(120), nullable=False),
        sa.Column("term", sa.BigInteger(), nullable=False),
        sa.Column("beat", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("what", name="pk_keeping"),
    )


def downgrade() -> None:
    op.drop_table("keeping")
