"""A service that takes personas into video meetings, asked over HTTP. It is the operator's own, or somebody they trust.

The protocol is small, so that a service of your own can speak it. Every request carries `Authorization: Bearer <key>`,
bodies are JSON.

`POST /v1/bots` asks a persona into a meeting:

    {"id": "…", "platform": "google_meet", "meetingUrl": "https://…", "displayName": "Cara (AI)",
     "joinAt": null, "groupCall": true, "region": null, "regionIsRequired": false, "clientLabel": null,
     "apiUrl": "https://this-server", "sessionToken": "…"}

The service joins at `joinAt` (null is now), opens a session with the token at `apiUrl` as any client does, and carries
sound and picture between the two. In a group call it lets the persona hear only what is addressed to its display name.
It answers 201 with a state; 4xx with `{"message": "…"}` for a meeting it will not join; 429 or 503, perhaps with
`Retry-After`, when it is full.

`GET /v1/bots/{id}` answers the state, and `DELETE /v1/bots/{id}` takes the persona out: 204, also when it is
out already.

A state is `{"id": "its own name for it", "status": "pending", "joinState": null, "statusReason": null,
"sessionId": null, "region": null}`, where `status` is pending, active, cancelled, ended or failed.
"""

from typing import Annotated, Any, ClassVar, NoReturn
from urllib.parse import quote

import httpx
from pydantic import BaseModel, ConfigDict, Field, SecretStr, StringConstraints, ValidationError
from pydantic.alias_generators import to_camel

from visavis.core.errors import ProviderError, Unavailable, Unprocessable
from visavis.providers.base import InviteStatus, MeetingBot, MeetingState, Traits

RETRY_AFTER_S = 30  # where the service does not say
REASON_CHARS_MAX = 300
REFUSED_KEY = (401, 403)
FULL = (429, 503)

Short = Annotated[str, StringConstraints(max_length=32)]


class _State(BaseModel):
    model_config = ConfigDict(alias_generator=to_camel, extra="ignore")

    id: Annotated[str, StringConstraints(min_length=1, max_length=255)]
    status: InviteStatus = "pending"
    join_state: Annotated[str, StringConstraints(max_length=16)] | None = None
    status_reason: Short | None = None
    session_id: Annotated[str, StringConstraints(max_length=64)] | None = None
    region: Annotated[str, StringConstraints(max_length=16)] | None = None

    def state(self) -> MeetingState:
        return MeetingState(self.id, self.status, self.join_state, self.status_reason, self.session_id, self.region)


class BotService:
    """A `MeetingService`."""

    traits: ClassVar[Traits] = Traits(
        label="Meeting bot service",
        note="Joins Google Meet, Zoom and Teams; speaks a small protocol over HTTP.",
        cost="What the service takes.",
    )

    class Settings(BaseModel):
        base_url: str = Field(description="Where the service is; `VISAVIS_MEETINGS_URL`.")
        api_key: SecretStr = Field(default=SecretStr(""), description="Its key; `VISAVIS_MEETINGS_API_KEY`.")
        timeout_s: float = Field(default=20.0, gt=0, description="Longest wait for an answer.")

    def __init__(self, settings: Settings) -> None:
        key = settings.api_key.get_secret_value()
        self._client = httpx.AsyncClient(
            base_url=settings.base_url,
            headers={"authorization": f"Bearer {key}"} if key else {},
            timeout=settings.timeout_s,
        )

    async def close(self) -> None:
        await self._client.aclose()

    async def invite(self, bot: MeetingBot) -> MeetingState:
        answer = await self._ask("POST", "/v1/bots", _request(bot))
        if answer.status_code in FULL:
            _full(answer)
        if 400 <= answer.status_code < 500 and answer.status_code not in REFUSED_KEY:
            raise Unprocessable(f"Meeting request was rejected: {_reason(answer)}")
        return _state(answer)

    async def state(self, ref: str) -> MeetingState:
        return _state(await self._ask("GET", f"/v1/bots/{quote(ref, safe='')}"))

    async def cancel(self, ref: str) -> None:
        answer = await self._ask("DELETE", f"/v1/bots/{quote(ref, safe='')}")
        if not answer.is_success and answer.status_code not in (404, 410):
            _fail(answer)

    async def _ask(self, method: str, path: str, body: dict[str, Any] | None = None) -> httpx.Response:
        try:
            return await self._client.request(method, path, json=body)
        except httpx.TimeoutException:
            raise ProviderError("Meeting service is unavailable: it took too long to answer") from None
        except httpx.HTTPError:
            raise ProviderError("Meeting service is unavailable: it cannot be reached") from None


def _request(bot: MeetingBot) -> dict[str, Any]:
    return {
        "id": bot.invite_id,
        "platform": bot.platform,
        "meetingUrl": bot.meeting_url,
        "displayName": bot.display_name,
        "joinAt": bot.join_at,
        "groupCall": bot.group_call,
        "region": bot.region,
        "regionIsRequired": bot.region_is_required,
        "clientLabel": bot.client_label,
        "apiUrl": bot.api_url,
        "sessionToken": bot.session_token,
    }


def _state(answer: httpx.Response) -> MeetingState:
    if not answer.is_success:
        _fail(answer)
    try:
        return _State.model_validate_json(answer.content).state()
    except ValidationError:
        raise ProviderError("Meeting service is unavailable: its answer made no sense") from None


def _fail(answer: httpx.Response) -> NoReturn:
    if answer.status_code in REFUSED_KEY:
        raise ProviderError("Meeting service is unavailable: it refused the key of this server", retryable=False)
    raise ProviderError(f"Meeting service is unavailable: it answered {answer.status_code}")


def _full(answer: httpx.Response) -> NoReturn:
    said = answer.headers.get("retry-after", "")
    wait_s = said if said.isdecimal() and len(said) < 6 else str(RETRY_AFTER_S)
    message = "Meeting service is at capacity, please try again shortly"
    raise Unavailable(message, headers={"retry-after": wait_s})


def _reason(answer: httpx.Response) -> str:
    try:
        said = answer.json()
    except ValueError:
        said = None
    text = said.get("message") or said.get("error") if isinstance(said, dict) else None
    return text[:REASON_CHARS_MAX] if isinstance(text, str) else f"the service answered {answer.status_code}"


PROVIDER = BotService
