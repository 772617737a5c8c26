"""The layers, read from the source: directions of imports, sizes of modules and folders."""

from __future__ import annotations

import ast
import graphlib
from collections import Counter
from functools import cache
from pathlib import Path

import pytest

from tts_core.engines.registry import ENGINES

ROOT = Path(__file__).parents[1]
CORE = ROOT / "tts_core"
WEB_LIBRARIES = {"gradio", "fastapi", "starlette", "uvicorn"}
ENGINE_LIBRARIES = {"torch", "TTS", "pocket_tts", "chatterbox", "groq", "espeakng_loader"}
LAYERS = (
    ("errors", "settings"),
    ("types", "system"),
    ("events", "validation"),
    ("audio", "text"),
    ("marks",),
    ("documents", "export"),
    ("engines",),
    ("voices",),
    ("alignment", "stats"),
    ("lexicon",),
    ("synthesis",),
    ("projects",),
    ("services",),
    ("service",),
    ("__init__",),
    ("web",),
    ("cli",),
    ("__main__",),
)
"""The parts of tts_core, lowest first. A part imports lower ones and itself, not its neighbors."""
RANKS = {part: rank for rank, parts in enumerate(LAYERS) for part in parts}
FACADE = {
    "__init__", "service", "services", "types", "events", "errors", "settings", "validation",
}  # fmt: skip
"""What the outer parts, web and cli, are meant to import of tts_core."""
BESIDES_THE_FACADE = {
    "web": {
        "audio": "functions on samples: codecs of responses, pictures of recordings",
        "text": "functions on texts: subtitles, splitting a text that arrives in pieces",
        "lexicon": "the limits and file formats of `service.lexicon`",
        "projects": "what `service.projects` takes and returns",
        "stats.live": "what `service.active` returns",
        "stats.entries": "what `service.history` returns",
        "stats.search": "the query of `service.history.search`",
        "stats.report": "the JSON of live requests and of entries",
        "stats.export": "the CSV and JSON of entries",
        "stats.metrics": "needs the Prometheus client, which the service does not",
        "stats.request_log": "the formatter of JSON logs",
        "stats.outputs": "the folder of uploads is swept like that of outputs",
        "synthesis.preview": "what `service.preview` returns",
        "synthesis.stream": "what `service.stream` returns",
        "synthesis.fair_share": "slow connections give way by the same rule as slow requests",
        "voices.lookup": "functions on `EngineInfo` and `Voice`: who speaks which language",
        "voices.record": "the consent statement and limits, which the page shows",
        "voices.files": "deletes a folder of recordings",
        "voices.withdrawals": "what `service.consents.withdraw` returns",
        "voices.urls": "tells a URL from the name of a voice",
        "engines.registry": "`App` may be given other engines",
        "system": "the announcement of the server, free disk space",
    },
    "cli": {
        "audio": "writes audio files",
        "system": "finds the running server, checks the machine",
        "projects": "what `service.projects` takes",
        "synthesis.stream": "what `service.stream` returns",
        "marks": "reads a file without a service, and knows which can be signed",
        "engines.registry": "`check` and `voices` do without a service, beside a running server",
        "engines.weights": "so does `download`",
        "voices.catalog": "so does `voices`",
        "voices.lookup": "the same",
        "voices.files": "reads a library that a running server has open",
        "voices.record": "the same",
        "voices.withdrawals": "the same",
    },
}
"""Modules, or whole packages, that they import all the same, and why."""
NAMED_ENGINES = {
    "settings": "their variables are public",
    "engines.registry": "has the rows",
    "engines.phonemes.english": "the package of that name reads English for others too",
    "engines.phonemes.english_data": "the same",
    "engines.phonemes.front_end": "names voices by which eSpeak NG reads languages for others",
    "engines.phonemes.ipa": "the library of that name reads languages for others too",
    "engines.phonemes.japanese": "the package of that name reads Japanese",
    "engines.kokoro.engine": "needs the packages of those names, which read its texts",
    "engines.piper.engine": "needs the package of that name, which reads its texts",
    "engines.piper.files": "the voices' descriptions name it",
    "engines.piper.phonemes": "the library of that name reads texts as its voices learned them",
    "engines.chatterbox.files": "its packages are installed on top of those of the extra xtts",
    "cli.check": "the packages of the core, and which keys are set",
    "cli.main": "an example in the help",
    "web.api.models": "examples in the documentation of the API",
    "web.api.info": "the same",
    "web.api.files": "an API that was written for Pocket TTS",
    "web.api.websocket.default_voice": "a public variable that names Groq",
    "web.api.websocket.routes": "the same",
}
"""Modules that name an engine whose folder they are not in, and why. All others take what they must
know from `EngineInfo` and from the class attributes of `Engine`."""
LARGEST_FOLDER = 20
MOST_LOOSE_MODULES = 8


@cache
def modules() -> tuple[Path, ...]:
    return tuple(sorted(CORE.rglob("*.py")))


@cache
def imported(path: Path) -> frozenset[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return frozenset(names)


def name_of(path: Path) -> str:
    """Return the module's dotted name."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def part_of(module: str) -> str:
    """Return the part of tts_core that a module belongs to: a folder or a loose module."""
    return module.split(".")[1] if "." in module else "__init__"


@cache
def known() -> frozenset[str]:
    """Return the dotted names of all modules."""
    return frozenset(map(name_of, modules()))


def modules_imported(path: Path) -> set[str]:
    """Return the modules of tts_core that a file imports."""
    found = set()
    for name in imported(path):
        if name.split(".")[0] == "tts_core":
            found.add(name if name in known() else name.rpartition(".")[0] or name)
    return found


def words_of(path: Path) -> set[str]:
    """Return the names and texts in a module's code, without comments and docstrings."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    prose = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    words = set()
    for node in ast.walk(tree):
        match node:
            case ast.Name(id=word) | ast.Attribute(attr=word) | ast.arg(arg=word):
                words.add(word)
            case ast.FunctionDef(name=word) | ast.ClassDef(name=word) | ast.alias(name=word):
                words.add(word)
            case ast.ImportFrom(module=str(word)) | ast.keyword(arg=str(word)):
                words.add(word)
            case ast.Constant(value=str(word)) if id(node) not in prose:
                words.add(word)
    return words


def test_engines_are_unknown_outside_their_folders() -> None:
    naming = set()
    for path in modules():
        name = name_of(path).removeprefix("tts_core.")
        own = next((engine for engine in ENGINES if name.startswith(f"engines.{engine}")), "-")
        code = "\n".join(words_of(path)).casefold().replace(own, "")  # "ChatterboxTTS" is no XTTS
        if any(engine in code for engine in ENGINES):
            naming.add(name)
    assert naming == set(NAMED_ENGINES)


def test_every_engine_has_a_folder_of_its_own() -> None:
    for name, target in ENGINES.items():
        assert target.startswith(f"tts_core.engines.{name}.")


def test_every_part_has_a_layer() -> None:
    assert {part_of(name_of(path)) for path in modules()} == set(RANKS)


@pytest.mark.parametrize("path", modules(), ids=lambda p: str(p.relative_to(CORE)))
def test_imports_point_downwards(path: Path) -> None:
    part = part_of(name_of(path))
    roots = {name.split(".")[0] for name in imported(path)}
    if part != "web":
        assert not roots & WEB_LIBRARIES
    if part != "engines":
        assert not roots & ENGINE_LIBRARIES
    for module in modules_imported(path):
        other = part_of(module)
        assert other == part or RANKS[other] < RANKS[part], f"imports {module}"


@pytest.mark.parametrize("part", BESIDES_THE_FACADE)
def test_outer_parts_use_the_facade(part: str) -> None:
    found = {
        module.removeprefix("tts_core."): path.relative_to(ROOT)
        for path in (CORE / part).rglob("*.py")
        for module in modules_imported(path)
        if part_of(module) not in {*FACADE, part, "web"}
    }
    allowed = BESIDES_THE_FACADE[part]

    def within(module: str, package: str) -> bool:
        return f"{module}.".startswith(f"{package}.")

    for module, path in found.items():
        assert any(within(module, package) for package in allowed), f"{path} imports {module}"
    for package in allowed:
        assert any(within(module, package) for module in found), f"nothing imports {package}"


def test_outer_parts_use_only_public_parts_of_the_service() -> None:
    """The registry that the service was given is not one of them: `engines` is."""
    for part in BESIDES_THE_FACADE:
        for path in (CORE / part).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Attribute) and ast.unparse(node.value).endswith("service"):
                    where = f"{path.relative_to(ROOT)}:{node.lineno}"
                    assert not node.attr.startswith("_"), where
                    assert node.attr != "registry", where


def test_no_module_imports_itself_in_a_circle() -> None:
    graph = {name_of(path): modules_imported(path) for path in modules()}
    list(graphlib.TopologicalSorter(graph).static_order())


def test_folders_can_be_taken_in_at_a_glance() -> None:
    folders = Counter(path.parent for path in modules())
    assert {str(f): n for f, n in folders.items() if n > LARGEST_FOLDER} == {}
    assert folders[CORE] <= MOST_LOOSE_MODULES


def test_tests_share_through_support_and_conftest() -> None:
    """Tests import no other test file, and no benchmark."""
    for path in sorted((ROOT / "tests").rglob("*.py")):
        inside = {name for name in imported(path) if name.split(".")[0] == "tests"}
        if "benchmarks" in path.parts:
            inside = {name for name in inside if not name.startswith("tests.benchmarks.")}
        wrong = {n for n in inside if n.split(".")[1] != "support" and ".conftest." not in n}
        assert not wrong, f"{path.relative_to(ROOT)} imports {', '.join(sorted(wrong))}"


def test_settings_alone_read_the_environment() -> None:
    for path in modules():
        if part_of(name_of(path)) == "settings":
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
