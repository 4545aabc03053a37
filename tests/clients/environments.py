"""The official clients, each in an environment of its own that is kept outside the checkout.

An environment is named after the digest of its lock file: a changed lock makes a new one, an unchanged one is used
again by every checkout on this machine. `python -m tests.clients.environments` makes what is missing.
"""

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

HERE = Path(__file__).resolve().parent
UV = Path(sys.executable).with_name("uv")


class ClientMissing(Exception):
    """An official client could not be installed, and why."""


def python_sdk() -> Path:
    """The interpreter that has the official Python client."""
    lock = HERE / "python_sdk" / "requirements.lock"
    return _environment("python", [lock], _install_python) / "bin" / "python"


def mcp_server() -> Path:
    """The interpreter that has the official MCP server."""
    lock = HERE / "mcp_server" / "requirements.lock"
    return _environment("mcp", [lock], _install_python) / "bin" / "python"


def voice_sdks() -> Path:
    """The interpreter that has the speech vendors' own clients."""
    lock = HERE / "voice_sdks" / "requirements.lock"
    return _environment("voices", [lock], _install_python) / "bin" / "python"


def pipecat() -> Path:
    """The interpreter that has the official Pipecat plugin, and with it the Python client 0.6.0."""
    lock = HERE / "pipecat" / "requirements.lock"
    return _environment("pipecat", [lock], _install_python_alone) / "bin" / "python"


def js_sdk() -> Path:
    """The official JavaScript client as one file that a page includes with a script tag."""
    folder = HERE / "js_sdk"
    made = _environment("js", [folder / "package.json", folder / "package-lock.json"], _install_js_sdk)
    return made / "node_modules" / "@anam-ai" / "js-sdk" / "dist" / "umd" / "anam.js"


def _environment(name: str, locks: list[Path], install: Callable[[Path, list[Path]], None]) -> Path:
    digest = hashlib.sha256(b"".join(lock.read_bytes() for lock in locks) + sys.version.encode()).hexdigest()[:16]
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "visavis" / "clients"
    wanted = cache / f"{name}-{digest}"
    if not wanted.exists():
        cache.mkdir(parents=True, exist_ok=True)
        # made aside and moved into place, so that a half-made one is never used
        with tempfile.TemporaryDirectory(dir=cache) as aside:
            made = Path(aside) / "made"
            print(f"setup: official client for {name}", flush=True)
            install(made, locks)
            _publish(made, wanted)
    return wanted


def _publish(made: Path, wanted: Path) -> None:
    try:
        made.rename(wanted)
    except OSError:
        if not wanted.exists():  # otherwise somebody else was faster, and theirs is as good
            raise


def _install_python(folder: Path, locks: list[Path], *options: str) -> None:
    _run(str(UV), "venv", "--quiet", "--relocatable", "--python", sys.executable, str(folder))
    install = [str(UV), "pip", "install", "--quiet", "--python", str(folder / "bin" / "python"), "--require-hashes"]
    _run(*install, *options, "-r", str(locks[0]))


def _install_python_alone(folder: Path, locks: list[Path]) -> None:
    """Nothing but what the lock names, where it leaves out what no test needs."""
    _install_python(folder, locks, "--no-deps")


def _install_js_sdk(folder: Path, locks: list[Path]) -> None:
    if shutil.which("npm") is None:
        raise ClientMissing("npm is needed to install the official JavaScript client")
    folder.mkdir()
    for lock in locks:
        shutil.copy(lock, folder)
    _run("npm", "ci", "--no-audit", "--no-fund", "--no-update-notifier", "--loglevel=error", cwd=folder)


def _run(*command: str, cwd: Path = HERE) -> None:
    done = subprocess.run(command, cwd=cwd, stdin=subprocess.DEVNULL, capture_output=True, text=True)
    if done.returncode != 0:
        raise ClientMissing(f"`{' '.join(command)}` ended with {done.returncode}:\n{done.stdout}{done.stderr}")


def main() -> None:
    try:
        python_sdk()
        mcp_server()
        voice_sdks()
        pipecat()
        js_sdk()
    except ClientMissing as missing:
        sys.exit(f"setup: {missing}")


if __name__ == "__main__":
    main()
