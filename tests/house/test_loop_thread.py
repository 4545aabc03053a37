"""Nothing heavy runs on the event loop's thread: not drawing, encoding, speaking, recognising or judging sound."""

import asyncio
import re
import sys
from pathlib import Path

import numpy as np
import pytest

from tests.clients import speech
from tests.clients.personas import SENTENCE, new_persona
from tests.clients.python_client import python_client
from tests.clients.server import API_KEY, serve
from tests.house.watched_server import Watcher
from visavis.core.frames import VideoFormat
from visavis.media.video_encoder import VideoEncoder

HEAVY = re.compile(
    r"visavis\.renderers\.(?!base)|visavis\.media\.video_encoder:|visavis\.media\.opus:_Utterance\.encode"
    r"|visavis\.providers\.tts\.flite(_wasm)?:\w+\.synthesize|visavis\.providers\.flite_speech:finish"
    r"|visavis\.providers\.stt\.pocketsphinx:_(Utterance|Recogniser)\.|visavis\.providers\.vad\.silero:Silero\._judge"
    r"|visavis\.providers\.end_of_turn\.smart_turn:SmartTurn\._judge|visavis\.engine\.overlap:Evidence\."
    r"|visavis\.media\.opus:_lowered"
    r"|onnxruntime\..*:InferenceSession\.run|aiortc\.codecs\..*:.*\.(encode|decode)$"
)
AT_WORK = ["visavis.engine.conversation:", "visavis.transports.tracks:VideoTrack.recv", "visavis.engine.listen:"]


def test_the_watcher_sees_what_it_should_not() -> None:
    watcher = Watcher()
    watcher.watch()
    VideoEncoder(VideoFormat("h264", 96, 96)).encode(np.zeros((144, 96), np.uint8), 0)
    watcher.stop()
    assert [name for name in watcher.seen if HEAVY.match(name)]


@pytest.mark.clients
async def test_a_whole_conversation_leaves_the_loop_free(tmp_path: Path) -> None:
    """A greeting, a spoken sentence and its answer, with sound and picture going to a real client."""
    seen = tmp_path / "seen"
    program = (sys.executable, "-m", "tests.house.watched_server", str(seen))
    with serve(tmp_path, program=program) as server:
        persona = {"persona_id": new_persona(server)}
        sentence = await asyncio.to_thread(speech.record, SENTENCE, tmp_path / "sentence.wav")
        async with python_client() as client:
            await client.do("connect", base_url=server.url, key=API_KEY, persona=persona)
            await client.wait_for("message_received")
            await client.start("speak", path=str(sentence))
            await client.wait_for("user_speech_ended")
            said = len(client.events)
            await client.wait_for("message_received", after=said)
    names = seen.read_text().splitlines()
    for part in AT_WORK:
        assert [name for name in names if name.startswith(part)], f"{part} was not seen, so nothing was watched"
    assert [name for name in names if HEAVY.match(name)] == []
