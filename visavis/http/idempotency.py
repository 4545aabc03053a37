"""`Idempotency-Key`: a POST that is sent twice does its work once, and its first answer is given again for 24 hours.

For JSON requests with an API key, kept for each organization; not for tokens and the engine, whose answers are
credentials or are tied to one moment. The request is known by its path, query and body: the same key with another one
is refused. Only successes are kept. A request that fails has done nothing, so repeating it tries again.

Why nothing is made twice when the server is killed in between:

1. A route that writes has one transaction, `deps.Writing`, which is committed after the answer has been built and
   before its first byte leaves. The claim is the first thing written in that transaction, the answer is the last. So
   the claim, the work and the answer become visible together or not at all. Killed before the commit: nothing was made,
   and the repetition does it. Killed after the commit: it was made, and the repetition finds the answer. There is no
   third moment, and no claim without an answer is ever visible.
2. A second request with the same key that arrives meanwhile waits for that transaction: on PostgreSQL at the unique
   index, on SQLite at the lock with which writing begins. Then it finds the answer, or, where the first one failed,
   does the work itself.
3. A route without such a transaction works in several steps of its own, or outside this server. There the claim is
   committed before the work begins, and the answer is added afterwards. A repetition that finds a claim without an
   answer is told so with 409: the first request is at work, or it was cut off and nobody knows how far it came. It is
   never repeated behind the client's back.
"""

import hashlib
import re
from collections.abc import Awaitable, Callable

from cryptography.fernet import InvalidToken
from fastapi import Request, Response

from visavis.core.errors import Conflict, Detail, InvalidRequest, Unprocessable
from visavis.db.answers import Claim, Claimed
from visavis.db.keyring import Keyring
from visavis.db.models import IdempotentAnswer
from visavis.http.auth import Subject
from visavis.http.deps import CLAIM, database, keyring

HEADER = "idempotency-key"
REPLAYED = "idempotent-replayed"
KEY = re.compile(r"[\x21-\x7e]{1,255}")
ANSWER_BYTES_MAX = 1_000_000
ATTEMPTS_MAX = 5

Handle = Callable[[Request], Awaitable[Response]]


async def once(request: Request, subject: Subject, body: bytes, handle: Handle, *, one_transaction: bool) -> Response:
    """The answer of `handle`, or the one it gave before to the same key and request."""
    key = request.headers[HEADER].strip()
    if not KEY.fullmatch(key):
        raise InvalidRequest.field("Idempotency-Key", "give 1 to 255 printable ASCII characters without spaces")
    for _ in range(ATTEMPTS_MAX):
        claim = Claim(subject.organization_id, key, _fingerprint(request, body))
        try:
            if one_transaction:
                return await _together(request, claim, handle)
            return await _step_by_step(request, claim, handle)
        except Claimed:
            async with database(request).reading() as session:
                found = await claim.find(session)
        if found is not None:
            return _again(found, claim, keyring(request))
        # who was first failed meanwhile, and left the work to us
    raise Conflict("Other requests with this Idempotency-Key keep failing; try again later")


def _fingerprint(request: Request, body: bytes) -> str:
    parts = [request.url.path.encode(), request.url.query.encode(), body]
    return hashlib.sha256(b"".join(len(part).to_bytes(8) + part for part in parts)).hexdigest()


async def _together(request: Request, claim: Claim, handle: Handle) -> Response:
    """The route's transaction takes the claim when it begins, and is still open when the route has answered."""
    request.scope[CLAIM] = claim
    response = await handle(request)
    await _keep(claim, response, keyring(request))
    return response


async def _step_by_step(request: Request, claim: Claim, handle: Handle) -> Response:
    async with database(request).writing() as session:
        await claim.take(session)
    try:
        response = await handle(request)
    except Exception:
        async with database(request).writing() as session:
            await claim.reopen(session)
            await claim.drop()
        raise
    async with database(request).writing() as session:
        await claim.reopen(session)
        await _keep(claim, response, keyring(request))
    return response


async def _keep(claim: Claim, response: Response, seals: Keyring) -> None:
    """Sealed, for an answer may show what is shown only once. One that is too large is remembered without its text."""
    if response.status_code >= 400:
        return await claim.drop()
    body = bytes(getattr(response, "body", b""))
    sealed = seals.seal(body.decode()).encode() if len(body) <= ANSWER_BYTES_MAX else b""
    await claim.keep(response.status_code, response.headers.get("content-type", ""), sealed)


def _again(found: IdempotentAnswer, claim: Claim, seals: Keyring) -> Response:
    """Raises `Unprocessable` for another request, `Conflict` where there is no answer to give."""
    if found.fingerprint != claim.fingerprint:
        advice = "was used for another request within 24 hours; use a new one"
        raise Unprocessable(f"Idempotency-Key: {advice}", [Detail("Idempotency-Key", advice, "reused")])
    if found.status is None:
        raise Conflict(
            "The first request with this Idempotency-Key is still at work, or was cut off; "
            "look what it has made, and use a new key to do it again"
        )
    try:
        body = seals.unseal(found.body.decode()).encode()
    except InvalidToken:
        body = b""
    if not body and found.status != 204:
        raise Conflict("The first request with this Idempotency-Key did its work, but its answer was not kept")
    return Response(body, found.status, {REPLAYED: "true"}, found.content_type or None)
