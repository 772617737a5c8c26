"""The direction of imports, read from the source."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
CORE = ROOT / "tts_core"
WEB_LIBRARIES = {"gradio", "fastapi", "starlette", "uvicorn"}
ENGINE_LIBRARIES = {"torch", "TTS", "pocket_tts", "chatterbox", "groq", "espeakng_loader"}
# Who may import whom inside tts_core; a package may always import itself.
GROUND = {"errors", "types", "settings", "validation", "packages", "disk"}
ALLOWED = {
    "text": GROUND,
    "audio": GROUND,
    "engines": GROUND | {"audio"},
    "voices": GROUND | {"engines", "text", "audio"},
    "stats": GROUND,
    "validation": {"errors", "types"},
    "packages": {"settings"},
    "disk": set(),
    "running": set(),
    "settings": set(),
    "errors": set(),
    "types": set(),
}


def modules() -> list[Path]:
    return sorted(CORE.rglob("*.py"))


def imported(path: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return names


@pytest.mark.parametrize("path", modules(), ids=lambda p: str(p.relative_to(CORE)))
def test_imports_point_downwards(path: Path) -> None:
    part = path.relative_to(CORE).parts[0].removesuffix(".py")
    names = imported(path)
    roots = {name.split(".")[0] for name in names}
    if part != "web":
        assert not roots & WEB_LIBRARIES
    if part not in ("web", "cli"):
        assert not any(name.startswith("tts_core.web") for name in names)
    if part not in ("cli", "__main__"):
        assert not any(name.startswith("tts_core.cli") for name in names)
    if part != "engines":
        assert not roots & ENGINE_LIBRARIES
    if part in ALLOWED:
        inside = {n.split(".")[1] for n in names if n.startswith("tts_core.")}
        assert inside <= ALLOWED[part] | {part}


def test_tests_share_through_support_and_conftest() -> None:
    """And import no other file of tests, nor a benchmark, which others may run in their own way."""
    for path in sorted((ROOT / "tests").rglob("*.py")):
        inside = {name for name in imported(path) if name.split(".")[0] == "tests"}
        if "benchmarks" in path.parts:
            inside = {name for name in inside if not name.startswith("tests.benchmarks.")}
        wrong = {n for n in inside if n.split(".")[1] != "support" and ".conftest." not in n}
        assert not wrong, f"{path.relative_to(ROOT)} imports {', '.join(sorted(wrong))}"


def test_settings_alone_read_the_environment() -> None:
    for path in modules():
        if path.name == "settings.py":
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Attribute) and node.attr == "getenv":
                pytest.fail(f"{path} reads the environment")


def test_no_file_is_huge() -> None:
    long = {str(p): n for p in modules() if (n := len(p.read_text().splitlines())) > 400}
    assert not long


def test_gradio_is_whole_after_our_faster_import() -> None:
    import inspect

    from tts_core import web

    assert inspect.getfile is not web._getfile_but_of_gradio
    assert inspect.getfile(web.gradio.Textbox).endswith("textbox.py")
    with web.gradio.Blocks():
        box = web.gradio.Textbox("as usual")
        assert box.change is not None
        assert box.value == "as usual"
