"""Whether an organization's sessions are filmed where they do not say so themselves."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("organizations") as organizations:
        organizations.add_column(sa.Column("films_sessions", sa.Boolean(), nullable=False, server_default=sa.false()))


def downgrade() -> None:
    with op.batch_alter_table("organizations") as organizations:
        organizations.drop_column("films_sessions")
