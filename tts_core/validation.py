"""Validation of untrusted values, with errors of one sentence that name field and remedy."""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterable, Mapping
from itertools import islice
from typing import Any, TypeVar, get_args

import pydantic

from tts_core.errors import ValidationError
from tts_core.types import LONGEST_NAME, LONGEST_VOICE, ReadingOptions, SpeechRequest

Model = TypeVar("Model", bound=pydantic.BaseModel)

_PREVIEW = 60
LONGEST_OPTIONS = 20_000
"""Characters of an engine's parameters as JSON in a string."""
MOST_OPTIONS = 100
_COMPARED = 40
"""Characters of a name that are compared with other names. The time grows with their cube."""
_CANDIDATES = 1_000
"""Names that a name is compared with."""


def validate(model: type[Model], values: Mapping[str, Any]) -> Model:
    """Return an instance of `model`. Raises ValidationError for the first invalid value."""
    try:
        return model(**values)
    except pydantic.ValidationError as error:
        fault = error.errors(include_url=False)[0]
        field = str(fault["loc"][0]) if fault["loc"] else ""
        if not field:
            raise ValidationError("A parameter's name is not valid text.") from error
        raise ValidationError(_sentence(model, field, fault), field) from error
    except TypeError as error:  # a key that is not a string
        raise ValidationError("Parameter names must be strings.") from error


def speech_request(**values: Any) -> SpeechRequest:  # noqa: ANN401 - whatever a caller sent
    """Return a SpeechRequest with untrusted values.

    `options` may be a JSON object in a string. The fields of `ReadingOptions` may stand among the
    others or in it. None stands for the default, if there is one: JavaScript clients send null for
    what was left out. Raises ValidationError, naming the field.
    """
    values = {name: v for name, v in values.items() if v is not None or name == "text"}
    options = values.get("options")
    if isinstance(options, str):
        if len(options) > LONGEST_OPTIONS:
            raise ValidationError(
                f"options has {len(options):,} characters; the limit is {LONGEST_OPTIONS:,}. Send "
                "only the parameters of the engine.",
                "options",
            )
        try:
            values["options"] = json.loads(options.strip() or "{}")
        except (ValueError, RecursionError) as error:
            raise ValidationError(f"options is not valid JSON: {error}.", "options") from error
    given = values.get("options", {})
    if not isinstance(given, dict):
        raise ValidationError('options must be a JSON object such as {"range": 60}.', "options")
    _check_options(given)
    reading = {n: values.pop(n) for n in ReadingOptions.model_fields if n in values}
    if chosen := ReadingOptions.model_fields.keys() & given.keys():
        values["options"] = {name: v for name, v in given.items() if name not in chosen}
        reading |= {name: given[name] for name in chosen if given[name] is not None}
    if reading:
        values["reading"] = validate(ReadingOptions, reading)
    return validate(SpeechRequest, values)


def checked_text(value: object, field: str) -> str:
    """Return a parameter that must be text, of any length. Raises ValidationError."""
    if not isinstance(value, str):
        raise ValidationError(f"{field} must be text; got {shown(value)}.", field)
    return value


def checked_name(value: object, field: str) -> str:
    """Return a parameter that must be text of at most `LONGEST_VOICE` characters.

    Everything that normalizes, folds or compares a caller's text checks it here first. Raises
    ValidationError for other values and longer texts.
    """
    text = checked_text(value, field)
    if len(text) > LONGEST_VOICE:
        raise ValidationError(_too_long(field, len(text), LONGEST_VOICE), field)
    return text


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """Return a hint, preceded by a space, when `known` has a name close to `name`; else ""."""
    by_folded = {k.casefold(): k for k in islice(known, _CANDIDATES)}
    start = name[:_COMPARED].casefold()
    close = difflib.get_close_matches(start, by_folded, n=3, cutoff=0.6)
    return f" Did you mean {' or '.join(by_folded[c] for c in close)}?" if close else ""


def shown(value: object) -> str:
    """Return a value for a message: at most 61 characters, all printable."""
    text = value if isinstance(value, str) else repr(value)
    text = "".join(c if c.isprintable() else "�" for c in text[: _PREVIEW + 1])
    return text if len(text) <= _PREVIEW else text[:_PREVIEW] + "…"


def _check_options(options: Mapping[Any, object]) -> None:
    """Raise ValidationError for more options, or longer ones, than any engine has."""
    if len(options) > MOST_OPTIONS:
        raise ValidationError(
            f"options has {len(options):,} parameters; the limit is {MOST_OPTIONS}. Send only "
            "those of the engine.",
            "options",
        )
    for name, value in options.items():
        if isinstance(name, str) and len(name) > LONGEST_NAME:
            fault = _too_long("a name in options", len(name), LONGEST_NAME)
            raise ValidationError(fault, "options")
        if isinstance(value, str):
            checked_name(value, str(name))


def _too_long(field: str, length: int, limit: int) -> str:
    return f"{field} has {length:,} characters; the limit is {limit:,}. Send a shorter one."


def _sentence(model: type[pydantic.BaseModel], field: str, fault: Any) -> str:  # noqa: ANN401
    """Return one of pydantic's errors as a sentence for users."""
    got = shown(fault.get("input"))
    limits = _limits(model, field)
    match fault["type"]:
        case "extra_forbidden":
            known = list(model.model_fields)
            return f"There is no parameter {shown(field)!r}.{did_you_mean(field, known)} " + (
                f"Known here: {', '.join(known)}." if known else "None is known here."
            )
        case "missing":
            return f"{field} is missing."
        case "finite_number":
            return f"{field} must be a finite number{limits}."
        case kind if kind.startswith(("greater_than", "less_than")):
            return f"{field} must be{limits}; got {got}."
        case kind if kind.startswith(("float_", "int_")):
            whole = "a whole number" if kind.startswith("int_") else "a number"
            return f"{field} must be {whole}{limits}; got {got!r}."
        case "string_too_long":
            return _too_long(field, len(fault["input"]), fault["ctx"]["max_length"])
        case kind if kind.startswith("string_"):
            return f"{field} must be text; got {got}."
        case "literal_error" | "enum":
            return f"{field} must be one of {fault['ctx']['expected'][:300]}; got {got!r}."
        case _:
            return f"{field}: {fault['msg']}; got {got}." if field else str(fault["msg"])


def _limits(model: type[pydantic.BaseModel], field: str) -> str:
    """Return a field's bounds in words: " between 0.25 and 4.0", " above 0 and at most 2"."""
    info = model.model_fields.get(field)
    if info is None:
        return ""
    # Those of an optional number are within its annotation: `Annotated[float, …] | None`.
    inner = [item for kind in get_args(info.annotation) for item in get_args(kind)[1:]]
    found = [*info.metadata, *(m for item in inner for m in getattr(item, "metadata", ()))]
    bounds = {
        name: value
        for item in found
        for name in ("ge", "gt", "le", "lt")
        if (value := getattr(item, name, None)) is not None
    }
    if bounds.keys() == {"ge", "le"}:
        return f" between {bounds['ge']} and {bounds['le']}"
    words = {"ge": "at least", "gt": "above", "le": "at most", "lt": "below"}
    return (" " + " and ".join(f"{words[n]} {v}" for n, v in bounds.items())) if bounds else ""
