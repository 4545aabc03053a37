"""A BERT that reads, in numpy: token numbers in, the mean of its last layer out.

For models of a few megabytes, where a machine learning library would cost more than it brings.
"""

import math
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float32]

_LAYER_NORM_EPSILON = 1e-12
_PARTS = ("query", "key", "value")


class Bert:
    """Raises `KeyError` for weights of another architecture."""

    def __init__(self, weights: Mapping[str, Array], layers: int, heads: int) -> None:
        self._weights = weights
        self._layers = [_Layer(weights, f"encoder.layer.{number}", heads) for number in range(layers)]

    def read(self, tokens: list[int]) -> Array:
        """One vector of unit length."""
        weights = self._weights
        state = weights["embeddings.word_embeddings.weight"][tokens]
        state = state + weights["embeddings.position_embeddings.weight"][: len(tokens)]
        state = state + weights["embeddings.token_type_embeddings.weight"][0]
        state = _normed(state, weights, "embeddings.LayerNorm")
        for layer in self._layers:
            state = layer.apply(state)
        mean = state.mean(0)
        return mean / max(float(np.linalg.norm(mean)), 1e-12)


class _Layer:
    def __init__(self, weights: Mapping[str, Array], name: str, heads: int) -> None:
        self._weights, self._name, self._heads = weights, name, heads
        # one large multiplication is faster than three small ones
        own = f"{name}.attention.self"
        self._mix = np.concatenate([weights[f"{own}.{part}.weight"] for part in _PARTS]).T.copy()
        self._shift = np.concatenate([weights[f"{own}.{part}.bias"] for part in _PARTS])

    def apply(self, state: Array) -> Array:
        name = self._name
        seen = self._linear(self._attention(state), f"{name}.attention.output.dense")
        state = _normed(state + seen, self._weights, f"{name}.attention.output.LayerNorm")
        thought = _gelu(self._linear(state, f"{name}.intermediate.dense"))
        return _normed(state + self._linear(thought, f"{name}.output.dense"), self._weights, f"{name}.output.LayerNorm")

    def _attention(self, state: Array) -> Array:
        count = len(state)
        query, key, value = (
            part.reshape(count, self._heads, -1).transpose(1, 0, 2)
            for part in np.split(state @ self._mix + self._shift, 3, axis=-1)
        )
        weight = query @ key.transpose(0, 2, 1) / math.sqrt(query.shape[-1])
        weight -= weight.max(-1, keepdims=True)
        np.exp(weight, out=weight)
        weight /= weight.sum(-1, keepdims=True)
        return (weight @ value).transpose(1, 0, 2).reshape(count, -1)

    def _linear(self, state: Array, name: str) -> Array:
        return state @ self._weights[f"{name}.weight"].T + self._weights[f"{name}.bias"]


def _normed(state: Array, weights: Mapping[str, Array], name: str) -> Array:
    centred = state - state.mean(-1, keepdims=True)
    scale = np.sqrt((centred * centred).mean(-1, keepdims=True) + _LAYER_NORM_EPSILON)
    return centred / scale * weights[f"{name}.weight"] + weights[f"{name}.bias"]


def _gelu(state: Array) -> Array:
    """By tanh, which differs from the exact one in the fourth digit; in place, because memory is what it waits for."""
    bent = state * state
    bent *= 0.044715
    bent += 1
    bent *= state
    bent *= math.sqrt(2 / math.pi)
    np.tanh(bent, out=bent)
    bent += 1
    bent *= state
    bent *= 0.5
    return bent
