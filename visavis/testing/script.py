"""Conversations as data: what a file says, checked, with the line and the field of whatever is wrong with it.

    name: A greeting, and a question
    persona:
      greeting: Hello there.
    steps:
      - expect: persona finishes
        says: Hello there.
      - user: What time is it?
      - expect: persona finishes
        contains: o'clock

The page docs/evals.md describes every field.
"""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal, TypeAlias

import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict, Discriminator, Field, Tag, ValidationError, model_validator

FILE_BYTES_MAX = 256 * 1024
STEPS_MAX = 500
TEXT_CHARS_MAX = 10_000
WITHIN_MS = 20_000.0

_DURATION = re.compile(r"([0-9]+(?:\.[0-9]+)?)\s*(ms|s)")
_LEVEL = re.compile(r"([+-]?[0-9]+(?:\.[0-9]+)?)\s*dB")


class ScriptError(Exception):
    """A file that cannot be performed. The message has one line for each mistake: file, line, field, what to change."""


def _duration_ms(value: object) -> float:
    match = _DURATION.fullmatch(str(value).strip())
    if match is None:
        raise ValueError("write a time with its unit, such as `500 ms` or `2.5 s`")
    return float(match[1]) * (1000.0 if match[2] == "s" else 1.0)


def _level_db(value: object) -> float:
    match = _LEVEL.fullmatch(str(value).strip())
    if match is None:
        raise ValueError("write a level with its unit, such as `-20 dB`")
    return float(match[1])


def _several(value: object) -> object:
    return [value] if isinstance(value, str) else value


def _pattern(value: str) -> str:
    try:
        re.compile(value)
    except re.error as error:
        raise ValueError(f"this is no regular expression: {error}") from None
    return value


Duration = Annotated[float, BeforeValidator(_duration_ms), Field(le=600_000)]
Level = Annotated[float, BeforeValidator(_level_db), Field(ge=-96, le=12)]
Text = Annotated[str, Field(min_length=1, max_length=TEXT_CHARS_MAX)]
Texts = Annotated[list[Text], BeforeValidator(_several), Field(min_length=1, max_length=100)]
Forbidden = Literal["warning", "interruption"]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Deed(_Part):
    """Something that is done. It begins `after` the step before, or that far `into_reply`: into what is being said."""

    after: Duration = 0.0
    into_reply: Duration | None = None

    @model_validator(mode="after")
    def _one_beginning(self) -> "_Deed":
        if self.after and self.into_reply is not None:
            raise ValueError("use `after` or `into_reply`, not both")
        return self


class UserSays(_Deed):
    """The user says a line with one of the built-in voices."""

    user: Text
    voice: Text = "rms"
    speed: float = Field(1.0, ge=0.5, le=2.0)
    volume: Level = 0.0


class UserSounds(_Deed):
    """The user makes a sound: `cough`, `mm-hm`, `hum`, `knock`, or a WAV file beside this one."""

    sound: Text
    volume: Level = 0.0


class UserTypes(_Deed):
    type: Text


class AppTalks(_Deed):
    """The application has the persona say a text, or the pieces of one as they are written."""

    talk: Texts
    between: Duration = 100.0


class AppTellsContext(_Deed):
    context: Text


class AppCues(_Deed):
    cue: Text


class AppDoes(_Deed):
    do: Literal["interrupt", "hang up"]


class Waits(_Part):
    wait: Duration


class Judge(_Part):
    """A language model is asked whether the conversation so far fulfils this."""

    judge: Text


Kind = Literal[
    "persona starts",
    "persona stops",
    "persona finishes",
    "user starts",
    "user stops",
    "user heard",
    "talk interrupted",
    "tool called",
    "tool answered",
    "tool failed",
    "cue applied",
    "settings changed",
    "warning",
    "session ends",
    "nothing",
]
WITH_TEXT: tuple[Kind, ...] = ("persona finishes", "user heard", "warning", "session ends")
ABOUT_TOOLS: tuple[Kind, ...] = ("tool called", "tool answered", "tool failed")


class Expect(_Part):
    """Something that has to happen `within` some time; `target` is how soon it should."""

    expect: Kind
    within: Duration = WITHIN_MS
    target: Duration | None = None
    says: Text | None = None
    contains: Texts | None = None
    matches: Annotated[Text, BeforeValidator(_pattern)] | None = None
    words: Texts | None = None
    interrupted: bool | None = None
    tool: Text | None = None
    arguments: dict[str, Any] | None = None
    changes: dict[str, Any] | None = None
    tag: Text | None = None
    span: Annotated[Duration | None, Field(alias="for")] = None

    # which field goes with which kind
    BELONGS: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "says": WITH_TEXT,
        "contains": WITH_TEXT,
        "matches": WITH_TEXT,
        "words": ("user heard",),
        "interrupted": ("persona finishes",),
        "tool": ABOUT_TOOLS,
        "arguments": ("tool called",),
        "changes": ("settings changed",),
        "tag": ("cue applied",),
        "span": ("nothing",),
    }

    @model_validator(mode="after")
    def _fields_belong(self) -> "Expect":
        for field, kinds in self.BELONGS.items():
            if getattr(self, field) is not None and self.expect not in kinds:
                name = "for" if field == "span" else field
                raise ValueError(f"`{name}` means nothing here; it goes with `{'`, `'.join(kinds)}`")
        if self.expect == "nothing" and self.span is None:
            raise ValueError("say `for` how long nothing may happen, such as `for: 2 s`")
        return self


Do: TypeAlias = UserSays | UserSounds | UserTypes | AppTalks | AppTellsContext | AppCues | AppDoes
_STEPS: dict[str, type[_Part]] = {
    "user": UserSays,
    "sound": UserSounds,
    "type": UserTypes,
    "talk": AppTalks,
    "context": AppTellsContext,
    "cue": AppCues,
    "do": AppDoes,
    "wait": Waits,
    "expect": Expect,
    "judge": Judge,
}


def _kind_of_step(raw: object) -> str | None:
    found = [key for key in _STEPS if isinstance(raw, Mapping) and key in raw]
    return found[0] if len(found) == 1 else None


Step = Annotated[
    Annotated[UserSays, Tag("user")]
    | Annotated[UserSounds, Tag("sound")]
    | Annotated[UserTypes, Tag("type")]
    | Annotated[AppTalks, Tag("talk")]
    | Annotated[AppTellsContext, Tag("context")]
    | Annotated[AppCues, Tag("cue")]
    | Annotated[AppDoes, Tag("do")]
    | Annotated[Waits, Tag("wait")]
    | Annotated[Expect, Tag("expect")]
    | Annotated[Judge, Tag("judge")],
    Discriminator(
        _kind_of_step,
        custom_error_type="which_step",
        custom_error_message=f"a step has exactly one of these: {', '.join(_STEPS)}",
    ),
]


class Call(_Part):
    """A reply of the mind that uses a tool; what it says to the answer is its next reply."""

    calls: Text
    arguments: dict[str, Any] = {}


class Tool(_Part):
    """A tool of a rehearsed persona: exactly one of what it answers, how it fails, or what it does to the call."""

    name: Text
    description: Text = "A tool."
    parameters: dict[str, Any] = {"type": "object", "properties": {}}
    answers: Text | None = None
    fails: Text | None = None
    action: Literal["end_call", "skip_turn", "pause_conversation", "interrupt", "change_language"] | None = None

    @model_validator(mode="after")
    def _one_outcome(self) -> "Tool":
        if sum(outcome is not None for outcome in (self.answers, self.fails, self.action)) != 1:
            raise ValueError("say one of `answers`, `fails` and `action`")
        return self


class Persona(_Part):
    """Who is talked to in a rehearsal; a living persona brings all of this itself.

    `mind` are the replies to give, one after the other; without them, the built-in mind thinks.
    """

    name: Text = "Cara"
    prompt: Text = "You are Cara, who is friendly and brief."
    greeting: Text | None = None
    uninterruptible_greeting: bool = False
    voice: Text = "slt"
    mind: Annotated[list[Text | Call], BeforeValidator(_several), Field(min_length=1, max_length=100)] | None = None
    tools: list[Tool] = Field(default_factory=list[Tool], max_length=20)


class Listening(_Part):
    """How patient the rehearsed persona is; 0 s switches a timer off."""

    sensitivity: float = Field(0.5, ge=0, le=1)
    nudge_after: Duration = 0.0
    hang_up_after: Duration = 0.0


class Room(_Part):
    """What the microphone hears besides the user: noise, and the persona from the loudspeaker."""

    noise: Level | None = None
    echo: Level | None = None
    echo_delay: Duration = 120.0


class Script(_Part):
    """One conversation: what is done, and what has to happen."""

    name: Text = ""
    persona: Persona = Persona()
    listening: Listening = Field(default_factory=lambda: Listening.model_validate({}))
    room: Room = Room()
    never: list[Forbidden] = ["warning"]
    steps: list[Step] = Field(min_length=1, max_length=STEPS_MAX)
    folder: Path = Field(Path(), exclude=True)


def load(path: Path) -> Script:
    """Raises `ScriptError` naming file, line and field."""
    if not path.is_file():
        raise ScriptError(f"{path}: there is no such file")
    if path.stat().st_size > FILE_BYTES_MAX:
        raise ScriptError(f"{path}: a file may have {FILE_BYTES_MAX // 1024} KB at most")
    return parse(path.read_text(encoding="utf-8", errors="replace"), path)


def parse(text: str, path: Path) -> Script:
    """The same for a text; `path` is where it stands, for messages and for sounds beside it."""
    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
        raw = yaml.safe_load(text)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        raise ScriptError(f"{path}:{mark.line + 1 if mark else 1}: {error.problem or 'this is no YAML'}") from None
    except (yaml.YAMLError, ValueError, RecursionError):
        raise ScriptError(f"{path}:1: this is no YAML") from None
    if not isinstance(raw, dict):
        raise ScriptError(f"{path}:1: a conversation is a mapping that has `steps`")
    try:
        fields = {str(key): value for key, value in raw.items()}
        return Script.model_validate({"name": path.stem, **fields, "folder": path.parent})
    except ValidationError as error:
        problems = [_problem(path, node, problem["loc"], problem["msg"]) for problem in error.errors()]
        raise ScriptError("\n".join(problems)) from None


def _problem(path: Path, root: "yaml.Node | None", loc: Sequence[int | str], text: str) -> str:
    line, field = _place(root, loc)
    said = text.removeprefix("Value error, ").replace("Extra inputs are not permitted", "there is no such field")
    return f"{path}:{line}: {field}{': ' if field else ''}{said}"


def _place(node: "yaml.Node | None", loc: Sequence[int | str]) -> tuple[int, str]:
    """The line of a field, and its name as people write it: steps[2].after. What pydantic adds is left out."""
    line, field = 1, ""
    for index, part in enumerate(loc):
        if part in _STEPS and loc[index - 2 : index - 1] == ("steps",):
            continue
        if isinstance(node, yaml.MappingNode):
            found = next(((key, value) for key, value in node.value if key.value == str(part)), None)
            if found is not None:
                line, node = found[0].start_mark.line + 1, found[1]
                field += f"{'.' if field else ''}{part}"
            else:
                field += f"{'.' if field else ''}{part}"
        elif isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
            node = node.value[part]
            line = node.start_mark.line + 1 if node else line
            field += f"[{part}]"
    return line, field
