"""Films sessions: the pictures as they were encoded for the viewer, and both voices in one track.

Everything happens in one thread for all sessions, a second of each at a time. A session whose film cannot keep up loses
the film; the talk never waits for it.
"""

import asyncio
import logging
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from visavis.core.frames import AUDIO_TICK_MS, AudioChunk, EncodedVideo, VideoFormat
from visavis.media.film import Film, Picture, Sound, Spoken

BATCH_TICKS = 1000 // AUDIO_TICK_MS
BATCHES_WAITING_MAX = 10  # seconds that the thread may be behind
FILM_BYTES_MAX = 4 << 30
FINISH_WITHIN_S = 5.0

Part: TypeAlias = Sound | Spoken | Picture
log = logging.getLogger(__name__)


@dataclass(slots=True)
class _Progress:
    """`handed` is counted by the loop and `done` by the thread, so that neither needs a lock."""

    handed: int = 0
    done: int = 0
    failed: bool = False


class Recorders:
    """Opens a recorder for each session to be filmed; films lie in `folder` until somebody takes them."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="recorder")

    def open(self, session_id: str) -> "SessionRecorder":
        return SessionRecorder(self._folder / session_id, self._thread)

    def close(self) -> None:
        self._thread.shutdown(wait=True, cancel_futures=True)


class SessionRecorder:
    """Satisfies the engine's `Recorder`. `path` gets the suffix of its kind of film."""

    def __init__(self, path: Path, thread: ThreadPoolExecutor) -> None:
        self._path, self._thread = path, thread
        self._film: Film | None = None
        self._video: VideoFormat | None = None
        self._batch: list[Part] = []
        self._ticks = 0
        self._progress = _Progress()
        self._ended = False

    def expect(self, video: VideoFormat) -> None:
        if self._film is None:
            self._video, self._film = video, Film(self._path, video, FILM_BYTES_MAX)
        elif self._video is None or video.codec != self._video.codec:
            # one file holds one kind of picture, of any size; what was filmed so far is kept
            log.warning("a film ends early: the viewer came back with another kind of picture")
            self._ended = True

    def sound(self, packet: bytes, at_ms: int) -> None:
        self._add(Sound(packet, at_ms))
        self._ticks += 1
        if self._ticks >= BATCH_TICKS:
            self._hand_over()

    def picture(self, picture: EncodedVideo) -> None:
        self._add(Picture(picture.data, picture.pts_ms, picture.keyframe))

    def microphone(self, audio: AudioChunk) -> None:
        self._add(Spoken(audio.pcm, audio.rate_hz))

    async def close(self) -> str:
        film, self._film = self._film, None
        if film is None:
            return ""
        parts, self._batch = self._batch, []
        try:
            async with asyncio.timeout(FINISH_WITHIN_S):
                finished = await asyncio.get_running_loop().run_in_executor(
                    self._thread, _finish, film, parts, self._progress
                )
        except TimeoutError:
            log.warning("a film is lost: its end could not be written in time")
            return ""
        return str(finished or "")

    def _add(self, part: Part) -> None:
        if self._film is not None and not self._ended:
            self._batch.append(part)

    def _hand_over(self) -> None:
        self._ticks = 0
        film, parts = self._film, self._batch
        self._batch = []
        if film is None or not parts:
            return
        if self._progress.handed - self._progress.done >= BATCHES_WAITING_MAX:
            log.warning("a film is lost: this machine cannot keep up with it")
            self._progress.failed = self._ended = True
            return
        self._progress.handed += 1
        self._thread.submit(_take, film, parts, self._progress)


# --- in the thread ----------------------------------------------------------------------------------------------


def _take(film: Film, parts: Sequence[Part], progress: _Progress) -> None:
    try:
        if not progress.failed:
            film.take(parts)
    except Exception as error:  # a full disk, a stream the container refuses: the film is lost, nothing else
        log.warning("a film is lost: %s", error)
        progress.failed = True
    finally:
        progress.done += 1


def _finish(film: Film, parts: Sequence[Part], progress: _Progress) -> Path | None:
    _take(film, parts, progress)
    try:
        if not progress.failed:
            return film.finish()
    except Exception as error:
        log.warning("a film is lost: %s", error)
    film.discard()
    return None
