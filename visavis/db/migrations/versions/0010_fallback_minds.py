"""Which language models answer where a persona's own fails."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("personas") as personas:
        personas.add_column(sa.Column("fallback_llm_ids", sa.JSON(none_as_null=True), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("personas") as personas:
        personas.drop_column("fallback_llm_ids")
