"""A client's offer, checked: what it must contain before a connection is made for it."""

from dataclasses import dataclass, field

from aiortc import RTCSessionDescription
from aiortc.sdp import MediaDescription, SessionDescription

from visavis.core.errors import InvalidRequest

CANDIDATES_MAX = 200
_RECEIVING = ("recvonly", "sendrecv")


@dataclass(frozen=True, slots=True)
class CheckedOffer:
    """`sdp` is the offer without the addresses that would have to be looked up first; those are `names`."""

    sdp: str = field(repr=False)
    fingerprints: frozenset[tuple[str, str]]
    username: str
    password: str = field(repr=False)
    names: tuple[str, ...] = ()

    @property
    def description(self) -> RTCSessionDescription:
        return RTCSessionDescription(self.sdp, "offer")


def check_offer(sdp: str) -> CheckedOffer:
    """Raises `InvalidRequest` with what the client has to change."""
    lines = sdp.splitlines()
    candidates = [line for line in lines if line.startswith("a=candidate:")]
    if len(candidates) > CANDIDATES_MAX:
        raise _wrong(f"has more than {CANDIDATES_MAX} candidates")
    names = [line for line in candidates if ".local " in line]
    groomed = "".join(f"{line}\r\n" for line in lines if line not in names)
    try:
        session = SessionDescription.parse(groomed)
    except Exception as error:  # the parser raises whatever it stumbles over
        raise _wrong("is not valid SDP") from error
    _check_media(session)
    fingerprints, username, password = _transport(session.media[0])
    return CheckedOffer(groomed, fingerprints, username, password, tuple(line.removeprefix("a=") for line in names))


def _check_media(session: SessionDescription) -> None:
    for kind, what in (("audio", "sound"), ("video", "pictures"), ("application", "messages")):
        found = [media for media in session.media if media.kind == kind]
        if len(found) != 1:
            raise _wrong(f"needs one {kind} section for {what}, and has {len(found)}")
        if kind != "application" and found[0].direction not in _RECEIVING:
            raise _wrong(f"does not receive {what}: its {kind} section has to be recvonly or sendrecv")
    bundled = {mid for group in session.group if group.semantic == "BUNDLE" for mid in group.items}
    if {media.rtp.muxId for media in session.media} - bundled:
        raise _wrong("does not bundle all of its sections")


def _transport(media: MediaDescription) -> tuple[frozenset[tuple[str, str]], str, str]:
    """What identifies the client and its path: fingerprints, ICE user name and password of the bundle's section."""
    if media.dtls is None or not media.dtls.fingerprints:
        raise _wrong("has no DTLS fingerprint or setup role")
    if media.ice is None or not media.ice.usernameFragment or not media.ice.password:
        raise _wrong("has no ICE user name or password")
    fingerprints = frozenset((f.algorithm.lower(), f.value.upper()) for f in media.dtls.fingerprints)
    return fingerprints, media.ice.usernameFragment, media.ice.password


def _wrong(what: str) -> InvalidRequest:
    return InvalidRequest.field("connectionDescription.sdp", f"the offer {what}", "invalid_offer")
