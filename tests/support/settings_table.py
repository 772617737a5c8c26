"""Writes docs/settings.md from `Settings`: names, values, defaults and the fields' docstrings.

python -m tests.support.settings_table
"""

from __future__ import annotations

import ast
import inspect
from itertools import pairwise
from pathlib import Path
from typing import Any

from pydantic_settings import BaseSettings

from tts_core.settings import Settings

DOCUMENT = Path(__file__).parents[2] / "docs" / "settings.md"
SECTIONS = {
    "host": "Server",
    "max_text_length": "Texts and load",
    "api_keys": "Access",
    "voice_aliases": "Names",
    "runner": "Engines",
    "coqui_tos_agreed": "Weights",
    "quality_check": "Speech check",
    "mark": "Marks of generated speech",
    "allow_voice_urls": "Voices",
    "cache_mb": "Files and history",
    "use_groq": "Groq",
}
"""The title of each section by its first field, in the order of the document."""
INTRODUCTION = """\
# Settings

<!-- Written by `python -m tests.support.settings_table` from the docstrings of `Settings`. -->

Settings are environment variables, or lines of a `.env` file (UTF-8) in the folder Aloud is started
from. A variable wins over a line, and an empty value counts as unset; an empty variable thus undoes
a line.

With a value out of range, a port in use or a data folder that another Aloud uses, Aloud does not
start: it prints one sentence and exits with status 2. For a `TTS_…` name that is no setting the log
has a warning.
"""


def document() -> str:
    """Return the whole of docs/settings.md."""
    says = docstrings()
    schema = Settings.model_json_schema(by_alias=False)["properties"]
    sections: dict[str, str] = {}
    for name, field in Settings.model_fields.items():
        if name in SECTIONS:
            title = name
            sections[title] = f"\n## {SECTIONS[name]}\n\n"
            sections[title] += "| variable | values | default | meaning |\n|---|---|---|---|\n"
        variable = str(field.validation_alias or f"TTS_{name.upper()}")
        meaning, _, default = says[name].partition(" Default: ")
        shown = default.rstrip(".") or f"`{plain(field.default)}`"
        sections[title] += f"| `{variable}` | {values(schema[name])} | {shown} | {meaning} |\n"
    return INTRODUCTION + "".join(sections[name] for name in SECTIONS)


def docstrings() -> dict[str, str]:
    """Return the docstring of each documented field, on one line."""
    found = {}
    for group in reversed(Settings.__mro__[: Settings.__mro__.index(BaseSettings)]):
        statements = ast.parse(inspect.getsource(group)).body[0]
        assert isinstance(statements, ast.ClassDef)
        for field, text in pairwise(statements.body):
            if isinstance(field, ast.AnnAssign) and isinstance(text, ast.Expr):
                assert isinstance(field.target, ast.Name)
                found[field.target.id] = " ".join(str(ast.literal_eval(text.value)).split())
    return found


def values(schema: dict[str, Any]) -> str:
    """Return the values that a field's JSON schema allows, in words."""
    schema = next((s for s in schema.get("anyOf", ()) if s["type"] != "null"), schema)
    if "enum" in schema:
        return ", ".join(f"`{value}`" for value in schema["enum"])
    match schema["type"]:
        case "boolean":
            return "`true`, `false`"
        case "integer" | "number":
            lowest = schema.get("minimum", f"above {schema.get('exclusiveMinimum')}")
            return f"{lowest} to {schema['maximum']:,.0f}"
        case _:
            return {"path": "path", "password": "secret"}.get(schema.get("format", ""), "text")


def plain(value: object) -> str:
    """Return a default as it would be set."""
    match value:
        case bool():
            return str(value).lower()
        case float():
            return f"{value:g}"
        case _:
            return str(value)


if __name__ == "__main__":
    DOCUMENT.write_text(document(), encoding="utf-8")
