"""Make this checkout runnable: `setup.py` for running, `--tests` for what the tests need besides.

`--embeddings` adds the embedding model, `--whisper` a recogniser of that kind.

Idempotent. Each step remembers a digest of its inputs and is skipped while they stay the same, so that a second run
takes about a second. Uses the standard library alone, because it runs before anything is installed.
"""

import argparse
import hashlib
import os
import platform
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from ctypes.util import find_library
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
STAMPS = VENV / ".stamps"
PYTHON = VENV / "bin" / "python"
UV = VENV / "bin" / "uv"
LAB = ROOT / "lab"
VOICE = ROOT / "scripts" / "flite-wasm"
NOT_SOURCES = {"node_modules", "dist", ".vite"}
OLDEST_PYTHON = (3, 11)

WITHOUT_A_MODEL = "Some model packages could not be installed, so simpler means take over: `visavis doctor` says which."


class Failed(Exception):
    """A step that everything else depends on did not work."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tests", action="store_true", help="also install what the tests need")
    parser.add_argument("--embeddings", action="store_true", help="also install the embedding model for knowledge")
    parser.add_argument("--whisper", action="store_true", help="also install the recogniser of the Whisper kind")
    arguments = parser.parse_args()
    if sys.version_info < OLDEST_PYTHON:
        sys.exit(f"Visavis needs Python 3.11 or newer; this is {platform.python_version()}.")
    try:
        setup_to_run()
        if arguments.tests:
            setup_to_test()
        if arguments.embeddings:
            step("embeddings", [ROOT / "embeddings.lock"], lambda: install(ROOT / "embeddings.lock", "--no-deps"))
        if arguments.whisper or arguments.tests:
            step("whisper", [ROOT / "whisper.lock"], lambda: install(ROOT / "whisper.lock"))
    except Failed as failure:
        sys.exit(f"setup: {failure}")


def setup_to_run() -> None:
    if not PYTHON.exists():
        say("making .venv")
        run(sys.executable, "-m", "venv", str(VENV))
    scripts = ROOT / "scripts"
    step("installer", [scripts / "bootstrap.lock"], install_installer)
    step("python packages", [ROOT / "requirements-dev.lock"], lambda: install(ROOT / "requirements-dev.lock"))
    step("visavis", [ROOT / "pyproject.toml"], install_visavis)
    step("models", [ROOT / "models.lock"], install_models)
    step("faster faces", [ROOT / "visavis" / "renderers" / "native" / "warp.c"], build_warp)
    step("system packages", [scripts / "apt-packages.txt"], lambda: install_system_packages("run"))
    if find_library("flite") is None:
        step("voice", sources(VOICE), install_voice)
    step("lab", sources(LAB), build_lab)


def setup_to_test() -> None:
    step("voice", sources(VOICE), install_voice)
    packages = ROOT / "scripts" / "apt-packages.txt"
    step("system packages for tests", [packages], lambda: install_system_packages("tests"))
    run(str(PYTHON), "-m", "tests.clients.environments", cwd=ROOT)


# --- steps ------------------------------------------------------------------------------------------------------


def step(name: str, inputs: Iterable[Path], work: "Callable[[], bool]") -> None:
    """Do the work unless it was done for the same inputs. Work that returns False is tried again next time."""
    stamp = STAMPS / name.replace(" ", "-")
    digest = digest_of(inputs)
    if stamp.exists() and stamp.read_text() == digest:
        return
    say(name)
    started_s = time.monotonic()
    if work():
        STAMPS.mkdir(exist_ok=True)
        stamp.write_text(digest)
    say(f"{name}: {time.monotonic() - started_s:.1f} s")


def install_installer() -> bool:
    pip = [str(PYTHON), "-m", "pip", "--disable-pip-version-check", "--quiet"]
    run(*pip, "install", "--require-hashes", "-r", str(ROOT / "scripts" / "bootstrap.lock"), quiet=True)
    return True


def install(lock: Path, *options: str) -> bool:
    # every test that starts a server, and every child of that server, would compile them again
    uv("install", "--require-hashes", "--compile-bytecode", "-r", str(lock), *options)
    return True


def install_visavis() -> bool:
    # the build back end comes from the lock too, so nothing unpinned is fetched
    uv("install", "--no-deps", "--no-build-isolation", "--editable", str(ROOT))
    return True


def install_models() -> bool:
    try:
        return install(ROOT / "models.lock", "--no-deps")
    except Failed:
        say(WITHOUT_A_MODEL)
        return False


def build_warp() -> bool:
    """Optional: a small kernel in C; without it, or without a compiler, OpenCV does its work."""
    return subprocess.run([PYTHON, "-m", "visavis.renderers.native"], cwd=ROOT).returncode == 0


def install_system_packages(section: str) -> bool:
    """Install what is missing where that is allowed; elsewhere say what to type, and let fall-backs take over."""
    if shutil.which("dpkg-query") is None:
        say(f"not a Debian system; install the equivalents of: {' '.join(system_packages(section))}")
        return True
    missing = [name for name in system_packages(section) if not is_installed(name)]
    if not missing:
        return True
    if os.geteuid() != 0:
        say(f"missing, and this is not root: sudo apt-get install --no-install-recommends {' '.join(missing)}")
        return False
    apt = ["apt-get", "--quiet", "--quiet", "--option", "Dpkg::Use-Pty=0"]
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    try:
        run(*apt, "update", env=environment, quiet=True)
        run(*apt, "install", "--yes", "--no-install-recommends", *missing, env=environment, quiet=True)
    except Failed as failure:
        say(f"{failure}; going on without {' '.join(missing)}")
        return False
    return True


def install_voice() -> bool:
    """The voice for machines where flite's library cannot be installed; the provider looks for it here."""
    if shutil.which("npm") is None:
        say("Node.js is missing, so flite's WebAssembly build is not installed, which stands in for its library.")
        return False
    for name in ("package.json", "package-lock.json", ".npmrc"):
        shutil.copy(VOICE / name, VENV / name)
    run("npm", "ci", "--no-audit", "--no-fund", "--no-update-notifier", "--loglevel=error", cwd=VENV)
    return True


def build_lab() -> bool:
    if not (LAB / "package.json").exists():
        return True
    if shutil.which("npm") is None:
        say("Node.js is missing, so the Lab page is not built. The API runs without it. Install Node 20 and try again.")
        return False
    npm = ["npm", "--no-audit", "--no-fund", "--no-update-notifier", "--loglevel=error"]
    run(*npm, "ci", cwd=LAB, quiet=True)
    run(*npm, "run", "build", cwd=LAB, quiet=True)
    return True


# --- small things -----------------------------------------------------------------------------------------------


def system_packages(section: str) -> list[str]:
    found: list[str] = []
    current = ""
    for line in (ROOT / "scripts" / "apt-packages.txt").read_text().splitlines():
        text = line.partition("#")[0].strip()
        if text.startswith("["):
            current = text.strip("[]")
        elif text and current == section:
            found.append(text)
    return found


def is_installed(package: str) -> bool:
    query = ["dpkg-query", "--show", "--showformat", "${db:Status-Status}", package]
    return subprocess.run(query, capture_output=True, text=True).stdout == "installed"


def sources(folder: Path) -> list[Path]:
    """The files of a folder that somebody wrote."""
    found: list[Path] = []
    for path, folders, files in os.walk(folder):
        folders[:] = sorted(set(folders) - NOT_SOURCES)
        found += [Path(path) / name for name in sorted(files)]
    return found


def digest_of(paths: Iterable[Path]) -> str:
    digest = hashlib.sha256(f"{platform.python_version()} {platform.machine()}".encode())
    for path in paths:
        digest.update(str(path.relative_to(ROOT)).encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


def uv(*arguments: str) -> None:
    run(str(UV), "pip", arguments[0], "--quiet", "--python", str(PYTHON), *arguments[1:])


def run(*command: str, cwd: Path = ROOT, env: "dict[str, str] | None" = None, quiet: bool = False) -> None:
    """Run to the end; the output of a quiet one is shown only when it fails."""
    done = subprocess.run(
        command, cwd=cwd, env=env, stdin=subprocess.DEVNULL, capture_output=quiet, text=True, errors="replace"
    )
    if done.returncode != 0:
        if quiet:
            print(done.stdout, done.stderr, sep="\n")
        raise Failed(f"`{' '.join(command)}` ended with {done.returncode}")


def say(text: str) -> None:
    print(f"setup: {text}", flush=True)


if __name__ == "__main__":
    main()
