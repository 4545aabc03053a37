"""A vendor's own client asks a mind, has ears hear, makes a voice or embeds; for each key, a line of JSON tells how.

Usage: minds_and_ears.py CLIENT URL KEY... The sound, 16 kHz mono, comes by standard input.
"""

import base64
import inspect
import io
import json
import sys
import threading
import wave
from functools import cache
from typing import Any

QUESTION = "Will it rain?"
SCHEMA = {"type": "object", "properties": {"city": {"type": "string"}}}
PIECE_BYTES = 6400
WITHIN_S = 60.0


def anthropic(url: str, key: str) -> dict[str, Any]:
    from anthropic import Anthropic

    client = Anthropic(api_key=key, base_url=url, max_retries=0)
    tool = {"name": "weather", "description": "Tells the weather", "input_schema": SCHEMA}
    asked = {"model": "test", "max_tokens": 100, "messages": [{"role": "user", "content": QUESTION}], "tools": [tool]}
    with client.messages.stream(**asked) as stream:
        pieces = list(stream.text_stream)
        whole = stream.get_final_message()
    calls = [[block.name, block.input] for block in whole.content if block.type == "tool_use"]
    thoughts = "".join(block.thinking for block in whole.content if block.type == "thinking")
    return {"pieces": pieces, "calls": calls, "thoughts": thoughts, "ended": whole.stop_reason}


def gemini(url: str, key: str) -> dict[str, Any]:
    from google import genai
    from google.genai import types

    client = genai.Client(api_key=key, http_options=types.HttpOptions(base_url=url))
    tool = types.Tool(function_declarations=[{"name": "weather", "parameters_json_schema": SCHEMA}])
    quiet = types.AutomaticFunctionCallingConfig(disable=True)
    config = types.GenerateContentConfig(tools=[tool], automatic_function_calling=quiet)
    pieces, calls, thoughts, ended = [], [], "", None
    for chunk in client.models.generate_content_stream(model="test", contents=QUESTION, config=config):
        for part in chunk.candidates[0].content.parts:
            if part.function_call is not None:
                calls.append([part.function_call.name, part.function_call.args])
            elif part.thought:
                thoughts += part.text
            elif part.text:
                pieces.append(part.text)
        ended = chunk.candidates[0].finish_reason or ended
    return {"pieces": pieces, "calls": calls, "thoughts": thoughts, "ended": ended.value}


def openai(url: str, key: str) -> dict[str, Any]:
    from openai import OpenAI

    client = OpenAI(api_key=key, base_url=f"{url}/v1", max_retries=0)
    tool = {"type": "function", "function": {"name": "weather", "parameters": SCHEMA}}
    pieces = []
    asked = {"model": "test", "messages": [{"role": "user", "content": QUESTION}], "tools": [tool]}
    with client.chat.completions.stream(**asked) as stream:
        for event in stream:
            if event.type == "content.delta":
                pieces.append(event.delta)
        whole = stream.get_final_completion()
    choice = whole.choices[0]
    calls = [[it.function.name, json.loads(it.function.arguments)] for it in choice.message.tool_calls or ()]
    return {"pieces": pieces, "calls": calls, "thoughts": "", "ended": choice.finish_reason}


def deepgram_ears(url: str, key: str) -> dict[str, Any]:
    from deepgram import DeepgramClient
    from deepgram.environment import DeepgramClientEnvironment

    names = inspect.signature(DeepgramClientEnvironment.__init__).parameters
    here = DeepgramClientEnvironment(**{name: url.replace("http", "ws", 1) for name in names if name != "self"})
    client = DeepgramClient(api_key=key, environment=here)
    guesses, settled = [], []
    with client.listen.v1.connect(model="nova-3", encoding="linear16", sample_rate=16000, channels=1) as connection:
        for piece in sound():
            connection.send_media(piece)
        connection.send_close_stream()
        for message in connection:
            if message.type == "Results":
                (settled if message.is_final else guesses).append(message.channel.alternatives[0].transcript)
            elif message.type == "Metadata":
                break
    return {"guesses": guesses, "settled": settled}


def openai_realtime(url: str, key: str) -> dict[str, Any]:
    from openai import OpenAI

    client = OpenAI(api_key=key, base_url=f"{url}/v1", websocket_base_url=f"{url.replace('http', 'ws', 1)}/v1")
    guesses, settled = [], []
    heard = {"format": {"type": "audio/pcm", "rate": 24000}, "transcription": {"model": "gpt-4o-transcribe"}}
    with client.realtime.connect(extra_query={"intent": "transcription"}) as connection:
        connection.session.update(session={"type": "transcription", "audio": {"input": heard}})
        for piece in sound():
            connection.input_audio_buffer.append(audio=base64.b64encode(piece).decode())
        connection.input_audio_buffer.commit()
        for event in connection:
            if event.type == "conversation.item.input_audio_transcription.delta":
                guesses.append(event.delta)
            elif event.type == "conversation.item.input_audio_transcription.completed":
                settled.append(event.transcript)
                break
    return {"guesses": guesses, "settled": settled}


def openai_transcriptions(url: str, key: str) -> dict[str, Any]:
    from openai import OpenAI

    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(16000)
        file.writeframes(b"".join(sound()))
    client = OpenAI(api_key=key, base_url=f"{url}/v1", max_retries=0)
    told = client.audio.transcriptions.create(model="whisper-1", file=("speech.wav", buffer.getvalue()))
    return {"guesses": [], "settled": [told.text]}


def azure_ears(url: str, key: str) -> dict[str, Any]:
    import azure.cognitiveservices.speech as speech

    endpoint = f"{url.replace('http', 'ws', 1)}/speech/recognition/conversation/cognitiveservices/v1"
    config = speech.SpeechConfig(endpoint=endpoint, subscription=key)
    config.speech_recognition_language = "en-US"
    stream = speech.audio.PushAudioInputStream()
    recognizer = speech.SpeechRecognizer(config, audio_config=speech.audio.AudioConfig(stream=stream))
    guesses: list[str] = []
    settled: list[str] = []
    problems: list[str] = []
    over = threading.Event()
    recognizer.recognizing.connect(lambda event: guesses.append(event.result.text))
    recognizer.recognized.connect(lambda event: settled.append(event.result.text))
    recognizer.canceled.connect(lambda event: problems.append(event.cancellation_details.error_details))
    recognizer.session_stopped.connect(lambda _: over.set())
    recognizer.start_continuous_recognition()
    for piece in sound():
        stream.write(piece)
    stream.close()
    is_over = over.wait(WITHIN_S)
    recognizer.stop_continuous_recognition()
    if not is_over or any(problems):
        raise RuntimeError(str(problems))
    return {"guesses": guesses, "settled": settled}


def elevenlabs_cloning(url: str, key: str) -> dict[str, Any]:
    from elevenlabs.client import ElevenLabs

    client = ElevenLabs(api_key=key, base_url=url)
    made = client.voices.ivc.create(name="Ada", files=[("recording.wav", b"".join(sound()), "audio/wav")])
    gone = client.voices.delete(made.voice_id)
    return {"voice": made.voice_id, "gone": gone.status}


def openai_embeddings(url: str, key: str) -> dict[str, Any]:
    from openai import OpenAI

    client = OpenAI(api_key=key, base_url=url, max_retries=0)
    told = client.embeddings.create(model="test", input=["a dog", "money"], encoding_format="float")
    return {"sizes": [len(row.embedding) for row in told.data], "places": sorted(row.index for row in told.data)}


@cache
def sound() -> list[bytes]:
    whole = sys.stdin.buffer.read()
    return [whole[at : at + PIECE_BYTES] for at in range(0, len(whole), PIECE_BYTES)]


def main() -> None:
    name, url, *keys = sys.argv[1:]
    for key in keys:
        try:
            told = globals()[name](url, key)
        except Exception as error:
            told = {"error": type(error).__name__, "message": str(error)[:500]}
        sys.stdout.write(json.dumps(told) + "\n")


if __name__ == "__main__":
    main()
