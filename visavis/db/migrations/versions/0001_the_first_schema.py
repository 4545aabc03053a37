"""The first schema"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "organizations",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organizations")),
        sa.UniqueConstraint("name", name=op.f("uq_organizations_name")),
    )
    op.create_table(
        "api_keys",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("organization_id", sa.String(length=64), nullable=False),
        sa.Column("label", sa.String(length=255), nullable=False),
        sa.Column("prefix", sa.String(length=16), nullable=False),
        sa.Column("key_hash", sa.String(length=64), nullable=False),
        sa.Column("source", sa.String(length=16), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.id"], name=op.f("fk_api_keys_organization_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_keys")),
        sa.UniqueConstraint("key_hash", name=op.f("uq_api_keys_key_hash")),
    )
    op.create_index(op.f("ix_api_keys_organization_id"), "api_keys", ["organization_id"], unique=False)

    op.create_table(
        "avatars",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("organization_id", sa.String(length=64), nullable=True),
        sa.Column("display_name", sa.String(length=255), nullable=False),
        sa.Column("variant_name", sa.String(length=64), nullable=False),
        sa.Column("description", sa.Text, nullable=True),
        sa.Column("display_tags", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("render_style", sa.String(length=32), nullable=False),
        sa.Column("renderer", sa.String(length=64), nullable=False),
        sa.Column("identity", sa.String(length=64), nullable=False),
        sa.Column("available_versions", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("active_version", sa.String(length=32), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.id"], name=op.f("fk_avatars_organization_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_avatars")),
    )
    op.create_index(op.f("ix_avatars_organization_id"), "avatars", ["organization_id"], unique=False)

    op.create_table(
        "llms",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("organization_id", sa.String(length=64), nullable=True),
        sa.Column("display_name", sa.String(length=255), nullable=False),
        sa.Column("description", sa.Text, nullable=True),
        sa.Column("llm_format", sa.String(length=32), nullable=False),
        sa.Column("urls", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("model_name", sa.String(length=255), nullable=True),
        sa.Column("temperature", sa.Float(precision=53), nullable=True),
        sa.Column("max_tokens", sa.Integer(), nullable=True),
        sa.Column("deployment_name", sa.String(length=255), nullable=True),
        sa.Column("api_version", sa.String(length=64), nullable=True),
        sa.Column("llm_metadata", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("display_tags", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("reasoning_effort", sa.String(length=16), nullable=False),
        sa.Column("reasoning_format", sa.String(length=16), nullable=False),
        sa.Column("is_zdr", sa.Boolean(), nullable=False),
        sa.Column("secret", sa.Text, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.id"], name=op.f("fk_llms_organization_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_llms")),
    )
    op.create_index(op.f("ix_llms_organization_id"), "llms", ["organization_id"], unique=False)

    op.create_table(
        "personas",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("organization_id", sa.String(length=64), nullable=True),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("description", sa.Text, nullable=True),
        sa.Column("persona_preset", sa.String(length=255), nullable=False),
        sa.Column("avatar_id", sa.String(length=64), nullable=True),
        sa.Column("avatar_model", sa.String(length=32), nullable=True),
        sa.Column("voice_id", sa.String(length=64), nullable=True),
        sa.Column("voice_speed", sa.Float(precision=53), nullable=True),
        sa.Column("llm_id", sa.String(length=64), nullable=True),
        sa.Column("system_prompt", sa.Text, nullable=True),
        sa.Column("personality", sa.Text, nullable=True),
        sa.Column("initial_message", sa.Text, nullable=True),
        sa.Column("skip_greeting", sa.Boolean(), nullable=False),
        sa.Column("uninterruptible_greeting", sa.Boolean(), nullable=False),
        sa.Column("zero_data_retention", sa.Boolean(), nullable=False),
        sa.Column("enable_audio_passthrough", sa.Boolean(), nullable=False),
        sa.Column("language_code", sa.String(length=16), nullable=True),
        sa.Column("max_session_length_seconds", sa.Float(precision=53), nullable=True),
        sa.Column("voice_detection_options", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("voice_generation_options", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("director_notes", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("widget_config", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.id"], name=op.f("fk_personas_organization_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_personas")),
    )
    op.create_index(op.f("ix_personas_organization_id"), "personas", ["organization_id"], unique=False)

    op.create_table(
        "voices",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("organization_id", sa.String(length=64), nullable=True),
        sa.Column("display_name", sa.String(length=255), nullable=False),
        sa.Column("provider", sa.String(length=32), nullable=False),
        sa.Column("provider_voice_id", sa.String(length=255), nullable=False),
        sa.Column("provider_model_id", sa.String(length=255), nullable=False),
        sa.Column("served_by", sa.String(length=64), nullable=False),
        sa.Column("served_voice", sa.String(length=255), nullable=False),
        sa.Column("gender", sa.String(length=16), nullable=True),
        sa.Column("country", sa.String(length=2), nullable=True),
        sa.Column("description", sa.Text, nullable=True),
        sa.Column("display_tags", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("is_zdr", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.id"], name=op.f("fk_voices_organization_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_voices")),
    )
    op.create_index(op.f("ix_voices_organization_id"), "voices", ["organization_id"], unique=False)

    op.create_table(
        "session_grants",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("organization_id", sa.String(length=64), nullable=False),
        sa.Column("api_key_id", sa.String(length=64), nullable=False),
        sa.Column("request", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["api_key_id"], ["api_keys.id"], name=op.f("fk_session_grants_api_key_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organizations.id"],
            name=op.f("fk_session_grants_organization_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_session_grants")),
    )
    op.create_index(op.f("ix_session_grants_expires_at"), "session_grants", ["expires_at"], unique=False)

    op.create_table(
        "sessions",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("organization_id", sa.String(length=64), nullable=False),
        sa.Column("api_key_id", sa.String(length=64), nullable=True),
        sa.Column("persona_id", sa.String(length=64), nullable=True),
        sa.Column("client_label", sa.String(length=255), nullable=True),
        sa.Column("client_metadata", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("persona_config", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("start_time", sa.DateTime(timezone=True), nullable=False),
        sa.Column("end_time", sa.DateTime(timezone=True), nullable=True),
        sa.Column("exit_status", sa.String(length=32), nullable=True),
        sa.Column("engine_host", sa.String(length=512), nullable=True),
        sa.Column("engine_protocol", sa.String(length=8), nullable=True),
        sa.Column("engine_version", sa.String(length=32), nullable=True),
        sa.Column("node", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["api_key_id"], ["api_keys.id"], name=op.f("fk_sessions_api_key_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.id"], name=op.f("fk_sessions_organization_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sessions")),
    )
    op.create_index(op.f("ix_sessions_node"), "sessions", ["node"], unique=False)
    op.create_index(
        "ix_sessions_organization_id_start_time", "sessions", ["organization_id", "start_time"], unique=False
    )


def downgrade() -> None:

    op.drop_table("sessions")

    op.drop_table("session_grants")

    op.drop_table("voices")

    op.drop_table("personas")

    op.drop_table("llms")

    op.drop_table("avatars")

    op.drop_table("api_keys")
    op.drop_table("organizations")
