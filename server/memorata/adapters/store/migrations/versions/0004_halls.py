"""Halls elsewhere: which hall a personal link belongs to, and whoever came by it."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for table in ("invitation", "participant"):
        with op.batch_alter_table(table) as altered:
            altered.add_column(sa.Column("hall", sa.String(40), nullable=False, server_default=""))


def downgrade() -> None:
    for table in ("participant", "invitation"):
        with op.batch_alter_table(table) as altered:
            altered.drop_column("hall")
