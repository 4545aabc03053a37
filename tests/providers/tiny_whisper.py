"""A Whisper that fits into a test. Whatever it hears, it says one line, word after word, and then that it is over.

Its decoder looks at nothing but the place it is at: the row of each place points at the token that comes next. What
is asked for before that (a language, the words of an earlier window) only moves the places along.
"""

import json
from pathlib import Path
from typing import Any

import numpy as np
from ctranslate2.specs import WhisperSpec
from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers

LANGUAGE = "de"  # what it takes everything for, unless it is told
LANGUAGES = ("en", "de", "fr", "es")
WIDTH = 16
PLACES = 448
_VOCABULARY = 51_865  # older libraries take whoever has fewer tokens for a model of English alone
_TIMES = 1501


def make_whisper(folder: Path, *pieces: str, english_only: bool = False) -> Path:
    """The files of a model in `folder`. Each piece of its answer ends one second after the one before."""
    pieces = pieces or ("hello there friend",)
    plain = [f"Ġ{word}" for piece in pieces for word in piece.split()]
    special = ["<|endoftext|>", "<|startoftranscript|>", *(f"<|{code}|>" for code in LANGUAGES)]
    special += ["<|translate|>", "<|transcribe|>", "<|startoflm|>", "<|startofprev|>", "<|nospeech|>"]
    special += ["<|notimestamps|>"]
    times = [f"<|{at * 0.02:.2f}|>" for at in range(_TIMES)]
    letters = sorted(pre_tokenizers.ByteLevel.alphabet())
    size = _VOCABULARY - 1 if english_only else _VOCABULARY
    empty = [] if english_only else [""]  # newer ones look whether there is a token of nothing
    filling = size - len(letters) - len(plain) - len(empty) - len(special) - len(times)
    vocabulary = [*letters, *plain, *(f"<unused{at}>" for at in range(filling)), *empty, *special, *times]
    numbers = {token: at for at, token in enumerate(vocabulary)}
    _write_tokenizer(folder / "tokenizer.json", numbers, [*special, *times])
    said: list[str] = []
    for at, piece in enumerate(pieces):
        said += [f"<|{at}.00|>", *(f"Ġ{word}" for word in piece.split()), f"<|{at + 1}.00|>"]
    answer = [numbers[token] for token in (*said, "<|endoftext|>")]
    # an English model is asked with one token before its answer, another with two more: language and task
    asked = [] if english_only else [numbers[f"<|{LANGUAGE}|>"], numbers["<|transcribe|>"]]
    spec = _weights([*asked, *answer], size)
    spec.register_vocabulary(vocabulary)
    spec.config.suppress_ids, spec.config.suppress_ids_begin = [], []
    spec.config.lang_ids = [numbers[f"<|{code}|>"] for code in LANGUAGES]
    spec.config.alignment_heads = [[0, 0]]
    spec.validate()
    spec.save(str(folder))
    return folder


def _write_tokenizer(path: Path, numbers: dict[str, int], special: list[str]) -> None:
    tokenizer = Tokenizer(models.BPE(vocab=numbers, merges=[]))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.add_special_tokens([AddedToken(token, special=True) for token in special])
    path.write_text(json.dumps(json.loads(tokenizer.to_str())))


def _weights(answer: list[int], vocabulary: int) -> WhisperSpec:
    """One layer of each kind that adds nothing to what passes through it."""
    spec = WhisperSpec(1, 1, 1, 1)
    rng = np.random.default_rng(7)
    rows = rng.normal(size=(vocabulary, WIDTH)).astype(np.float32)
    rows -= rows.mean(axis=1, keepdims=True)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    places = np.zeros((PLACES, WIDTH), np.float32)
    places[: len(answer)] = 100 * rows[answer]
    places[len(answer) :] = 100 * rows[answer[-1]]
    encoder, decoder = spec.encoder, spec.decoder
    encoder.conv1.weight, encoder.conv1.bias = np.zeros((WIDTH, 80, 3), np.float32), np.zeros(WIDTH, np.float32)
    encoder.conv2.weight, encoder.conv2.bias = np.zeros((WIDTH, WIDTH, 3), np.float32), np.zeros(WIDTH, np.float32)
    encoder.position_encodings.encodings = np.zeros((1500, WIDTH), np.float32)
    decoder.embeddings.weight = rows
    decoder.position_encodings.encodings = places
    decoder.projection.weight = rows
    for norm in (encoder.layer_norm, decoder.layer_norm):
        norm.gamma, norm.beta = np.full(WIDTH, 50, np.float32), np.zeros(WIDTH, np.float32)
    _silence(encoder.layer[0])
    _silence(decoder.layer[0])
    return spec


def _silence(layer: Any) -> None:
    attentions = [(layer.self_attention, 3)]
    if hasattr(layer, "attention"):
        attentions.append((layer.attention, 1))
    for attention, parts in attentions:
        _norm(attention.layer_norm)
        sizes = [parts * WIDTH, *([2 * WIDTH] if parts == 1 else []), WIDTH]
        for linear, size in zip(attention.linear, sizes, strict=True):
            linear.weight, linear.bias = np.zeros((size, WIDTH), np.float32), np.zeros(size, np.float32)
    _norm(layer.ffn.layer_norm)
    for linear, (rows, columns) in (
        (layer.ffn.linear_0, (4 * WIDTH, WIDTH)),
        (layer.ffn.linear_1, (WIDTH, 4 * WIDTH)),
    ):
        linear.weight, linear.bias = np.zeros((rows, columns), np.float32), np.zeros(rows, np.float32)


def _norm(norm: Any) -> None:
    norm.gamma, norm.beta = np.ones(WIDTH, np.float32), np.zeros(WIDTH, np.float32)
