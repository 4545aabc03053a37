"""Whatever our own description allows is sent, and much that it forbids: every answer is one that it describes.

`make fuzz` does the same for as long as one likes; VISAVIS_FUZZ_EXAMPLES says how many requests each operation gets.
"""

import os
import re
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.core.failures import FailureGroup
from schemathesis.generation.case import Case
from schemathesis.specs.openapi import checks

from tests.resources.owner import AT_ADDRESS, Owner
from tests.rest import URL, Rest

EXAMPLES = int(os.environ.get("VISAVIS_FUZZ_EXAMPLES", "5"))
# a server error is a status that no operation describes; where others help, theirs are described
CHECKS = [
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_headers_conformance,
    checks.response_schema_conformance,
]
MODES = (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)
SETTINGS = settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize=EXAMPLES <= 100,
    database=None,
    phases=[Phase.generate, Phase.shrink],
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture(scope="module")
def rest(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rest]:
    with Rest("", tmp_path_factory.mktemp("schemathesis")) as running:
        yield running


def test_every_operation_answers_as_it_is_described(rest: Rest) -> None:
    schema = schemathesis.openapi.from_dict(rest.app.openapi())
    operations = [result.ok() for result in schema.get_all_operations()]
    assert len(operations) > 30
    wrong = [problem for operation in operations for problem in problems(rest, operation)]
    assert not wrong, "\n\n".join(wrong)


def problems(rest: Rest, operation: Any) -> list[str]:
    """At most one for each operation; it is shown with the request that causes it."""
    rest.new_organization()
    strategy = st.one_of(
        *(operation.as_strategy(mode, **at) for mode in MODES for at in addresses(rest, operation.path))
    )

    @SETTINGS
    @given(case=strategy)
    def answers_as_described(case: Case) -> None:
        case.validate_response(send(rest, case), checks=CHECKS)

    try:
        answers_as_described()
    except (Exception, FailureGroup) as error:
        return [f"{operation.label}: {error}"]
    return []


def addresses(rest: Rest, path: str) -> list[dict[str, Any]]:
    """Ids that are found, where there are any in the path, and those that are made up."""
    if not any(path.startswith(prefix) for prefix in AT_ADDRESS) or "{" not in path:
        return [{}]
    owner = Owner(rest)
    names = re.findall(r"\{(\w+)\}", path)
    ids = [owner.ids[AT_ADDRESS[path[: path.index(f"{{{name}}}")]]] for name in names]
    return [{}, {"path_parameters": dict(zip(names, ids, strict=True))}]


def send(rest: Rest, case: Case) -> httpx.Response:
    made = requests.Request(**as_request(case)).prepare()
    headers = {name.lower(): value for name, value in made.headers.items()}
    body = made.body.encode() if isinstance(made.body, str) else made.body
    headers["authorization"] = f"Bearer {rest.key}"
    return rest.ask(made.method or "", made.url or "", content=body or b"", headers=headers)


def as_request(case: Case) -> dict[str, Any]:
    known = ("method", "url", "headers", "files", "data", "params", "auth", "cookies", "json")
    return {name: value for name, value in case.as_transport_kwargs(base_url=URL).items() if name in known}
