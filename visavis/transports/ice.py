"""Where a peer connection is reachable, and how it survives a change of network. The only file that knows aioice.

aioice binds a random port on every address but the loopback ones, and a connection keeps its credentials for life.
`PeerConnection` puts an `IceConnection` in its place that takes its ports from a range, tells clients an address that
this machine does not know about itself, serves clients on this machine, and can be restarted.
"""

import asyncio
import contextlib
import ipaddress
import itertools
import random
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from aioice import Candidate, Connection, ConnectionClosed
from aioice.candidate import candidate_foundation, candidate_priority
from aioice.ice import CandidatePair, ConnectionEvent, StunProtocol, server_reflexive_candidate
from aioice.stun import Message
from aioice.utils import random_string
from aiortc import RTCConfiguration, RTCDtlsTransport, RTCIceServer, RTCPeerConnection
from aiortc.rtcicetransport import RTCIceGatherer, RTCIceTransport

from visavis.core.errors import Unavailable

STUN_WITHIN_S = 2.0
LOOPBACK = "127.0.0.1"
_ANY_PREFERENCE = 65535
_LOOPBACK_PREFERENCE = 0  # the last choice: right for a client on this machine, useless for any other


@dataclass(frozen=True, slots=True)
class IceServer:
    """A STUN or TURN server, as clients and this server use it."""

    urls: tuple[str, ...]
    username: str = ""
    credential: str = ""


@dataclass(frozen=True, slots=True)
class Network:
    """How the operator's machine is reached. `udp_ports` includes both ends; None leaves the choice to the system."""

    udp_ports: tuple[int, int] | None = None
    announced_ip: str | None = None
    ice_servers: Sequence[IceServer] = ()


class IceConnection(Connection):
    """An aioice connection with our sockets and a restart."""

    def __init__(self, network: Network, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._network = network
        self._restarted = False
        self._heard_s = time.monotonic()

    @property
    def silent_ms(self) -> float:
        """Since anything came from the client. A living one is never silent for long: it renews its consent."""
        return (time.monotonic() - self._heard_s) * 1000

    def data_received(self, data: bytes, component: int) -> None:
        self._heard_s = time.monotonic()
        super().data_received(data, component)

    def request_received(self, message: Message, addr: tuple[str, int], protocol: StunProtocol) -> None:
        self._heard_s = time.monotonic()
        super().request_received(message, addr, protocol)

    async def get_event(self) -> ConnectionEvent | None:
        """The base answers None for ever once it is closed, and aiortc would spin on that."""
        return ConnectionClosed() if self._closed else await super().get_event()

    async def get_component_candidates(
        self,
        component: int,
        addresses: list[str],
        timeout: int = 5,  # noqa: ASYNC109 - the base's signature
    ) -> list[Candidate]:
        """Raises `Unavailable` where no socket could be opened. The base, given no addresses, adds relayed ones."""
        found = [await self._bind(component, address) for address in [*_usable(addresses), LOOPBACK]]
        hosts = [candidate for candidate in found if candidate is not None]
        if not hosts:
            raise Unavailable(f"No free UDP port among {self._network.udp_ports}; widen VISAVIS_UDP_PORTS")
        announced = [seen for host in hosts if (seen := self._as_announced(host))]
        if self.stun_server is not None and self._network.announced_ip is None:
            announced = await self._as_seen_by(self.stun_server)
        return announced + hosts + await super().get_component_candidates(component, [], timeout)

    async def _bind(self, component: int, address: str) -> Candidate | None:
        protocol = await self._open_socket(address)
        if protocol is None:
            return None
        preference = _LOOPBACK_PREFERENCE if address == LOOPBACK else _ANY_PREFERENCE
        host, port = protocol.transport.get_extra_info("sockname")[:2]
        protocol.local_candidate = _host_candidate(component, host, port, preference)
        self._protocols.append(protocol)
        return protocol.local_candidate

    async def _open_socket(self, address: str) -> StunProtocol | None:
        """Bind to a free port of the range, wherever it begins to look; None where the address has none left."""
        loop = asyncio.get_running_loop()
        first, last = self._network.udp_ports or (0, 0)
        ports = range(first, last + 1)
        start = random.randrange(len(ports))
        for port in itertools.chain(ports[start:], ports[:start]):
            with contextlib.suppress(OSError):
                _, protocol = await loop.create_datagram_endpoint(
                    lambda: StunProtocol(self), local_addr=(address, port)
                )
                return protocol
        return None

    def _as_announced(self, host: Candidate) -> Candidate | None:
        """The same socket under the address the world knows, where the operator has named one."""
        address = self._network.announced_ip
        if address is None or host.host == LOOPBACK:
            return None
        if ipaddress.ip_address(address).version != ipaddress.ip_address(host.host).version:
            return None
        return _host_candidate(host.component, address, host.port, _ANY_PREFERENCE)

    async def _as_seen_by(self, stun_server: tuple[str, int]) -> list[Candidate]:
        asking = [
            asyncio.create_task(server_reflexive_candidate(protocol, stun_server))
            for protocol in self._protocols
            if protocol.local_candidate.host != LOOPBACK and ":" not in protocol.local_candidate.host
        ]
        if not asking:
            return []
        done, late = await asyncio.wait(asking, timeout=STUN_WITHIN_S)
        for task in late:
            task.cancel()
        return [task.result()[0] for task in done if task.exception() is None]

    def restart(self, remote_username: str, remote_password: str) -> None:
        """Begin a new ICE generation on the same sockets (RFC 8445 section 9).

        Data keeps going where it went until the client, which is controlling, nominates a pair of the new generation.
        """
        self._restarted = True
        for pair in self._check_list:
            if pair.task is not None:
                pair.task.cancel()
        self._check_list.clear()
        self._remote_candidates.clear()
        self._remote_candidates_end = False
        self._nominating.clear()
        self._local_username, self._local_password = random_string(4), random_string(22)
        self.remote_username, self.remote_password = remote_username, remote_password

    async def add_remote_candidate(self, remote_candidate: Candidate | None) -> None:
        await super().add_remote_candidate(remote_candidate)
        if self._restarted:  # the paced checks of the first generation are over, so nobody else starts these
            for pair in self._check_list:
                if pair.state is CandidatePair.State.FROZEN:
                    self.check_start_task(pair)


class PeerConnection(RTCPeerConnection):
    """aiortc's peer connection on our ICE connections."""

    def __init__(self, network: Network) -> None:
        servers = [RTCIceServer(list(s.urls), s.username or None, s.credential or None) for s in network.ice_servers]
        self._visavis_network = network
        super().__init__(RTCConfiguration(iceServers=servers))

    def call_stream(self, name: str) -> None:
        """What the one stream of everything that is added later is called in the answer."""
        self._RTCPeerConnection__stream_id = name

    def _RTCPeerConnection__createDtlsTransport(self) -> RTCDtlsTransport:
        """aiortc has no seam for its ICE connection; this is the one place where transports are made."""
        dtls: RTCDtlsTransport = super()._RTCPeerConnection__createDtlsTransport()  # type: ignore[misc]
        transport = dtls.transport
        _replace_connection(transport, self._visavis_network)
        return dtls


def ice_connection(transport: RTCIceTransport) -> IceConnection:
    connection = transport._connection
    assert isinstance(connection, IceConnection)
    return connection


def _replace_connection(transport: RTCIceTransport, network: Network) -> None:
    base: Connection = transport._connection
    gatherer: RTCIceGatherer = transport.iceGatherer
    connection = IceConnection(
        network,
        ice_controlling=base.ice_controlling,
        stun_server=base.stun_server,
        turn_server=base.turn_server,
        turn_username=base.turn_username,
        turn_password=base.turn_password,
        turn_ssl=base.turn_ssl,
        turn_transport=base.turn_transport,
        local_username=base.local_username,
        local_password=base.local_password,
    )
    gatherer._connection = transport._connection = connection
    transport._recv, transport._send = connection.recv, connection.send


def _host_candidate(component: int, host: str, port: int, preference: int) -> Candidate:
    return Candidate(
        foundation=candidate_foundation("host", "udp", host),
        component=component,
        transport="udp",
        priority=candidate_priority(component, "host", preference),
        host=host,
        port=port,
        type="host",
    )


def _usable(addresses: Sequence[str]) -> list[str]:
    """Browsers do not offer link-local addresses, so a socket there would only cost."""
    return [address for address in addresses if not ipaddress.ip_address(address).is_link_local]
