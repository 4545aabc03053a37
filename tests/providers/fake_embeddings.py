"""A real HTTP server on loopback that embeds as OpenAI does, and fails in every way it can.

Words of one meaning have one direction: "dog" and "pet" are the same to it, and nothing else is like them.
"""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any

import numpy as np

MEANINGS = {"dog": "animal", "dogs": "animal", "pet": "animal", "puppy": "animal", "cost": "money", "euros": "money"}
SIZE = 64


def embedded(text: str, size: int = SIZE) -> list[float]:
    vector = np.full(size, 1e-3)
    for word in text.lower().replace("?", " ").replace(".", " ").split():
        meaning = MEANINGS.get(word, word)
        vector[sum(meaning.encode()) * 7 % size] += 3.0 if word in MEANINGS else 0.2
    return [float(value) for value in vector * 5]  # of no unit length


class FakeEmbeddings:
    """`answer` replaces the next bodies: a status and what to send."""

    def __init__(self) -> None:
        self.requests: list[dict[str, Any]] = []
        self.keys: list[str] = []
        self.size = SIZE
        self.answer: tuple[int, bytes] | None = None
        fake = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["content-length"])))
                status, content = fake.respond(self.path, self.headers.get("authorization", ""), body)
                self.send_response(status)
                self.send_header("content-length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, format: str, *args: Any) -> None:
                """Nothing: tests look at `requests`."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02})

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}/v1"

    def respond(self, path: str, key: str, body: dict[str, Any]) -> tuple[int, bytes]:
        self.requests.append(body)
        self.keys.append(key)
        if self.answer is not None:
            return self.answer
        if path != "/v1/embeddings":
            return 404, b"{}"
        rows = [{"index": index, "embedding": embedded(text, self.size)} for index, text in enumerate(body["input"])]
        return 200, json.dumps({"data": rows[::-1]}).encode()

    def __enter__(self) -> "FakeEmbeddings":
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
