"""Which licenses have been accepted on this machine: `agreements.json` in the data folder."""

from __future__ import annotations

import json
import threading
import uuid
from datetime import UTC, datetime
from typing import Any

from tts_core.engines.weights.catalog import Weights
from tts_core.engines.weights.disk_space import size_text
from tts_core.settings import Settings, variable_of
from tts_core.system.packages import aloud_command

_lock = threading.Lock()


def is_agreed(weights: Weights, settings: Settings) -> bool:
    """Return whether the license of the weights has been accepted, or need not be."""
    if not weights.must_agree:
        return True
    if weights.agreement_setting and getattr(settings, weights.agreement_setting):
        return True
    agreement = _read(settings).get(weights.name)
    return isinstance(agreement, dict) and agreement.get("licence") == weights.license


def agree(weights: Weights, settings: Settings, by: str) -> None:
    """Record that somebody accepted the license. `by`: where they did so. Raises OSError."""
    with _lock:
        agreements = _read(settings) | {
            weights.name: {
                "licence": weights.license,
                "url": weights.license_url,
                "accepted": datetime.now(UTC).isoformat(timespec="seconds"),
                "by": by,
            }
        }
        path = settings.agreements_path
        path.parent.mkdir(parents=True, exist_ok=True)
        new = path.with_name(f"{path.name}.{uuid.uuid4().hex}.part")
        try:
            new.write_text(json.dumps(agreements, indent=1) + "\n", encoding="utf-8")
            new.replace(path)
        finally:
            new.unlink(missing_ok=True)


def how_to_agree(weights: Weights) -> str:
    """Return how to accept the license, as sentences for people."""
    field = weights.agreement_setting
    variable = f"set {variable_of(field)}=1, " if field else ""
    return (
        f"The license of {weights.label} has to be accepted once: {weights.license}, "
        f"{weights.license_url}. Do so on the page, {variable}or run "
        f"`{aloud_command(f'download {weights.name} --accept-license')}`."
    )


def needs_download(weights: Weights, settings: Settings) -> str:
    """Return why an engine without its weights is not ready and what to do, as sentences."""
    flag = " --accept-license" if not is_agreed(weights, settings) else ""
    terms = f" Their license, to be accepted: {weights.license}, {weights.license_url}."
    return (
        f"Needs {size_text(weights.size)} of weights: press Download on the page, or run "
        f"`{aloud_command(f'download {weights.name}{flag}')}`.{terms if flag else ''}"
    )


def _read(settings: Settings) -> dict[str, Any]:
    try:
        found = json.loads(settings.agreements_path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}
