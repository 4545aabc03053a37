"""Whether something is a JSON Schema that describes the arguments of a tool.

The general library for this takes seconds for a schema that our size limit allows, on a loop that people talk through.
This knows the vocabulary that minds understand, and lets every other keyword pass.
"""

import re
from functools import partial
from typing import Annotated, Any, Literal, cast

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    ValidatorFunctionWrapHandler,
    WrapValidator,
)

from visavis.http.wire import small

SCHEMA_BYTES_MAX = 10_000


def _or_flag(value: Any, check: ValidatorFunctionWrapHandler) -> Any:
    """`true` and `false` are schemas, too."""
    return value if isinstance(value, bool) else check(value)


def _as_list(value: Any) -> Any:
    return cast(list[Any], value) if isinstance(value, list) else [value]


def _local(reference: str) -> str:
    if not reference.startswith("#"):
        raise ValueError('points outside; references begin with "#"')
    return reference


def _expression(pattern: str) -> str:
    try:
        re.compile(pattern)
    except (re.error, RecursionError, OverflowError):
        raise ValueError("is not a regular expression") from None
    return pattern


TypeName = Literal["object", "array", "string", "number", "integer", "boolean", "null"]
Schema = Annotated["_Schema", WrapValidator(_or_flag)]
Schemas = Annotated[list[Schema], Field(min_length=1)]
Named = dict[str, Schema]
Count = Annotated[int, Field(ge=0)]
# nobody reads what was found, so no keyword has a value of its own; lists here would be copied for each schema
ABSENT: Any = None


class _Schema(BaseModel):
    model_config = ConfigDict(strict=True, extra="ignore")

    type: Annotated[list[TypeName], BeforeValidator(_as_list), Field(min_length=1)] = ABSENT
    title: str = ABSENT
    description: str = ABSENT
    format: str = ABSENT
    enum: Annotated[list[Any], Field(min_length=1)] = ABSENT
    properties: Named = ABSENT
    patternProperties: Named = ABSENT
    additionalProperties: Schema = ABSENT
    required: list[str] = ABSENT
    items: Annotated[list[Schema], BeforeValidator(_as_list)] = ABSENT
    prefixItems: Schemas = ABSENT
    anyOf: Schemas = ABSENT
    oneOf: Schemas = ABSENT
    allOf: Schemas = ABSENT
    negated: Schema = Field(default=ABSENT, alias="not")
    definitions: Named = ABSENT
    defs: Named = Field(default=ABSENT, alias="$defs")
    ref: Annotated[str, AfterValidator(_local)] = Field(default=ABSENT, alias="$ref")
    pattern: Annotated[str, AfterValidator(_expression)] = ABSENT
    minimum: float = ABSENT
    maximum: float = ABSENT
    exclusiveMinimum: float = ABSENT
    exclusiveMaximum: float = ABSENT
    multipleOf: Annotated[float, Field(gt=0)] = ABSENT
    minLength: Count = ABSENT
    maxLength: Count = ABSENT
    minItems: Count = ABSENT
    maxItems: Count = ABSENT
    uniqueItems: bool = ABSENT


def _of_an_object(schema: dict[str, Any]) -> dict[str, Any]:
    """Raises `ValueError`, naming the place inside the schema."""
    schema = {"type": "object", **schema}
    if schema["type"] != "object":
        raise ValueError('must be a JSON Schema of type "object", with one property for each argument')
    try:
        _Schema.model_validate(schema)
    except ValidationError as error:
        problem = error.errors()[0]
        place = ".".join(str(part) for part in problem["loc"])
        raise ValueError(f"is not a JSON Schema at {place}: {problem['msg'].removeprefix('Value error, ')}") from None
    return schema


Parameters = Annotated[
    dict[str, Any], AfterValidator(partial(small, bytes_max=SCHEMA_BYTES_MAX)), AfterValidator(_of_an_object)
]
