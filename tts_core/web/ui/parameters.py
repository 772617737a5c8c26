"""Controls for an engine's own parameters, from the JSON schema of its pydantic model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import gradio as gr
from gradio.components import Component
from gradio.i18n import I18nData
from pydantic import BaseModel

from tts_core.web.ui.texts import Texts, parameter_text

Schema = Mapping[str, Any]

DEFAULT_STEPS = 100
"""Positions of a slider whose schema has no `multipleOf`."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """A field of the model and its control."""

    name: str
    default: Any
    component: Component


def draw_parameters(model: type[BaseModel]) -> list[Parameter]:
    """Draw a control for each field, in the model's order. Called inside `gr.Blocks`."""
    schema = model.model_json_schema()
    drawn = []
    for name, raw in schema.get("properties", {}).items():
        field = _resolved(raw, schema)
        default = field.get("default")
        drawn.append(Parameter(name, default, _component(name, field, default)))
    return drawn


def chosen_options(parameters: Sequence[Parameter], values: Sequence[Any]) -> dict[str, Any]:
    """Return the values that differ from the defaults, as a request's `options`."""
    pairs = zip(parameters, values, strict=True)
    return {p.name: value for p, value in pairs if value is not None and value != p.default}


def _resolved(field: Schema, schema: Schema) -> Schema:
    """Return the field with its `$ref`, `allOf` and "or null" resolved."""
    if reference := field.get("$ref"):
        target = schema["$defs"][reference.rsplit("/", 1)[-1]]
        field = {**target, **{k: v for k, v in field.items() if k != "$ref"}}
    for key in ("allOf", "anyOf", "oneOf"):
        options = [o for o in field.get(key, ()) if o.get("type") != "null"]
        if len(options) == 1:
            rest = {k: v for k, v in field.items() if k != key}
            return {**_resolved(options[0], schema), **rest}
    return field


def parameter_choices(parameter: Parameter, texts: Texts) -> list[tuple[str, Any]]:
    """Return the choices of a parameter; none if it has no list of them."""
    choices = getattr(parameter.component, "choices", None) or []
    return [(texts.said(str(label)), value) for label, value in choices]


def _component(name: str, field: Schema, default: Any) -> Component:  # noqa: ANN401
    label, info = _label(name, field), parameter_text(field.get("description", "")) or None
    if "enum" in field or "const" in field:
        labels = field.get("x-labels", {})
        values = field.get("enum", [field.get("const")])
        choices = [(str(labels.get(v, v)), v) for v in values]
        return gr.Dropdown(choices, value=default, label=label, info=info)
    match field.get("type"):
        case "boolean":
            return gr.Checkbox(bool(default), label=label, info=info)
        case "integer" | "number":
            return _number(field, default, label, info)
        case _:
            return gr.Textbox(default, label=label, info=info, max_lines=3)


def _number(
    field: Schema,
    default: Any,  # noqa: ANN401
    label: str | I18nData,
    info: str | I18nData | None,
) -> Component:
    whole = field.get("type") == "integer"
    low = field.get("minimum", field.get("exclusiveMinimum"))
    high = field.get("maximum", field.get("exclusiveMaximum"))
    if low is None or high is None or default is None:  # A slider needs both ends and a value.
        return gr.Number(
            default,
            label=label,
            info=info,
            precision=0 if whole else None,
            minimum=low,
            maximum=high,
        )
    step = field.get("multipleOf") or (1 if whole else _round_step((high - low) / DEFAULT_STEPS))
    low = low + step if "exclusiveMinimum" in field and "minimum" not in field else low
    high = high - step if "exclusiveMaximum" in field and "maximum" not in field else high
    return gr.Slider(low, high, default, step=step, label=label, info=info)


def _round_step(step: float) -> float:
    """Return the largest of 1, 0.5, 0.1, 0.05, … that is at most `step`."""
    for nice in (1.0, 0.5, 0.1, 0.05, 0.01, 0.005):
        if nice <= step:
            return nice
    return 0.001


def _label(name: str, field: Schema) -> str | I18nData:
    label = parameter_text(str(field.get("title") or name.replace("_", " ").capitalize()))
    unit = field.get("x-unit")
    return f"{label} ({unit})" if unit else label
