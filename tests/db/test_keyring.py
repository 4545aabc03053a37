"""The server's own secret."""

import stat
from pathlib import Path

import pytest
from cryptography.fernet import Fernet, InvalidToken

from visavis.db.keyring import Keyring


def test_a_key_is_made_once_and_belongs_to_its_owner_alone(tmp_path: Path) -> None:
    first = Keyring.from_folder(tmp_path)

    assert stat.S_IMODE((tmp_path / "secret.key").stat().st_mode) == 0o600
    assert Keyring.from_folder(tmp_path).unseal(first.seal("secret")) == "secret"


def test_what_is_sealed_cannot_be_read() -> None:
    keyring = Keyring([Fernet.generate_key().decode()])

    assert "secret" not in keyring.seal("secret")
    assert keyring.seal("") == keyring.unseal("") == ""
    with pytest.raises(InvalidToken):
        Keyring([Fernet.generate_key().decode()]).unseal(keyring.seal("secret"))


def test_keys_are_rotated_by_putting_a_new_one_first() -> None:
    old, new = Fernet.generate_key().decode(), Fernet.generate_key().decode()
    sealed = Keyring([old]).seal("secret")

    rotated = Keyring([new, old])

    assert rotated.unseal(sealed) == "secret"
    assert Keyring([new]).unseal(rotated.seal("other")) == "other"
    assert rotated.signing_keys("a")[1:] == Keyring([old]).signing_keys("a")
    assert rotated.signing_keys("a") != rotated.signing_keys("b")
