"""Faces drawn by a fixed number of child processes; each session stays with the one it was given."""

import asyncio
import itertools
import logging
from collections import deque
from collections.abc import Mapping
from pathlib import Path

from visavis.core.clock import Clock
from visavis.core.errors import NotSupported, Unavailable
from visavis.core.frames import VideoFormat
from visavis.core.spec import FaceSpec
from visavis.media.channel import Message
from visavis.media.render_stage import RenderStage, StageFigures
from visavis.media.supervisor import Supervisor

_log = logging.getLogger(__name__)

_OPEN_WITHIN_S = 30.0
_RETRY_FAILED_S = 1.0
_OPENING_TRIES = 2
_FAMILIAR_MAX = 32
# A child whose drawing stands still for this long is stuck in some library, and ends itself.
STUCK_AFTER_S = 10.0


class _Worker:
    """One drawing child and the stages pinned to it, which outlive the child."""

    def __init__(self, renderers: Mapping[str, str], folder: Path | None, models: Mapping[str, Path]) -> None:
        self.stages: dict[int, RenderStage] = {}
        # What the living child has set up lately and can set up again in no time.
        self.familiar: deque[tuple[str, str, int, int]] = deque(maxlen=_FAMILIAR_MAX)
        self.supervisor = Supervisor(
            "visavis.media.render_child",
            {
                "renderers": dict(renderers),
                "folder": str(folder) if folder else None,
                "models": {name: str(file) for name, file in models.items()},
                "stuck_after_s": STUCK_AFTER_S,
            },
            on_message=self._receive,
            on_up=self._hand_over,
            on_down=self.familiar.clear,
        )

    def _receive(self, message: Message) -> None:
        stage = self.stages.get(message.fields["stage"])
        if stage is None:
            return
        if message.kind == "failed":
            self._retry(stage, message.fields["error"])
        else:
            stage.receive(message)

    def _hand_over(self) -> None:
        for stage in list(self.stages.values()):
            if not stage.opened.done() and stage.opening_tries >= _OPENING_TRIES:
                # Perhaps it is what killed the child, and the other sessions must not pay for it again.
                stage.opened.set_exception(Unavailable("The face could not be set up."))
            else:
                stage.open_at_drawer()

    def _retry(self, stage: RenderStage, error: str) -> None:
        """A face that never came up is refused; one that was seen is tried again and again."""
        if not stage.opened.done():
            stage.opened.set_exception(Unavailable(f"The face could not be set up ({error})."))
            return
        asyncio.get_running_loop().call_later(_RETRY_FAILED_S, self._reopen, stage)

    def _reopen(self, stage: RenderStage) -> None:
        if stage.stage_id in self.stages and self.supervisor.up:
            stage.open_at_drawer()


class RenderPool:
    """Satisfies `Faces`.

    `renderers` maps `FaceSpec.renderer` to "package.module:Class"; the class is loaded in the children only, and is
    built there as `Class(face, seed)`. In `folder` renderers may keep what took them long to set up. `models` are the
    files of renderers that are networks; their sessions share the last child, which alone loads the network and draws
    for several of them at once. Children that die are restarted and their sessions go on with a keyframe.
    """

    def __init__(
        self,
        workers: int,
        renderers: Mapping[str, str],
        clock: Clock,
        folder: Path | None = None,
        models: Mapping[str, Path] | None = None,
    ) -> None:
        self._renderers = dict(renderers)
        self._networks = dict(models or {})
        self._clock = clock
        plain = {name: dotted for name, dotted in renderers.items() if name not in self._networks}
        self._workers = [_Worker(plain, folder, {}) for _ in range(workers - 1)]
        self._workers.append(_Worker(renderers, folder, self._networks))
        self._ids = itertools.count(1)
        self._past = StageFigures()  # of stages that are closed

    async def start(self) -> None:
        """Returns when every child has been tried; those that failed go on being tried."""
        await asyncio.gather(*(worker.supervisor.start() for worker in self._workers))

    async def close(self) -> None:
        await asyncio.gather(*(worker.supervisor.stop() for worker in self._workers))

    @property
    def healthy(self) -> bool:
        """False while a child cannot be brought up; for readiness checks."""
        return all(worker.supervisor.healthy for worker in self._workers)

    @property
    def pids(self) -> list[int]:
        """The children that live, by worker."""
        return [pid for worker in self._workers if (pid := worker.supervisor.pid) is not None]

    @property
    def sessions_by_worker(self) -> list[int]:
        return [len(worker.stages) for worker in self._workers]

    @property
    def stages(self) -> list[RenderStage]:
        """The open stages, for their figures."""
        return [stage for worker in self._workers for stage in worker.stages.values()]

    @property
    def restarts(self) -> int:
        """How often a child had to be started again."""
        return sum(worker.supervisor.restarts for worker in self._workers)

    @property
    def frames(self) -> int:
        """All pictures that were ever drawn here."""
        return self._past.frames + sum(stage.figures.frames for stage in self.stages)

    @property
    def frames_late(self) -> int:
        """Those that should have been and were not, and those that came too late to be sent."""
        figures = [self._past, *(stage.figures for stage in self.stages)]
        return sum(one.skipped + one.dropped for one in figures)

    async def open(self, face: FaceSpec, video: VideoFormat) -> RenderStage:
        """A stage that is warm: its first picture will not be late. It is drawn in the size of `video`.

        Raises `NotSupported` for a renderer this server does not have, `Unavailable` when it cannot be set up.
        """
        if face.renderer not in self._renderers:
            raise NotSupported(f'This server has no renderer "{face.renderer}".')
        likeness = (face.renderer, face.identity, video.width_px, video.height_px)
        worker = min(
            self._workers[-1:] if face.renderer in self._networks else self._workers,
            key=lambda worker: (not worker.supervisor.up, len(worker.stages), likeness not in worker.familiar),
        )
        stage_id = next(self._ids)

        def forget(stage: RenderStage) -> None:
            if worker.stages.pop(stage.stage_id, None) is not None:
                self._past.frames += stage.figures.frames
                self._past.skipped += stage.figures.skipped
                self._past.dropped += stage.figures.dropped

        stage = RenderStage(stage_id, face, video, worker.supervisor, self._clock, forget)
        worker.stages[stage_id] = stage
        try:
            if worker.supervisor.up:
                stage.open_at_drawer()
            async with asyncio.timeout(_OPEN_WITHIN_S):
                await stage.opened
        except BaseException as error:
            await stage.close()
            if isinstance(error, TimeoutError):
                raise Unavailable("The face could not be set up in time.") from error
            raise
        if likeness not in worker.familiar:
            worker.familiar.append(likeness)
        return stage
