"""The formats an LLM entry can have, and how each is asked: all that can be, by OpenAI's chat protocol.

Google and Anthropic offer that protocol beside their own, so an address of their own protocol is led to it.
"""

from dataclasses import dataclass
from typing import Literal
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

LlmFormat = Literal["openai", "groq_openai", "custom", "azure_openai", "gemini", "anthropic", "advanced_voice", "none"]

COMPLETIONS = "/chat/completions"
GEMINI_HOST = "generativelanguage.googleapis.com"
GEMINI_PATH = f"/v1beta/openai{COMPLETIONS}"
AZURE_CURRENT = "/openai/v1"  # the newer addresses, which need neither a deployment nor a version


@dataclass(frozen=True, slots=True)
class Format:
    """`default_url` stands in where nobody gave an address; `key_header` is where the key goes, if not as usual."""

    default_url: str = ""
    key_header: str = ""
    thinks: bool = True
    served: bool = True


FORMATS: dict[str, Format] = {
    "openai": Format(f"https://api.openai.com/v1{COMPLETIONS}"),
    "groq_openai": Format(f"https://api.groq.com/openai/v1{COMPLETIONS}"),
    "gemini": Format(f"https://{GEMINI_HOST}{GEMINI_PATH}"),
    "anthropic": Format(f"https://api.anthropic.com/v1{COMPLETIONS}"),
    "azure_openai": Format(key_header="api-key"),
    "custom": Format(),
    # speech in, speech out: a different kind of conversation, which nothing here can hold
    "advanced_voice": Format(thinks=False, served=False),
    "none": Format(thinks=False),
}


def endpoint(llm_format: str, url: str, deployment: str | None, api_version: str | None) -> str:
    """The address that speaks the chat protocol, for one that somebody stored."""
    parts = urlsplit(url)
    path = parts.path.rstrip("/")
    if llm_format == "azure_openai" and AZURE_CURRENT not in path:
        if not path.endswith(COMPLETIONS):
            path = f"{path.removesuffix('/openai')}/openai/deployments/{quote(deployment or '', safe='')}{COMPLETIONS}"
        query = {"api-version": api_version or "", **dict(parse_qsl(parts.query))}
        return parts._replace(path=path, query=urlencode(query)).geturl()
    if llm_format == "gemini" and parts.hostname == GEMINI_HOST and "/openai" not in path:
        return parts._replace(path=GEMINI_PATH, query="").geturl()
    if llm_format == "anthropic":
        return parts._replace(path=path.removesuffix("/messages")).geturl()
    return url


def missing_for_azure(url: str, deployment: str | None, api_version: str | None) -> str | None:
    """Which field an Azure entry lacks, where its address does not say it."""
    parts = urlsplit(url)
    if AZURE_CURRENT in parts.path:
        return None
    if not deployment and not parts.path.rstrip("/").endswith(COMPLETIONS):
        return "deploymentName"
    return "apiVersion" if not api_version and "api-version" not in dict(parse_qsl(parts.query)) else None
