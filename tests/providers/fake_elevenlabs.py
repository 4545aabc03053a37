"""ElevenLabs' protocol for voices on 127.0.0.1: takes recordings, gives ids, forgets."""

import json
import threading
from email.parser import BytesParser
from email.policy import HTTP
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

KEY = "a-key-of-the-test"


class FakeElevenLabs:
    """`voices` are what it has made, by id. `plan` is a status and body to answer instead, once."""

    def __init__(self) -> None:
        self.voices: dict[str, dict[str, Any]] = {}
        self.plan: tuple[int, Any] | None = None
        self.asked = 0
        fake = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                fake._answer(self, lambda: fake._add(self.headers["content-type"], body))

            def do_DELETE(self) -> None:
                fake._answer(self, lambda: fake._delete(self.path.rpartition("/")[2]))

            def log_message(self, *_: object) -> None: ...

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = False
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02})
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> "FakeElevenLabs":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def _answer(self, request: BaseHTTPRequestHandler, work: Any) -> None:
        self.asked += 1
        if request.headers["xi-api-key"] != KEY:
            status, body = 401, {"detail": {"status": "invalid_api_key", "message": "Invalid API key"}}
        elif self.plan is not None:
            (status, body), self.plan = self.plan, None
        else:
            status, body = work()
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        request.send_response(status)
        request.send_header("content-type", "application/json")
        request.send_header("content-length", str(len(content)))
        request.end_headers()
        request.wfile.write(content)

    def _add(self, content_type: str, body: bytes) -> tuple[int, Any]:
        form = BytesParser(policy=HTTP).parsebytes(b"Content-Type: " + content_type.encode() + b"\r\n\r\n" + body)
        voice: dict[str, Any] = {"files": []}
        for part in form.iter_parts():
            name = part.get_param("name", header="content-disposition")
            content = part.get_payload(decode=True)
            if part.get_filename() is not None:
                voice[name].append((part.get_filename(), part.get_content_type(), content))
            else:
                voice[str(name)] = content.decode()
        if not voice["files"]:
            return 422, {"detail": [{"loc": ["body", "files"], "msg": "field required"}]}
        voice_id = f"voice{len(self.voices) + 1}"
        self.voices[voice_id] = voice
        return 200, {"voice_id": voice_id, "requires_verification": False}

    def _delete(self, voice_id: str) -> tuple[int, Any]:
        if self.voices.pop(voice_id, None) is None:
            return 400, {"detail": {"status": "voice_does_not_exist", "message": "A voice does not exist."}}
        return 200, {"status": "ok"}
