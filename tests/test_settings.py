from __future__ import annotations

from pathlib import Path

import pydantic
import pytest

from tts_core.settings import Settings


@pytest.fixture(autouse=True)
def _clean(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("SPACE_ID", "TTS_DATA_DIR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)


def test_at_home(tmp_path: Path) -> None:
    settings = Settings()
    assert settings.listen_host == "127.0.0.1"
    assert settings.listen_port is None
    assert settings.data_path == tmp_path / "data"
    assert settings.text_limit == 10_000


def test_installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No app.py is beside the package; where users' data belongs is the platform's to say."""
    monkeypatch.setattr("tts_core.settings.in_checkout", lambda: False)
    monkeypatch.setenv("HOME", str(tmp_path / "anna"))
    monkeypatch.delenv("XDG_DATA_HOME", raising=False)
    folder = Settings().data_path
    assert folder.is_relative_to(tmp_path / "anna")
    assert folder.name == "aloud"
    assert not folder.exists()
    monkeypatch.setenv("SPACE_ID", "somebody/aloud")
    assert not Settings().data_path.is_relative_to(tmp_path / "anna")
    monkeypatch.setenv("TTS_DATA_DIR", "here")
    assert Settings().data_path == tmp_path / "here"


def test_on_a_space(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SPACE_ID", "somebody/aloud")
    settings = Settings()
    assert (settings.listen_host, settings.listen_port) == ("0.0.0.0", 7860)
    expected = Path("/data/aloud") if Path("/data").is_dir() else Path("data").resolve()
    assert settings.data_path == expected


def test_variables_win(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("SPACE_ID", "somebody/aloud")
    for name, value in {
        "TTS_HOST": "127.0.0.2",
        "TTS_PORT": "8000",
        "TTS_DATA_DIR": str(tmp_path / "elsewhere"),
        "TTS_MAX_TEXT_LENGTH": "9000",
    }.items():
        monkeypatch.setenv(name, value)
    settings = Settings()
    assert (settings.listen_host, settings.listen_port) == ("127.0.0.2", 8000)
    assert settings.data_path == tmp_path / "elsewhere"
    assert settings.text_limit == 9000


def test_env_file(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("TTS_PORT=8123\nSOMETHING_ELSE=1\n")
    assert Settings().listen_port == 8123


@pytest.mark.parametrize(
    ("name", "value"),
    [("TTS_PORT", "99999"), ("TTS_QUEUE_LIMIT", "0"), ("TTS_LOG_LEVEL", "LOUD")],
)
def test_nonsense_is_refused_by_name(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(pydantic.ValidationError, match=name.removeprefix("TTS_").lower()):
        Settings()
