"""What providers on somebody else's server let an operator set. Each adds its model and whatever is its own."""

from typing import Any

from pydantic import BaseModel, Field, SecretStr


class RemoteOptions(BaseModel):
    api_key: SecretStr = Field(default=SecretStr(""), description="The key of your account there.")


class RemoteVoiceOptions(RemoteOptions):
    first_audio_timeout_s: float = Field(default=8.0, gt=0, description="Longest wait for the first sound.")
    stall_timeout_s: float = Field(default=8.0, gt=0, description="Longest silence in the middle of a sentence.")


class RemoteEarsOptions(RemoteOptions):
    finish_timeout_s: float = Field(default=8.0, gt=0, description="Longest wait for the last words.")


def address(usual: str) -> Any:
    """A field for where a server is; a mind's own address comes before it."""
    return Field(default=usual, description="Where the server is.")


def keeps_nothing(how: str = "Your account keeps nothing") -> Any:
    """A field for what an operator answers for, because the server does not."""
    return Field(default=False, description=f"{how}: serve personas that need that.")
