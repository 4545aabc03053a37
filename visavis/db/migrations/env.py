"""How Alembic reaches the database: by the connection that `visavis.db.migrate` has already opened and locked."""

from alembic import context
from sqlalchemy import Connection

from visavis.db.models import Base

connection: Connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=Base.metadata, render_as_batch=True, compare_type=True)
with context.begin_transaction():
    context.run_migrations()
