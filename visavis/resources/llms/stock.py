"""The minds every server has, under the ids that documents and examples use.

Who really thinks is the operator's choice: the built-in responder, or a server of their own (`VISAVIS_LLM_URL`).
"""

from datetime import UTC, datetime, timedelta

from visavis.db.models import Llm

FIRST = datetime(2026, 1, 1, tzinfo=UTC)
CLIENT_SIDE = "CUSTOMER_CLIENT_V1"
DEFAULT = "0934d97d-0c3a-4f33-91b0-5e136a0ef466"

# id, name, the model that documents connect with the id
MINDS: list[tuple[str, str, str]] = [
    (DEFAULT, "Default", "gpt-4.1-mini"),
    ("a7cf662c-2ace-4de1-a21e-ef0fbf144bb7", "GPT OSS 120B", "openai/gpt-oss-120b"),
    ("7736a22f-2d79-4720-952c-25fdca55ad40", "GPT-4o mini", "gpt-4o-mini"),
    ("89649f1a-feb2-4fea-be43-56baec997a93", "GPT-5 chat", "gpt-5-chat"),
    ("b4f89001-9638-4879-a9c3-02cc9f9f2004", "GPT-4.1", "gpt-4.1"),
    ("ANAM_GPT_4O_MINI_V1", "GPT-4o mini V1", "gpt-4o-mini"),
    ("ANAM_LLAMA_v3_3_70B_V1", "Llama 3.3 70B", "llama-3.3-70b"),
]


def rows() -> list[Llm]:
    minds = [
        _row(index, row_id, f"{name} (built-in)", "openai", model) for index, (row_id, name, model) in enumerate(MINDS)
    ]
    return [*minds, _row(len(minds), CLIENT_SIDE, "Disable LLM (built-in)", "none", None)]


def _row(index: int, row_id: str, name: str, llm_format: str, model: str | None) -> Llm:
    return Llm(
        id=row_id,
        organization_id=None,
        display_name=name,
        description="No mind: the client decides what is said." if model is None else "Served by this server.",
        llm_format=llm_format,
        model_name=model,
        urls=[],
        llm_metadata={},
        display_tags=["built-in"],
        is_zdr=True,
        created_at=FIRST - timedelta(seconds=index),
    )
