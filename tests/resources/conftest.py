"""The app on both databases, once a run; every test begins with an organization of its own."""

from collections.abc import Iterator

import pytest

from tests import postgres
from tests.rest import Rest


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def running_rest(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rest]:
    url = ""
    if request.param == "postgresql":
        cluster: postgres.Cluster = request.getfixturevalue("postgres_cluster")
        url = cluster.new_database()
    with Rest(url, tmp_path_factory.mktemp("rest")) as rest:
        yield rest


@pytest.fixture
def rest(running_rest: Rest) -> Rest:
    running_rest.new_organization()
    return running_rest
