"""The espeak-ng process and how to ask it, for voices that speak with it or read their text by it."""

import json
import os
import subprocess
import sys
import weakref
from ctypes.util import find_library
from typing import Any

from visavis.core.errors import ProviderError

_MODULE = "visavis.providers.espeak_child"
_ANSWER_BYTES_MAX = 64 << 20


def missing() -> str:
    """ "" where espeak-ng is installed, otherwise what to install."""
    if find_library("espeak-ng") is None:
        return "espeak-ng is not installed: apt-get install libespeak-ng1."
    return ""


class EspeakProcess:
    """Blocking; one text at a time. A process that died is started again for the next text."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None

    def ask(self, request: dict[str, Any]) -> tuple[dict[str, Any], bytes]:
        """The head of the answer and its sound. Raises `ProviderError`."""
        process = self._running()
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            process.stdin.write(json.dumps(request).encode() + b"\n")
            process.stdin.flush()
            head: dict[str, Any] = json.loads(process.stdout.readline())
            size = int(head.get("bytes", 0))
            pcm = process.stdout.read(size) if 0 < size <= _ANSWER_BYTES_MAX else b""
        except (OSError, ValueError):
            process.kill()
            raise ProviderError("espeak-ng stopped working; please ask again.") from None
        if "error" in head:
            raise ProviderError(f"{head['error']}.", retryable=False)
        return head, pcm

    def _running(self) -> "subprocess.Popen[bytes]":
        if self._process is None or self._process.poll() is not None:
            path = os.pathsep.join(entry or os.getcwd() for entry in sys.path)
            self._process = process = subprocess.Popen(
                [sys.executable, "-P", "-m", _MODULE],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env={**os.environ, "PYTHONPATH": path},
            )
            # it ends by itself when its input is closed, which the end of this process does, too
            weakref.finalize(self, _end, process)
        return self._process


def _end(process: "subprocess.Popen[bytes]") -> None:
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            pipe.close()
    process.wait()
