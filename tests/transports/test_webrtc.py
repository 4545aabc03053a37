"""Two real peer connections in one process: ours, and one that does what the official SDKs do."""

import asyncio
import itertools
import json
import re
from collections.abc import AsyncIterator

import numpy as np
import pytest
from aiortc.rtp import RTCP_PSFB_APP, RtcpPsfbPacket, pack_remb_fci

from visavis.core.clock import MonotonicClock
from visavis.core.errors import InvalidRequest, Unavailable
from visavis.core.events import AddContext, Interrupt, PersonaSaid, UserText
from visavis.core.frames import AUDIO_TICK_MS, VideoCodec
from visavis.transports.bandwidth import BITRATE_MIN_BPS
from visavis.transports.webrtc import Answer, WebRtcPeers

from .conftest import HEIGHT_PX, PATIENCE_S, WIDTH_PX, Client, TestLine, connect

SAID = PersonaSaid(1.0, "turn", "message", 0, "Hello", final=True)


def sections(sdp: str) -> list[str]:
    return ["m=" + part for part in sdp.split("m=")[1:]]


def section(sdp: str, kind: str) -> str:
    return next(part for part in sections(sdp) if part.startswith(f"m={kind}"))


# --- media ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("codec", ["h264", "vp8"])
async def test_w3_w6_pictures_and_sound_decode(codec: VideoCodec, line: TestLine, client: Client) -> None:
    answer = await connect(WebRtcPeers(codec, MonotonicClock()), line, client)
    async with asyncio.timeout(PATIENCE_S):
        picture = await client.tracks["video"].recv()
        later = await client.tracks["video"].recv()
        sounds = [await client.tracks["audio"].recv() for _ in range(20)]
    await answer.peer.close()
    assert (picture.width, picture.height) == (WIDTH_PX, HEIGHT_PX)
    assert later.pts - picture.pts == 40 * 90
    assert {(sound.sample_rate, sound.samples, sound.layout.name) for sound in sounds} == {(48_000, 960, "stereo")}
    assert np.abs(sounds[-1].to_ndarray()).max() > 4000


async def test_w1_w2_one_msid_stream(connected: Answer) -> None:
    streams = re.findall(r"a=msid:(\S+) (\S+)", connected.sdp)
    assert len(streams) == 2
    assert len({stream for stream, _ in streams}) == 1
    assert len({track for _, track in streams}) == 2


async def test_w1_directions(connected: Answer) -> None:
    assert "a=sendonly" in section(connected.sdp, "video")
    assert "a=sendrecv" in section(connected.sdp, "audio")


@pytest.mark.parametrize("client", [{"audio": "recvonly"}], indirect=True)
async def test_w5_works_without_a_microphone(connected: Answer, client: Client) -> None:
    assert "a=sendonly" in section(connected.sdp, "audio")
    async with asyncio.timeout(PATIENCE_S):
        await client.tracks["audio"].recv()


@pytest.mark.parametrize("client", [{"audio_first": True}], indirect=True)
async def test_w13_answers_in_the_order_of_the_offer(connected: Answer, client: Client) -> None:
    assert [part.split()[0] for part in sections(connected.sdp)] == ["m=audio", "m=video", "m=application"]
    async with asyncio.timeout(PATIENCE_S):
        await client.tracks["video"].recv()


@pytest.mark.parametrize(("wanted", "first"), [("h264", "H264"), ("vp8", "VP8")])
async def test_the_operator_chooses_the_codec(wanted: VideoCodec, first: str, line: TestLine, client: Client) -> None:
    answer = await connect(WebRtcPeers(wanted, MonotonicClock()), line, client)
    codecs = re.findall(r"a=rtpmap:\d+ (\w+)/90000", section(answer.sdp, "video"))
    await answer.peer.close()
    assert codecs[0] == first
    assert "rtx" in codecs
    assert answer.peer.video.codec == wanted
    assert (answer.peer.video.width_px, answer.peer.video.height_px) == (WIDTH_PX, HEIGHT_PX)


@pytest.mark.parametrize(("wanted", "offered"), [("h264", "VP8"), ("vp8", "H264")])
async def test_falls_back_to_the_codec_the_client_has(
    wanted: VideoCodec, offered: str, line: TestLine, client: Client
) -> None:
    client.offer_only(offered)
    answer = await connect(WebRtcPeers(wanted, MonotonicClock()), line, client)
    await answer.peer.close()
    assert answer.peer.video.codec == offered.lower()


async def test_h264_is_constrained_baseline_with_packetization_mode_1(connected: Answer) -> None:
    first = re.findall(r"a=fmtp:\d+ (.*profile-level-id.*)", section(connected.sdp, "video"))[0]
    assert "packetization-mode=1" in first
    assert "profile-level-id=42e01f" in first


async def test_audio_is_only_opus(connected: Answer) -> None:
    assert re.findall(r"a=rtpmap:\d+ (\S+)", section(connected.sdp, "audio")) == ["opus/48000/2"]


async def test_no_encoder_and_no_audio_level_of_aiortc_runs(
    line: TestLine, client: Client, peers: WebRtcPeers, monkeypatch: pytest.MonkeyPatch
) -> None:
    def forbidden(*args: object) -> None:
        raise AssertionError("aiortc encoded or measured a frame")

    monkeypatch.setattr("aiortc.rtp.compute_audio_level_dbov", forbidden)
    monkeypatch.setattr("aiortc.codecs.h264.H264Encoder.encode", forbidden)
    monkeypatch.setattr("aiortc.codecs.opus.OpusEncoder.encode", forbidden)
    answer = await connect(peers, line, client)
    async with asyncio.timeout(PATIENCE_S):
        received = [await client.tracks[kind].recv() for kind in ("video", "audio")]
    await answer.peer.close()
    assert len(received) == 2


async def test_s5_all_candidates_are_in_the_answer(connected: Answer) -> None:
    video = sections(connected.sdp)[0]
    addresses = re.findall(r"a=candidate:\S+ \d udp \d+ (\S+) \d+ typ host", video)
    assert "127.0.0.1" in addresses
    assert "a=end-of-candidates" in video


async def test_ports_come_from_the_range_and_the_announced_address_is_told(line: TestLine, client: Client) -> None:
    peers = WebRtcPeers("h264", MonotonicClock(), udp_ports=(40_100, 40_199), announced_ip="203.0.113.9")
    answer = await connect(peers, line, client)
    await answer.peer.close()
    found = re.findall(r"a=candidate:\S+ \d udp \d+ (\S+) (\d+) typ host", sections(answer.sdp)[0])
    assert {int(port) for _, port in found} <= set(range(40_100, 40_200))
    assert "203.0.113.9" in {address for address, _ in found}


# --- feedback -------------------------------------------------------------------------------------------------------


async def test_picture_loss_asks_for_a_keyframe(connected: Answer, client: Client, line: TestLine) -> None:
    video = client.video_receiver
    before = line.keyframes
    await video._send_rtcp_pli(client.video_ssrc(connected.sdp))
    await line.wait_until(lambda: line.keyframes > before)


async def test_bandwidth_estimates_reach_the_line(connected: Answer, client: Client, line: TestLine) -> None:
    """Absurdly low ones that fall count when it is known that more than that is being sent."""
    ssrc = client.video_ssrc(connected.sdp)
    falling_bps = itertools.cycle((2_000, 1_000))
    while not line.bitrates_bps:
        fci = pack_remb_fci(next(falling_bps), [ssrc])
        await client.video_receiver._send_rtcp(RtcpPsfbPacket(fmt=RTCP_PSFB_APP, ssrc=1, media_ssrc=0, fci=fci))
        await asyncio.sleep(0.05)
    assert line.bitrates_bps == [BITRATE_MIN_BPS]
    remb = RtcpPsfbPacket(fmt=RTCP_PSFB_APP, ssrc=1, media_ssrc=0, fci=pack_remb_fci(10_000_000_000, [ssrc]))
    await client.video_receiver._send_rtcp(remb)
    await line.wait_until(lambda: len(line.bitrates_bps) == 2)
    assert line.bitrates_bps[1] == connected.peer.video.bitrate_bps


async def test_a_client_that_reports_lets_the_line_be_measured(connected: Answer, line: TestLine) -> None:
    await line.wait_until(lambda: line.figures)
    figures = line.figures[0]
    assert figures.packets_sent > 0 == figures.packets_lost
    assert figures.bytes_sent > 0
    assert (figures.round_trip_ms or 0.0) >= 0
    assert figures.jitter_ms is not None


# --- the data channel -----------------------------------------------------------------------------------------------


async def test_w14_messages_before_the_channel_is_open_are_kept(
    peers: WebRtcPeers, line: TestLine, client: Client
) -> None:
    answer = await peers.answer(await client.offer(), line, None, WIDTH_PX, HEIGHT_PX)
    answer.peer.deliver(SAID)
    await client.accept(answer)
    message = json.loads(await client.message())
    await answer.peer.close()
    assert message["data"]["content"] == "Hello"


@pytest.mark.parametrize("as_bytes", [False, True], ids=["text", "w15_binary"])
async def test_commands_arrive(as_bytes: bool, connected: Answer, client: Client, line: TestLine) -> None:
    for message in (
        {"message_type": "speech", "content": "hi", "session_id": "s", "timestamp": "2026-01-01T00:00:00.000"},
        {"message_type": "interrupt"},
        {"message_type": "remote_rtp_stats", "data": {}},
        {"message_type": "context", "content": "it rains"},
    ):
        text = json.dumps(message)
        client.channel.send(text.encode() if as_bytes else text)
    await line.wait_until(lambda: len(line.commands) >= 3)
    assert line.commands == [UserText("hi"), Interrupt(), AddContext("it rains")]


async def test_nonsense_on_the_channel_changes_nothing(connected: Answer, client: Client, line: TestLine) -> None:
    for nonsense in ("", "{", "[]", b"\xff\xfe", '{"message_type": 3}', "x" * 100_000):
        client.channel.send(nonsense)
    client.channel.send('{"message_type":"interrupt"}')
    await line.wait_until(lambda: line.commands)
    assert line.commands == [Interrupt()]


async def test_other_channels_are_ignored(connected: Answer, client: Client, line: TestLine) -> None:
    other = client.connection.createDataChannel("chat")
    opened = asyncio.Event()
    other.on("open", opened.set)
    await asyncio.wait_for(opened.wait(), PATIENCE_S)
    other.send('{"message_type":"speech","content":"not for you"}')
    client.channel.send('{"message_type":"interrupt"}')
    await line.wait_until(lambda: line.commands)
    assert line.commands == [Interrupt()]
    assert line.opened == [connected.peer]


async def test_the_last_words_arrive_before_the_end(connected: Answer, client: Client) -> None:
    connected.peer.deliver(SAID)
    await connected.peer.close()
    assert json.loads(await client.message())["data"]["end_of_speech"] is True


async def test_a_client_that_floods_is_not_obeyed_for_ever(connected: Answer, client: Client, line: TestLine) -> None:
    for _ in range(600):
        client.channel.send('{"message_type":"interrupt"}')
    await line.wait_until(lambda: len(line.commands) >= 200)
    assert len(line.commands) < 500


# --- the life of a peer ---------------------------------------------------------------------------------------------


async def test_expected_then_opened_once(connected: Answer, line: TestLine) -> None:
    assert line.expected == [connected.peer]
    assert line.opened == [connected.peer]
    assert line.lost == []


async def test_a_client_that_closes_is_lost_once(connected: Answer, client: Client, line: TestLine) -> None:
    await client.close()
    await line.wait_until(lambda: line.lost)
    await connected.peer.close()
    assert line.lost == [connected.peer]


async def test_w11_a_client_that_vanishes_is_lost(
    peers: WebRtcPeers, line: TestLine, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("aioice.ice.CONSENT_INTERVAL", 0.1)
    answer = await connect(peers, line, client)
    client.vanish()
    await line.wait_until(lambda: line.lost)
    assert line.lost == [answer.peer]
    await answer.peer.close()


async def test_a_peer_knows_how_long_its_client_has_been_silent(
    connected: Answer, client: Client, line: TestLine
) -> None:
    clock = MonotonicClock()
    while connected.peer.silent_ms < 200:
        await clock.sleep_until(clock.now_ms() + AUDIO_TICK_MS)
    client.channel.send('{"message_type":"interrupt"}')
    await line.wait_until(lambda: line.commands)
    assert connected.peer.silent_ms < 200


async def test_closing_does_not_tell_the_line(connected: Answer, client: Client, line: TestLine) -> None:
    await connected.peer.close()
    await connected.peer.close()
    connected.peer.deliver(SAID)
    assert line.lost == []


async def test_closing_stops_the_pulls(connected: Answer, line: TestLine) -> None:
    await connected.peer.close()
    pulled, clock = line.pulled, MonotonicClock()
    await clock.sleep_until(clock.now_ms() + 5 * AUDIO_TICK_MS)
    assert line.pulled == pulled


async def test_closing_before_anybody_connected(peers: WebRtcPeers, line: TestLine, client: Client) -> None:
    answer = await peers.answer(await client.offer(), line, None, WIDTH_PX, HEIGHT_PX)
    await answer.peer.close()
    assert line.opened == []


async def test_closing_in_the_middle_of_the_handshake(peers: WebRtcPeers, line: TestLine, client: Client) -> None:
    answer = await peers.answer(await client.offer(), line, None, WIDTH_PX, HEIGHT_PX)
    await client.accept(answer)
    await asyncio.sleep(0)
    await answer.peer.close()
    assert line.lost == []


@pytest.fixture
async def other_client() -> AsyncIterator[Client]:
    client = Client()
    yield client
    await client.close()


async def test_w10_a_new_fingerprint_is_a_new_peer(
    connected: Answer, client: Client, other_client: Client, peers: WebRtcPeers, line: TestLine
) -> None:
    second = await peers.answer(await other_client.offer(), line, connected.peer, WIDTH_PX, HEIGHT_PX)
    await other_client.accept(second)
    await line.wait_until(lambda: len(line.opened) == 2)
    assert second.peer is not connected.peer
    assert line.expected == line.opened == [connected.peer, second.peer]
    assert line.lost == []
    async with asyncio.timeout(PATIENCE_S):
        await other_client.tracks["video"].recv()
    await second.peer.close()


async def test_w9_the_same_fingerprint_is_the_same_peer(
    connected: Answer, client: Client, peers: WebRtcPeers, line: TestLine
) -> None:
    again = await peers.answer(await client.offer(), line, connected.peer, WIDTH_PX, HEIGHT_PX)
    await client.accept(again)
    assert again.peer is connected.peer
    assert len(sections(again.sdp)) == 3
    assert re.findall(r"a=msid:.*", again.sdp) == re.findall(r"a=msid:.*", connected.sdp)
    client.channel.send('{"message_type":"interrupt"}')
    await line.wait_until(lambda: line.commands)
    assert (line.expected, line.opened, line.lost) == ([connected.peer], [connected.peer], [])


async def test_without_a_free_port_the_current_peer_stays(client: Client, other_client: Client, line: TestLine) -> None:
    crowded = WebRtcPeers("h264", MonotonicClock(), udp_ports=(40_321, 40_321))
    only = await connect(crowded, line, client)
    with pytest.raises(Unavailable):
        await crowded.answer(await other_client.offer(), line, only.peer, WIDTH_PX, HEIGHT_PX)
    client.channel.send('{"message_type":"interrupt"}')
    await line.wait_until(lambda: line.commands)
    await only.peer.close()
    assert line.expected == [only.peer]


async def test_every_picture_arrives_although_packets_are_lost(connected: Answer, client: Client) -> None:
    """The client asks again for what is missing, and gets it."""
    lost = client.lose_every(7)
    async with asyncio.timeout(PATIENCE_S):
        pictures = [await client.tracks["video"].recv() for _ in range(40)]
    assert lost
    assert {later.pts - earlier.pts for earlier, later in itertools.pairwise(pictures)} == {40 * 90}


# --- offers that cannot be answered ---------------------------------------------------------------------------------


def _without(sdp: str, kind: str) -> str:
    head = sdp.split("m=")[0]
    return head + "".join(part for part in sections(sdp) if not part.startswith(f"m={kind}"))


BROKEN = {
    "empty": lambda sdp: "",
    "garbage": lambda sdp: "v=0\r\nm=video x\r\na=",
    "no audio": lambda sdp: _without(sdp, "audio"),
    "no video": lambda sdp: _without(sdp, "video"),
    "no data channel": lambda sdp: _without(sdp, "application"),
    "sends video only": lambda sdp: sdp.replace("a=recvonly", "a=sendonly", 1),
    "no codec of ours": lambda sdp: re.sub(r"(VP8|H264)/90000", "AV1/90000", sdp),
    "no opus": lambda sdp: sdp.replace("opus/48000/2", "speex/16000"),
    "no fingerprint": lambda sdp: re.sub(r"a=fingerprint:.*\r\n", "", sdp),
    "no credentials": lambda sdp: re.sub(r"a=ice-pwd:.*\r\n", "", sdp),
    "no bundle": lambda sdp: re.sub(r"a=group:BUNDLE.*\r\n", "", sdp),
    "too many candidates": lambda sdp: sdp + "a=candidate:1 1 udp 1 10.0.0.1 9 typ host\r\n" * 300,
}


@pytest.mark.parametrize("broken", BROKEN.values(), ids=BROKEN.keys())
async def test_w4_an_offer_that_cannot_be_answered_is_refused(
    broken, connected: Answer, other_client: Client, peers: WebRtcPeers, line: TestLine
) -> None:
    with pytest.raises(InvalidRequest, match="offer"):
        await peers.answer(broken(await other_client.offer()), line, connected.peer, WIDTH_PX, HEIGHT_PX)
    assert line.expected == [connected.peer]
