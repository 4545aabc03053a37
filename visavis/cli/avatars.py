"""`visavis avatars`: which faces there are, what they can do on one sheet, and films of them that say something."""

import asyncio
import secrets
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any, TypeVar

import cv2
import typer
from sqlalchemy import select

from visavis.cli.options import DataDir, read_settings
from visavis.core.errors import InvalidRequest, NotFound, Unavailable, VisavisError
from visavis.core.spec import FaceSpec, VoiceSpec
from visavis.db import migrate
from visavis.db.blobs import Blobs
from visavis.db.models import Avatar, Organization, Voice
from visavis.db.session import Database
from visavis.engine.think import ClauseCutter
from visavis.local_media import load_renderer, open_voice
from visavis.media.clip import Clip
from visavis.media.speech_pool import SpeechPool
from visavis.renderers.contact import contact_sheet
from visavis.resources.avatars.service import face_spec
from visavis.resources.avatars.stock import rows as stock_avatars
from visavis.resources.voices.stock import rows as stock_voices
from visavis.settings import Settings
from visavis.voice_options import VoiceOptions

app = typer.Typer(no_args_is_help=True, help="Faces: list them, look at them, make films of them.")

TEXT_CHARS_MAX = 20_000
BUILT_IN = " (built-in)"
COLUMNS = ("id", "name", "kind", "organization", "models")

Row = TypeVar("Row", Avatar, Voice)
Who = Annotated[str, typer.Argument(help="An avatar's id or name; `visavis avatars list` shows them.")]


@app.command("list")
def show(data_dir: DataDir = None) -> None:
    """Say which faces there are: the built-in ones, and those of every organization."""
    settings = read_settings(data_dir)
    owners = {row.id: row.name for row in _stored(settings, Organization)}
    rows = [COLUMNS, *(_cells(row, owners) for row in _all(settings, Avatar))]
    widths = [max(len(row[column]) for row in rows) for column in range(len(COLUMNS))]
    for row in rows:
        print("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())


@app.command()
def sheet(
    avatar: Who,
    out: Annotated[Path | None, typer.Option(help="The PNG to write; the avatar's name unless said.")] = None,
    data_dir: DataDir = None,
) -> None:
    """Draw what a face can do on one sheet: mouth shapes, feelings, styles, listening."""
    settings = read_settings(data_dir)
    with _told():
        row = _find(_all(settings, Avatar), avatar, "avatar")
        target = _target(out or Path(f"{_plain(row)}-sheet.png"), ".png")
        face = _face(settings, row, 720, 480)
        picture = contact_sheet(load_renderer(face.renderer, settings), face)
        if not cv2.imwrite(str(target), picture):
            raise InvalidRequest.field("--out", f"{target} cannot be written")
    print(target)


@app.command()
def say(
    avatar: Who,
    text: Annotated[str, typer.Argument(help="What to say.")],
    out: Annotated[Path, typer.Option(help="The MP4 to write.")],
    voice: Annotated[str | None, typer.Option(help="A voice's id or name; a built-in one unless said.")] = None,
    size: Annotated[str, typer.Option(help="The size of the picture, such as 720x480 or 768x1152.")] = "720x480",
    disclosure: Annotated[bool, typer.Option(help="Mark the picture as an AI's.")] = False,
    data_dir: DataDir = None,
) -> None:
    """Make a film of a face that says something, faster than it takes to watch it."""
    settings = read_settings(data_dir)
    with _told():
        row = _find(_all(settings, Avatar), avatar, "avatar")
        said_by = _speaker(settings, voice)
        speaker = VoiceSpec(said_by.served_by, said_by.served_voice, language=said_by.language or "")
        target, spoken = _target(out, ".mp4"), _text(text)
        kind = load_renderer(row.renderer, settings)
        face = replace(_face(settings, row, *_size(size, kind.traits.sizes_px)), disclosed=disclosure)
        started_s = time.monotonic()
        length_ms = asyncio.run(_film(settings, kind(face, seed=1), face, speaker, spoken, target))
    took_s = time.monotonic() - started_s
    print(f"{target}  {length_ms / 1000:.1f} s of {size}, made in {took_s:.1f} s")


# --- which one is meant -----------------------------------------------------------------------------------------


def _all(settings: Settings, model: type[Row]) -> list[Row]:
    """The built-in ones, and what organizations made and did not delete."""
    own = (row for row in _stored(settings, model) if row.organization_id and row.deleted_at is None)
    return [*_built_in(model), *own]


def _built_in(model: type[Any]) -> Sequence[Any]:
    return stock_avatars() if model is Avatar else stock_voices()


def _stored(settings: Settings, model: type[Any]) -> list[Any]:
    """Everything of a kind in the database; nothing where there is none yet."""
    if not settings.database_url and not (settings.data_dir / "visavis.db").exists():
        return []

    async def read() -> list[Any]:
        await migrate.upgrade(settings.database)
        database = Database(settings.database)
        try:
            async with database.reading() as session:
                return list(await session.scalars(select(model).order_by(model.created_at.desc())))
        finally:
            await database.close()

    return asyncio.run(read())


def _find(rows: Sequence[Row], wanted: str, noun: str) -> Row:
    """By id, or by name: as it is shown, or without its "(built-in)". Raises `NotFound` and `InvalidRequest`."""
    named = [row for row in rows if wanted == row.id]
    named = named or [row for row in rows if wanted.casefold() in (row.display_name.casefold(), _name(row))]
    if not named:
        raise NotFound(f'no {noun} has the id or name "{wanted}"; there are {", ".join(_names(rows))}')
    if len(named) > 1:
        ids = ", ".join(row.id for row in named)
        raise InvalidRequest.field(noun, f'{len(named)} are called "{wanted}"; say which by its id: {ids}')
    return named[0]


def _speaker(settings: Settings, wanted: str | None) -> Voice:
    voices = _all(settings, Voice)
    return voices[0] if wanted is None else _find(voices, wanted, "voice")


def _name(row: Avatar | Voice) -> str:
    return row.display_name.removesuffix(BUILT_IN).casefold()


def _names(rows: Sequence[Avatar | Voice]) -> list[str]:
    return sorted({row.display_name.removesuffix(BUILT_IN) for row in rows})


def _cells(row: Avatar, owners: dict[str, str]) -> tuple[str, ...]:
    owner = owners.get(row.organization_id, row.organization_id) if row.organization_id else "-"
    return row.id, row.display_name, row.renderer, owner, " ".join(row.available_versions)


# --- checking what was typed ------------------------------------------------------------------------------------


@contextmanager
def _told() -> Iterator[None]:
    """What went wrong is said in a line, and the program ends."""
    try:
        yield
    except VisavisError as error:
        typer.echo(error.message, err=True)
        raise typer.Exit(1) from None


def _size(size: str, offered: Sequence[tuple[int, int]]) -> tuple[int, int]:
    for width_px, height_px in offered:
        if size == f"{width_px}x{height_px}":
            return width_px, height_px
    sizes = ", ".join(f"{width_px}x{height_px}" for width_px, height_px in offered)
    raise InvalidRequest.field("--size", f'"{size}" is none of {sizes}')


def _text(text: str) -> str:
    if not text.strip():
        raise InvalidRequest.field("text", "is empty; write what the face shall say")
    if len(text) > TEXT_CHARS_MAX:
        raise InvalidRequest.field("text", f"has {len(text)} characters; at most {TEXT_CHARS_MAX}")
    return text


def _target(path: Path, suffix: str) -> Path:
    if path.suffix.lower() != suffix:
        raise InvalidRequest.field("--out", f"{path} must end in {suffix}")
    if not path.absolute().parent.is_dir():
        raise InvalidRequest.field("--out", f"there is no folder {path.absolute().parent}")
    return path


def _plain(row: Avatar) -> str:
    return "".join(letter if letter.isalnum() else "-" for letter in _name(row)).strip("-") or row.id


# --- drawing and speaking ---------------------------------------------------------------------------------------


def _face(settings: Settings, row: Avatar, width_px: int, height_px: int) -> FaceSpec:
    return face_spec(row, width_px, height_px, Blobs(settings.data_dir / "files"))


async def _film(
    settings: Settings, renderer: Any, face: FaceSpec, speaker: VoiceSpec, text: str, target: Path
) -> float:
    """How long it is, in milliseconds. The file appears whole or not at all."""
    part = target.with_name(f".{target.name}.{secrets.token_hex(4)}.part")
    voices = VoiceOptions.read(settings)
    speech = SpeechPool(voices.in_workers())
    await speech.start()
    try:
        voice = open_voice(speaker, speech, voices)
        if voice is None:
            raise Unavailable(f'the voice "{speaker.voice}" needs {speaker.provider}, which is not installed here')
        clip = Clip(part, renderer, face)
        try:
            for clause in _clauses(text):
                async for piece in voice.speak(clause):
                    clip.say(piece)
            length_ms = clip.finish()
        except BaseException:
            clip.abandon()
            raise
        finally:
            await voice.close()
        part.replace(target)
        return length_ms
    finally:
        part.unlink(missing_ok=True)
        await speech.close()


def _clauses(text: str) -> list[str]:
    cutter = ClauseCutter()
    clauses = cutter.push(text)
    return [clause for clause in (*clauses, cutter.rest()) if clause.strip()]
