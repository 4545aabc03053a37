"""Sessions that would go somewhere else than to their client: refused by name, in the very requests of the plugins."""

from typing import Any

import pytest

from visavis.core.errors import NotSupported
from visavis.resources.sessions.resolve import check_supported
from visavis.resources.sessions.schemas import SessionRequest

FACE = {"type": "ephemeral", "name": "Cara", "avatarId": "a", "llmId": "CUSTOMER_CLIENT_V1"}


def refusal(**request: Any) -> NotSupported:
    with pytest.raises(NotSupported) as caught:
        check_supported(SessionRequest.model_validate({"personaConfig": FACE, **request}), "local")
    return caught.value


def test_e1_e4_livekit_rooms_are_refused_by_name() -> None:
    error = refusal(environment={"livekitUrl": "wss://rooms.test", "livekitToken": "a-secret-token"})
    assert error.status == 400
    assert error.details[0].path == "environment.livekitUrl"
    assert "LiveKit rooms are not supported" in error.message
    assert "secret" not in error.message


def test_e5_egress_is_refused_by_name() -> None:
    daily = {"roomUrl": "https://rooms.test/room", "token": "a-secret-token", "userName": "anam-avatar"}
    error = refusal(sessionOptions={"egress": {"mode": "daily", "daily": daily}})
    assert error.status == 400
    assert error.details[0].path == "sessionOptions.egress"
    assert "secret" not in error.message
