"""A vendor's own client says one sentence, and for each key one line of JSON tells what came of it.

Usage: driver.py VENDOR URL TEXT KEY...
"""

import base64
import inspect
import json
import sys
import threading
from typing import Any

EVENTS_WITHIN_S = 60.0


def elevenlabs(url: str, key: str, text: str) -> dict[str, Any]:
    from elevenlabs.client import ElevenLabs

    client = ElevenLabs(api_key=key, base_url=url)
    client.text_to_speech._ws_base_url = url.replace("http", "ws", 1)  # it thinks every server has a certificate
    words = (f"{word} " for word in text.split())
    spoken = b"".join(
        client.text_to_speech.convert_realtime(
            "voice", text=words, model_id="eleven_flash_v2_5", output_format="pcm_24000"
        )
    )
    return {"bytes": len(spoken)}


def elevenlabs_v3(url: str, key: str, text: str) -> dict[str, Any]:
    from elevenlabs.client import ElevenLabs

    client = ElevenLabs(api_key=key, base_url=url)
    pieces = list(
        client.text_to_speech.stream_with_timestamps(
            "voice", text=text, model_id="eleven_v3", output_format="pcm_24000"
        )
    )
    chars = "".join("".join(piece.alignment.characters) for piece in pieces if piece.alignment)
    return {"bytes": sum(len(base64.b64decode(piece.audio_base_64)) for piece in pieces), "chars": chars}


def cartesia(url: str, key: str, text: str) -> dict[str, Any]:
    from cartesia import Cartesia

    client = Cartesia(api_key=key, base_url=url, websocket_base_url=url.replace("http", "ws", 1))
    size, words, phones, done = 0, [], [], False
    with client.tts.websocket_connect() as connection:
        format_ = {"container": "raw", "encoding": "pcm_s16le", "sample_rate": 24000}
        context = connection.context(model_id="sonic-3", voice={"mode": "id", "id": "voice"}, output_format=format_)
        context.send(
            transcript=text, model_id="sonic-3", voice={"mode": "id", "id": "voice"}, continue_=False,
            output_format=format_, add_timestamps=True, add_phoneme_timestamps=True,
        )  # fmt: skip
        for event in context.receive():
            if event.type == "chunk":
                size += len(event.audio or b"")
            elif event.type == "timestamps":
                words += event.word_timestamps.words
            elif event.type == "phoneme_timestamps":
                phones += event.phoneme_timestamps.phonemes
            elif event.type == "done":
                done = True
    return {"bytes": size, "words": words, "phones": len(phones), "done": done}


def deepgram(url: str, key: str, text: str) -> dict[str, Any]:
    from deepgram import DeepgramClient
    from deepgram.environment import DeepgramClientEnvironment

    names = inspect.signature(DeepgramClientEnvironment.__init__).parameters
    here = DeepgramClientEnvironment(**{name: url for name in names if name != "self"})
    client = DeepgramClient(api_key=key, environment=here)
    pieces = client.speak.v1.audio.generate(
        text=text, model="aura-2-thalia-en", encoding="linear16", container="none", sample_rate=24000
    )
    return {"bytes": sum(map(len, pieces))}


def openai(url: str, key: str, text: str) -> dict[str, Any]:
    from openai import OpenAI

    client = OpenAI(api_key=key, base_url=f"{url}/v1", max_retries=0)
    with client.audio.speech.with_streaming_response.create(
        model="gpt-4o-mini-tts", voice="alloy", input=text, response_format="pcm"
    ) as answer:
        return {"bytes": sum(map(len, answer.iter_bytes()))}


def fish_audio(url: str, key: str, text: str) -> dict[str, Any]:
    from fish_audio_sdk import Session, TTSRequest

    session = Session(key, base_url=url)
    return {"bytes": sum(map(len, session.tts(TTSRequest(text=text, format="pcm", sample_rate=24000))))}


def azure(url: str, key: str, text: str) -> dict[str, Any]:
    import azure.cognitiveservices.speech as speech

    endpoint = f"{url.replace('http', 'ws', 1)}/cognitiveservices/websocket/v1"
    config = speech.SpeechConfig(endpoint=endpoint, subscription=key)
    config.speech_synthesis_voice_name = "en-US-AvaMultilingualNeural"
    config.set_speech_synthesis_output_format(speech.SpeechSynthesisOutputFormat.Raw24Khz16BitMonoPcm)
    synthesizer = speech.SpeechSynthesizer(config, audio_config=None)
    words: list[str] = []
    visemes: list[int] = []
    synthesizer.synthesis_word_boundary.connect(lambda event: words.append(event.text))
    synthesizer.viseme_received.connect(lambda event: visemes.append(event.viseme_id))
    told = threading.Event()
    synthesizer.synthesis_completed.connect(lambda event: told.set())
    done = synthesizer.speak_text_async(text).get()
    if done.reason != speech.ResultReason.SynthesizingAudioCompleted:
        raise RuntimeError(str(done.cancellation_details.error_details))
    told.wait(EVENTS_WITHIN_S)  # events come on a thread of their own, after the sound where that is busy
    return {"bytes": len(done.audio_data), "words": words, "visemes": len(visemes)}


def main() -> None:
    vendor, url, text, *keys = sys.argv[1:]
    for key in keys:
        try:
            told = globals()[vendor](url, key, text)
        except Exception as error:
            told = {"error": type(error).__name__, "message": str(error)[:500]}
        sys.stdout.write(json.dumps(told) + "\n")


if __name__ == "__main__":
    main()
