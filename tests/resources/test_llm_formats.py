"""Which LLM entries can be talked to, where their requests go, and what nobody can read out of them."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from tests.providers.fake_openai import FakeOpenAI, refusal, text_plan
from tests.resources import contract
from tests.resources.test_llms import OWN, STOCK
from tests.rest import DOCUMENTED, Rest
from visavis.core.spec import MindSpec
from visavis.db import models

GEMINI = "https://generativelanguage.googleapis.com/v1beta"
CLAUDE = "https://api.anthropic.com/v1/messages"
COMPATIBLE_CLAUDE = "https://api.anthropic.com/v1/chat/completions"
AZURE = "https://mine.openai.azure.com"


@pytest.fixture
def model(rest: Rest) -> Iterator[FakeOpenAI]:
    """A model's server in the same loop as the app."""

    async def start() -> FakeOpenAI:
        return await FakeOpenAI().__aenter__()

    server = rest.run(start())
    yield server
    rest.run(server.__aexit__(None, None, None))


def mind(rest: Rest, **fields: Any) -> MindSpec:
    """How a conversation would ask this entry."""
    row_id = rest.create("/v1/llms", **{**OWN, **fields})["id"]

    async def find() -> MindSpec:
        async with rest.database.reading() as session:
            return rest.app.state.minds.of(await session.get(models.Llm, row_id))

    return rest.run(find())


# --- addresses ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fields", "address"),
    [
        ({"llmFormat": "openai", "urls": [{"url": "https://a.test/v1"}]}, "https://a.test/v1"),
        ({"llmFormat": "openai", "urls": None}, "https://api.openai.com/v1/chat/completions"),
        ({"llmFormat": "groq_openai", "urls": None}, "https://api.groq.com/openai/v1/chat/completions"),
        ({"llmFormat": "gemini", "urls": None}, GEMINI),
        (
            {"llmFormat": "gemini", "urls": [{"url": f"{GEMINI}/models/g:streamGenerateContent?alt=sse"}]},
            f"{GEMINI}/models/g:streamGenerateContent?alt=sse",
        ),
        ({"llmFormat": "gemini", "urls": [{"url": f"{GEMINI}/openai/"}]}, f"{GEMINI}/openai/"),
        ({"llmFormat": "anthropic", "urls": None}, CLAUDE),
        ({"llmFormat": "anthropic", "urls": [{"url": COMPATIBLE_CLAUDE}]}, COMPATIBLE_CLAUDE),
        (
            {"urls": [{"url": f"{AZURE}/"}], "deploymentName": "my gpt", "apiVersion": "2024-10-21"},
            f"{AZURE}/openai/deployments/my%20gpt/chat/completions?api-version=2024-10-21",
        ),
        (
            {"urls": [{"url": f"{AZURE}/openai/deployments/d/chat/completions?api-version=1"}]},
            f"{AZURE}/openai/deployments/d/chat/completions?api-version=1",
        ),
        ({"urls": [{"url": f"{AZURE}/openai/v1/chat/completions"}]}, f"{AZURE}/openai/v1/chat/completions"),
    ],
)
def test_each_format_is_asked_where_its_protocol_is_spoken(rest: Rest, fields: dict[str, Any], address: str) -> None:
    azure = AZURE in str(fields)
    asked = mind(rest, **{"llmFormat": "azure_openai" if azure else None, **fields})

    assert asked.urls == (address,)
    assert asked.options.get("key_header") == ("api-key" if azure else None)
    assert asked.secret == OWN["secret"]
    own_protocol = {GEMINI: "gemini", f"{GEMINI}/models/g:streamGenerateContent?alt=sse": "gemini", CLAUDE: "anthropic"}
    assert asked.provider == own_protocol.get(address, "openai_compatible")


def test_how_a_model_reasons_reaches_it(rest: Rest) -> None:
    asked = mind(rest, reasoningEffort="low", reasoningFormat="hidden")
    assert asked.options == {"reasoning_effort": "low", "reasoning_format": "hidden"}
    assert mind(rest, reasoningEffort="default", reasoningFormat="parsed").options == {}


def test_an_organizations_mind_stays_inside_what_the_operator_opened(rest: Rest, tmp_path: Path) -> None:
    assert mind(rest).reach == "public_and_private"
    with Rest("", tmp_path, allow_private_urls=False) as closed:
        refused = closed.ask("POST", "/v1/llms", OWN)
        assert refused.status_code == 400
        assert refused.json()["details"] == [
            {
                "path": "urls.0.url",
                "message": '"127.0.0.1" is not a public internet address; VISAVIS_ALLOW_PRIVATE_URLS opens loopback '
                "and private networks",
                "code": "address_refused",
            }
        ]
        assert mind(closed, urls=[{"url": "https://a.test/v1"}]).reach == "public"
        assert closed.app.state.minds.stock.reach == "anywhere"


def test_an_address_that_nobody_chose_changes_with_the_format(rest: Rest) -> None:
    made = rest.create("/v1/llms", name="Mine", provider="openai", model="m")

    changed = rest.ask("PUT", f"/v1/llms/{made['id']}", {"llmFormat": "gemini"}).json()

    assert made["urls"][0]["url"].startswith("https://api.openai.com/")
    assert [entry["url"] for entry in changed["urls"]] == [GEMINI]
    chosen = rest.create("/v1/llms", **OWN)
    assert rest.ask("PUT", f"/v1/llms/{chosen['id']}", {"llmFormat": "gemini"}).json()["urls"] == chosen["urls"]


def test_an_azure_entry_is_checked_as_a_whole_when_it_changes(rest: Rest) -> None:
    made = rest.create(
        "/v1/llms",
        **{**OWN, "llmFormat": "azure_openai", "deploymentName": "d", "apiVersion": "1", "url": AZURE, "urls": None},
    )
    assert (made["deploymentName"], made["apiVersion"]) == ("d", "1")
    address = f"/v1/llms/{made['id']}"

    broken = rest.ask("PUT", address, {"apiVersion": None})
    assert (broken.status_code, broken.json()["details"][0]["path"]) == (400, "apiVersion")
    assert rest.ask("GET", address).json()["apiVersion"] == "1"
    assert rest.ask("PUT", address, {"apiVersion": "2"}).json()["apiVersion"] == "2"


# --- what nobody here can ask -------------------------------------------------------------------------------------


def test_a_format_that_cannot_be_served_is_kept_and_refused_where_a_session_begins(rest: Rest) -> None:
    made = rest.create("/v1/llms", **{**OWN, "llmFormat": "advanced_voice"})
    contract.check(made, contract.LLM)
    assert made["servedBy"] is None
    persona = rest.persona(llmId=made["id"])

    answer = rest.ask("POST", "/v1/auth/session-token", {"personaConfig": {"personaId": persona["id"]}})

    assert answer.status_code == 400
    assert answer.json()["details"][0]["path"] == "llmFormat"
    assert "advanced_voice" in answer.json()["message"]


def test_an_entry_without_a_model_leaves_thinking_to_the_client(rest: Rest) -> None:
    made = rest.create("/v1/llms", displayName="Nobody", llmFormat="none")
    contract.check(made, contract.LLM)
    persona = rest.persona(llmId=made["id"])

    assert made["servedBy"] is None
    token = rest.ask("POST", "/v1/auth/session-token", {"personaConfig": {"personaId": persona["id"]}})
    assert token.status_code == 200


def test_the_row_for_clients_that_think_is_listed(rest: Rest) -> None:
    rows = {row["id"]: row for row in rest.ask("GET", "/v1/llms", params={"perPage": 100}).json()["data"]}

    row = rows["CUSTOMER_CLIENT_V1"]
    assert (row["llmFormat"], row["isGlobal"], row["isDefault"], row["servedBy"]) == ("none", True, True, None)
    assert rest.ask("DELETE", "/v1/llms/CUSTOMER_CLIENT_V1").status_code == 403
    own = rest.create("/v1/llms", **{**OWN, "displayName": "Disable nothing 100%"})
    found = rest.ask("GET", "/v1/llms", params={"search": "nothing 100%"}).json()["data"]
    assert [row["id"] for row in found] == [own["id"]]


# --- secrets ------------------------------------------------------------------------------------------------------


def test_a_secret_is_in_no_answer_and_not_in_the_database(rest: Rest, model: FakeOpenAI) -> None:
    model.answer_with(refusal(401))
    secret = "sk-nobody-reads-this"
    made = rest.ask("POST", "/v1/llms", {**OWN, "secret": secret, "urls": [{"url": model.url}]})
    address = f"/v1/llms/{made.json()['id']}"
    persona = rest.persona(llmId=made.json()["id"])
    started = rest.ask("POST", "/v1/engine/session", {"personaConfig": {**DOCUMENTED, "llmId": made.json()["id"]}})
    answers = [
        made,
        started,
        rest.ask("GET", address),
        rest.ask("GET", "/v1/llms"),
        rest.ask("PUT", address, {"temperature": 9, "secret": secret}),
        rest.ask("POST", f"{address}/test"),
        rest.ask("GET", f"/v1/personas/{persona['id']}"),
        rest.ask("GET", f"/v1/sessions/{started.json()['sessionId']}"),
        rest.ask("GET", "/v1/sessions"),
    ]

    async def stored() -> str:
        async with rest.database.reading() as session:
            tables = [
                (await session.execute(text(f"SELECT * FROM {name}"))).all() for name in models.Base.metadata.tables
            ]
            return str(tables)

    assert model.headers[0]["authorization"] == f"Bearer {secret}"
    assert not [answer.url for answer in answers if secret in answer.text]
    assert secret not in rest.run(stored())
    files = [path for path in Path(rest.app.state.settings.data_dir).rglob("*") if path.is_file()]
    assert not [path.name for path in files if secret.encode() in path.read_bytes()]


def test_a_secret_of_a_lost_key_is_asked_for_again(rest: Rest) -> None:
    made = rest.create("/v1/llms", **OWN)

    async def lose() -> None:
        async with rest.database.writing() as session:
            row = await session.get(models.Llm, made["id"])
            assert row is not None
            row.secret = "sealed-by-somebody-else"

    rest.run(lose())
    assert rest.ask("GET", f"/v1/llms/{made['id']}").status_code == 200
    assert "send it again" in rest.ask("POST", f"/v1/llms/{made['id']}/test").json()["message"]


# --- trying one ---------------------------------------------------------------------------------------------------


def test_a_model_can_be_tried_before_anybody_talks_with_it(rest: Rest, model: FakeOpenAI) -> None:
    model.answer_with(text_plan("Hello", " there"))
    made = rest.create("/v1/llms", **{**OWN, "urls": [{"url": f"{model.url}/chat/completions"}]})

    tried = rest.ask("POST", f"/v1/llms/{made['id']}/test")

    assert tried.status_code == 200
    assert tried.json()["ok"] is True
    assert 0 <= tried.json()["latencyMs"] < 5000
    assert model.requests[0]["model"] == OWN["modelName"]


def test_azure_gets_its_key_in_its_own_header(rest: Rest, model: FakeOpenAI) -> None:
    model.answer_with(text_plan("Hi"))
    azure = {"llmFormat": "azure_openai", "deploymentName": "gpt", "apiVersion": "2024-10-21"}
    made = rest.create("/v1/llms", **{**OWN, **azure, "urls": [{"url": model.root}]})

    assert rest.ask("POST", f"/v1/llms/{made['id']}/test").json()["ok"] is True
    assert model.targets == ["/openai/deployments/gpt/chat/completions?api-version=2024-10-21"]
    assert model.headers[0]["api-key"] == OWN["secret"]
    assert "authorization" not in model.headers[0]


@pytest.mark.parametrize(("status", "reason"), [(401, "refused the key"), (404, "no such model"), (500, "of its own")])
def test_a_trial_says_in_plain_words_what_is_wrong(rest: Rest, model: FakeOpenAI, status: int, reason: str) -> None:
    model.answer_with(refusal(status))
    made = rest.create("/v1/llms", **{**OWN, "urls": [{"url": model.url}]})

    tried = rest.ask("POST", f"/v1/llms/{made['id']}/test")

    assert (tried.status_code, tried.json()["ok"], tried.json()["latencyMs"]) == (200, False, None)
    assert reason in tried.json()["message"]
    assert "secret prompt" not in tried.text


def test_a_dead_endpoint_can_be_registered_and_its_trial_says_so(rest: Rest) -> None:
    made = rest.create("/v1/llms", **{**OWN, "urls": [{"url": "http://127.0.0.1:1024/v1"}]})

    assert "cannot be reached" in rest.ask("POST", f"/v1/llms/{made['id']}/test").json()["message"]


def test_built_in_minds_can_be_tried_too(rest: Rest) -> None:
    assert rest.ask("POST", f"/v1/llms/{STOCK}/test").json()["ok"] is True
    assert rest.ask("POST", "/v1/llms/CUSTOMER_CLIENT_V1/test").json()["ok"] is False
    assert rest.ask("POST", "/v1/llms/nobody/test").status_code == 404
