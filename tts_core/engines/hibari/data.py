"""The data files of `hibari-tts` 0.2.1 that the engine uses, and its voices, with their SHA-256.

The dictionaries are in `engines/phonemes/english_data.py`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

FILES: Mapping[str, str] = MappingProxyType(
    {
        "hibari.onnx": "5f70741d4e900f4e85d0037498736cc1b3e1b9a63a13546a5da1e63abf4fccd8",
        "oov.json": "b462e6e5dbdf0e7346c732385d0dd844f612f1770871441c56932bff4ca75d8c",
        "oov.onnx": "d3cfd8122c5f172a98c8de38268bf1213ee09f2c2ae4df6e055fc6532590fe76",
        "oov_gb.json": "e29077fc3548f08f2fab82a87e03309f614658d91d0ba464e653265e9a4d0cad",
        "oov_gb.onnx": "0997e3219543247de5646078d770f8ca77011d8fd0abb29fe48d12c60f53e9e1",
        "vocab.json": "70abefbe8a1c8865e43e0a43bbdc25b91a33e4aa053479d443ccf23e20a59e5d",
    }
)


@dataclass(frozen=True, slots=True)
class HibariVoice:
    """A voice that can be downloaded."""

    id: str
    name: str
    language: str
    gender: str
    file: str
    """Its name on the Hub."""
    size: int
    """Bytes."""
    sha256: str


VOICES: Mapping[str, HibariVoice] = MappingProxyType(
    {
        voice.id: voice
        for voice in (
            HibariVoice(
                "fenrir",
                "Fenrir",
                "en-us",
                "male",
                "am_fenrir_v2.int8.onnx",
                8_031_158,
                "f59fbd87908c91f827bc21b1b89443757b9a8580db9eee20aa948deb731321f4",
            ),
            HibariVoice(
                "kore",
                "Kore",
                "en-us",
                "female",
                "af_kore.int8.onnx",
                7_936_868,
                "346885752673e45d42f9864c9e2432094bc4b6385df060d4b83273da764d2fa9",
            ),
            HibariVoice(
                "emma",
                "Emma",
                "en-gb",
                "female",
                "bf_emma.int8.onnx",
                7_936_868,
                "f709f0488ee63b583a22189a955aaf4257b9806dd330be3490661e53af0a89c1",
            ),
            HibariVoice(
                "fable",
                "Fable",
                "en-gb",
                "male",
                "bm_fable.int8.onnx",
                7_936_868,
                "c28529302f2d27cd12f62625c24425888c4e3c2675583100ec530259136b8bc6",
            ),
        )
    }
)
"""The voices besides "heart", as the package's voices.json has them, by id."""
