"""Tools on the wire, in both forms clients know: a stored tool with its `config`, and the flat form of sessions."""

import base64
import re
from functools import partial
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, AliasChoices, Field

from visavis.db import models
from visavis.http.wire import UUID, Answer, Body, Timestamp, example, small
from visavis.net.signing import SECRET_PREFIX
from visavis.resources.tools.parameters import Parameters

AnyType = Literal["CLIENT", "SERVER_WEBHOOK", "SERVER_RAG", "SERVER_MCP", "SYSTEM", "client", "server", "system"]
Method = Literal["GET", "POST", "PUT", "DELETE", "PATCH"]

REDACTED = "[REDACTED]"
SECRET_BYTES = range(24, 65)
HEADERS_MAX = 50
HEADER_NAME = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]{1,128}")
HEADER_VALUE = re.compile(r"[\t\x20-\x7e]{0,8192}")
# these say where a request ends or goes, which is for the client library to say
OURS = {"connection", "content-length", "host", "te", "trailer", "transfer-encoding", "upgrade"}


def _headers(headers: dict[str, str]) -> dict[str, str]:
    if len(headers) > HEADERS_MAX:
        raise ValueError(f"has {len(headers)} headers; {HEADERS_MAX} are allowed")
    if len({name.lower() for name in headers}) < len(headers):
        raise ValueError("names one header twice; the case of letters makes no difference")
    for name, value in headers.items():
        if not HEADER_NAME.fullmatch(name) or name.lower() in OURS:
            raise ValueError(f'"{name[:128]}" is not a header that can be set')
        if not HEADER_VALUE.fullmatch(value):
            raise ValueError(f'the value of "{name}" must be at most 8192 visible ASCII characters')
    return headers


def _signing_secret(secret: str) -> str:
    if secret != REDACTED and (not secret.startswith(SECRET_PREFIX) or _key_bytes(secret) not in SECRET_BYTES):
        raise ValueError(f'begins with "{SECRET_PREFIX}" and goes on with 24 to 64 random bytes in base64')
    return secret


def _key_bytes(secret: str) -> int:
    try:
        return len(base64.b64decode(secret.removeprefix(SECRET_PREFIX), validate=True))
    except ValueError:
        return 0


Headers = Annotated[
    dict[str, str],
    AfterValidator(_headers),
    Field(
        description=f'Sent with each request. Values are sealed and read as "{REDACTED}"; sending that back keeps the '
        "value, and leaving a header out removes it."
    ),
]
FILLERS_MAX = 20
Filler = Annotated[str, Field(min_length=1, max_length=200)]
FolderId = Annotated[str, Field(pattern=f"^{UUID}$")]


class ToolSettings(Body):
    """What decides how a tool works; each type looks at its own keys and ignores the others."""

    parameters: Annotated[
        Parameters | None,
        Field(description="The JSON Schema of the arguments, of type object, at most 10,000 bytes."),
    ] = None
    await_result: Annotated[bool, Field(description="CLIENT: wait for what the page answers.")] | None = None
    tool_timeout_seconds: Annotated[float, Field(ge=1, le=600)] | None = Field(
        default=None, validation_alias=AliasChoices("toolTimeoutSeconds", "timeout")
    )
    document_folder_ids: Annotated[list[FolderId], Field(min_length=1, max_length=100)] | None = Field(
        default=None,
        validation_alias=AliasChoices("documentFolderIds", "folderIds"),
        description="SERVER_RAG: the knowledge groups to search.",
    )
    url: (
        Annotated[
            str,
            Field(
                max_length=2000,
                description="SERVER_WEBHOOK: whom to ask; `{{name}}` in its path or query stands for an argument. "
                "SERVER_MCP: the address of the server, which speaks streamable HTTP.",
            ),
        ]
        | None
    ) = None
    method: Method | None = None
    headers: Headers | None = None
    body_template: (
        Annotated[
            str,
            Field(
                max_length=50_000,
                description="`{{name}}` stands for an argument: between quotes for its text, else for a whole value.",
            ),
        ]
        | None
    ) = None
    signing_secret: (
        Annotated[
            str,
            AfterValidator(_signing_secret),
            Field(
                max_length=200,
                description="SERVER_WEBHOOK: requests are signed with it by Standard Webhooks, and name the session "
                f'and its end user. It is sealed and read as "{REDACTED}".',
            ),
        ]
        | None
    ) = None
    query_parameters: Annotated[
        Parameters | None, Field(description="A second schema, whose arguments go into the query of the URL.")
    ] = None
    await_response: Annotated[bool, Field(description="SERVER_WEBHOOK: false is fire and forget.")] | None = None
    action: Annotated[str, Field(max_length=64, description="SYSTEM: what happens to the session.")] | None = None
    filler_phrases: (
        Annotated[
            list[Filler],
            Field(
                max_length=FILLERS_MAX,
                description="What the persona says while the tool is slow. Without any it finds words of its own, "
                "except for client tools; an empty list keeps it silent.",
            ),
        ]
        | None
    ) = None
    filler_after_seconds: Annotated[float, Field(ge=0.2, le=60)] | None = None


class ToolBody(ToolSettings):
    """A tool, with its settings in `config`, or flat as sessions take them (`type: server`, `subtype: webhook`)."""

    model_config = example(
        {
            "name": "open_page",
            "description": "Opens a page of the shop for the visitor.",
            "type": "CLIENT",
            "config": {
                "parameters": {
                    "type": "object",
                    "properties": {"page": {"type": "string", "description": "Its name, such as offers."}},
                    "required": ["page"],
                },
                "awaitResult": False,
            },
        }
    )

    name: Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[a-zA-Z0-9_.-]+$")] | None = None
    description: (
        Annotated[str, Field(max_length=1024, description="The mind reads this to decide when to call.")] | None
    ) = None
    type: AnyType | None = None
    subtype: Literal["webhook", "knowledge", "rag", "mcp"] | None = None
    disable_interruptions: bool | None = None
    config: ToolSettings | None = None


class ToolTest(Body):
    """What a mind would say. The session of the request is called `dry-run`."""

    model_config = example({"arguments": {"order": "4711"}})

    arguments: Annotated[dict[str, Any], AfterValidator(partial(small, bytes_max=50_000))] = Field(
        default_factory=dict[str, Any]
    )


class ToolTrial(Answer):
    """`result` is what the other server wrote, which the mind would read as data; `message` says how it went."""

    ok: bool
    latency_ms: int | None
    result: str | None
    message: str


class Tool(Answer):
    id: str
    name: str
    description: str
    type: str
    config: dict[str, Any]
    created_at: Timestamp
    updated_at: Timestamp | None
    usage_count: int
    disable_interruptions: bool

    @classmethod
    def of(cls, row: models.Tool, usage_count: int) -> "Tool":
        """`usage_count` is how many personas of the organization use it."""
        return cls(
            id=row.id,
            name=row.name,
            description=row.description,
            type=row.type,
            config=row.config,
            created_at=row.created_at,
            updated_at=row.updated_at,
            usage_count=usage_count,
            disable_interruptions=row.disable_interruptions,
        )
