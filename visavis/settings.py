"""Everything an operator may set, read once from the environment and passed down; nothing below `app` imports this."""

import ipaddress
import os
from pathlib import Path
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import BeforeValidator, Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

Network: TypeAlias = ipaddress.IPv4Network | ipaddress.IPv6Network
PricedUnit: TypeAlias = Literal["million_tokens_read", "million_tokens_written", "million_characters", "hour_heard"]
SESSIONS_PER_CORE = 4


def _split(value: Any) -> Any:
    return [part.strip() for part in value.split(",") if part.strip()] if isinstance(value, str) else value


def _range(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    first, _, last = value.partition("-")
    return (first.strip(), (last or first).strip()) if value.strip() else None


def _cores() -> int:
    return os.cpu_count() or 1


Words = Annotated[list[str], NoDecode, BeforeValidator(_split)]
Networks = Annotated[list[Network], NoDecode, BeforeValidator(_split)]
Port = Annotated[int, Field(ge=1, le=65_535)]
Ports = Annotated[tuple[Port, Port] | None, NoDecode, BeforeValidator(_range)]


class Settings(BaseSettings):
    model_config = SettingsConfigDict(
        env_prefix="VISAVIS_", extra="ignore", env_ignore_empty=True, env_nested_delimiter="__"
    )

    api_key: SecretStr = Field(
        default=SecretStr(""),
        description="An API key of your choice for the organization `default`. No dots, no spaces.",
    )
    data_dir: Path = Field(
        default=Path(".visavis"), description="Where the server keeps its database, its secret and the files it makes."
    )
    database_url: str = Field(
        default="",
        description="`postgresql://user:password@host/name` or `sqlite:///path`; empty means SQLite in `data_dir`.",
    )
    secret_keys: Annotated[list[SecretStr], NoDecode, BeforeValidator(_split)] = Field(
        default_factory=list[SecretStr],
        description="Fernet keys that seal stored secrets and sign session tokens, comma separated, the first in use. "
        "Empty means `secret.key` in the data directory; servers that share a database need the same.",
    )
    public_url: str = Field(
        default="",
        description="How clients reach this server, such as `https://visavis.example.com`. Empty means the scheme and "
        "host of each request.",
    )
    trusted_proxies: Networks = Field(
        default_factory=list[Network],
        description="Addresses or networks, comma separated, whose X-Forwarded-Proto and -Host are believed.",
    )
    allow_private_urls: bool = Field(
        default=False,
        description="Whether addresses that API users give (LLMs, webhooks, pictures) may lead to this machine and to "
        "private networks; cloud metadata services stay closed. For an Ollama next door, and for tests.",
    )
    requests_per_minute: int = Field(
        default=1200,
        ge=0,
        description="How many requests an API key may make a minute, counted by each server for itself; the next one "
        "is answered 429. 0 means any number.",
    )
    guest_requests_per_minute: int = Field(
        default=60,
        ge=0,
        description="How many conversations the guests behind one address may ask for a minute, by share links and "
        "widgets, counted by each server for itself; the next one is answered 429. 0 means any number. Behind a proxy "
        "all guests have the proxy's address: limit them there.",
    )
    body_limit_bytes: int = Field(default=2_000_000, ge=1_000, description="The largest request body, in bytes.")

    sessions_max: int = Field(
        default_factory=lambda: SESSIONS_PER_CORE * _cores(),
        ge=0,
        description="How many sessions may live at once; the next one is answered 429. The default is 4 per core.",
    )
    session_connect_seconds: float = Field(
        default=60, gt=0, description="How long a new session waits for its client before it ends."
    )
    session_regain_seconds: float = Field(
        default=30, gt=0, description="How long a session waits for a client whose connection was lost."
    )
    drain_seconds: float = Field(
        default=20,
        ge=0,
        description="How long a server that was told to end (SIGTERM, `visavis drain`) waits for its sessions to be "
        "over. Whoever stops it must be more patient than that before it kills.",
    )
    talk_idle_seconds: float = Field(
        default=15, gt=0, description="How long an open talk stream may stay without text before it is closed."
    )
    heartbeat_seconds: int = Field(default=5, ge=1, description="How often clients are asked to send a heartbeat.")
    token_seconds: int = Field(default=3600, ge=1, description="How long a session token is valid.")
    region: str = Field(default="local", description="What this server calls its region.")
    recordings: bool = Field(
        default=False,
        description="Whether sessions may be filmed here: those that ask for it by `enableSessionReplay`, and those "
        "that leave it out where `visavis organizations change NAME --film` was said. What is filmed is what the "
        "person saw, heard and said; an hour of it takes about half a gigabyte.",
    )
    retention_days: int = Field(
        default=30,
        ge=0,
        le=36_500,
        description="After how many days transcripts and recordings are erased; the figures of a session stay. "
        "0 keeps everything.",
    )

    render_workers: int = Field(
        default_factory=_cores, ge=1, description="How many processes draw and encode faces. The default is 1 per core."
    )
    video_codec: Literal["h264", "vp8"] = Field(
        default="h264", description="The codec that is offered first; `vp8` works without x264."
    )
    mouth_model: Path | None = Field(
        default=None,
        description="An ONNX file of the Wav2Lip kind that draws the mouths of uploaded photos; docs/neural.md says "
        "which. Empty means that they are drawn without a network.",
    )
    stun_urls: Words = Field(
        default_factory=list[str], description="STUN servers, comma separated, for clients and for this server."
    )
    turn_urls: Words = Field(
        default_factory=list[str],
        description="TURN servers, comma separated, such as `turn:turn.example.com:3478?transport=udp`.",
    )
    turn_secret: SecretStr = Field(
        default=SecretStr(""), description="The secret shared with the TURN servers (coturn's `static-auth-secret`)."
    )
    udp_ports: Ports = Field(
        default=None, description="The UDP ports for media, such as `40000-40100`; empty leaves them to the system."
    )
    announced_ip: str | None = Field(
        default=None,
        description="The address clients are told for media, where this machine does not know it (NAT, containers).",
    )

    llm_url: str = Field(
        default="",
        description="An OpenAI-compatible server, such as `http://127.0.0.1:11434/v1`, that thinks for built-in LLMs.",
    )
    llm_api_key: SecretStr = Field(default=SecretStr(""), description="The key for that server, where it wants one.")
    llm_model: str = Field(default="", description="The model to ask there for; required with VISAVIS_LLM_URL.")

    discover_llms: bool = Field(
        default=True,
        description="Whether the server looks for Ollama, LM Studio, llama.cpp and vLLM at their usual ports of this "
        "machine (loopback alone), and says what it finds: when it starts and at `GET /v1/llms/discovered`. None is "
        "used unless somebody says so.",
    )

    tts: dict[str, dict[str, SecretStr]] = Field(
        default_factory=dict[str, dict[str, SecretStr]],
        description="Options of voices, such as `VISAVIS_TTS__ELEVENLABS__API_KEY`: the provider's name, then one of "
        "its options, as [providers.md](providers.md) lists them.",
    )
    llm_zero_retention: bool = Field(
        default=False,
        description="Whether that server keeps nothing of what it is sent. Personas with zero data retention do not "
        "talk by built-in LLMs otherwise.",
    )

    ears: str = Field(
        default="pocketsphinx",
        description="Who turns users' speech into text, by a name of [providers.md](providers.md), such as `deepgram`.",
    )
    stt: dict[str, dict[str, SecretStr]] = Field(
        default_factory=dict[str, dict[str, SecretStr]],
        description="Options of recognisers, such as `VISAVIS_STT__DEEPGRAM__API_KEY`: the provider's name, then one "
        "of its options, as [providers.md](providers.md) lists them.",
    )
    models_url: str = Field(
        default="https://huggingface.co",
        description="Where `visavis models get` downloads models of local voices and ears: a hub, or a mirror of it. "
        "Nothing else asks it.",
    )
    voice_cloning: str = Field(
        default="",
        description="Who makes voices from recordings, such as `elevenlabs`; empty means that nobody does.",
    )
    voice_cloning_api_key: SecretStr = Field(
        default=SecretStr(""), description="The key for that provider; required with VISAVIS_VOICE_CLONING."
    )
    voice_cloning_url: str = Field(default="", description="Where that provider is, if not at its usual address.")

    meetings_url: str = Field(
        default="",
        description="A service that takes personas into Google Meet, Zoom and Teams, by the protocol that "
        "`visavis/providers/meetings/bot_service.py` describes. Empty means that meeting invites are refused.",
    )
    meetings_api_key: SecretStr = Field(default=SecretStr(""), description="The key for that service.")

    embeddings: Literal["", "minilm"] = Field(
        default="",
        description="`minilm` finds knowledge by meaning with a model on this machine; `make embeddings` installs it.",
    )
    embeddings_url: str = Field(
        default="",
        description="An OpenAI-compatible server, such as `http://127.0.0.1:11434/v1`, to find knowledge by meaning.",
    )
    embeddings_api_key: SecretStr = Field(
        default=SecretStr(""), description="The key for that server, where it wants one."
    )
    embeddings_model: str = Field(
        default="",
        max_length=128,
        description="The model to ask there for; required with VISAVIS_EMBEDDINGS_URL. Another one embeds all "
        "knowledge anew.",
    )
    embeddings_zero_retention: bool = Field(
        default=False,
        description="Whether that server keeps nothing of what it is sent. Personas with zero data retention have no "
        "knowledge tools otherwise.",
    )

    prices: dict[str, dict[PricedUnit, Annotated[float, Field(ge=0)]]] = Field(
        default_factory=dict[str, dict[PricedUnit, Annotated[float, Field(ge=0)]]],
        description="What providers cost, as JSON: by a provider's name, or its name and a model, the price of "
        "`million_tokens_read`, `million_tokens_written`, `million_characters` (spoken) or `hour_heard`, such as "
        '`{"deepgram": {"hour_heard": 0.5}, "openai_compatible/small": {"million_tokens_read": 0.2}}`. The analytics '
        "of a session count with them; none is built in.",
    )

    metrics_token: SecretStr = Field(
        default=SecretStr(""),
        description="Whoever sends this bearer token may read `/metrics`; empty means that there is no such page.",
    )
    traces_url: str = Field(
        default="",
        description="Where OpenTelemetry traces go, by OTLP over HTTP, such as `http://127.0.0.1:4318/v1/traces`; "
        "empty means nowhere. `OTEL_EXPORTER_OTLP_HEADERS` adds headers.",
    )

    log_level: Literal["debug", "info", "warning", "error"] = Field(
        default="info", description="What is worth a log line."
    )
    log_format: Literal["console", "json"] = Field(default="console", description="`json` writes one object a line.")

    @field_validator("api_key")
    @classmethod
    def _plain_key(cls, key: SecretStr) -> SecretStr:
        text = key.get_secret_value()
        if "." in text or not text.isascii() or any(character.isspace() for character in text):
            raise ValueError("use ASCII without dots and spaces: clients take a key with a dot for a session token")
        return key

    @field_validator("public_url", "traces_url", "models_url")
    @classmethod
    def _web_address(cls, url: str) -> str:
        if url and not url.startswith(("http://", "https://")):
            raise ValueError('begin with "http://" or "https://"')
        return url.rstrip("/")

    @field_validator("announced_ip")
    @classmethod
    def _address(cls, address: str | None) -> str | None:
        return str(ipaddress.ip_address(address)) if address else None

    @field_validator("udp_ports")
    @classmethod
    def _upwards(cls, ports: tuple[int, int] | None) -> tuple[int, int] | None:
        if ports is not None and ports[0] > ports[1]:
            raise ValueError("write the lower port first")
        return ports

    @model_validator(mode="after")
    def _complete(self) -> "Settings":
        if self.turn_urls and not self.turn_secret.get_secret_value():
            raise ValueError("VISAVIS_TURN_URLS needs VISAVIS_TURN_SECRET")
        if self.llm_url and not self.llm_model:
            raise ValueError("VISAVIS_LLM_URL needs VISAVIS_LLM_MODEL")
        if self.voice_cloning and not self.voice_cloning_api_key.get_secret_value():
            raise ValueError("VISAVIS_VOICE_CLONING needs VISAVIS_VOICE_CLONING_API_KEY")
        if self.embeddings_url and not self.embeddings_model:
            raise ValueError("VISAVIS_EMBEDDINGS_URL needs VISAVIS_EMBEDDINGS_MODEL")
        if self.embeddings_url and self.embeddings:
            raise ValueError("set VISAVIS_EMBEDDINGS or VISAVIS_EMBEDDINGS_URL, not both")
        return self

    def make_data_dir(self) -> None:
        """Prompts and transcripts lie there: only the server's own account may look."""
        self.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)

    @property
    def database(self) -> str:
        """The URL that counts."""
        return self.database_url or f"sqlite:///{self.data_dir.absolute() / 'visavis.db'}"
