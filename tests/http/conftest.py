"""The app on SQLite; what is tried here does not depend on the database."""

from collections.abc import Iterator

import pytest

from tests.rest import Rest


@pytest.fixture(scope="module")
def rest(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rest]:
    with Rest("", tmp_path_factory.mktemp("rest"), body_limit_bytes=10_000) as running:
        yield running
