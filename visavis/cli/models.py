"""`visavis models`: which models of local voices and ears can be downloaded, and downloading them.

Nothing is ever downloaded but by this command.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import typer

from visavis.cli.options import DataDir, read_settings
from visavis.core.errors import NotFound, VisavisError
from visavis.providers import catalog
from visavis.providers.base import ModelFiles
from visavis.providers.catalog import Kind
from visavis.providers.downloads import Hub, is_complete
from visavis.settings import Settings

app = typer.Typer(no_args_is_help=True, help="Models of local voices and ears: list them, download them.")

_KINDS: tuple[Kind, ...] = ("stt", "tts")
_BAR_WIDTH = 30


@app.command("list")
def list_models(data_dir: DataDir = None) -> None:
    """Which models can be downloaded, and which are here."""
    settings = read_settings(data_dir)
    for _, provider, declared in _who_has_models():
        for name in declared.model_names:
            model: ModelFiles = declared.model_files(name)
            here = "here" if is_complete(model, _folder(settings, provider, model)) else ""
            typer.echo(f"{provider:<8} {name:<22} {here:<5} {model.note}")


@app.command("get")
def get_model(
    provider: Annotated[str, typer.Argument(help="Who needs it, such as whisper, piper or kokoro.")],
    model: Annotated[str, typer.Argument(help="One of the names that `visavis models list` shows, or of its kind.")],
    data_dir: DataDir = None,
) -> None:
    """Download a model into the data directory; said again, it goes on where it was broken off."""
    settings = read_settings(data_dir)
    try:
        kind, found = _provider(provider)
        wanted = found.model_files(model)
        folder = _folder(settings, provider, wanted)
        _download(settings.models_url, wanted, folder)
    except VisavisError as error:
        typer.echo(error.message, err=True)
        raise typer.Exit(1) from None
    typer.echo(f"{provider} has {model} in {folder}. To use it:")
    if kind == "stt":
        typer.echo(f"  VISAVIS_EARS={provider}")
    for option, path in wanted.options.items():
        typer.echo(f"  VISAVIS_{kind.upper()}__{provider.upper()}__{option.upper()}={folder / path}")


def _download(url: str, model: ModelFiles, folder: Path) -> None:
    hub = Hub(url)
    try:
        # the length becomes known with the first word of progress
        with typer.progressbar(length=1, label="Downloading", width=_BAR_WIDTH) as bar:

            def told(done_bytes: int, total_bytes: int) -> None:
                bar.length = max(1, total_bytes)
                bar.update(done_bytes - bar.pos)

            hub.download(model, folder, told)
    finally:
        hub.close()


def _who_has_models() -> Iterator[tuple[Kind, str, Any]]:
    for kind in _KINDS:
        for name in catalog.names(kind):
            provider = catalog.declared(kind, name)
            if hasattr(provider, "model_files"):
                yield kind, name, provider


def _provider(wanted: str) -> tuple[Kind, Any]:
    known: dict[str, tuple[Kind, Any]] = {name: (kind, provider) for kind, name, provider in _who_has_models()}
    if wanted not in known:
        raise NotFound(f'"{wanted}" needs no model that can be downloaded; {", ".join(sorted(known))} do.')
    return known[wanted]


def _folder(settings: Settings, provider: str, model: ModelFiles) -> Path:
    return settings.data_dir.absolute() / "models" / provider / model.folder
