"""The documents agree with the code."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path

import pytest
import yaml

from tests.support.engines import info_of
from tests.support.settings_table import DOCUMENT, SECTIONS, docstrings, document
from tts_core.engines.espeak.engine import EspeakEngine
from tts_core.engines.groq.voices import MODELS
from tts_core.settings import DEFAULT_MAX_TEXT_LENGTH, Settings
from tts_core.voices.lookup import base

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
DOCUMENTS = sorted((*ROOT.glob("*.md"), *ROOT.glob("docs/*.md")))


def test_the_settings_document_is_up_to_date() -> None:
    """Write it with `python -m tests.support.settings_table`."""
    assert DOCUMENT.read_text(encoding="utf-8") == document()


def test_every_setting_is_documented_with_its_default() -> None:
    """By a value, or by what is done when there is none: by one of them, so they cannot differ."""
    says = docstrings()
    fields = Settings.model_fields
    assert says.keys() == fields.keys()
    for name, field in fields.items():
        assert (" Default: " in says[name]) == (field.default in (None, "")), name
    assert SECTIONS.keys() <= fields.keys()
    assert next(iter(fields)) in SECTIONS


def test_defaults_that_are_decided_elsewhere() -> None:
    rows = dict(re.findall(r"^\| `([A-Z0-9_]+)` \| [^|]+ \| ([^|]+?) \|", document(), re.MULTILINE))
    assert len(rows) == len(Settings.model_fields)
    assert rows["TTS_MAX_TEXT_LENGTH"].startswith(f"{DEFAULT_MAX_TEXT_LENGTH:,};")
    assert rows["TTS_GROQ_MODEL"] == f"`{MODELS[0].name}`"


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
    info = info_of(EspeakEngine)
    languages = {base(voice.language) for voice in info.voices}
    variants = info.parameters.model_json_schema()["properties"]["variant"]["enum"]
    said = re.search(r"(\d+) voices, (\d+) languages, (\d+) variants", README)
    assert said is not None
    counted = (len(info.voices), len(languages), len([v for v in variants if v]))
    assert tuple(map(int, said.groups())) == counted


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda p: p.name)
def test_links_lead_somewhere(path: Path) -> None:
    prose = re.sub("`[^`\n]+`", "", path.read_text(encoding="utf-8"))
    for target in re.findall(r"\]\(([^)]+)\)", prose):
        if "://" not in target:
            name, _, heading = target.partition("#")
            linked = path.parent / name if name else path
            assert linked.exists(), target
            assert not heading or heading in anchors(linked), target


def anchors(path: Path) -> set[str]:
    """Return the anchors that GitHub gives the headings of a Markdown file."""
    headings = re.findall(r"^#+ (.+)$", path.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading).lower().replace(" ", "-") for heading in headings}


@pytest.mark.parametrize(
    "path", [p for p in DOCUMENTS if p.name != "CHANGELOG.md"], ids=lambda p: p.name
)  # the changelog names former ones
def test_modules_and_files_that_are_named_exist(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    modules = set(re.findall(r"python -m ((?:tests|tts_core)[\w.]*[a-z])\b", text))
    modules |= set(re.findall(r"`((?:tests|tts_core)(?:\.\w+)+)`", text))
    assert [m for m in sorted(modules) if importlib.util.find_spec(m) is None] == []
    files = set(re.findall(r"`((?:tests|tts_core|examples|docs|requirements)/[\w./-]+)`", text))
    files.discard("tts_core/engines/hum/engine.py")  # where the reader may put the worked example
    assert [f for f in sorted(files) if not (ROOT / f).exists()] == []
