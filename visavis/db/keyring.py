"""The server's own secret: seals what must not lie in the database in the clear, and signs what we hand out."""

import contextlib
import hmac
import os
from collections.abc import Sequence
from pathlib import Path

from cryptography.fernet import Fernet, MultiFernet


class Keyring:
    """The first key seals and signs, the others still open and verify, so that keys can be rotated."""

    def __init__(self, keys: Sequence[str]) -> None:
        self._keys = [key.encode() for key in keys]
        self._fernet = MultiFernet([Fernet(key) for key in self._keys])

    @classmethod
    def from_folder(cls, folder: Path) -> "Keyring":
        """One key a line in `secret.key`, made on first use and readable by its owner alone."""
        path = folder / "secret.key"
        folder.mkdir(parents=True, exist_ok=True)
        with contextlib.suppress(FileExistsError):
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(handle, "wb") as file:
                file.write(Fernet.generate_key() + b"\n")
                file.flush()
                os.fsync(file.fileno())
        return cls(path.read_text().split())

    def seal(self, secret: str) -> str:
        """ "" stays "", which says that there is no secret."""
        return self._fernet.encrypt(secret.encode()).decode() if secret else ""

    def unseal(self, sealed: str) -> str:
        """Raises `cryptography.fernet.InvalidToken` when none of the keys sealed it."""
        return self._fernet.decrypt(sealed.encode()).decode() if sealed else ""

    def signing_keys(self, purpose: str) -> list[bytes]:
        """32 bytes for each key, different for each purpose."""
        return [hmac.digest(key, purpose.encode(), "sha256") for key in self._keys]
