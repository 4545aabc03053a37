"""What a tool says when it was called, whoever carried it out."""

from dataclasses import dataclass, field

# what is told of a call that the user did not wait for: nobody's failure
INTERRUPTED = "The user interrupted before it answered."


@dataclass(frozen=True, slots=True)
class ToolAnswer:
    """What a tool says, as it says it: nobody has looked at it yet. `documents` are those it read."""

    text: str = field(repr=False)
    documents: tuple[str, ...] = ()


class ToolFailed(Exception):
    """`message` is plain words for the mind and for reports, without secrets or anything that others wrote.

    `said` is what the other side wrote about it, if anything; like every answer it is only for the mind.
    """

    def __init__(self, message: str, said: str = "") -> None:
        self.message, self.said = message, said
        super().__init__(message)
