"""The official JavaScript client in a real Chromium against the real server, from a page of another origin."""

import asyncio
from pathlib import Path

import pytest

from tests.clients import speech
from tests.clients.browser import NO_MICROPHONE, JsClient, js_client
from tests.clients.personas import GREETING, LONG_TALK, SENTENCE, ended_session, new_persona, token_for
from tests.clients.proxy import Proxy
from tests.clients.server import API_KEY, Server
from tests.providers.fake_openai import DONE, FakeOpenAI, Plan, chunk

pytestmark = [pytest.mark.clients, pytest.mark.browser]


async def test_a_whole_conversation(server: Server, page_url: str, tmp_path: Path) -> None:
    async with js_client(page_url) as client:
        session_id = await client.ready(baseUrl=server.url, token=token_for(server), options=NO_MICROPHONE)
        greeting = await client.message("persona", 1)
        assert greeting["content"] == GREETING
        heard = await asyncio.to_thread(speech.heard_in, await client.save_sound(tmp_path / "greeting.wav"))
        assert speech.words_shared(GREETING, heard) >= 0.5, heard

        await client.run("client.sendUserMessage('Who are you?')")
        assert (await client.message("persona", 2))["content"].strip()
        await client.run("client.talk('Exactly these words.')")
        assert (await client.message("persona", 3))["content"] == "Exactly these words."

        await assert_the_picture_is_alive(client)
        told = await client.run("watched.told.map(({ messageType }) => messageType)")
        assert set(told) == {"speechText"}
        await client.run("client.stopStreaming()")
        assert (await client.wait_for("CONNECTION_CLOSED"))[0] == "CONNECTION_CLOSED_CODE_NORMAL"
        ended_session(server, session_id, within_s=20)  # well before a lost client is given up


async def test_a_sentence_from_the_microphone_is_heard_and_answered(
    sqlite_server: Server, page_url: str, tmp_path: Path
) -> None:
    """The browser plays the recording over and over, so a slow start costs one round and not the test.

    The user allows the microphone only when the picture is there: its sound begins late, on the line as it is.
    """
    sentence = await asyncio.to_thread(speech.record, SENTENCE, tmp_path / "microphone.wav", before_s=4, after_s=10)
    async with js_client(page_url, microphone=sentence) as client:
        await client.run("() => { watched.allowed = new Promise((allow) => { window.allow = allow; }); }")
        await client.ready(baseUrl=sqlite_server.url, token=token_for(sqlite_server, skipGreeting=True))
        await client.wait_for("VIDEO_PLAY_STARTED")
        assert await client.run("named('INPUT_AUDIO_STREAM_STARTED').length") == 0
        await client.run("allow()")
        await client.wait_for("INPUT_AUDIO_STREAM_STARTED")
        said = await client.message("user", 1)
        if speech.words_shared(SENTENCE, said["content"]) < 0.5:  # the session began in the middle of the sentence
            said = await client.message("user", 2)
        assert speech.words_shared(SENTENCE, said["content"]) >= 0.5
        assert said["id"].startswith("user::")
        assert await client.run("watched.sent.filter(({ actionType }) => actionType === 'offer').length") == 1
        turn_id = await client.run("(id) => textsOf('user').find((text) => text.id === id).correlationId", said["id"])
        assert turn_id
        await client.wait_until(
            "(id) => textsOf('persona').some((text) => text.correlationId === id)", argument=turn_id
        )
        told = "([name, id]) => named(name).filter(({ details }) => details[0] === id).length"
        started, ended = [
            await client.run(told, [event, turn_id]) for event in ("USER_SPEECH_STARTED", "USER_SPEECH_ENDED")
        ]
        assert started == ended >= 1  # more than one where the sound stuttered: a pause for thought is the same turn


async def assert_the_picture_is_alive(client: JsClient) -> None:
    looked_at = await client.run("lookedAt()")
    assert (looked_at["width"], looked_at["height"]) == (720, 480)
    # 25 a second; a busy machine may leave pictures out, and never shows one between two others
    assert looked_at["stepMs"] == pytest.approx(40 * round(looked_at["stepMs"] / 40), abs=1)
    assert looked_at["moving"] > 0.5
    assert await client.run("named('VIDEO_PLAY_STARTED').length") == 1
    assert not [text for text in client.console if "No video frames" in text]


async def test_the_events_of_a_connection_come_in_order(
    sqlite_server: Server, server_proxy: Proxy, page_url: str
) -> None:
    """And the page, a stranger to the server's origin, needs no other request than the documented ones."""
    async with js_client(page_url) as client:
        persona = {"personaId": new_persona(sqlite_server, skipGreeting=True)}
        await client.ready(baseUrl=f"{server_proxy.url}/", key=API_KEY, persona=persona, options=NO_MICROPHONE)
        await client.wait_for("VIDEO_PLAY_STARTED")
        names = await client.run("events.map(({ name }) => name)")
        assert names.index("CONNECTION_ESTABLISHED") < names.index("SESSION_READY")
        assert names.index("DATA_CHANNEL_OPEN") <= names.index("SESSION_READY") + 1
        assert names.count("SESSION_READY") == 1
        assert await client.run("client.getActiveSessionRegion()") == "local"
        posted = [request.split(" ")[1] for request in server_proxy.requests if request.startswith("POST")]
        assert [path for path in posted if "metrics" not in path] == ["//v1/auth/session-token", "//v1/engine/session"]
        measured = "watched.requests.filter(({ url }) => url.includes('/metrics/client'))"
        await client.wait_until(f"{measured}.length && {measured}.every(({{ status }}) => status === 204)")
        first = await client.run("watched.sent[0].actionType")
        assert first == "offer"
        assert await client.run("watched.received.map(({ actionType }) => actionType)") == ["answer", "sessionready"]


async def test_stream_resolves_with_sound_and_picture_in_one_stream(sqlite_server: Server, page_url: str) -> None:
    async with js_client(page_url) as client:
        wanted = {"baseUrl": sqlite_server.url, "token": token_for(sqlite_server), "options": NO_MICROPHONE}
        streams = await client.run("(wanted) => connectForStreams(wanted)", wanted)
        assert len(streams) == 2
        assert {stream["id"] for stream in streams} == {streams[0]["id"]}
        assert streams[0]["tracks"] == ["audio", "video"]


async def test_an_interruption_closes_the_turn_and_silences_it(sqlite_server: Server, page_url: str) -> None:
    async with js_client(page_url) as client:
        token = token_for(sqlite_server, skipGreeting=True)
        await client.ready(baseUrl=sqlite_server.url, token=token, options=NO_MICROPHONE)
        await client.wait_until("sound.recording")
        await client.run("(text) => client.talk(text)", LONG_TALK)
        await client.wait_until("sound.loud > 3")
        await client.wait_for("MESSAGE_STREAM_EVENT_RECEIVED")
        await client.run("client.interruptPersona()")
        message = await client.message("persona", 1)
        assert message["interrupted"]
        assert LONG_TALK.startswith(message["content"].strip())
        await client.wait_until("heard().quietForMs > 700")
        assert await client.run("watched.channel.at(-1).message_type") == "interrupt"


async def test_talk_streams(sqlite_server: Server, page_url: str) -> None:
    """One is spoken whole; one is interrupted and says so; a third, opened at once, is not swallowed."""
    async with js_client(page_url) as client:
        token = token_for(sqlite_server, skipGreeting=True)
        await client.ready(baseUrl=sqlite_server.url, token=token, options=NO_MICROPHONE)
        await client.wait_until("sound.recording")
        await client.run(
            """async () => {
              window.whole = client.createTalkMessageStream();
              for (const piece of ['Every ', 'word is spoken ', 'once.']) await whole.streamMessageChunk(piece, false);
              await whole.endMessage();
            }"""
        )
        assert (await client.message("persona", 1))["content"] == "Every word is spoken once."

        await client.run(
            "(text) => { window.cut = client.createTalkMessageStream(); return cut.streamMessageChunk(text, false); }",
            LONG_TALK,
        )
        await client.wait_until(
            "named('MESSAGE_STREAM_EVENT_RECEIVED').at(-1).details[0].correlationId === cut.getCorrelationId()"
        )
        await client.run(
            """async () => {
              client.interruptPersona();
              await client.createTalkMessageStream().streamMessageChunk('Here is the new one.', true);
            }"""
        )
        interrupted = await client.wait_for("TALK_STREAM_INTERRUPTED")
        assert interrupted == [await client.run("cut.getCorrelationId()")]
        assert await client.run("cut.isActive()") is False
        too_late = "cut.streamMessageChunk('Too late.', false).then(() => '', ({ message }) => message)"
        assert "not in an active state" in await client.run(too_late)
        assert (await client.message("persona", 3))["content"] == "Here is the new one."
        assert [message["interrupted"] for message in await client.run("history()")] == [False, True, False]
        assert await client.run("named('TALK_STREAM_INTERRUPTED').length") == 1


async def test_what_changes_nothing_the_user_can_see(sqlite_server: Server, page_url: str) -> None:
    """Context, statistics, muting and nonsense on the data channel have no answer."""
    async with js_client(page_url) as client:
        await client.ready(baseUrl=sqlite_server.url, token=token_for(sqlite_server, skipGreeting=True))
        await client.wait_for("INPUT_AUDIO_STREAM_STARTED")
        await client.run("client.muteInputAudio()")
        await client.run("client.addContext('The shop closes at six.')")
        await client.run("client.sendDataMessage('not json')")
        await client.wait_until("watched.channel.some(({ message_type }) => message_type === 'remote_rtp_stats')")
        assert await client.run("named('MESSAGE_STREAM_EVENT_RECEIVED').length") == 0
        await client.run("client.sendUserMessage('Hello.')")
        assert (await client.message("persona", 1))["content"].strip()
        assert (
            await client.run("history().filter(({ role }) => role === 'user').length") == 0
        )  # typed text is not echoed


async def test_utterances_of_one_stream_stay_apart(sqlite_server: Server, page_url: str) -> None:
    async with js_client(page_url) as client:
        token = token_for(sqlite_server, skipGreeting=True)
        await client.ready(baseUrl=sqlite_server.url, token=token, options=NO_MICROPHONE)
        ids = await client.run(
            """async () => {
              const ids = [crypto.randomUUID(), crypto.randomUUID()];
              const stream = client.createTalkMessageStream();
              await stream.streamMessageChunk('Let me see.', false, ids[0]);
              await stream.streamMessageChunk('There it is.', true, ids[1]);
              return ids;
            }"""
        )
        message = await client.message("persona", 1)
        assert message["content"] == "Let me see. There it is."
        said = [{"id": ids[0], "content": "Let me see."}, {"id": ids[1], "content": "There it is."}]
        assert message["utterances"] == said
        assert await client.run("history().length") == 1
        assert await client.run("textsOf('persona').length > 1")  # in pieces,
        assert await client.run("named('MESSAGE_HISTORY_UPDATED').length") == 1  # and remembered once, at the end


async def test_a_mind_of_ones_own_thinks_and_speaks(sqlite_server: Server, page_url: str) -> None:
    """Any server that streams as OpenAI does; what it reasons is told apart from what it says.

    It knows what the page has told it before.
    """
    async with FakeOpenAI() as mind, js_client(page_url) as client:
        thoughts = [chunk({"reasoning_content": text}) for text in ("They greet me. ", "I greet them.")]
        words = [chunk({"content": text}) for text in ("Hello, ", "dear visitor.")]
        mind.answer_with(Plan([*thoughts, *words, chunk({}, "stop"), DONE]))
        llm = {"displayName": "Mine", "llmFormat": "openai", "modelName": "test", "url": mind.url, "secret": "key"}
        made = await asyncio.to_thread(sqlite_server.ask, "POST", "/v1/llms", llm)
        assert made.status == 201, made.body
        token = token_for(sqlite_server, skipGreeting=True, llmId=made.json()["id"])
        await client.ready(baseUrl=sqlite_server.url, token=token, options=NO_MICROPHONE)
        await client.run("client.addContext('The visitor has a dog.')")
        await client.run("client.sendUserMessage('Hello.')")
        assert (await client.message("persona", 1))["content"] == "Hello, dear visitor."
        assert "The visitor has a dog." in str(mind.requests[0]["messages"])
        pieces = await client.run("named('REASONING_STREAM_EVENT_RECEIVED').map(({ details }) => details[0])")
        assert "".join(piece["content"] for piece in pieces) == "They greet me. I greet them."
        assert [piece["endOfThought"] for piece in pieces].count(True) == 1
        reasoned = (await client.wait_for("REASONING_HISTORY_UPDATED"))[0]
        assert [message["content"] for message in reasoned] == ["They greet me. I greet them."]
        assert mind.requests[0]["messages"][0]["role"] == "system"


async def test_a_warning_reaches_the_page(sqlite_server: Server, page_url: str) -> None:
    async with js_client(page_url) as client:
        token = token_for(sqlite_server, skipGreeting=True)
        await client.ready(baseUrl=sqlite_server.url, token=token, options=NO_MICROPHONE)
        await client.run("client.createTalkMessageStream('the-same').streamMessageChunk('Said once.', true)")
        await client.message("persona", 1)
        await client.run("client.createTalkMessageStream('the-same').streamMessageChunk('Said twice.', true)")
        warning = await client.wait_for("SERVER_WARNING")
        assert isinstance(warning[0], str)
        assert warning[0]
        assert await client.run("history().length") == 1


async def test_a_client_starts_again_with_the_same_token(sqlite_server: Server, page_url: str) -> None:
    """What this client left of its first session opens a second peer, which the server has to live with."""
    async with js_client(page_url) as client:
        token = token_for(sqlite_server, skipGreeting=True)
        first = await client.ready(baseUrl=sqlite_server.url, token=token, options=NO_MICROPHONE)
        await client.run("client.stopStreaming()")
        await client.run("client.streamToVideoElement('face')")
        assert await client.wait_for("SESSION_READY", count=2) != [first]
        assert await client.run("watched.requests.filter(({ url }) => url.endsWith('/engine/session')).length") == 2
        await client.run("client.talk('Here I am again.')")
        assert (await client.message("persona", 1))["content"] == "Here I am again."
