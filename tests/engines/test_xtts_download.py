"""XTTS-v2 from nothing: refused, licence accepted, fetched, ready, and no restart in between."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.downloading import roomy_disk
from tests.support.engines import new_engine, reason_of
from tests.support.hub_server import Cut, HubServer, hub_server
from tests.support.tiny_xtts import SPEAKERS, kept_checkpoint
from tts_core.engines.registry import ENGINES, Registry
from tts_core.engines.weights import licenses as agreements
from tts_core.engines.xtts.engine import XttsEngine
from tts_core.engines.xtts.weights import REVISION, XTTS
from tts_core.errors import EngineUnavailable, ModelLoadError
from tts_core.service import SpeechService
from tts_core.services.engines import EngineStatus
from tts_core.settings import Settings

REPO = "coqui/XTTS-v2"


@pytest.fixture
def server() -> Iterator[HubServer]:
    folder = kept_checkpoint()
    with hub_server() as server:
        server.revision = REVISION
        server.files[REPO] = {path.name: path.read_bytes() for path in folder.iterdir()}
        yield server


@pytest.fixture
def service(
    server: HubServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[SpeechService]:
    """As `app.py` makes it: from the environment, which engines read too."""
    roomy_disk(monkeypatch)
    for name in ("TTS_XTTS_PATH", "COQUI_TOS_AGREED", "HF_HUB_CACHE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)  # where no .env is
    monkeypatch.setenv("TTS_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("HF_ENDPOINT", server.url)
    monkeypatch.setenv("HF_TOKEN", "")
    monkeypatch.setenv("TTS_DEVICE", "cpu")
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parents[2]))
    service = SpeechService(Settings(), Registry(ENGINES))
    yield service
    service.close()


def test_from_nothing_to_speech(service: SpeechService, server: HubServer) -> None:
    def row() -> EngineStatus:
        return next(e for e in service.engines.all() if e.name == "xtts")

    before = row()
    assert before.ready is False
    assert str(before.reason).startswith("Needs 1.9 GB of weights: press Download")
    assert before.download_bytes == XTTS.size
    assert service.voices.all("xtts") == []
    with pytest.raises(EngineUnavailable, match=r"https://coqui\.ai/cpml"):
        service.engines.download("xtts")
    assert service.engines.downloads() == []

    server.faults["model.pth"] = [Cut(1_000_000)]
    joined = service.engines.download("xtts", accept=True)
    assert joined["state"] in ("waiting", "downloading")
    assert service.report.status()["downloads"][0]["name"] == "xtts"
    deadline = time.monotonic() + 60
    while (progress := service.engines.downloads()[0])["state"] != "done":
        assert progress["state"] != "failed", progress
        assert time.monotonic() < deadline
        time.sleep(0.02)

    after = row()
    assert (after.ready, after.reason, after.download_bytes) == (True, None, 0)
    assert after.weights == [
        {
            "name": "xtts",
            "label": "XTTS-v2",
            "size_bytes": XTTS.size,
            "licence": "Coqui Public Model License (non-commercial)",
            "licence_url": "https://coqui.ai/cpml",
            "must_agree": True,
            "lists": False,
            "note": "",
            "accepted": True,
            "gated": False,
            "ready": True,
            "download": service.engines.downloads()[0],
        }
    ]
    assert [voice.name for voice in service.voices.all("xtts")] == list(SPEAKERS)
    # tests/web/test_engine_cards.py goes on from here to speech.
    assert service.engines.cancel_download("xtts") is False


def test_not_loaded_without_agreement(service: SpeechService, server: HubServer) -> None:
    service.engines.download("xtts", accept=True)
    assert service._downloads.wait("xtts", 60)["state"] == "done"
    assert reason_of(XttsEngine) is None
    service.settings.agreements_path.unlink()
    reason = reason_of(XttsEngine)
    assert reason == agreements.how_to_agree(XTTS)
    assert "COQUI_TOS_AGREED=1" in reason
    assert "--accept-license" in reason
    with pytest.raises(ModelLoadError, match="has to be accepted"):
        new_engine(XttsEngine).load()
    service.registry.refresh()
    seen = len(server.requests)
    assert service.engines.download("xtts", accept=True)["state"] == "done"  # they are here
    assert len(server.requests) == seen
    assert "xtts" in service.registry.ready()
