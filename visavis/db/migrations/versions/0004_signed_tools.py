"""The secret with which a webhook tool signs its requests, sealed."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("tools") as tools:
        tools.add_column(sa.Column("sealed_signing_secret", sa.Text(), nullable=False, server_default=""))


def downgrade() -> None:
    with op.batch_alter_table("tools") as tools:
        tools.drop_column("sealed_signing_secret")
