"""The tables, all of them.

A row with no organization is stock: everybody sees it and nobody changes it.
"""

from visavis.db.models.base import Base, Identified, Json, Owned, new_id, now
from visavis.db.models.catalog import Avatar, Llm, ProviderSecret, Voice
from visavis.db.models.knowledge import KnowledgeChunk, KnowledgeDocument, KnowledgeGroup
from visavis.db.models.organizations import ApiKey, IdempotentAnswer, Organization
from visavis.db.models.outward import MeetingInvite, Tool, Webhook, WebhookDelivery
from visavis.db.models.personas import Persona, PersonaTool, ShareLink
from visavis.db.models.sessions import (
    Session,
    SessionCheckpoint,
    SessionGrant,
    SessionMessage,
    SessionToolCall,
    SessionTurn,
)

__all__ = [
    "ApiKey",
    "Avatar",
    "Base",
    "Identified",
    "IdempotentAnswer",
    "Json",
    "KnowledgeChunk",
    "KnowledgeDocument",
    "KnowledgeGroup",
    "Llm",
    "MeetingInvite",
    "Organization",
    "Owned",
    "Persona",
    "PersonaTool",
    "ProviderSecret",
    "Session",
    "SessionCheckpoint",
    "SessionGrant",
    "SessionMessage",
    "SessionToolCall",
    "SessionTurn",
    "ShareLink",
    "Tool",
    "Voice",
    "Webhook",
    "WebhookDelivery",
    "new_id",
    "now",
]
