"""Finding passages: by their words and by their vectors, as each database does it best."""

from visavis.db.passages.base import PassageStore
from visavis.db.passages.postgresql import PostgresPassages
from visavis.db.passages.sqlite import SqlitePassages
from visavis.db.session import Database


def store_for(database: Database) -> PassageStore:
    return SqlitePassages() if database.url.get_backend_name() == "sqlite" else PostgresPassages(database)
