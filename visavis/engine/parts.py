"""What a conversation is made of, ready-made: whoever opens one hands these in."""

from dataclasses import dataclass

from visavis.engine.recorder import Recorder
from visavis.engine.tools import ToolExecutor
from visavis.providers.base import LanguageModel, SpeechToText, TextToSpeech, VoiceActivity
from visavis.renderers.base import Faces
from visavis.transports.base import SpeechEncoders


@dataclass(frozen=True, slots=True)
class Parts:
    """Ready-made providers of one session.

    `voice`, `mind`, `recorder` and `tools` belong to the session, the others to the process. `tools` is there where
    the session has tools that neither its page nor the engine carries out.
    """

    mind: LanguageModel | None
    voice: TextToSpeech | None
    ears: SpeechToText | None
    activity: VoiceActivity
    faces: Faces
    encoders: SpeechEncoders
    recorder: Recorder | None = None
    tools: ToolExecutor | None = None
