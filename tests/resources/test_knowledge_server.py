"""A real server with large files and real workers: what no test inside this process can show."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.clients.server import API_KEY, Server, serve
from tests.providers.fake_embeddings import FakeEmbeddings

FILE_BYTES = 50 << 20
GROWTH_BYTES_MAX = 40 << 20
KEY = {"authorization": f"Bearer {API_KEY}"}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with FakeEmbeddings() as embeddings:
        settings = {"VISAVIS_EMBEDDINGS_URL": embeddings.url, "VISAVIS_EMBEDDINGS_MODEL": "fake"}
        with serve(tmp_path_factory.mktemp("server"), **settings) as running:
            yield running


def group(server: Server) -> str:
    return server.ask("POST", "/v1/knowledge/groups", {"name": "Large"}).json()["id"]


def most_memory_bytes(server: Server) -> int:
    status = Path(f"/proc/{server.process.pid}/status").read_text()
    found = re.search(r"VmHWM:\s+(\d+) kB", status)
    assert found
    return int(found[1]) * 1024


def form(size_bytes: int) -> Iterator[bytes]:
    """A file that is no PDF, so that reading it ends at once."""
    yield b'--cut\r\nContent-Disposition: form-data; name="file"; filename="a.pdf"\r\n\r\n'
    for _ in range(size_bytes >> 20):
        yield b"x" * (1 << 20)
    yield b"\r\n--cut--\r\n"


def test_50_megabytes_are_taken_without_being_held_in_memory(server: Server) -> None:
    address = f"{server.url}/v1/knowledge/groups/{group(server)}/documents"
    headers = {**KEY, "content-type": "multipart/form-data; boundary=cut"}
    before = most_memory_bytes(server)

    answer = httpx.post(address, content=form(FILE_BYTES), headers=headers, timeout=60)
    assert answer.status_code == 201, answer.text
    assert answer.json()["fileSize"] == FILE_BYTES
    announced = {"filename": "a.pdf", "contentType": "application/pdf", "fileSize": FILE_BYTES}
    upload = httpx.post(f"{address}/presigned-upload", json=announced, headers=KEY).json()
    sent = (b"x" * (1 << 20) for _ in range(FILE_BYTES >> 20))
    put = httpx.put(upload["uploadUrl"], content=sent, headers={"content-type": "application/pdf"}, timeout=60)
    assert put.status_code == 200, put.text

    assert most_memory_bytes(server) - before < GROWTH_BYTES_MAX
    too_large = httpx.post(address, content=form(FILE_BYTES + (4 << 20)), headers=headers, timeout=60)
    assert too_large.status_code == 413
    server.wait_until(f"/v1/knowledge/documents/{answer.json()['id']}", lambda row: row["status"] == "FAILED")


def test_knowledge_is_found_by_meaning_and_readyz_says_how(server: Server) -> None:
    group_id = group(server)
    text = {"name": "rules.txt", "content": "Dogs are welcome."}
    made = server.ask("POST", f"/v1/knowledge/groups/{group_id}/documents", text).json()
    server.wait_until(f"/v1/knowledge/documents/{made['id']}", lambda row: row["status"] == "READY")

    found = server.ask("POST", f"/v1/knowledge/groups/{group_id}/search", {"query": "may my puppy come"}).json()
    ready = json.loads(server.ask("GET", "/readyz").body)

    assert found[0]["content"] == "Dogs are welcome."
    assert ready["parts"]["knowledge"] == {"ok": True, "detail": "words, and fake by numpy", "fellBack": False}
