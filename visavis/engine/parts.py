"""What a conversation is made of, ready-made: whoever opens one hands these in."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from visavis.core.spec import SessionSpec
from visavis.engine.adjust import Adjuster, nothing_changes
from visavis.engine.metering import Meter
from visavis.engine.overlap import OffLoop
from visavis.engine.recorder import Recorder
from visavis.engine.tools import ToolExecutor
from visavis.providers.base import EndOfTurn, LanguageModel, SpeechToText, TextToSpeech, VoiceActivity
from visavis.renderers.base import Faces
from visavis.transports.base import SpeechEncoders


def no_speaker(spec: SessionSpec) -> TextToSpeech | None:
    """Nobody else can speak."""


@dataclass(frozen=True, slots=True)
class Parts:
    """Ready-made providers of one session.

    Without `end_of_turn` every pause of a certain length ends a turn. `off_loop` is where the engine itself computes
    what takes milliseconds. `voice`, `mind`, `recorder` and `tools` belong to the session, the others to the process.
    `tools` is there where the session has tools that neither its page nor the engine carries out. `speaker` makes
    another voice. `meter` is around whichever of them are metered.
    """

    mind: LanguageModel | None
    voice: TextToSpeech | None
    ears: SpeechToText | None
    activity: VoiceActivity
    faces: Faces
    encoders: SpeechEncoders
    end_of_turn: EndOfTurn | None = None
    off_loop: OffLoop = asyncio.to_thread
    recorder: Recorder | None = None
    tools: ToolExecutor | None = None
    adjust: Adjuster = nothing_changes
    speaker: Callable[[SessionSpec], TextToSpeech | None] = no_speaker
    meter: Meter | None = None
