"""How settings are read."""

import ipaddress
import re
from pathlib import Path

import pytest
import typer

from visavis.cli.options import read_settings
from visavis.settings import Settings


def test_lists_and_ranges_are_read_as_people_write_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VISAVIS_TURN_URLS", "turn:a.test:3478?transport=udp, turns:a.test:5349")
    monkeypatch.setenv("VISAVIS_TURN_SECRET", "s")
    monkeypatch.setenv("VISAVIS_UDP_PORTS", "40000-40100")
    monkeypatch.setenv("VISAVIS_TRUSTED_PROXIES", "10.0.0.0/8,::1")
    monkeypatch.setenv("VISAVIS_PUBLIC_URL", "https://a.test/")
    monkeypatch.setenv("VISAVIS_ANNOUNCED_IP", "")

    settings = Settings()

    assert settings.turn_urls == ["turn:a.test:3478?transport=udp", "turns:a.test:5349"]
    assert settings.udp_ports == (40000, 40100)
    assert settings.trusted_proxies == [ipaddress.ip_network("10.0.0.0/8"), ipaddress.ip_network("::1/128")]
    assert settings.public_url == "https://a.test"
    assert settings.announced_ip is None


def test_prices_are_read_as_json(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("VISAVIS_PRICES", '{"deepgram": {"hour_heard": 0.5}}')
    assert Settings().prices == {"deepgram": {"hour_heard": 0.5}}
    monkeypatch.setenv("VISAVIS_PRICES", '{"deepgram": ')
    with pytest.raises(typer.Exit):
        read_settings(None)
    assert capsys.readouterr().out.startswith("VISAVIS_PRICES: write it as JSON")


def test_a_database_is_found_in_the_data_directory_unless_it_is_named(tmp_path: Path) -> None:
    assert Settings(data_dir=tmp_path).database == f"sqlite:///{tmp_path}/visavis.db"
    assert Settings(database_url="postgresql://h/n").database == "postgresql://h/n"


def test_every_setting_is_described_and_used() -> None:
    program = "".join(path.read_text() for path in Path("visavis").rglob("*.py") if path.name != "settings.py")
    for name, field in Settings.model_fields.items():
        assert field.description
        used_here = len(re.findall(rf"self\.{name}\b", Path("visavis/settings.py").read_text()))
        assert re.search(rf"settings\.{name}\b", program) or used_here, f"{name} is not used"


def test_secrets_do_not_show() -> None:
    settings = Settings(api_key="key-1234", turn_secret="turn-1234", llm_api_key="llm-1234")  # type: ignore[arg-type]

    assert "1234" not in repr(settings)
