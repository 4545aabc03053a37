"""A Piper and a Kokoro that fit into a test: each sound is a beep of its own pitch, and lasts as long as any other."""

import json
from pathlib import Path

import numpy as np

from tests.providers import tiny_onnx as onnx

PIPER_RATE_HZ = 22_050
KOKORO_RATE_HZ = 24_000
HOP_SAMPLES, FRAMES = 256, 4
KOKORO_FRAME_SAMPLES = 600
SIGNS = "abcdefghijklmnopqrstuvwxyzæçðøħŋœɐɑɒɔɕəɚɛɜɡɪɫɹɾʁʃʊʌʏʒʔβθχᵻɲAIWYOQˈˌː̃ ,.!?;:"
SILENT = " ,.!?;:ˈˌː̃"


def _beeps(count: int, first_sound: int, length: int, rate_hz: int) -> np.ndarray:
    """One row of samples for each number; numbers below `first_sound` and signs nobody hears are silent."""
    at_s = np.arange(length) / rate_hz
    rows = np.zeros((count, length), np.float32)
    for index, sign in enumerate(SIGNS):
        if sign not in SILENT:
            rows[first_sound + index] = 0.3 * np.sin(2 * np.pi * (150 + 12 * index) * at_s)
    return rows


def make_piper(folder: Path, name: str = "tiny", *, durations: bool = True) -> Path:
    numbers = {"_": [0], "^": [1], "$": [2], **{sign: [at + 3] for at, sign in enumerate(SIGNS)}}
    beeps = _beeps(len(SIGNS) + 3, 3, HOP_SAMPLES * FRAMES, PIPER_RATE_HZ)
    frames = np.full((len(SIGNS) + 3, 1), FRAMES, np.float32)
    nodes = [
        onnx.node("Gather", ["beeps", "input"], ["rows"]),
        onnx.node("Reshape", ["rows", "flat"], ["sound"]),
        onnx.node("Gather", ["scales", "second"], ["length"]),
        onnx.node("Concat", ["ones", "length"], ["stretch"], axis=0),
        onnx.node("Resize", ["sound", "", "stretch"], ["output"], mode="linear"),
    ]
    outputs = [onnx.value("output", onnx.FLOAT, [1, 1, 1, "samples"])]
    if durations:
        nodes += [
            onnx.node("Gather", ["frames", "input"], ["plain"]),
            onnx.node("Mul", ["plain", "length"], ["w_ceil"]),
        ]
        outputs.append(onnx.value("w_ceil", onnx.FLOAT, [1, "signs", 1]))
    constants = [
        onnx.constant("beeps", beeps),
        onnx.constant("frames", frames),
        onnx.constant("flat", np.array([1, 1, 1, -1], np.int64)),
        onnx.constant("second", np.array([1], np.int64)),
        onnx.constant("ones", np.ones(3, np.float32)),
    ]
    inputs = [
        onnx.value("input", onnx.INT64, [1, "signs"]),
        onnx.value("input_lengths", onnx.INT64, [1]),
        onnx.value("scales", onnx.FLOAT, [3]),
    ]
    path = folder / f"{name}.onnx"
    path.write_bytes(onnx.model(nodes, constants, inputs, outputs))
    described = {
        "audio": {"sample_rate": PIPER_RATE_HZ},
        "espeak": {"voice": "en-us"},
        "inference": {"noise_scale": 0.0, "length_scale": 1.0, "noise_w": 0.0},
        "num_speakers": 1,
        "phoneme_id_map": numbers,
    }
    path.with_name(f"{path.name}.json").write_text(json.dumps(described))
    return folder


def make_kokoro(folder: Path) -> dict[str, Path]:
    """The three files, as the provider's settings name them."""
    numbers = {sign: at + 1 for at, sign in enumerate(SIGNS)}
    beeps = _beeps(len(SIGNS) + 1, 1, KOKORO_FRAME_SAMPLES * FRAMES, KOKORO_RATE_HZ)
    frames = np.full((len(SIGNS) + 1, 1), FRAMES, np.float32)
    nodes = [
        onnx.node("Gather", ["beeps", "tokens"], ["rows"]),
        onnx.node("Reshape", ["rows", "flat"], ["sound"]),
        onnx.node("Div", ["one", "speed"], ["length"]),
        onnx.node("Concat", ["ones", "length"], ["stretch"], axis=0),
        onnx.node("Resize", ["sound", "", "stretch"], ["audio"], mode="linear"),
        onnx.node("Gather", ["frames", "tokens"], ["plain"]),
        onnx.node("Mul", ["plain", "length"], ["duration"]),
    ]
    constants = [
        onnx.constant("beeps", beeps),
        onnx.constant("frames", frames),
        onnx.constant("flat", np.array([1, 1, 1, -1], np.int64)),
        onnx.constant("one", np.ones(1, np.float32)),
        onnx.constant("ones", np.ones(3, np.float32)),
    ]
    inputs = [
        onnx.value("tokens", onnx.INT64, [1, "signs"]),
        onnx.value("style", onnx.FLOAT, [1, 256]),
        onnx.value("speed", onnx.FLOAT, [1]),
    ]
    outputs = [
        onnx.value("audio", onnx.FLOAT, [1, 1, 1, "samples"]),
        onnx.value("duration", onnx.FLOAT, [1, "signs", 1]),
    ]
    made = {"model": folder / "kokoro.onnx", "voices": folder / "voices.npz", "config": folder / "config.json"}
    made["model"].write_bytes(onnx.model(nodes, constants, inputs, outputs))
    np.savez(made["voices"], af_tiny=np.zeros((511, 1, 256), np.float32), ef_tiny=np.zeros((511, 1, 256), np.float32))
    made["config"].write_text(json.dumps({"vocab": numbers}))
    return made
