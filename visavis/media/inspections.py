"""Looking at photos and recordings that somebody sent, each in a process of its own."""

import asyncio
from pathlib import Path

from visavis.core.errors import Detail, InvalidRequest, Unavailable, Unprocessable
from visavis.core.material import FaceBox, Photo, Recording
from visavis.media import face_finder
from visavis.media.channel import Message
from visavis.media.errand import run_errand
from visavis.media.supervisor import ChildFailed

_NICE = 5
_AT_ONCE = 2
_LOOK_WITHIN_S = 60.0
_REFUSALS = {kind.__name__: kind for kind in (InvalidRequest, Unprocessable)}


class Inspector:
    def __init__(self) -> None:
        self._turns = asyncio.Semaphore(_AT_ONCE)

    async def look_at_photo(self, content: bytes) -> Photo:
        """Raises `InvalidRequest` for the file, `Unprocessable` for what is in it, `Unavailable` when it fails.

        Where the models are missing nobody looks for a face, and the photo is taken as it is.
        """
        answer = await self._look({"kind": "photo"}, content)
        box: FaceBox | None = tuple(answer.fields["face_box"]) if answer.fields["face_box"] else None
        return Photo(answer.payload, answer.fields["width_px"], answer.fields["height_px"], box)

    async def listen_to(self, recording: Path) -> Recording:
        """Raises `InvalidRequest`, or `Unavailable` when nobody could listen."""
        return Recording(**(await self._look({"kind": "recording", "path": str(recording)})).fields)

    @staticmethod
    def missing() -> str:
        """ "" when faces are looked for, otherwise what to install."""
        return face_finder.missing()

    async def _look(self, task: dict[str, str], payload: bytes = b"") -> Message:
        try:
            async with self._turns:
                answer = await run_errand(
                    "visavis.media.inspection_child", task, payload, within_s=_LOOK_WITHIN_S, nice=_NICE
                )
        except TimeoutError as error:
            raise Unavailable(f"The {task['kind']} could not be examined in time.") from error
        except ChildFailed:
            # it starts wherever this server runs, so the file is what ended it
            raise InvalidRequest.field(task["kind"], "needs more time or memory than one file may have") from None
        if answer.kind == "failed":
            raise Unavailable(f"The {task['kind']} could not be examined ({answer.fields['error']}).")
        if answer.kind == "refused":
            details = [Detail(**detail) for detail in answer.fields["details"]]
            raise _REFUSALS[answer.fields["error"]](answer.fields["message"], details)
        return answer
