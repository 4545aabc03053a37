"""What becomes of a server that dies, of what it held, and of one whose supervisor dies."""

import os
import select
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from visavis.cli import claim

PATIENCE_S = 60.0


class Supervised:
    def __init__(self, process: "subprocess.Popen[bytes]", port: int) -> None:
        self.process, self._port = process, port

    def ask(self, word: bytes = b"who") -> int:
        """The process id of the server that answers; 0 from one that died of the question."""
        with socket.create_connection(("127.0.0.1", self._port), PATIENCE_S) as client:
            client.sendall(word)
            try:
                return int(client.recv(32) or 0)
            except ConnectionResetError:
                return 0

    def wait(self) -> int:
        return self.process.wait(PATIENCE_S)


@contextmanager
def supervised(mode: str = "usual") -> Iterator[Supervised]:
    command = [sys.executable, "-m", "tests.cli.supervised", mode]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
        try:
            assert process.stdout is not None
            yield Supervised(process, int(process.stdout.readline()))
        finally:
            process.kill()


def first_answer(server: Supervised) -> int:
    """The first server may not be listening yet."""
    while True:
        try:
            return server.ask()
        except ConnectionRefusedError:
            assert server.process.poll() is None


def is_over(pid: int) -> bool:
    try:
        handle = os.pidfd_open(pid)
    except ProcessLookupError:
        return True
    try:
        return bool(select.select([handle], [], [], PATIENCE_S)[0])
    finally:
        os.close(handle)


def test_a_killed_server_is_followed_by_another_on_the_same_port() -> None:
    with supervised() as server:
        first = first_answer(server)
        os.kill(first, signal.SIGKILL)
        assert is_over(first)  # whoever dies may take a connection along that was accepted for it a moment before
        # nobody is refused in between: the connection waits in the socket that both inherited
        second = server.ask()
        assert second not in (0, first)
        assert server.process.poll() is None


def test_a_server_that_dies_again_and_again_is_given_up() -> None:
    with supervised() as server:
        first_answer(server)
        for _ in range(3):
            server.ask(b"die")
        assert server.wait() == 128 + signal.SIGKILL


def test_a_server_that_cannot_start_is_not_tried_again() -> None:
    with supervised("broken") as server:
        assert server.wait() == 3


def test_one_that_ran_is_tried_again_when_it_cannot_start() -> None:
    with supervised("broken-later") as server:
        first_answer(server)
        server.ask(b"die")
        assert server.wait() == 3  # after as many tries as there are pauses


def test_a_server_that_ends_by_itself_ends_the_supervisor() -> None:
    with supervised() as server:
        first_answer(server)
        server.ask(b"end")
        assert server.wait() == 0


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_what_the_supervisor_is_told_the_server_is_told(number: signal.Signals) -> None:
    with supervised() as server:
        child = first_answer(server)
        server.process.send_signal(number)
        assert server.wait() == 0
        assert is_over(child)


def test_a_server_whose_supervisor_is_killed_ends_too() -> None:
    with supervised() as server:
        child = first_answer(server)
        server.process.kill()
        assert is_over(child)


def test_a_data_directory_has_one_owner_at_a_time(tmp_path: Path) -> None:
    assert claim.owner(tmp_path) == 0
    handle = claim.claim(tmp_path)
    assert claim.owner(tmp_path) == os.getpid()
    with pytest.raises(claim.Taken) as taken:
        claim.claim(tmp_path, within_s=0.1)
    assert taken.value.pid == os.getpid()
    os.close(handle)
    assert claim.owner(tmp_path) == 0
    os.close(claim.claim(tmp_path))
