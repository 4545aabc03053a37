"""Full text over knowledge, as each database does it. An index of vectors is made when a model first needs one."""

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

# The group is a word of the index, so that a search looks at one group's passages and not at everybody's.
SQLITE = (
    """
    CREATE VIEW knowledge_words_source AS
    SELECT id, replace(group_id, '-', '') AS grouping, content FROM knowledge_chunks
    """,
    """
    CREATE VIRTUAL TABLE knowledge_words USING fts5(
        grouping, content, content='knowledge_words_source', content_rowid='id',
        tokenize='porter unicode61 remove_diacritics 2'
    )
    """,
    """
    CREATE TRIGGER knowledge_words_insert AFTER INSERT ON knowledge_chunks BEGIN
        INSERT INTO knowledge_words (rowid, grouping, content)
        VALUES (new.id, replace(new.group_id, '-', ''), new.content);
    END
    """,
    """
    CREATE TRIGGER knowledge_words_delete AFTER DELETE ON knowledge_chunks BEGIN
        INSERT INTO knowledge_words (knowledge_words, rowid, grouping, content)
        VALUES ('delete', old.id, replace(old.group_id, '-', ''), old.content);
    END
    """,
)
SQLITE_DOWN = (
    "DROP TRIGGER knowledge_words_delete",
    "DROP TRIGGER knowledge_words_insert",
    "DROP TABLE knowledge_words",
    "DROP VIEW knowledge_words_source",
)
POSTGRESQL = (
    """
    ALTER TABLE knowledge_chunks
    ADD COLUMN words tsvector GENERATED ALWAYS AS (to_tsvector('english', content)) STORED
    """,
    "CREATE INDEX knowledge_words ON knowledge_chunks USING gin (words)",
)
POSTGRESQL_DOWN = (
    "DROP TABLE IF EXISTS knowledge_vectors",
    "DROP INDEX knowledge_words",
    "ALTER TABLE knowledge_chunks DROP COLUMN words",
)


def upgrade() -> None:
    _each(SQLITE, POSTGRESQL)


def downgrade() -> None:
    _each(SQLITE_DOWN, POSTGRESQL_DOWN)


def _each(sqlite: tuple[str, ...], postgresql: tuple[str, ...]) -> None:
    for statement in postgresql if op.get_context().dialect.name == "postgresql" else sqlite:
        op.execute(statement)
