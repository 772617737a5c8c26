"""No value of a setting lets a server start that then hangs, breaks, or says a secret."""

from __future__ import annotations

import traceback
import typing
from pathlib import Path
from typing import Any

import annotated_types
import pydantic
import pytest
from pydantic.fields import FieldInfo

from tts_core.cli.main import main
from tts_core.settings import Settings

SECRET = "hunter2,and-more"


@pytest.fixture(autouse=True)
def _elsewhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TTS_DATA_DIR", str(tmp_path / "data"))


def numeric() -> dict[str, FieldInfo]:
    """The settings that are numbers, or may be."""
    kinds = {name: typing.get_args(f.annotation) or (f.annotation,) for name, f in _fields()}
    return {
        name: f for name, f in _fields() if {_bare(kind) for kind in kinds[name]} & {int, float}
    }


def _fields() -> list[tuple[str, FieldInfo]]:
    return list(Settings.model_fields.items())


def _bare(kind: Any) -> Any:
    return typing.get_args(kind)[0] if typing.get_origin(kind) is typing.Annotated else kind


@pytest.mark.parametrize("name", numeric())
@pytest.mark.parametrize("value", ["inf", "-inf", "nan", "1e300", "9" * 20])
def test_no_number_is_endless(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(f"TTS_{name.upper()}", value)
    with pytest.raises(pydantic.ValidationError, match=name):
        Settings(_env_file=None)  # type: ignore[call-arg]


@pytest.mark.parametrize("rate", ["0/minute", "9" * 20 + "/second", "1/" + "9" * 20 + "days"])
def test_no_rate_is_none_or_endless(monkeypatch: pytest.MonkeyPatch, rate: str) -> None:
    monkeypatch.setenv("TTS_RATE_LIMIT", rate)
    with pytest.raises(pydantic.ValidationError, match="rate_limit"):
        Settings(_env_file=None)  # type: ignore[call-arg]


def test_numbers_as_large_as_they_may_be_can_be_slept_for() -> None:
    """A worker that is loading is waited for by poll(), which counts milliseconds in 32 bits."""
    for name in ("load_timeout", "segment_timeout", "idle_unload_seconds"):
        bounds = [m for m in numeric()[name].metadata if isinstance(m, annotated_types.Le)]
        assert 1000 * float(str(bounds[0].le)) < 2**31


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("TTS_AUTH", f"good:pw1,{SECRET}"),
        ("TTS_API_KEYS", ",,"),
        ("TTS_PORT", SECRET),  # pasted into the wrong line
        ("TTS_RATE_LIMIT", SECRET),
        ("TTS_DEVICE", SECRET),
        ("TTS_HISTORY_DAYS", SECRET),
    ],
)
def test_no_error_shows_what_was_set(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(pydantic.ValidationError) as caught:
        Settings()
    shown = "".join(traceback.format_exception(caught.value))
    assert main(["check"]) == 2
    out, err = capsys.readouterr()
    assert (out, err.count("\n")) == ("", 1)
    assert err.startswith(f"aloud: {name}: ")
    for part in ("hunter2", "and-more", "pw1"):
        assert part not in shown + err


def test_an_error_in_a_file_of_settings_does_not_either(
    capsys: pytest.CaptureFixture[str],
) -> None:
    Path(".env").write_text(f"TTS_AUTH={SECRET}\n")
    assert main(["check"]) == 2
    err = capsys.readouterr().err
    assert err.startswith("aloud: TTS_AUTH: ")
    assert "hunter2" not in err


def test_an_empty_variable_is_not_a_value(monkeypatch: pytest.MonkeyPatch) -> None:
    """`TTS_DATA_DIR=` was the folder that Aloud was started from."""
    plain = Settings(_env_file=None)  # type: ignore[call-arg]
    monkeypatch.delenv("TTS_DATA_DIR")
    default = Settings(_env_file=None).data_path  # type: ignore[call-arg]
    for name, field in _fields():
        monkeypatch.setenv(str(field.validation_alias or f"TTS_{name.upper()}"), " ")
    empty = Settings()
    assert empty.data_path == default != Path.cwd()
    same = {"data_dir", "cache_mb", "groq_api_key", "engine_order"}  # which the tests set
    assert empty.model_dump(exclude=same) == plain.model_dump(exclude=same)


def test_an_empty_variable_hides_a_line_of_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    Path(".env").write_text("TTS_PORT=8123\nTTS_HOST=\nGROQ_API_KEY=of-a-developer\n")
    monkeypatch.setenv("GROQ_API_KEY", "")
    settings = Settings()
    assert (settings.listen_port, settings.listen_host, settings.groq_key) == (
        8123,
        "127.0.0.1",
        "",
    )
