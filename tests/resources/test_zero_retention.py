"""Whom personas with zero data retention may talk by, and what their tokens leave in the database."""

from pathlib import Path
from typing import Any

from sqlalchemy import select

from tests.rest import DOCUMENTED, Rest
from visavis.db import models

PERSONA = {"name": "Cara", "zeroDataRetention": True, **DOCUMENTED}
OWN_LLM = {
    "displayName": "Our model",
    "llmFormat": "openai",
    "urls": [{"url": "http://127.0.0.1:9999/v1/chat/completions", "active": True}],
    "modelName": "any",
    "secret": "key",
}


def refused(rest: Rest, **persona: Any) -> str:
    answer = rest.ask("POST", "/v1/engine/session", {"personaConfig": {**PERSONA, **persona}})
    assert answer.status_code == 400, answer.text
    return answer.json()["message"]


def test_an_llm_whose_owner_does_not_vouch_for_it_is_refused_by_name(rest: Rest) -> None:
    llm = rest.create("/v1/llms", **OWN_LLM)
    assert "Our model" in refused(rest, llmId=llm["id"])
    kept = rest.create("/v1/llms", **{**OWN_LLM, "isZdr": True})
    answer = rest.ask("POST", "/v1/engine/session", {"personaConfig": {**PERSONA, "llmId": kept["id"]}})
    assert answer.status_code == 200, answer.text


def test_one_that_lost_its_mark_is_refused_when_a_session_starts(rest: Rest) -> None:
    llm = rest.create("/v1/llms", **{**OWN_LLM, "isZdr": True})
    persona = rest.persona(zeroDataRetention=True, llmId=llm["id"])
    rest.ask("PUT", f"/v1/llms/{llm['id']}", {"isZdr": False})
    answer = rest.ask("POST", "/v1/engine/session", {"personaConfig": {"personaId": persona["id"]}})
    assert answer.status_code == 400, answer.text
    assert "Our model" in answer.json()["message"]
    assert answer.json()["details"][0]["path"] == "personaConfig.zeroDataRetention"


def test_the_operator_answers_for_the_server_behind_built_in_llms(tmp_path: Path) -> None:
    server = {"llm_url": "http://127.0.0.1:9999/v1", "llm_model": "any"}
    with Rest("", tmp_path / "silent", **server) as rest:
        assert "VISAVIS_LLM_ZERO_RETENTION" in refused(rest)
    with Rest("", tmp_path / "vouching", **server, llm_zero_retention=True) as rest:
        assert rest.ask("POST", "/v1/engine/session", {"personaConfig": PERSONA}).status_code == 200


def test_the_operator_answers_for_the_server_that_embeds_what_is_looked_up(tmp_path: Path) -> None:
    """A question to the persona's knowledge is made of what the user said."""
    handbook = {"name": "handbook", "description": "Looks it up.", "type": "SERVER_RAG"}
    server = {"embeddings_url": "http://127.0.0.1:9999/v1", "embeddings_model": "any"}
    for vouched in (False, True):
        with Rest("", tmp_path / str(vouched), **server, embeddings_zero_retention=vouched) as rest:
            group = rest.create("/v1/knowledge/groups", name="Handbook")["id"]
            tool = rest.create("/v1/tools", **handbook, config={"documentFolderIds": [group]})
            persona = {**PERSONA, "toolIds": [tool["id"]]}
            if vouched:
                answer = rest.ask("POST", "/v1/engine/session", {"personaConfig": persona})
                assert answer.status_code == 200, answer.text
            else:
                message = refused(rest, toolIds=[tool["id"]])
                assert '"handbook"' in message
                assert "VISAVIS_EMBEDDINGS_ZERO_RETENTION" in message
                # nothing is embedded for others
                assert rest.ask("POST", "/v1/engine/session", {"personaConfig": PERSONA}).status_code == 200


def test_a_token_stores_its_prompt_sealed(rest: Rest) -> None:
    prompt = "You are a zeppelin captain."
    body = {"personaConfig": {**PERSONA, "systemPrompt": prompt}}
    token = rest.ask("POST", "/v1/auth/session-token", body).json()["sessionToken"]

    async def stored() -> list[Any]:
        async with rest.database.reading() as session:
            return list((await session.scalars(select(models.SessionGrant.request))).all())

    assert prompt not in str(rest.run(stored()))
    answer = rest.ask("POST", "/v1/engine/session", {}, key=token)
    assert answer.status_code == 200, answer.text
    assert rest.media.specs[answer.json()["sessionId"]].persona.system_prompt == prompt
