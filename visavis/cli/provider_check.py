"""`visavis doctor providers`: one cheap call to each provider that is set up, and what is wrong."""

import asyncio
from collections.abc import Awaitable, Iterator
from typing import Any

from cryptography.fernet import InvalidToken
from pydantic import BaseModel
from sqlalchemy import select

from visavis.app import keyring_of, minds_of, stock_mind
from visavis.core.errors import ProviderError
from visavis.core.spec import VoiceSpec
from visavis.db import migrate
from visavis.db.models import Llm, ProviderSecret
from visavis.db.session import Database
from visavis.doctor import Finding
from visavis.providers import catalog
from visavis.providers.trial import first_word_ms, hear_silence
from visavis.resources.llms.service import Minds, try_out
from visavis.settings import Settings
from visavis.voice_options import BadOption, EarsOptions, VoiceOptions

SEALED_ELSEWHERE = "the key was sealed with a secret that this server has no more; send it again"
ASKED_AT_ONCE_MAX = 8


async def ask_all(settings: Settings) -> list[Finding]:
    return [*await ask_providers(settings), *await ask_stored(settings)]


async def ask_providers(settings: Settings) -> list[Finding]:
    """The operator's. Those that need no server say whether they could work; the others are asked, all at once."""
    voices = VoiceOptions.read(settings)
    asking = [
        *(_voice(name, voices) for name in _worth_a_line(voices)),
        *(_ears(name, settings) for name in sorted({settings.ears, *settings.stt})),
        _mind(settings),
        *([_embeddings(settings)] if settings.embeddings_url else []),
    ]
    return list(await asyncio.gather(*asking))


async def ask_stored(settings: Settings) -> list[Finding]:
    """The organizations': their keys for voices, and the servers that think for them."""
    database = Database(settings.database)
    try:
        settings.make_data_dir()
        await migrate.upgrade(settings.database)
        async with database.reading() as session:
            keys = (await session.scalars(select(ProviderSecret))).all()
            rows = (await session.scalars(select(Llm).where(Llm.organization_id.is_not(None)))).all()
    except Exception as error:  # whatever a driver raises is what the operator wants to read
        return [Finding("broken", "database", f"{database.url.render_as_string(hide_password=True)}: {error}")]
    finally:
        await database.close()
    keyring, turn = keyring_of(settings), asyncio.Semaphore(ASKED_AT_ONCE_MAX)
    voices, minds = VoiceOptions.read(settings), minds_of(settings, keyring, frozenset())

    async def in_turn(asking: Awaitable[Finding]) -> Finding:
        async with turn:
            return await asking

    async def voice(row: ProviderSecret) -> Finding:
        part = f"{row.organization_id}: voice {row.provider}"
        try:
            return await _spoken_to(part, row.provider, voices, keyring.unseal(row.secret))
        except InvalidToken:
            return Finding("broken", part, SEALED_ELSEWHERE)

    asking = [*(voice(row) for row in keys), *(_stored_mind(row, minds) for row in rows if minds.outline(row))]
    return list(await asyncio.gather(*map(in_turn, asking)))


def _worth_a_line(options: VoiceOptions) -> Iterator[str]:
    """Everybody but those of whom the operator never spoke and who are not built in."""
    for name in catalog.names("tts"):
        kind = catalog.options("tts", name)
        if options.of(name) is not None or not (
            catalog.traits("tts", name).needs_key or any(field.is_required() for field in kind.model_fields.values())
        ):
            yield name


async def _voice(name: str, options: VoiceOptions) -> Finding:
    part = f"voice {name}"
    if hint := catalog.missing("tts", name):
        return Finding("fallback", part, hint)
    traits = catalog.traits("tts", name)
    if not traits.needs_key:
        return Finding("ok", part, traits.label)
    if not options.has_key(name):
        return Finding("broken", part, f"{traits.label} has no key: set VISAVIS_TTS__{name.upper()}__API_KEY")
    return await _spoken_to(part, name, options)


async def _spoken_to(part: str, name: str, options: VoiceOptions, secret: str = "") -> Finding:
    """Asked whether it takes the key, which costs nothing."""
    label = catalog.traits("tts", name).label
    voice: Any = catalog.load("tts", name)(VoiceSpec(name, "", secret=secret), options.of(name))
    try:
        if not hasattr(voice, "check"):
            return Finding("ok", part, f"{label}, which cannot be asked without speaking")
        return await _tried(part, voice.check(), f"{label} answers and takes the key", options.of(name))
    finally:
        await voice.close()


async def _ears(name: str, settings: Settings) -> Finding:
    part = f"ears {name}"
    try:
        options = EarsOptions.read(settings.model_copy(update={"ears": name}))
    except BadOption as error:
        return Finding("broken", part, str(error))
    if hint := catalog.missing("stt", name):
        return Finding("fallback", part, hint)
    label = catalog.traits("stt", name).label
    if catalog.traits("stt", name).runs_in_worker:
        return Finding("ok", part, label)
    ears: Any = catalog.load("stt", name)(options.chosen)
    try:
        return await _tried(part, hear_silence(ears), f"{label} hears", options.chosen)
    finally:
        await ears.close()


async def _mind(settings: Settings) -> Finding:
    mind = stock_mind(settings)
    if not mind.urls:
        return Finding("ok", "mind", catalog.traits("llm", mind.provider).label)
    where = f"{mind.model} at {mind.urls[0]}"
    try:
        latency_ms = await first_word_ms(mind)
    except ProviderError as error:
        return Finding("broken", "mind", f"{error.message} Asked was {where}.")
    return Finding("ok", "mind", f"{where}: the first word came after {latency_ms:.0f} ms")


async def _embeddings(settings: Settings) -> Finding:
    kind = catalog.load("embeddings", "openai_compatible")
    options = kind.Settings(
        url=settings.embeddings_url, model=settings.embeddings_model, api_key=settings.embeddings_api_key
    )
    embedder = kind(options)
    try:
        return await _tried("embeddings", embedder.embed(["hello"]), f"{kind.traits.label} answer", options)
    finally:
        await embedder.close()


async def _stored_mind(row: Llm, minds: Minds) -> Finding:
    part = f"{row.organization_id}: mind {row.display_name}"
    told = await try_out(minds, row)
    return Finding("ok" if told.ok else "broken", part, told.message)


async def _tried(part: str, call: Awaitable[object], fine: str, options: BaseModel | None) -> Finding:
    try:
        await call
    except ProviderError as error:
        return Finding("broken", part, error.message + _asked(options))
    return Finding("ok", part, fine)


def _asked(options: BaseModel | None) -> str:
    """What may be wrong, besides the key."""
    values = options.model_dump(include={"model", "base_url", "url", "region"}) if options is not None else {}
    told = ", ".join(f"{name} {value}" for name, value in values.items() if value)
    return f" Asked was {told}." if told else ""
