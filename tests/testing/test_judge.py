"""A judge is a model that says YES or NO; what is judged cannot give it orders, and anything else is no yes."""

import pytest

from tests.providers.fake_openai import FakeOpenAI, text_plan
from visavis.testing.judge import Judge


@pytest.mark.parametrize(
    ("answer", "fulfilled"),
    [
        ("YES, it is polite.", True),
        ("No: it is rude.", False),
        ("**YES**, very.", True),
        ("Perhaps.", False),
        ("", False),
    ],
)
async def test_a_judge_says_yes_or_no(answer: str, fulfilled: bool) -> None:
    async with FakeOpenAI() as server:
        server.plans.append(text_plan(answer))
        judge = Judge(f"{server.root}/v1", "judge-1", "a-key")
        found, reason = await judge.ask("Persona: Good morning.", "It is polite.")
        await judge.close()
    assert found is fulfilled
    assert answer in reason or "neither YES nor NO" in reason
    [request] = server.requests
    assert request["model"] == "judge-1"
    assert request["temperature"] == 0
    assert "<conversation>\nPersona: Good morning.\n</conversation>" in request["messages"][1]["content"]
