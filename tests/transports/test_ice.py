"""Reachability: which sockets are opened, what is announced, and moving to another network path."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from aioice import Candidate, Connection

from visavis.core.errors import Unavailable
from visavis.transports.ice import LOOPBACK, IceConnection, Network

PATIENCE_S = 10.0


async def pair(one: Connection, other: Connection) -> None:
    """Exchange credentials and candidates both ways and connect."""
    for here, there in ((one, other), (other, one)):
        await here.gather_candidates()
        here.remote_username, here.remote_password = there.local_username, there.local_password
    for here, there in ((one, other), (other, one)):
        for candidate in there.local_candidates:
            await here.add_remote_candidate(candidate)
        await here.add_remote_candidate(None)
    await asyncio.gather(one.connect(), other.connect())


@pytest.fixture
async def server() -> AsyncIterator[IceConnection]:
    connection = IceConnection(Network(), ice_controlling=False)
    yield connection
    await connection.close()


@pytest.fixture
async def clients() -> AsyncIterator[list[Connection]]:
    """Two network paths of the same person."""
    paths = [Connection(ice_controlling=True) for _ in range(2)]
    yield paths
    for path in paths:
        await path.close()


async def test_loopback_is_the_last_choice(server: IceConnection) -> None:
    await server.gather_candidates()
    last = min(server.local_candidates, key=lambda candidate: candidate.priority)
    assert last.host == LOOPBACK
    assert server.local_candidates[-1].host == LOOPBACK


async def test_link_local_addresses_are_left_out(server: IceConnection) -> None:
    await server.gather_candidates()
    assert not [candidate for candidate in server.local_candidates if candidate.host.startswith("fe80")]


async def test_a_client_on_this_machine_connects_over_loopback(server: IceConnection) -> None:
    client = IceConnection(Network(), ice_controlling=True)
    try:
        for connection in (server, client):
            await connection.gather_candidates()
        for here, there in ((server, client), (client, server)):
            here.remote_username, here.remote_password = there.local_username, there.local_password
            for candidate in there.local_candidates:
                if candidate.host == LOOPBACK:
                    await here.add_remote_candidate(candidate)
            await here.add_remote_candidate(None)
        async with asyncio.timeout(PATIENCE_S):
            await asyncio.gather(server.connect(), client.connect())
            await client.send(b"over loopback")
            assert await server.recv() == b"over loopback"
    finally:
        await client.close()


async def test_a_range_with_no_free_port_says_so() -> None:
    taking = IceConnection(Network(), ice_controlling=False)
    await taking.gather_candidates()
    port = next(candidate.port for candidate in taking.local_candidates if candidate.host == LOOPBACK)
    connection = IceConnection(Network(udp_ports=(port, port)), ice_controlling=False)
    try:
        with pytest.raises(Unavailable, match="UDP port"):
            await connection.get_component_candidates(1, [])
    finally:
        await connection.close()
        await taking.close()


async def test_the_announced_address_stands_for_every_socket_of_its_family() -> None:
    connection = IceConnection(Network(announced_ip="203.0.113.9"), ice_controlling=False)
    await connection.gather_candidates()
    candidates = connection.local_candidates
    await connection.close()
    announced = [candidate for candidate in candidates if candidate.host == "203.0.113.9"]
    bound = {candidate.port for candidate in candidates if candidate.host not in ("203.0.113.9", LOOPBACK)}
    assert candidates[0].host == "203.0.113.9"
    assert {candidate.port for candidate in announced} <= bound


async def test_a_restart_moves_to_another_path(server: IceConnection, clients: list[Connection]) -> None:
    """New credentials and addresses of the same client; what is sent follows it, and the old path may be dead."""
    before, after = clients
    async with asyncio.timeout(PATIENCE_S):
        await pair(before, server)
        await server.send(b"before")
        assert await before.recv() == b"before"
        await before.close()

        server.restart(after.local_username, after.local_password)
        await after.gather_candidates()
        after.remote_username, after.remote_password = server.local_username, server.local_password
        for candidate in server.local_candidates:
            await after.add_remote_candidate(candidate)
        await after.add_remote_candidate(None)
        connecting = asyncio.create_task(after.connect())
        for candidate in after.local_candidates:
            await server.add_remote_candidate(candidate)
        await connecting
        await after.send(b"hello again")
        assert await server.recv() == b"hello again"
        while True:
            await server.send(b"after")
            try:
                assert await asyncio.wait_for(after.recv(), 0.1) == b"after"
                return
            except TimeoutError:
                continue  # the server has not yet seen the client's nomination


async def test_a_restart_changes_the_credentials(server: IceConnection) -> None:
    await server.gather_candidates()
    before = (server.local_username, server.local_password, [c.port for c in server.local_candidates])
    server.restart("abcd", "x" * 22)
    assert server.local_username != before[0]
    assert server.local_password != before[1]
    assert [candidate.port for candidate in server.local_candidates] == before[2]


async def test_an_address_that_cannot_be_used_is_ignored(server: IceConnection) -> None:
    await server.gather_candidates()
    await server.add_remote_candidate(Candidate("1", 1, "tcp", 1, "10.0.0.1", 9, "host", tcptype="active"))
    await server.add_remote_candidate(Candidate("1", 1, "udp", 1, "not-an-address", 9, "host"))
    assert [candidate.host for candidate in server.remote_candidates] == ["10.0.0.1"]
    assert server._check_list == []
