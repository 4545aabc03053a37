"""Embedders: a server over real HTTP, and a model of a few kilobytes that is made here."""

import json
import math
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from pydantic import SecretStr
from safetensors.numpy import save_file
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors

from tests.providers.fake_embeddings import FakeEmbeddings
from visavis.core.errors import ProviderError
from visavis.providers import catalog
from visavis.providers.embeddings.minilm import MiniLm
from visavis.providers.embeddings.openai_compatible import OpenAiEmbeddings

WORDS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "dogs", "are", "welcome", "##s", "cat"]
HIDDEN, LAYERS, HEADS = 8, 2, 2


@pytest.fixture
def server() -> Iterator[FakeEmbeddings]:
    with FakeEmbeddings() as running:
        yield running


def embedder(url: str, key: str = "") -> OpenAiEmbeddings:
    settings = OpenAiEmbeddings.Settings(url=url, model="nomic", api_key=SecretStr(key))
    return catalog.load("embeddings", "openai_compatible")(settings)


async def test_a_server_is_asked_as_openai_is_and_vectors_have_unit_length(server: FakeEmbeddings) -> None:
    model = embedder(server.url, "sk-1")
    texts = [f"dog number {number}" for number in range(70)]
    vectors = await model.embed(texts)
    again = await model.embed([texts[69]])
    await model.close()

    assert [len(request["input"]) for request in server.requests] == [64, 6, 1]
    assert server.requests[0]["model"] == "nomic"
    assert set(server.keys) == {"Bearer sk-1"}
    assert all(math.isclose(float(np.linalg.norm(vector)), 1, rel_tol=1e-5) for vector in vectors)
    assert np.allclose(vectors[69], again[0]), "the order of the answer is not that of the texts"


@pytest.mark.parametrize(
    ("status", "body", "said"),
    [
        (401, b"{}", "refused the key"),
        (404, b"{}", "no such model"),
        (500, b"secret text", "answered 500"),
        (200, b"not json", "no list of embeddings"),
        (200, b'{"data": []}', "no list of embeddings"),
        (200, b'{"data": [{"index": 0, "embedding": ["x"]}]}', "no list of embeddings"),
        (200, b'{"data": [{"index": 0, "embedding": []}]}', "no list of embeddings"),
        (200, b'{"data": [{"index": 0, "embedding": [NaN]}]}', "no list of embeddings"),
    ],
)
async def test_a_server_that_fails_is_named_and_no_text_is(
    server: FakeEmbeddings, status: int, body: bytes, said: str
) -> None:
    server.answer = (status, body)
    model = embedder(server.url)

    with pytest.raises(ProviderError, match=said) as raised:
        await model.embed(["something private"])

    await model.close()
    assert "127.0.0.1" in raised.value.message
    assert "private" not in raised.value.message
    assert "secret" not in raised.value.message


async def test_a_server_that_is_not_there_is_a_provider_error() -> None:
    model = embedder("http://127.0.0.1:9/v1")
    with pytest.raises(ProviderError, match="cannot be reached"):
        await model.embed(["x"])
    await model.close()


# --- the model in numpy -----------------------------------------------------------------------------------------


@pytest.fixture
def weights() -> dict[str, NDArray[np.float32]]:
    random = np.random.default_rng(1)

    def some(*shape: int) -> NDArray[np.float32]:
        return random.standard_normal(shape).astype(np.float32)

    made = {
        "embeddings.word_embeddings.weight": some(len(WORDS), HIDDEN),
        "embeddings.position_embeddings.weight": some(300, HIDDEN),
        "embeddings.token_type_embeddings.weight": some(2, HIDDEN),
    }
    norms = ["embeddings.LayerNorm"]
    for number in range(LAYERS):
        at = f"encoder.layer.{number}"
        dense = [f"{at}.attention.self.{part}" for part in ("query", "key", "value")]
        for name in [*dense, f"{at}.attention.output.dense"]:
            made[f"{name}.weight"], made[f"{name}.bias"] = some(HIDDEN, HIDDEN), some(HIDDEN)
        made[f"{at}.intermediate.dense.weight"], made[f"{at}.intermediate.dense.bias"] = some(12, HIDDEN), some(12)
        made[f"{at}.output.dense.weight"], made[f"{at}.output.dense.bias"] = some(HIDDEN, 12), some(HIDDEN)
        norms += [f"{at}.attention.output.LayerNorm", f"{at}.output.LayerNorm"]
    for name in norms:
        made[f"{name}.weight"], made[f"{name}.bias"] = some(HIDDEN), some(HIDDEN)
    return made


@pytest.fixture
def folder(tmp_path: Path, weights: dict[str, NDArray[np.float32]]) -> Path:
    save_file(weights, str(tmp_path / "model.safetensors"))
    facts = {"num_hidden_layers": LAYERS, "num_attention_heads": HEADS}
    (tmp_path / "config.json").write_text(json.dumps(facts))
    vocabulary = {word: number for number, word in enumerate(WORDS)}
    tokenizer = Tokenizer(models.WordPiece(vocabulary, unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer()
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", special_tokens=[("[CLS]", 2), ("[SEP]", 3)]
    )
    tokenizer.save(str(tmp_path / "tokenizer.json"))
    return tmp_path


def read_slowly(weights: dict[str, NDArray[np.float32]], tokens: list[int]) -> NDArray[np.float64]:
    """The same model word by word, as the paper tells it."""

    def normed(vector: NDArray[np.float64], name: str) -> NDArray[np.float64]:
        scaled = (vector - vector.mean()) / np.sqrt(vector.var() + 1e-12)
        return scaled * weights[f"{name}.weight"] + weights[f"{name}.bias"]

    def dense(vector: NDArray[np.float64], name: str) -> NDArray[np.float64]:
        return weights[f"{name}.weight"].astype(float) @ vector + weights[f"{name}.bias"]

    def gelu(value: float) -> float:
        return value * 0.5 * (1 + math.erf(value / math.sqrt(2)))

    states = [
        normed(
            weights["embeddings.word_embeddings.weight"][token].astype(float)
            + weights["embeddings.position_embeddings.weight"][position]
            + weights["embeddings.token_type_embeddings.weight"][0],
            "embeddings.LayerNorm",
        )
        for position, token in enumerate(tokens)
    ]
    width = HIDDEN // HEADS
    for number in range(LAYERS):
        at = f"encoder.layer.{number}"
        query, key, value = (
            [dense(state, f"{at}.attention.self.{part}") for state in states] for part in ("query", "key", "value")
        )
        seen: list[NDArray[np.float64]] = []
        for mine in query:
            heads: list[NDArray[np.float64]] = []
            for head in range(HEADS):
                own = slice(head * width, (head + 1) * width)
                shares = np.exp([mine[own] @ other[own] / math.sqrt(width) for other in key])
                heads.append(sum(share * other[own] for share, other in zip(shares / shares.sum(), value, strict=True)))
            seen.append(np.concatenate(heads))
        states = [
            normed(state + dense(look, f"{at}.attention.output.dense"), f"{at}.attention.output.LayerNorm")
            for state, look in zip(states, seen, strict=True)
        ]
        thoughts = [np.array([gelu(x) for x in dense(state, f"{at}.intermediate.dense")]) for state in states]
        states = [
            normed(state + dense(thought, f"{at}.output.dense"), f"{at}.output.LayerNorm")
            for state, thought in zip(states, thoughts, strict=True)
        ]
    mean = np.mean(states, axis=0)
    return mean / np.linalg.norm(mean)


def test_the_model_computes_what_it_is_meant_to(folder: Path, weights: dict[str, NDArray[np.float32]]) -> None:
    model = MiniLm(folder)

    rows = model.embed(["Dogs are welcome", "cats", "a wholly unknown sentence " * 100])

    assert (rows.shape, rows.dtype) == ((3, HIDDEN), np.float32)
    assert np.allclose(rows[0], read_slowly(weights, [2, 4, 5, 6, 3]), atol=5e-3)
    assert np.allclose(rows[1], read_slowly(weights, [2, 8, 7, 3]), atol=5e-3)
    assert np.allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-5)


@pytest.mark.parametrize("broken", ["config.json", "tokenizer.json", "model.safetensors"])
def test_a_broken_file_is_a_provider_error(folder: Path, broken: str) -> None:
    (folder / broken).write_bytes(b"{}")
    with pytest.raises(ProviderError, match="cannot be read"):
        MiniLm(folder)


def test_the_real_model_finds_like_meanings_alike() -> None:
    if hint := MiniLm.missing():
        pytest.skip(hint)
    dog, animals, pool = MiniLm().embed(["can I bring my dog", "Small animals are welcome", "The pool is open daily"])
    assert dog @ animals > dog @ pool + 0.2
