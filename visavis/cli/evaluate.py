"""`visavis eval`: perform conversations that are written down, and say whether they went as they should."""

import asyncio
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer
from pydantic import SecretStr

from visavis.core.clock import MonotonicClock
from visavis.core.errors import VisavisError
from visavis.testing import reports
from visavis.testing import script as scripts
from visavis.testing.judge import Judge
from visavis.testing.live import LiveStage
from visavis.testing.player import Outcome, Player
from visavis.testing.script import Script, ScriptError
from visavis.testing.sounds import Speaker
from visavis.testing.staging import RehearsalStage, Studio


@dataclass(frozen=True, slots=True)
class Server:
    """A living server, and which of its personas is talked to."""

    url: str
    key: SecretStr
    persona_id: str


@dataclass(frozen=True, slots=True)
class JudgeModel:
    url: str
    model: str
    key: SecretStr


def read(paths: Sequence[Path]) -> list[Script]:
    """Every conversation in files and folders. Raises `ScriptError` with all that is wrong in any of them."""
    files: list[Path] = []
    for path in paths:
        files += sorted(path.glob("*.yaml")) if path.is_dir() else [path]
    found: list[Script] = []
    problems: list[str] = [] if files else ["There is no .yaml file in this folder."]
    for file in files:
        try:
            found.append(scripts.load(file))
        except ScriptError as error:
            problems.append(str(error))
    if problems:
        raise ScriptError("\n".join(problems))
    return found


async def evaluate(found: Sequence[Script], server: Server | None, judge: JudgeModel | None) -> list[Outcome]:
    """One after the other: on a living server in real time, otherwise rehearsed here. Raises `ProviderError`."""
    async with AsyncExitStack() as stack:
        ask = None
        if judge is not None:
            judging = Judge(judge.url, judge.model, judge.key.get_secret_value())
            stack.push_async_callback(judging.close)
            ask = judging.ask
        speaker = await asyncio.to_thread(Speaker)
        if server is not None:
            clock, key = MonotonicClock(), server.key.get_secret_value()
            lives = [LiveStage(server.url, key, server.persona_id, clock) for _ in found]
            return [await Player(one, stage, speaker, ask).play() for one, stage in zip(found, lives, strict=True)]
        studio = await asyncio.to_thread(Studio)
        stack.push_async_callback(studio.close)
        return [await Player(one, RehearsalStage(one, studio), speaker, ask).play() for one in found]


def eval_conversations(
    files: Annotated[list[Path], typer.Argument(help="Conversations (docs/evals.md), or folders of them.")],
    persona: Annotated[
        str | None, typer.Option(help="Talk to this persona of a living server; without it, rehearse here.")
    ] = None,
    url: Annotated[str, typer.Option(help="Where the server is.")] = "http://127.0.0.1:8000",
    api_key: Annotated[str, typer.Option(envvar="VISAVIS_API_KEY", help="A key of that server.")] = "",
    judge_url: Annotated[str, typer.Option(help="An OpenAI-compatible server that judges.")] = "",
    judge_model: Annotated[str, typer.Option(help="Its model.")] = "",
    judge_key: Annotated[str, typer.Option(envvar="VISAVIS_JUDGE_API_KEY", help="A key of it.")] = "",
    junit: Annotated[Path | None, typer.Option(help="Also write JUnit XML here.")] = None,
    json_file: Annotated[Path | None, typer.Option("--json", help="Also write JSON here.")] = None,
    strict: Annotated[bool, typer.Option("--strict", help="Take a missed `target` for a failure.")] = False,
) -> None:
    """Perform conversations and say whether they went as they should; ends with 1 where one did not."""
    if persona and not api_key:
        raise typer.BadParameter("a living server wants --api-key, or VISAVIS_API_KEY in the environment")
    if bool(judge_url) != bool(judge_model):
        raise typer.BadParameter("--judge-url and --judge-model go together")
    server = Server(url, SecretStr(api_key), persona) if persona else None
    judge = JudgeModel(judge_url, judge_model, SecretStr(judge_key)) if judge_url else None
    try:
        outcomes = asyncio.run(evaluate(read(files), server, judge))
    except (ScriptError, VisavisError) as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(2) from None
    print(reports.table(outcomes))
    for path, text in ((junit, reports.junit(outcomes)), (json_file, reports.as_json(outcomes))):
        if path is not None:
            path.write_text(text, encoding="utf-8")
    if not reports.holds(outcomes, strict):
        raise typer.Exit(1)
