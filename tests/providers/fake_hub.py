"""A hub of models on loopback that speaks Hugging Face's protocol, and breaks off when it is told to."""

import hashlib
import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import unquote

LARGE_BYTES = 1_000  # from here on a file has a digest of its own
COMMIT = "0123456789abcdef0123456789abcdef01234567"


class FakeHub(ThreadingHTTPServer):
    """`files` are the contents by path in their repository; `asked` what was asked for, with the range."""

    def __init__(self, repositories: Mapping[str, Mapping[str, bytes]]) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.repositories = {name: dict(files) for name, files in repositories.items()}
        self.asked: list[tuple[str, str]] = []
        self.break_off_after: int | None = None
        self.ignores_ranges = False
        self.lies = False  # about the bytes of files
        self.status = 200

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


class _Handler(BaseHTTPRequestHandler):
    server: FakeHub

    def do_HEAD(self) -> None:
        self.do_GET()

    def do_GET(self) -> None:
        path = unquote(self.path.partition("?")[0])
        self.server.asked.append((path, self.headers.get("range", "")))
        if self.server.status != 200:
            self._answer(self.server.status, b"no: secret")
            return
        for name, files in self.server.repositories.items():
            if path.startswith(f"/api/models/{name}/tree/"):
                self._list(files, path.partition("/tree/")[2].partition("/")[2])
                return
            if path.startswith(f"/{name}/resolve/"):
                self._send(files, path.partition("/resolve/")[2].partition("/")[2])
                return
        self._answer(404, b"{}")

    def _list(self, files: Mapping[str, bytes], folder: str) -> None:
        prefix = f"{folder}/" if folder else ""
        inside = {path.removeprefix(prefix): path for path in files if path.startswith(prefix)}
        entries = [entry(path, files[path]) for rest, path in inside.items() if "/" not in rest]
        folders = sorted({rest.partition("/")[0] for rest in inside if "/" in rest})
        entries += [{"type": "directory", "oid": "0", "size": 0, "path": f"{prefix}{name}"} for name in folders]
        self._answer(200, json.dumps(entries).encode(), "application/json")

    def _send(self, files: Mapping[str, bytes], path: str) -> None:
        if path not in files:
            self._answer(404, b"{}")
            return
        content = files[path]
        begin = 0
        if (wanted := self.headers.get("range")) and not self.server.ignores_ranges:
            begin = int(wanted.removeprefix("bytes=").partition("-")[0])
        body = (content[::-1] if self.server.lies else content)[begin:]
        described = entry(path, content)
        self.send_response(206 if begin else 200)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("ETag", f'"{described.get("lfs", described)["oid"]}"')
        self.send_header("X-Repo-Commit", COMMIT)
        if begin:
            self.send_header("Content-Range", f"bytes {begin}-{len(content) - 1}/{len(content)}")
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(body[: self.server.break_off_after])

    def _answer(self, status: int, body: bytes, kind: str = "text/plain") -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """The test's own output says enough."""


def entry(path: str, content: bytes) -> dict[str, object]:
    blob = hashlib.sha1(b"blob %d\0" % len(content) + content, usedforsecurity=False).hexdigest()
    found: dict[str, object] = {"type": "file", "oid": blob, "size": len(content), "path": path}
    if len(content) >= LARGE_BYTES:
        digest = hashlib.sha256(content).hexdigest()
        found["lfs"] = {"oid": digest, "size": len(content), "pointerSize": 134}
    return found


@contextmanager
def fake_hub(repositories: Mapping[str, Mapping[str, bytes]]) -> Iterator[FakeHub]:
    hub = FakeHub(repositories)
    thread = threading.Thread(target=hub.serve_forever, daemon=True)
    thread.start()
    try:
        yield hub
    finally:
        hub.shutdown()
        hub.server_close()
        thread.join()
