"""What several commands are told."""

from pathlib import Path
from typing import Annotated

import typer
from pydantic import ValidationError
from pydantic_settings import SettingsError

from visavis.settings import Settings
from visavis.voice_options import BadOption, EarsOptions, VoiceOptions

DataDir = Annotated[
    Path | None, typer.Option(help="Where the database, the secret and made files are kept (VISAVIS_DATA_DIR).")
]


def read_settings(data_dir: Path | None) -> Settings:
    """The settings; those that make no sense are named, and the program ends."""
    try:
        settings = Settings() if data_dir is None else Settings(data_dir=data_dir)
        VoiceOptions.read(settings)
        EarsOptions.read(settings)
    except ValidationError as error:
        for problem in error.errors():
            name = "_".join(str(part) for part in problem["loc"][:1]).upper()
            print(f"VISAVIS_{name}: {problem['msg']}" if name else problem["msg"])
        raise typer.Exit(2) from None
    except SettingsError as error:  # what should be JSON is none
        name = str(error).split('"')[1].upper()
        print(f"VISAVIS_{name}: write it as JSON, as docs/settings.md shows")
        raise typer.Exit(2) from None
    except BadOption as error:
        print(error)
        raise typer.Exit(2) from None
    return settings
