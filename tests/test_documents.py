"""README and Spaces.md say what is so."""

from __future__ import annotations

import re
from pathlib import Path

import yaml

from tts_core.engines.espeak.engine import EspeakEngine
from tts_core.engines.groq.voices import MODELS
from tts_core.settings import DEFAULT_MAX_TEXT_LENGTH, Settings
from tts_core.voices.catalog import base

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_every_setting_is_documented_with_its_default() -> None:
    rows = dict(re.findall(r"^\| `([A-Z_]+)` \| ([^|]+?) \|", README, re.MULTILINE))
    fields = {
        str(field.validation_alias or f"TTS_{name.upper()}"): field
        for name, field in Settings.model_fields.items()
    }
    assert rows.keys() == fields.keys()
    for name, field in fields.items():
        if field.default is not None and not isinstance(field.default, bool):
            shown = f"{field.default:g}" if isinstance(field.default, float) else field.default
            assert rows[name] == (str(shown) or "none"), name
    assert rows["TTS_MAX_TEXT_LENGTH"] == str(DEFAULT_MAX_TEXT_LENGTH)
    assert rows["TTS_GROQ_MODEL"] == MODELS[0].name


def test_front_matter_agrees_with_the_requirements() -> None:
    front = yaml.safe_load(README.split("---")[1])
    pins = dict(
        re.findall(r"^([\w-]+)==(\S+)", (ROOT / "requirements.txt").read_text(), re.MULTILINE)
    )
    assert front["sdk"] == "gradio"
    assert front["sdk_version"] == pins["gradio"]
    assert (ROOT / front["app_file"]).is_file()
    assert front["python_version"] == "3.11"


def test_numbers_of_voices() -> None:
    info = EspeakEngine.describe()
    languages = {base(voice.language) for voice in info.voices}
    variants = info.parameters.model_json_schema()["properties"]["variant"]["enum"]
    said = re.search(r"(\d+) voices, (\d+) languages, (\d+) variants", README)
    assert said is not None
    counted = (len(info.voices), len(languages), len([v for v in variants if v]))
    assert tuple(map(int, said.groups())) == counted


def test_links_lead_somewhere() -> None:
    for document in (*ROOT.glob("*.md"), *ROOT.glob("docs/*.md")):
        text = document.read_text(encoding="utf-8")
        for target in re.findall(r"\]\(([^)#]+)\)", text):
            if "://" not in target:
                assert (document.parent / target).exists(), f"{document.name}: {target}"
