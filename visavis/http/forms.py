"""Bodies that come as a form with a file or as JSON, as the client likes."""

from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, TypeVar, cast

from fastapi import Request
from pydantic import BaseModel, ValidationError
from starlette.datastructures import UploadFile

from visavis.core.errors import InvalidRequest
from visavis.http.errors import invalid_request
from visavis.http.strings import clean, parse_json

FIELDS_MAX, FILES_MAX = 32, 4
FIELD_BYTES_MAX = 64_000
Model = TypeVar("Model", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Form:
    """What was sent. Files lie on the disk or in memory until the request is over."""

    is_form: bool
    fields: dict[str, Any] = field(default_factory=dict[str, Any])
    files: dict[str, UploadFile] = field(default_factory=dict[str, UploadFile])

    def read_as(self, model: type[Model]) -> Model:
        """The fields, checked. Forms know only text, so there numbers and flags are read from it."""
        try:
            return model.model_validate(self.fields, strict=False if self.is_form else None)
        except ValidationError as error:
            raise invalid_request(error.errors()) from None

    async def file(self, name: str, bytes_max: int) -> bytes | None:
        """The content of a file, None where it was not sent. Raises `InvalidRequest`."""
        upload = self.files.get(name)
        if upload is None:
            if self.is_form and name in self.fields:
                raise InvalidRequest.field(name, "send it as a file: its part of the form needs a filename", "no_file")
            return None
        content = await upload.read(bytes_max + 1)
        if len(content) > bytes_max:
            raise InvalidRequest.field(name, f"has more than {bytes_max} bytes", "too_large")
        return content


@asynccontextmanager
async def sent(request: Request) -> AsyncGenerator[Form]:
    """The body of a request. Raises `InvalidRequest`."""
    if not request.headers.get("content-type", "").lower().startswith("multipart/form-data"):
        value = parse_json(await request.body())
        if not isinstance(value, dict):
            raise InvalidRequest.field("body", "send a JSON object, or a form with a file", "dict_type")
        yield Form(False, cast(dict[str, Any], value))
        return
    async with request.form(max_files=FILES_MAX, max_fields=FIELDS_MAX, max_part_size=FIELD_BYTES_MAX) as parts:
        form = Form(True)
        for name, value in parts.multi_items():
            if isinstance(value, UploadFile):
                form.files[name] = value
            else:
                form.fields[name] = _text(name, value)
        yield form


def _text(name: str, value: str) -> str:
    try:
        return clean(value)
    except ValueError as error:
        raise InvalidRequest.field(name, str(error)) from None


def described(form: type[BaseModel], json: Sequence[type[BaseModel]], file: str, file_help: str) -> dict[str, Any]:
    """The body of such a route for the description of the API: `openapi_extra`."""
    with_file = form.model_json_schema(by_alias=True)
    with_file["properties"][file] = {"type": "string", "format": "binary", "description": file_help}
    without = [model.model_json_schema(by_alias=True) for model in json]
    content = {
        "multipart/form-data": {"schema": with_file},
        "application/json": {"schema": without[0] if len(without) == 1 else {"anyOf": without}},
    }
    return {"requestBody": {"required": True, "content": content}}
