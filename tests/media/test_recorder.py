"""Films of sessions: what was shown and said is in the file, and a film in trouble never holds up a talk."""

import asyncio
import io
import logging
import threading
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import av
import numpy as np
import pytest
from numpy.typing import NDArray

from visavis.core.frames import (
    AUDIO_TICK_MS,
    FRAME_MS,
    SPEECH_RATE_HZ,
    AudioChunk,
    EncodedVideo,
    VideoCodec,
    VideoFormat,
)
from visavis.media import recorder as recording
from visavis.media.opus import OpusEncoders
from visavis.media.recorder import Recorders, SessionRecorder
from visavis.media.video_encoder import VideoEncoder

SIZE = (160, 96)
SECONDS = 3
STARTED_MS = 5_000  # the media clock runs before the first picture
PERSONA_HZ, PERSON_HZ = 440, 1_000


@pytest.fixture
def recorders(tmp_path: Path) -> Iterator[Recorders]:
    opened = Recorders(tmp_path / "recordings")
    yield opened
    opened.close()


def video(codec: VideoCodec = "h264") -> VideoFormat:
    return VideoFormat(codec, *SIZE, 300_000)


def pictures(codec: VideoCodec) -> list[EncodedVideo]:
    """A bar that wanders."""
    encoder, found = VideoEncoder(video(codec)), list[EncodedVideo]()
    for number in range(SECONDS * 1000 // FRAME_MS):
        i420 = np.full((SIZE[1] * 3 // 2, SIZE[0]), 128, np.uint8)
        i420[: SIZE[1], number : number + 20] = 230
        found.append(encoder.encode(i420, STARTED_MS + number * FRAME_MS))
    return found


def tone(frequency_hz: int, rate_hz: int, duration_ms: int) -> bytes:
    times = np.arange(rate_hz * duration_ms // 1000) / rate_hz
    return (8_000 * np.sin(2 * np.pi * frequency_hz * times)).astype(np.int16).tobytes()


async def film(recorder: SessionRecorder, codec: VideoCodec) -> str:
    """Persona for the whole time, the person in the second half."""
    encoders = OpusEncoders()
    packets = await encoders.open().encode(AudioChunk(tone(PERSONA_HZ, 48_000, SECONDS * 1000), 48_000), last=False)
    encoders.close()
    spoken = tone(PERSON_HZ, SPEECH_RATE_HZ, AUDIO_TICK_MS)
    waiting = iter(pictures(codec))
    recorder.expect(video(codec))
    recorder.sound(encoders.silence, STARTED_MS - AUDIO_TICK_MS)
    for number, packet in enumerate(packets):
        at_ms = number * AUDIO_TICK_MS
        if at_ms % FRAME_MS == 0:
            recorder.picture(next(waiting))
        recorder.sound(packet, STARTED_MS + at_ms)
        if at_ms >= SECONDS * 500:
            recorder.microphone(AudioChunk(spoken, SPEECH_RATE_HZ))
    return await recorder.close()


def read(path: str) -> bytes:
    return Path(path).read_bytes()


def films(folder: Path) -> list[Path]:
    return list(folder.rglob("*.mp4"))


def strength(samples: NDArray[np.float64], frequency_hz: int) -> float:
    spectrum = np.abs(np.fft.rfft(samples * np.hanning(samples.size)))
    frequencies = np.fft.rfftfreq(samples.size, 1 / 48_000)
    return float(spectrum[np.abs(frequencies - frequency_hz) < 20].max())


@pytest.mark.parametrize(("codec", "suffix"), [("h264", ".mp4"), ("vp8", ".webm")])
async def test_a_film_has_moving_pictures_and_both_voices(recorders: Recorders, codec: VideoCodec, suffix: str) -> None:
    path = await film(recorders.open("session"), codec)

    assert path.endswith(f"session{suffix}")
    with av.open(path) as container:
        assert container.streams.video[0].codec_context.name == codec
        frames = [frame for frame in container.decode(video=0)]
    assert len(frames) == SECONDS * 1000 // FRAME_MS
    assert (frames[0].width, frames[0].height) == SIZE
    times = [frame.time for frame in frames if frame.time is not None]
    assert times[0] == pytest.approx(0, abs=0.03)
    assert all(later - earlier == pytest.approx(FRAME_MS / 1000, abs=0.002) for earlier, later in pairwise(times))
    first, last = (frames[index].to_ndarray(format="gray").astype(int) for index in (0, -1))
    assert np.abs(first - last).mean() > 10
    with av.open(path) as container:
        sounds = [frame.to_ndarray()[0].astype(np.float64) for frame in container.decode(audio=0)]
    samples = np.concatenate(sounds)
    assert samples.size / 48_000 == pytest.approx(SECONDS, abs=0.1)
    early, late = samples[24_000:60_000], samples[84_000:132_000]
    assert strength(early, PERSONA_HZ) > 50 * strength(early, PERSON_HZ)
    assert strength(late, PERSON_HZ) == pytest.approx(strength(late, PERSONA_HZ), rel=0.3)


async def test_an_mp4_is_one_that_browsers_can_read(recorders: Recorders) -> None:
    path = await film(recorders.open("session"), "h264")

    content = read(path)
    avcc = content.index(b"avcC") + 4
    assert content[avcc] == 1  # what a decoder must know stands in the header, not in the stream
    assert content[avcc + 5] & 31 == 1
    assert content.count(b"moof") >= 1
    assert b"\0\0\0\1\x67" not in content  # samples are told apart by their lengths, not by start codes


async def test_a_film_that_is_cut_short_can_be_watched_so_far(recorders: Recorders) -> None:
    whole = read(await film(recorders.open("session"), "h264"))

    with av.open(io.BytesIO(whole[: len(whole) * 9 // 10])) as container:
        assert sum(1 for _ in container.decode(video=0)) >= 25


async def test_without_a_picture_there_is_no_film(recorders: Recorders, tmp_path: Path) -> None:
    nobody, blind = recorders.open("nobody"), recorders.open("blind")
    blind.expect(video())
    blind.sound(b"\xfc", 0)

    assert await nobody.close() == ""
    assert await blind.close() == ""
    assert films(tmp_path) == []


async def test_another_kind_of_picture_ends_the_film(recorders: Recorders) -> None:
    recorder = recorders.open("session")
    shown = pictures("h264")
    recorder.expect(video())
    for picture in shown[:10]:
        recorder.picture(picture)
    recorder.expect(video())  # the same again, after a lost connection
    for picture in shown[10:20]:
        recorder.picture(picture)
    recorder.expect(video("vp8"))
    for picture in pictures("vp8")[20:]:
        recorder.picture(picture)

    with av.open(await recorder.close()) as container:
        assert sum(1 for _ in container.decode(video=0)) == 20


async def test_a_film_that_cannot_keep_up_is_given_up(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, recorders: Recorders
) -> None:
    recorder, busy = recorders.open("session"), threading.Event()
    recorders._thread.submit(busy.wait)
    recorder.expect(video())
    recorder.picture(pictures("h264")[0])
    with caplog.at_level(logging.WARNING):
        for tick in range((recording.BATCHES_WAITING_MAX + 2) * recording.BATCH_TICKS):
            recorder.sound(b"\xf8\xff\xfe", STARTED_MS + tick * AUDIO_TICK_MS)
    assert "cannot keep up" in caplog.text
    assert not recorder._batch  # nothing is held for a film that is lost
    busy.set()

    assert await recorder.close() == ""
    assert films(tmp_path) == []


async def test_a_disk_that_refuses_costs_only_the_film(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "recordings").write_text("a file where a folder is needed")
    recorders = Recorders(tmp_path / "recordings")

    assert await film(recorders.open("session"), "h264") == ""

    recorders.close()
    assert "a film is lost" in caplog.text


async def test_a_film_has_a_largest_size(recorders: Recorders, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recording, "FILM_BYTES_MAX", 20_000)

    path = await film(recorders.open("session"), "h264")

    with av.open(path) as container:
        assert 0 < sum(1 for _ in container.decode(video=0)) < SECONDS * 1000 // FRAME_MS
    assert len(read(path)) < 40_000


async def test_filming_never_blocks_the_loop(recorders: Recorders) -> None:
    recorder, busy = recorders.open("session"), threading.Event()
    recorders._thread.submit(busy.wait)
    recorder.expect(video())
    recorder.picture(pictures("h264")[0])
    closing = asyncio.create_task(recorder.close())
    await asyncio.sleep(0)

    assert not closing.done()  # it waits for its turn, and so does nobody else
    busy.set()
    assert await closing
