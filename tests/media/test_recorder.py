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
from visavis.media.quality import Quality
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


FLASHING_MS = 6_000
FLASHES_MS = (1_000, 4_000)
SMALLER_MS, SPOKEN_MS = 3_000, 2_000


async def film_flashes(recorder: SessionRecorder, codec: VideoCodec) -> str:
    """Flashes that beep, a person who says something in between, and pictures that become smaller halfway."""
    sound, beep = bytearray(FLASHING_MS * 96), tone(PERSONA_HZ, 48_000, 100)
    for at_ms in FLASHES_MS:
        sound[at_ms * 96 : at_ms * 96 + len(beep)] = beep
    encoders, encoder = OpusEncoders(), VideoEncoder(video(codec))
    packets = await encoders.open().encode(AudioChunk(bytes(sound), 48_000), last=True)
    encoders.close()
    recorder.expect(video(codec))
    for at_ms in range(0, FLASHING_MS, AUDIO_TICK_MS):
        if at_ms == SMALLER_MS:
            encoder.set_quality(Quality(300_000, SIZE[0] // 2, SIZE[1] // 2))
        if at_ms % FRAME_MS == 0:
            lit = any(flash_ms <= at_ms < flash_ms + 100 for flash_ms in FLASHES_MS)
            i420 = np.full((SIZE[1] * 3 // 2, SIZE[0]), 128, np.uint8)
            i420[: SIZE[1]] = 235 if lit else 40
            recorder.picture(encoder.encode(i420, STARTED_MS + at_ms, force_keyframe=at_ms % 2_000 == 0))
        if SPOKEN_MS <= at_ms < SPOKEN_MS + 300:
            recorder.microphone(AudioChunk(tone(PERSON_HZ, SPEECH_RATE_HZ, AUDIO_TICK_MS), SPEECH_RATE_HZ))
        recorder.sound(packets[at_ms // AUDIO_TICK_MS], STARTED_MS + at_ms)
    return await recorder.close()


def onsets_s(path: str, frequency_hz: int) -> list[float]:
    """When a tone begins, to 10 ms."""
    with av.open(path) as container:
        sounds = [frame.to_ndarray().reshape(-1).astype(np.float64) for frame in container.decode(audio=0)]
    samples = np.concatenate(sounds)
    pieces = samples[: samples.size // 480 * 480].reshape(-1, 480)
    wave = np.exp(-2j * np.pi * frequency_hz * np.arange(480) / 48_000)
    loud = np.abs(pieces @ wave)
    on = loud > loud.max() / 3
    return [index / 100 for index in range(1, on.size) if on[index] and not on[max(0, index - 20) : index].any()]


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


@pytest.mark.parametrize("codec", ["h264", "vp8"])
async def test_sound_and_picture_stay_together_also_when_the_size_changes(
    recorders: Recorders, codec: VideoCodec
) -> None:
    path = await film_flashes(recorders.open("session"), codec)

    with av.open(path) as container:
        frames = [
            (frame.time, frame.width, frame.to_ndarray(format="gray").mean()) for frame in container.decode(video=0)
        ]
    lit_s = [at_s for at_s, _, light in frames if light > 150]
    assert len(frames) == FLASHING_MS // FRAME_MS
    assert {width for _, width, _ in frames} == {SIZE[0], SIZE[0] // 2}
    for flash_ms, beep_s in zip(FLASHES_MS, onsets_s(path, PERSONA_HZ), strict=True):
        flash_s = min(lit_s, key=lambda at_s: abs(at_s - flash_ms / 1000))
        assert flash_s == pytest.approx(flash_ms / 1000, abs=0.002)
        assert beep_s == pytest.approx(flash_s, abs=FRAME_MS / 1000)
    assert onsets_s(path, PERSON_HZ) == [pytest.approx(SPOKEN_MS / 1000, abs=2 * FRAME_MS / 1000)]


@pytest.mark.parametrize("codec", ["h264", "vp8"])
async def test_one_can_jump_about_in_a_film(recorders: Recorders, codec: VideoCodec) -> None:
    path = await film_flashes(recorders.open("session"), codec)

    with av.open(path) as container:
        assert container.duration == pytest.approx(FLASHING_MS * 1000, rel=0.02)
        for wanted_s in (4.5, 0.5, 2.5):
            container.seek(round(wanted_s * 1_000_000))
            frame = next(container.decode(video=0))
            assert wanted_s - 2 - FRAME_MS / 1000 <= frame.time <= wanted_s


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
