"""Keys of organizations for providers, and who speaks when a voice fails"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "provider_secrets",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("organization_id", sa.String(length=64), nullable=True),
        sa.Column("provider", sa.String(length=64), nullable=False),
        sa.Column("secret", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organizations.id"],
            name=op.f("fk_provider_secrets_organization_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_provider_secrets")),
        sa.UniqueConstraint("organization_id", "provider", name=op.f("uq_provider_secrets_organization_id_provider")),
    )
    op.create_index(op.f("ix_provider_secrets_organization_id"), "provider_secrets", ["organization_id"], unique=False)
    with op.batch_alter_table("personas") as batch:
        batch.add_column(sa.Column("fallback_voice_ids", sa.JSON(none_as_null=True), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("personas") as batch:
        batch.drop_column("fallback_voice_ids")
    op.drop_table("provider_secrets")
