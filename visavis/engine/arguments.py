"""Whether a call says what its tool needs: JSON text in, arguments or a sentence for the mind out."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, cast

import jsonschema_rs

ARGUMENTS_CHARS_MAX = 20_000
DEPTH_MAX = 32
PROBLEMS_TOLD_MAX = 5
PROBLEM_CHARS_MAX = 300
# whoever makes a tool writes its patterns, and everybody's conversation waits while one is tried
PATTERN_STEPS_MAX = 10_000


@dataclass(frozen=True, slots=True)
class Problem:
    """What the mind has to change, in words."""

    text: str = field(repr=False)


class ArgumentSchema:
    """The arguments of one tool, compiled once. Nothing is ever fetched for a schema."""

    def __init__(self, parameters: Mapping[str, Any]) -> None:
        """Raises `ValueError` for what is no schema."""
        patterns = jsonschema_rs.FancyRegexOptions(backtrack_limit=PATTERN_STEPS_MAX)
        try:
            self._validator = jsonschema_rs.validator_for(dict(parameters), pattern_options=patterns, offline=True)
        except (jsonschema_rs.ValidationError, jsonschema_rs.ReferencingError) as error:
            raise ValueError(f"is not a JSON Schema: {_first_line(str(error))}") from None

    def read(self, text: str) -> dict[str, Any] | Problem:
        """What a mind wrote as its arguments."""
        if len(text) > ARGUMENTS_CHARS_MAX:
            return Problem(f"The arguments are longer than {ARGUMENTS_CHARS_MAX} characters.")
        try:
            arguments = json.loads(text or "{}", parse_constant=_no_constant)
        except (ValueError, RecursionError):
            return Problem("The arguments are not valid JSON.")
        if not isinstance(arguments, dict):
            return Problem("The arguments have to be one JSON object.")
        if _is_deeper(arguments, DEPTH_MAX):
            return Problem(f"The arguments are nested deeper than {DEPTH_MAX} levels.")
        problems = [_in_words(error) for error in self._validator.iter_errors(arguments)]
        if problems:
            return Problem(" ".join(problems[:PROBLEMS_TOLD_MAX]))
        return arguments  # pyright: ignore[reportUnknownVariableType]


def _no_constant(name: str) -> float:
    raise ValueError(f"{name} is not a JSON value")


def _is_deeper(value: Any, levels: int) -> bool:
    if isinstance(value, dict):
        inner = list(cast(dict[str, Any], value).values())
    elif isinstance(value, list):
        inner = cast(list[Any], value)
    else:
        return False
    return levels == 0 or any(_is_deeper(one, levels - 1) for one in inner)


def _in_words(error: jsonschema_rs.ValidationError) -> str:
    place = ".".join(str(part) for part in error.instance_path)
    message = _first_line(error.message)
    return f"{place}: {message}." if place else f"{message}."


def _first_line(text: str) -> str:
    line = text.partition("\n")[0]
    return line if len(line) <= PROBLEM_CHARS_MAX else f"...{line[-PROBLEM_CHARS_MAX:]}"
