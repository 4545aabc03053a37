"""Which recordings can become a voice."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests import photos
from tests.recordings import FORMATS, recording
from visavis.core.errors import InvalidRequest
from visavis.media import recording as judged
from visavis.media.recording import CONTENT_TYPES, measure


def refusal(path: Path, content: bytes) -> str:
    path.write_bytes(content)
    with pytest.raises(InvalidRequest) as raised:
        measure(path)
    return raised.value.details[0].code


@pytest.mark.parametrize("suffix", FORMATS)
def test_every_usual_format_is_measured_and_named_by_what_it_is(tmp_path: Path, suffix: str) -> None:
    # the name is wrong on purpose
    path = tmp_path / "voice.txt"
    path.write_bytes(recording(6.0, suffix))

    heard = measure(path)

    assert heard.duration_ms == pytest.approx(6000, abs=100)
    assert heard.content_type in CONTENT_TYPES.values()
    assert heard.content_type == {"mp3": "audio/mpeg", "m4a": "audio/mp4"}.get(suffix, f"audio/{suffix}")


def test_what_cannot_become_a_voice_is_refused_with_the_reason(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "sent"
    whole = recording(6.0, "flac")
    assert refusal(path, b"") == "wrong_format"
    assert refusal(path, b"not a recording" * 1000) == "wrong_format"
    assert refusal(path, photos.encoded(photos.scenery(), ".png")) == "wrong_format"
    assert refusal(path, b"#EXTM3U\n#EXTINF:10,\nhttp://127.0.0.1:9/x.ts\n") == "wrong_format"
    assert refusal(path, b"ffconcat version 1.0\nfile '/etc/passwd'\n") == "wrong_format"
    assert refusal(path, whole[: len(whole) // 8]) in ("damaged", "too_short")
    assert refusal(path, recording(2.0)) == "too_short"
    assert refusal(path, recording(6.0, amplitude=0.001)) == "silent"
    monkeypatch.setattr(judged, "LENGTH_MAX_S", 8)
    assert refusal(path, recording(9.0)) == "too_long"


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    head=st.sampled_from([b"", b"RIFF\xff\xff\xff\x7fWAVEfmt ", b"ID3\x04\0\0", b"fLaC\0\0\0\x22", b"OggS\0\x02"]),
    tail=st.binary(max_size=300),
)
def test_no_bytes_are_more_than_refused(tmp_path: Path, head: bytes, tail: bytes) -> None:
    path = tmp_path / "sent"
    path.write_bytes(head + tail)
    with pytest.raises(InvalidRequest):
        measure(path)
