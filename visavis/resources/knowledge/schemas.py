"""Knowledge on the wire. Lists are bare arrays here, as the contract has them."""

import re
from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import AfterValidator, AliasChoices, Field, StringConstraints, model_validator

from visavis.core.passages import Passage
from visavis.db import models
from visavis.http.strings import clean
from visavis.http.wire import Answer, Body, Timestamp, example

FILE_BYTES_MAX = 50 << 20
CHUNK_CHARS_DEFAULT, CHUNK_CHARS_MIN, CHUNK_CHARS_MAX = 1000, 50, 8000
OVERLAP_CHARS_DEFAULT = 200
OVERLAP_SHARE_DEFAULT = 5  # of a chunk, where chunks are small and no overlap was asked for
RESULTS_MAX = 20

# kinds of documents, by what their names end with, and how they are called in `fileType`
TYPES = {
    "pdf": "application/pdf",
    "txt": "text/plain",
    "md": "text/markdown",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "csv": "text/csv",
    "html": "text/html",
    "json": "application/json",
    "log": "text/x-log",
}
ENDINGS = {"htm": "html", "markdown": "md", "text": "txt", **{kind: kind for kind in TYPES}}
OTHER_TYPES = {"text/x-markdown": "md", "application/csv": "csv", "application/xhtml+xml": "html"}
KINDS_TEXT = ", ".join(kind.upper() for kind in TYPES)


CONTROLS = re.compile(r"[\x00-\x1f\x7f]")


def _file_name(name: str) -> str:
    """What browsers of old send with folders."""
    name = clean(name).replace("\\", "/").rpartition("/")[2].strip()
    if not name or CONTROLS.search(name):
        raise ValueError("give a name such as prices.pdf, without control characters")
    return name


Name = Annotated[str, StringConstraints(min_length=1, max_length=255)]
FileName = Annotated[str, StringConstraints(min_length=1, max_length=255), AfterValidator(_file_name)]
Description = Annotated[str, Field(max_length=10_000)]
ChunkSize = Annotated[int, Field(ge=CHUNK_CHARS_MIN, le=CHUNK_CHARS_MAX, description="Characters of one passage.")]
ChunkOverlap = Annotated[int, Field(ge=0, lt=CHUNK_CHARS_MAX, description="Characters shared with the one before.")]


class GroupCreate(Body):
    model_config = example({"name": "Manuals", "description": "What comes with our machines."})

    name: Name
    description: Description | None = None


class GroupUpdate(Body):
    name: Name | None = None
    description: Description | None = None


class Cutting(Body):
    """How a document is cut into passages, in characters."""

    chunk_size: ChunkSize = CHUNK_CHARS_DEFAULT
    chunk_overlap: ChunkOverlap | None = None

    @model_validator(mode="after")
    def _smaller(self) -> "Cutting":
        if self.chunk_overlap is None:
            self.chunk_overlap = min(OVERLAP_CHARS_DEFAULT, self.chunk_size // OVERLAP_SHARE_DEFAULT)
        if self.chunk_overlap >= self.chunk_size:
            raise ValueError(f"chunkOverlap must be smaller than chunkSize ({self.chunk_size})")
        return self


class FormFile(Body):
    filename: FileName


class DocumentText(Cutting):
    """A document given as text. `filename` and `name` are the same."""

    filename: FileName = Field(validation_alias=AliasChoices("filename", "name"))
    content: Annotated[str, Field(min_length=1)]
    content_type: Annotated[str, Field(max_length=255)] = "text/plain"

    @property
    def encoded(self) -> bytes:
        return self.content.encode()


class UploadBody(Cutting):
    """What will be sent to the address that the answer names."""

    filename: FileName = Field(validation_alias=AliasChoices("filename", "name"))
    content_type: Annotated[str, Field(max_length=255)] = ""
    file_size: Annotated[int, Field(ge=1, le=FILE_BYTES_MAX)]


class ConfirmBody(Body):
    file_size: Annotated[int, Field(ge=1, le=FILE_BYTES_MAX)] | None = None


class DocumentRename(Body):
    """`filename` and `name` are the same."""

    filename: FileName | None = Field(default=None, validation_alias=AliasChoices("filename", "name"))


class SearchBody(Body):
    model_config = example({"query": "How do I clean the filter?", "limit": 5})

    query: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2000)]
    limit: Annotated[int, Field(ge=1, le=RESULTS_MAX)] = 5


class Group(Answer):
    id: str
    name: str
    description: str | None
    document_count: int
    created_at: Timestamp
    updated_at: Timestamp | None

    @classmethod
    def of(cls, row: models.KnowledgeGroup, document_count: int) -> "Group":
        return cls(
            id=row.id,
            name=row.name,
            description=row.description,
            document_count=document_count,
            created_at=row.created_at,
            updated_at=row.updated_at,
        )


class Document(Answer):
    """`name` repeats `filename` for the official MCP server, which shows nothing else."""

    id: str
    knowledge_folder_id: str
    filename: str
    file_type: str
    file_size: int
    file_url: str
    status: str
    error_message: str | None
    created_at: Timestamp
    updated_at: Timestamp | None
    name: str

    @classmethod
    def of(cls, row: models.KnowledgeDocument, public_url: str) -> "Document":
        return cls(
            id=row.id,
            knowledge_folder_id=row.group_id,
            filename=row.filename,
            file_type=row.file_type,
            file_size=row.file_size_bytes,
            file_url=f"{public_url}/v1/knowledge/documents/{row.id}/download",
            status=row.status,
            error_message=row.error_message,
            created_at=row.created_at,
            updated_at=row.updated_at,
            name=row.filename,
        )


class Upload(Answer):
    """Where to PUT the file, with the Content-Type that was announced, and what to confirm afterwards."""

    upload_url: str
    document_id: str
    expires_at: Timestamp


class UploadToken(Answer):
    """A stand-in for the API key that can do one thing for an hour: add documents to this group."""

    upload_token: str
    expires_at: Timestamp


class Download(Answer):
    download_url: str
    filename: str


class SearchResult(Answer):
    document_id: str
    filename: str
    content: str
    score: float
    chunk_index: int
    metadata: Mapping[str, Any]

    @classmethod
    def of(cls, passage: Passage) -> "SearchResult":
        return cls(
            document_id=passage.document_id,
            filename=passage.filename,
            content=passage.content,
            score=passage.score,
            chunk_index=passage.chunk_index,
            metadata=passage.metadata,
        )
