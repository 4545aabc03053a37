"""Groups and documents over REST: sent in every way, read in the background, found, and removed without a trace."""

import asyncio
from typing import Any

import pytest
from sqlalchemy import func, select

from tests.media import documents
from tests.resources import contract
from tests.rest import Rest
from visavis.db.models import KnowledgeChunk

READ_WITHIN_S = 20.0
UNKNOWN = "00000000-0000-4000-8000-000000000000"
PRICES = "Pro costs 49 dollars a month.\n\nBasic costs 9 dollars a month.\n\nReturns are free for thirty days."


def group(rest: Rest, name: str = "Handbook") -> str:
    return rest.create("/v1/knowledge/groups", name=name)["id"]


def documents_of(group_id: str) -> str:
    return f"/v1/knowledge/groups/{group_id}/documents"


def send_file(rest: Rest, group_id: str, name: str, content: bytes, **request: Any) -> Any:
    """As a form; further fields of it as `fields`."""
    body, content_type = form(name, content, request.pop("fields", {}))
    headers = {"content-type": content_type, **request.pop("headers", {})}
    return rest.ask("POST", documents_of(group_id), content=body, headers=headers, **request)


def form(name: str, content: bytes, fields: dict[str, Any]) -> tuple[bytes, str]:
    parts = [
        f'--cut\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{value}\r\n' for key, value in fields.items()
    ]
    file = f'--cut\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'
    return "".join(parts).encode() + file.encode() + content + b"\r\n--cut--\r\n", "multipart/form-data; boundary=cut"


def read(rest: Rest, document: Any) -> Any:
    """The document when it has been read, or given up."""

    async def wait() -> Any:
        async with asyncio.timeout(READ_WITHIN_S):
            while True:
                now = (await rest.send("GET", f"/v1/knowledge/documents/{document['id']}")).json()
                if now["status"] in ("READY", "FAILED"):
                    return now
                await asyncio.sleep(0.02)

    return rest.run(wait())


def search(rest: Rest, group_id: str, query: str, **request: Any) -> list[Any]:
    answer = rest.ask("POST", f"/v1/knowledge/groups/{group_id}/search", {"query": query, **request})
    assert answer.status_code == 200, answer.text
    for result in answer.json():
        contract.check(result, contract.KNOWLEDGE_RESULT)
    return answer.json()


def ready(rest: Rest, group_id: str, name: str = "prices.txt", content: str = PRICES, **fields: Any) -> Any:
    made = rest.create(documents_of(group_id), name=name, content=content, **fields)
    now = read(rest, made)
    assert now["status"] == "READY", now
    return now


# --- groups -----------------------------------------------------------------------------------------------------


def test_a_group_is_made_read_changed_and_removed(rest: Rest) -> None:
    made = rest.create("/v1/knowledge/groups", name="Handbook", description="What we know.")
    contract.check(made, contract.KNOWLEDGE_GROUP)
    assert (made["documentCount"], made["updatedAt"]) == (0, None)
    address = f"/v1/knowledge/groups/{made['id']}"
    ready(rest, made["id"])

    changed = rest.ask("PUT", address, {"name": "Manual"}).json()
    assert (changed["name"], changed["description"], changed["documentCount"]) == ("Manual", "What we know.", 1)
    assert changed["updatedAt"] is not None
    assert rest.ask("PUT", address, {"description": None}).json()["description"] is None
    assert rest.ask("GET", address).json()["name"] == "Manual"
    assert [row["id"] for row in rest.ask("GET", "/v1/knowledge/groups").json()] == [made["id"]]

    answer = rest.ask("DELETE", address)
    assert (answer.status_code, answer.content) == (204, b"")
    assert rest.ask("GET", address).status_code == 404
    assert rest.ask("GET", "/v1/knowledge/groups").json() == []


def test_adding_documents_is_no_change_of_the_group_itself(rest: Rest) -> None:
    group_id = group(rest)
    ready(rest, group_id)

    assert rest.ask("GET", f"/v1/knowledge/groups/{group_id}").json()["updatedAt"] is None


# --- documents --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "content", "file_type"),
    [
        ("a.pdf", documents.pdf(["The code word is heliotrope."]), "application/pdf"),
        ("a.docx", documents.docx(["The code word is heliotrope."]), "application/vnd.openxmlformats"),
        ("a.csv", b"what,word\ncode,heliotrope\n", "text/csv"),
        ("A.HTM", b"<p>The code word is <b>heliotrope</b>.", "text/html"),
        ("a.json", b'{"code": "heliotrope"}', "application/json"),
        ("a.md", b"# Code\n\nheliotrope", "text/markdown"),
        ("a.log", b"12:00 code heliotrope\n", "text/x-log"),
        ("C:\\docs\\a.txt", b"The code word is heliotrope.", "text/plain"),
    ],
)
def test_a_file_of_every_kind_is_sent_read_and_found(rest: Rest, name: str, content: bytes, file_type: str) -> None:
    group_id = group(rest)
    answer = send_file(rest, group_id, name, content, fields={"chunkSize": 500, "chunkOverlap": 50})
    assert answer.status_code == 201, answer.text
    made = answer.json()
    contract.check(made, contract.KNOWLEDGE_DOCUMENT)
    assert made["filename"] == name.rpartition("\\")[2]
    assert made["fileType"].startswith(file_type)
    assert (made["fileSize"], made["knowledgeFolderId"]) == (len(content), group_id)
    assert made["status"] == "PROCESSING"

    assert read(rest, made)["status"] == "READY"
    (result,) = search(rest, group_id, "What is the code word?")
    assert "heliotrope" in result["content"]
    assert (result["documentId"], result["filename"], result["chunkIndex"]) == (made["id"], made["filename"], 0)


def test_what_cannot_be_read_fails_with_a_reason_and_is_not_found(rest: Rest) -> None:
    group_id = group(rest)

    failed = read(rest, send_file(rest, group_id, "broken.pdf", b"%PDF-1.7 heliotrope").json())

    contract.check(failed, contract.KNOWLEDGE_DOCUMENT)
    assert failed["status"] == "FAILED"
    assert "not a readable PDF" in failed["errorMessage"]
    assert search(rest, group_id, "heliotrope") == []


def test_text_can_be_sent_as_json(rest: Rest) -> None:
    group_id = group(rest)

    made = rest.create(documents_of(group_id), name="Notes", content="Grüße aus Köln", contentType="text/plain")

    assert (made["filename"], made["fileType"], made["fileSize"]) == ("Notes", "text/plain", 17)
    assert read(rest, made)["status"] == "READY"


def test_a_document_is_renamed_downloaded_and_removed_with_all_that_was_read(rest: Rest) -> None:
    group_id = group(rest)
    kept, made = ready(rest, group_id, "kept.txt", "Nothing of interest."), ready(rest, group_id)
    address = f"/v1/knowledge/documents/{made['id']}"

    assert rest.ask("PUT", address, {"filename": "new.txt"}).json()["filename"] == "new.txt"
    assert rest.ask("PUT", address, {"name": "newer.txt"}).json()["filename"] == "newer.txt"
    assert [row["id"] for row in rest.ask("GET", documents_of(group_id)).json()] == [made["id"], kept["id"]]
    link = rest.ask("GET", f"{address}/download").json()
    assert link["filename"] == "newer.txt"
    path = link["downloadUrl"].removeprefix("http://visavis.test")
    downloaded = rest.ask("GET", path, key="")
    assert (downloaded.text, downloaded.status_code) == (PRICES, 200)
    assert 'filename="newer.txt"' in downloaded.headers["content-disposition"]
    assert search(rest, group_id, "dollars")

    assert rest.ask("DELETE", address).status_code == 204
    assert rest.ask("GET", address).status_code == 404
    assert search(rest, group_id, "dollars") == []
    assert rest.ask("GET", path, key="").status_code == 404
    assert chunks(rest, made["id"]) == 0


def chunks(rest: Rest, document_id: str) -> int:
    async def count() -> int:
        async with rest.database.reading() as session:
            query = select(func.count()).where(KnowledgeChunk.document_id == document_id)
            return await session.scalar(query) or 0

    return rest.run(count())


def test_chunks_are_as_large_as_asked(rest: Rest) -> None:
    group_id = group(rest)
    text = " ".join(f"word{number}" for number in range(200))

    ready(rest, group_id, "a.txt", text, chunkSize=100, chunkOverlap=20)

    found = search(rest, group_id, "word1 word50 word99", limit=20)
    assert len(found) >= 3
    assert all(len(result["content"]) <= 100 for result in found)


# --- presigned uploads and tokens ---------------------------------------------------------------------------------


def presigned(rest: Rest, group_id: str, content: bytes, **fields: Any) -> Any:
    body = {"filename": "big.txt", "contentType": "text/plain", "fileSize": len(content), **fields}
    answer = rest.ask("POST", f"{documents_of(group_id)}/presigned-upload", body)
    assert answer.status_code == 200, answer.text
    return answer.json()


def put(rest: Rest, url: str, content: bytes, content_type: str = "text/plain") -> int:
    path = url.removeprefix("http://visavis.test")
    return rest.ask("PUT", path, content=content, headers={"content-type": content_type}, key="").status_code


def test_a_file_larger_than_other_bodies_goes_to_a_signed_address_and_is_confirmed(rest: Rest) -> None:
    group_id = group(rest)
    content = b"The code word is heliotrope. \n" * 100_000
    upload = presigned(rest, group_id, content)
    address = f"/v1/knowledge/documents/{upload['documentId']}"
    assert rest.ask("GET", address).json()["status"] == "UPLOADED"
    assert rest.ask("POST", f"{address}/confirm-upload", {"fileSize": len(content)}).status_code == 409
    assert rest.ask("GET", f"{address}/download").status_code == 409

    assert put(rest, upload["uploadUrl"], content) == 200
    confirmed = rest.ask("POST", f"{address}/confirm-upload", {"fileSize": len(content)})
    assert confirmed.status_code == 200
    contract.check(confirmed.json(), contract.KNOWLEDGE_DOCUMENT)
    assert confirmed.json()["status"] == "PROCESSING"
    assert rest.ask("POST", f"{address}/confirm-upload", {}).status_code == 200
    assert read(rest, confirmed.json())["status"] == "READY"


def test_a_file_of_another_size_than_announced_is_not_taken(rest: Rest) -> None:
    upload = presigned(rest, group(rest), b"123456")
    address = f"/v1/knowledge/documents/{upload['documentId']}/confirm-upload"

    assert put(rest, upload["uploadUrl"], b"1234567") == 413
    assert put(rest, upload["uploadUrl"], b"123456", "text/html") == 400
    assert put(rest, upload["uploadUrl"], b"12345") == 200
    answer = rest.ask("POST", address, {"fileSize": 6})
    assert (answer.status_code, answer.json()["details"][0]["path"]) == (400, "fileSize")
    assert rest.ask("POST", address, {"fileSize": 6}).status_code == 409


def test_a_token_adds_documents_to_one_group_without_the_key(rest: Rest) -> None:
    ours, other = group(rest), group(rest)
    given = rest.ask("POST", f"/v1/knowledge/groups/{ours}/upload-token").json()
    headers = {"x-upload-token": given["uploadToken"]}

    made = send_file(rest, ours, "a.txt", b"heliotrope", headers=headers, key="")
    assert made.status_code == 201
    assert read(rest, made.json())["status"] == "READY"
    assert send_file(rest, other, "a.txt", b"x", headers=headers, key="").status_code == 401
    assert send_file(rest, ours, "a.txt", b"x", headers={"x-upload-token": "x"}, key="").status_code == 401
    assert rest.ask("GET", documents_of(ours), headers=headers, key="").status_code == 401


# --- refusals -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fields", "path"),
    [
        ({"chunkSize": 5}, "chunkSize"),
        ({"chunkSize": "many"}, "chunkSize"),
        ({"chunkSize": 100, "chunkOverlap": 100}, "body"),
        ({"chunkOverlap": -1}, "chunkOverlap"),
    ],
)
def test_a_wrong_field_of_a_form_is_named(rest: Rest, fields: dict[str, Any], path: str) -> None:
    answer = send_file(rest, group(rest), "a.txt", b"x", fields=fields)

    assert answer.status_code == 400, answer.text
    contract.check(answer.json(), contract.ERROR)
    assert answer.json()["details"][0]["path"] == path


def test_what_is_no_document_is_refused(rest: Rest) -> None:
    group_id = group(rest)
    address = documents_of(group_id)
    no_file = b'--cut\r\nContent-Disposition: form-data; name="chunkSize"\r\n\r\n500\r\n--cut--\r\n'
    multipart = {"content-type": "multipart/form-data; boundary=cut"}

    assert send_file(rest, group_id, "a.exe", b"MZ").json()["details"][0]["path"] == "file"
    assert rest.ask("POST", address, content=no_file, headers=multipart).json()["details"][0]["path"] == "file"
    assert rest.ask("POST", address, content=b"nonsense", headers=multipart).status_code == 400
    assert rest.ask("POST", address, content=b"x", headers={"content-type": "multipart/form-data"}).status_code == 400
    assert rest.ask("POST", address, {"name": "a.txt"}).json()["details"][0]["path"] == "content"
    assert rest.ask("POST", address, {"name": "a.pdf", "content": "x"}).json()["details"][0]["path"] == "content"
    assert rest.ask("POST", address, {"name": "/", "content": "x"}).json()["details"][0]["path"] in ("filename", "name")
    assert rest.ask("POST", address, [1]).status_code == 400
    assert (
        rest.ask("POST", f"{address}/presigned-upload", {"filename": "a.txt", "fileSize": 60 << 20}).status_code == 400
    )
    assert rest.ask("POST", documents_of(UNKNOWN), {"name": "a.txt", "content": "x"}).status_code == 404
    assert rest.ask("GET", address).json() == []


@pytest.mark.parametrize(
    ("body", "path"),
    [
        ({}, "query"),
        ({"query": "  "}, "query"),
        ({"query": "x" * 2001}, "query"),
        ({"query": "x", "limit": 0}, "limit"),
        ({"query": "x", "limit": 21}, "limit"),
    ],
)
def test_a_wrong_search_is_named(rest: Rest, body: dict[str, Any], path: str) -> None:
    answer = rest.ask("POST", f"/v1/knowledge/groups/{group(rest)}/search", body)

    assert (answer.status_code, answer.json()["details"][0]["path"]) == (400, path)


@pytest.mark.parametrize(
    "query", ['"', "'", "NEAR(a b)", "a AND", "grouping : x", "*", "\\", "content:heliotrope", "a & | ! b", "--", "🙂"]
)
def test_no_query_is_an_operator(rest: Rest, query: str) -> None:
    assert isinstance(search(rest, group(rest), query), list)


def test_the_best_passage_comes_first_with_scores_between_0_and_1(rest: Rest) -> None:
    group_id = group(rest)
    for name, text in (
        ("a.txt", "The office in Lisbon opens at nine."),
        ("b.txt", "The XK-4420 drill needs a blue battery."),
        ("c.txt", "The XK-4410 drill needs a red battery."),
        ("d.txt", "Batteries are recycled in every shop."),
    ):
        ready(rest, group_id, name, text)

    found = search(rest, group_id, "Which battery does the XK-4420 need?")

    assert found[0]["filename"] == "b.txt"
    assert "a.txt" not in [result["filename"] for result in found]
    scores = [result["score"] for result in found]
    assert scores == sorted(scores, reverse=True)
    assert all(0 < score <= 1 for score in scores)
    assert len(search(rest, group_id, "battery", limit=1)) == 1


def test_the_engine_searches_several_groups_of_one_organization(rest: Rest) -> None:
    ours = [group(rest, "One"), group(rest, "Two")]
    organization = rest.organization
    for group_id, word in zip(ours, ("crimson heliotrope", "azure heliotrope"), strict=True):
        ready(rest, group_id, content=word)
    rest.new_organization()
    theirs = group(rest, "Theirs")
    ready(rest, theirs, content="their heliotrope")

    def found(groups: list[str], query: str = "heliotrope") -> set[str]:
        search = rest.app.state.retrieval.search(organization_of(rest, organization), groups, query, 10)
        return {passage.content for passage in rest.run(search)}

    assert found([*ours, theirs]) == {"crimson heliotrope", "azure heliotrope"}
    assert found(ours[:1]) == {"crimson heliotrope"}
    assert found([]) == set()
    assert found(ours, "unheard") == set()


def organization_of(rest: Rest, name: str) -> str:
    from visavis.db.models import Organization

    async def find() -> str:
        async with rest.database.reading() as session:
            return await session.scalar(select(Organization.id).where(Organization.name == name)) or ""

    return rest.run(find())


# --- isolation ----------------------------------------------------------------------------------------------------


def test_nothing_of_one_organization_is_seen_or_touched_by_another(rest: Rest) -> None:
    owner, group_id = rest.key, group(rest)
    document = ready(rest, group_id)
    upload = presigned(rest, group_id, b"123")
    rest.new_organization()
    theirs = group(rest)
    text = {"name": "a.txt", "content": "x"}
    asked: list[tuple[str, str, Any]] = [
        ("GET", f"/v1/knowledge/groups/{group_id}", None),
        ("PUT", f"/v1/knowledge/groups/{group_id}", {"name": "Stolen"}),
        ("DELETE", f"/v1/knowledge/groups/{group_id}", None),
        ("POST", f"/v1/knowledge/groups/{group_id}/search", {"query": "dollars"}),
        ("POST", f"/v1/knowledge/groups/{group_id}/upload-token", None),
        ("GET", documents_of(group_id), None),
        ("POST", documents_of(group_id), text),
        ("POST", f"{documents_of(group_id)}/presigned-upload", {"filename": "a.txt", "fileSize": 3}),
        ("GET", f"/v1/knowledge/documents/{document['id']}", None),
        ("PUT", f"/v1/knowledge/documents/{document['id']}", {"filename": "stolen.txt"}),
        ("DELETE", f"/v1/knowledge/documents/{document['id']}", None),
        ("GET", f"/v1/knowledge/documents/{document['id']}/download", None),
        ("POST", f"/v1/knowledge/documents/{upload['documentId']}/confirm-upload", {"fileSize": 3}),
    ]

    for method, address, body in asked:
        assert rest.ask(method, address, body).status_code == 404, (method, address)

    assert search(rest, theirs, "dollars") == []
    assert [row["id"] for row in rest.ask("GET", "/v1/knowledge/groups").json()] == [theirs]
    assert len(rest.ask("GET", documents_of(group_id), key=owner).json()) == 2
    assert rest.ask("GET", f"/v1/knowledge/documents/{document['id']}", key=owner).json() == document
