"""Resolve every dependency anew: `make lock`. Locks carry hashes and no addresses."""

import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
UV = ROOT / ".venv" / "bin" / "uv"
OPTIONS = ["--generate-hashes", "--no-emit-index-url", "--universal", "--python-version", "3.11", "--quiet"]
CLIENTS = (
    "tests/clients/python_sdk/requirements",
    "tests/clients/mcp_server/requirements",
    "tests/clients/voice_sdks/requirements",
)
# Two thirds of what Pipecat installs serve services that no test uses.
PIPECAT_NEEDLESS = (
    "docopt", "flatbuffers", "httpx2", "httpcore2", "httpx2-jsfetch", "jiter", "llvmlite", "markdown", "num2words",
    "numba", "onnxruntime", "openai", "protobuf", "resampy", "sniffio", "soundfile", "truststore",
)  # fmt: skip


def main() -> None:
    resolve("requirements.lock", "pyproject.toml")
    resolve("requirements-dev.lock", "pyproject.toml", "--group", "dev", "--constraint", "requirements.lock")
    resolve("models.lock", "scripts/models.in", "--no-deps")
    resolve("embeddings.lock", "scripts/embeddings.in", "--no-deps")
    resolve("whisper.lock", "scripts/whisper.in", "--constraint", "requirements-dev.lock")
    resolve("scripts/bootstrap.lock", "scripts/bootstrap.in")
    for client in CLIENTS:
        resolve(f"{client}.lock", f"{client}.in")
    left_out = [option for name in PIPECAT_NEEDLESS for option in ("--no-emit-package", name)]
    resolve("tests/clients/pipecat/requirements.lock", "tests/clients/pipecat/requirements.in", *left_out)


def resolve(lock: str, source: str, *options: str) -> None:
    command = [UV, "pip", "compile", source, *options, *OPTIONS, "--output-file", lock]
    subprocess.run([*command, "--custom-compile-command", "make lock"], cwd=ROOT, check=True)


if __name__ == "__main__":
    main()
