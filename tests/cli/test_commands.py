"""Keys, migrations, the doctor, and settings that make no sense; in this process, as the command line runs them."""

import hashlib
import sqlite3
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from visavis.cli.main import app


def run(*arguments: str, **settings: str) -> Result:
    return CliRunner().invoke(app, list(arguments), env=settings)


def query(data_dir: Path, sql: str) -> list[tuple[str, ...]]:
    with sqlite3.connect(data_dir / "visavis.db") as connection:
        found = connection.execute(sql).fetchall()
    connection.close()
    return found


def test_a_key_is_printed_and_only_its_hash_is_kept(tmp_path: Path) -> None:
    made = run("keys", "create", "--organization", "acme", "--label", "shop", "--data-dir", str(tmp_path / "d"))

    assert made.exit_code == 0, made.output
    key = made.stdout.strip()
    assert key.startswith("vv_")
    assert "." not in key
    sql = (
        "SELECT o.name, k.label, k.prefix, k.key_hash FROM api_keys k JOIN organizations o ON o.id = k.organization_id"
    )
    digest = hashlib.sha256(key.encode()).hexdigest()
    assert query(tmp_path / "d", sql) == [("acme", "shop", key[:8], digest)]
    assert (tmp_path / "d").stat().st_mode & 0o077 == 0


def test_an_organization_is_filmed_when_somebody_says_so(tmp_path: Path) -> None:
    folder = ("--data-dir", str(tmp_path / "d"))
    run("keys", "create", "--organization", "acme", *folder)
    run("keys", "create", "--organization", "other", *folder)

    changed = run("organizations", "change", "acme", "--film", *folder)
    listed = [line.split() for line in run("organizations", "list", *folder).stdout.splitlines()]
    nobody = run("organizations", "change", "nobody", "--film", *folder)

    assert changed.stdout.strip() == 'Sessions of "acme" are filmed unless they say otherwise.'
    assert listed[0] == ["id", "films", "name"]
    assert [line[1:] for line in listed[1:]] == [["yes", "acme"], ["no", "other"]]
    assert nobody.exit_code == 1
    assert 'no organization "nobody"' in nobody.output
    assert run("organizations", "change", "acme", *folder).exit_code == 2  # one of the two has to be said


def test_keys_are_listed_and_revoked(tmp_path: Path) -> None:
    folder = ("--data-dir", str(tmp_path))
    options = ("--organization", "acme", "--permission", "personas:read", "--permission", "sessions:write")
    limited = run("keys", "create", "--label", "shop", *options, *folder).stdout.strip()
    other = run("keys", "create", *folder).stdout.strip()

    listed = run("keys", "list", *folder).stdout.splitlines()
    assert listed[0].split() == ["id", "organization", "label", "prefix", "permissions", "created", "revoked"]
    shop, rest = listed[1], listed[2]
    for shown in ("acme", "shop", limited[:8], "personas:read sessions:write"):
        assert shown in shop
    assert shop.endswith("  -")
    assert " * " in rest
    assert limited not in "".join(listed)
    assert len(run("keys", "list", "--organization", "acme", *folder).stdout.splitlines()) == 2

    assert run("keys", "revoke", limited[:8], *folder).exit_code == 0
    assert run("keys", "revoke", rest.split()[0], *folder).exit_code == 0
    assert not [line for line in run("keys", "list", *folder).stdout.splitlines() if line.endswith("  -")]
    assert other[:8] in rest


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("revoke", "vv_nobody"), "no key"),
        (("revoke", ""), "no key"),
        (("revoke", "%"), "no key"),
        (("revoke", "vv_"), "2 keys begin with"),
        (("create", "--permission", "personas:sing"), '"personas:sing" is not a permission'),
    ],
)
def test_a_command_about_keys_that_makes_no_sense_says_why(
    tmp_path: Path, arguments: tuple[str, ...], said: str
) -> None:
    folder = ("--data-dir", str(tmp_path))
    for _ in range(2):
        run("keys", "create", *folder)

    found = run("keys", *arguments, *folder)

    assert found.exit_code == 1
    assert said in found.output


def test_migrate_goes_up_and_down(tmp_path: Path) -> None:
    folder = str(tmp_path)
    tables = "SELECT name FROM sqlite_master WHERE type = 'table' AND name = 'personas'"

    assert run("migrate", "--data-dir", folder).exit_code == 0
    assert query(tmp_path, tables) == [("personas",)]
    assert run("migrate", "base", "--down", "--data-dir", folder).exit_code == 0
    assert query(tmp_path, tables) == []


def test_the_doctor_says_what_works(tmp_path: Path) -> None:
    found = run("doctor", "--data-dir", str(tmp_path))

    assert found.exit_code == 0, found.output
    for part in ("database", "voice", "recogniser", "voice activity", "mind", "lab", "media ports"):
        assert part in found.stdout


def test_the_doctor_asks_providers_and_fails_when_one_does_not_work(tmp_path: Path) -> None:
    folder = ("--data-dir", str(tmp_path))
    fine = run("doctor", "providers", *folder)
    assert fine.exit_code == 0, fine.output
    for part in ("voice flite", "ears pocketsphinx", "mind"):
        assert part in fine.stdout

    broken = run("doctor", "providers", *folder, VISAVIS_LLM_URL="http://127.0.0.1:1/v1", VISAVIS_LLM_MODEL="small")
    assert broken.exit_code == 1
    (line,) = [line for line in broken.stdout.splitlines() if line.startswith("broken")]
    assert "nothing listens at that address. Asked was small at http://127.0.0.1:1/v1" in line

    url = "postgresql://somebody:secret-password@127.0.0.1:1/nothing"
    nowhere = run("doctor", "providers", *folder, VISAVIS_DATABASE_URL=url)
    assert nowhere.exit_code == 1
    assert "broken    database" in nowhere.stdout
    assert "secret-password" not in nowhere.output


def test_the_doctor_says_what_is_wrong_with_a_network_for_mouths(tmp_path: Path) -> None:
    (tmp_path / "model.onnx").write_text("no model")
    found = run("doctor", "--data-dir", str(tmp_path), VISAVIS_MOUTH_MODEL=str(tmp_path / "model.onnx"))
    assert found.exit_code == 1
    (line,) = [line for line in found.stdout.splitlines() if line.startswith("broken")]
    assert "VISAVIS_MOUTH_MODEL" in line
    assert "expected a mel spectrogram (N, 1, 80, 16) and a face (N, 6, S, S)" in line


def test_the_doctor_fails_when_the_database_does_not_answer(tmp_path: Path) -> None:
    url = "postgresql://somebody:secret-password@127.0.0.1:1/nothing"

    found = run("doctor", "--data-dir", str(tmp_path), VISAVIS_DATABASE_URL=url)

    assert found.exit_code == 1
    assert "broken" in found.stdout
    assert "secret-password" not in found.output


@pytest.mark.parametrize(
    ("settings", "named"),
    [
        ({"VISAVIS_API_KEY": "has.a.dot"}, "VISAVIS_API_KEY"),
        ({"VISAVIS_SESSIONS_MAX": "many"}, "VISAVIS_SESSIONS_MAX"),
        ({"VISAVIS_UDP_PORTS": "90000-90010"}, "VISAVIS_UDP_PORTS"),
        ({"VISAVIS_UDP_PORTS": "40100-40000"}, "VISAVIS_UDP_PORTS"),
        ({"VISAVIS_ANNOUNCED_IP": "home"}, "VISAVIS_ANNOUNCED_IP"),
        ({"VISAVIS_PUBLIC_URL": "example.com"}, "VISAVIS_PUBLIC_URL"),
        ({"VISAVIS_TRUSTED_PROXIES": "10.0.0.0/8, everybody"}, "VISAVIS_TRUSTED_PROXIES"),
        ({"VISAVIS_VIDEO_CODEC": "av1"}, "VISAVIS_VIDEO_CODEC"),
        ({"VISAVIS_TURN_URLS": "turn:a.test"}, "VISAVIS_TURN_SECRET"),
        ({"VISAVIS_LLM_URL": "http://a.test/v1"}, "VISAVIS_LLM_MODEL"),
    ],
)
def test_a_setting_that_makes_no_sense_is_named(tmp_path: Path, settings: dict[str, str], named: str) -> None:
    found = run("migrate", "--data-dir", str(tmp_path), **settings)

    assert found.exit_code == 2
    assert named in found.output
