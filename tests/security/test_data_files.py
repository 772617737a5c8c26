"""What packages bring besides code is read only if it is what was looked at."""

from __future__ import annotations

import importlib.util
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from py3langid import langid

from tts_core.engines.chatterbox.files import WATERMARKER, check_watermarker
from tts_core.errors import ModelLoadError
from tts_core.system.packages import is_known_data
from tts_core.text import language
from tts_core.text.language import MODEL_SHA256, detect_language

GERMAN = "Das ist ein ganz normaler deutscher Satz."
MODEL = Path(langid.MODEL_DIR, langid.MODEL_FILE)


@pytest.fixture
def fresh() -> Iterator[None]:
    """No model in memory, before and after."""
    for load in (language._model, language._identifier):
        load.cache_clear()
    yield
    for load in (language._model, language._identifier):
        load.cache_clear()


def test_the_model_that_is_installed_is_known() -> None:
    assert is_known_data(MODEL, MODEL_SHA256)
    assert not is_known_data(MODEL.with_name("none"), MODEL_SHA256)


@pytest.mark.usefixtures("fresh")
def test_no_other_language_model_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    other = tmp_path / "model.npz.xz"
    other.write_bytes(MODEL.read_bytes() + b"\n")
    monkeypatch.setattr(langid, "MODEL_FILE", str(other))
    monkeypatch.setattr(
        langid.LanguageIdentifier, "from_model_file", lambda *_, **__: pytest.fail("it was read")
    )
    assert detect_language(GERMAN, {"de", "en"}) == "en"  # as its script says
    assert detect_language("Привет, мир", {"de", "en", "ru"}) == "ru"
    assert caplog.text.count("is not the model of py3langid") == 1


@pytest.fixture
def perth(tmp_path: Path) -> Path:
    """A copy of resemble-perth's data."""
    found = importlib.util.find_spec("perth")
    assert found is not None, "make chatterbox installs it"
    assert found.origin is not None
    package = tmp_path / "perth"
    inside = Path("perth_net", "pretrained")
    shutil.copytree(Path(found.origin).parent / inside, package / inside)
    return package


def test_no_other_watermarker_is_read(perth: Path) -> None:
    check_watermarker(perth)
    folder = perth / "perth_net" / "pretrained" / "implicit"
    for name in WATERMARKER:
        known = (folder / name).read_bytes()
        (folder / name).write_bytes(known + b"\n")
        with pytest.raises(ModelLoadError, match=r"not that of version 1\.0\.1.*Reinstall it"):
            check_watermarker(perth)
        (folder / name).write_bytes(known)
    check_watermarker(perth)
    (folder / "perth_net_250001.pth.tar").touch()  # which would be read instead
    with pytest.raises(ModelLoadError):
        check_watermarker(perth)
