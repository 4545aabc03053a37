"""The formats an LLM entry can have, and how each is asked.

Most speak OpenAI's chat protocol. Google and Anthropic offer it beside their own: the address says which is meant.
"""

from dataclasses import dataclass
from typing import Literal
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

LlmFormat = Literal["openai", "groq_openai", "custom", "azure_openai", "gemini", "anthropic", "advanced_voice", "none"]

COMPLETIONS = "/chat/completions"
CHAT_PROTOCOL = "openai_compatible"
AZURE_CURRENT = "/openai/v1"  # the newer addresses, which need neither a deployment nor a version


@dataclass(frozen=True, slots=True)
class Format:
    """`default_url` stands in where nobody gave an address; `key_header` is where the key goes, if not as usual.

    `native` is the provider that speaks the vendor's own protocol, where it has one.
    """

    default_url: str = ""
    native: str = ""
    key_header: str = ""
    thinks: bool = True
    served: bool = True


FORMATS: dict[str, Format] = {
    "openai": Format(f"https://api.openai.com/v1{COMPLETIONS}"),
    "groq_openai": Format(f"https://api.groq.com/openai/v1{COMPLETIONS}"),
    "gemini": Format("https://generativelanguage.googleapis.com/v1beta", "gemini"),
    "anthropic": Format("https://api.anthropic.com/v1/messages", "anthropic"),
    "azure_openai": Format(key_header="api-key"),
    "custom": Format(),
    # speech in, speech out: a different kind of conversation, which nothing here can hold
    "advanced_voice": Format(thinks=False, served=False),
    "none": Format(thinks=False),
}


def provider_of(llm_format: str, urls: list[str]) -> str:
    """Who asks: the vendor's own protocol, unless its first address is one of the chat protocol."""
    chats = any(part in urlsplit(url).path for url in urls[:1] for part in ("/openai", COMPLETIONS))
    return CHAT_PROTOCOL if chats else FORMATS[llm_format].native or CHAT_PROTOCOL


def endpoint(llm_format: str, url: str, deployment: str | None, api_version: str | None) -> str:
    """The address that is asked, for one that somebody stored."""
    parts = urlsplit(url)
    path = parts.path.rstrip("/")
    if llm_format == "azure_openai" and AZURE_CURRENT not in path:
        if not path.endswith(COMPLETIONS):
            path = f"{path.removesuffix('/openai')}/openai/deployments/{quote(deployment or '', safe='')}{COMPLETIONS}"
        query = {"api-version": api_version or "", **dict(parse_qsl(parts.query))}
        return parts._replace(path=path, query=urlencode(query)).geturl()
    return url


def missing_for_azure(url: str, deployment: str | None, api_version: str | None) -> str | None:
    """Which field an Azure entry lacks, where its address does not say it."""
    parts = urlsplit(url)
    if AZURE_CURRENT in parts.path:
        return None
    if not deployment and not parts.path.rstrip("/").endswith(COMPLETIONS):
        return "deploymentName"
    return "apiVersion" if not api_version and "api-version" not in dict(parse_qsl(parts.query)) else None
