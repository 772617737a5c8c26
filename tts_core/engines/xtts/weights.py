"""XTTS-v2's weights on the Hugging Face Hub."""

from __future__ import annotations

from tts_core.engines.weights.catalog import Weights, hub_files

REVISION = "6c2b0d75eae4b7047358e3b6bd9325f857d43f77"
XTTS = Weights(
    name="xtts",
    engine="xtts",
    label="XTTS-v2",
    files=hub_files(
        "coqui/XTTS-v2",
        REVISION,
        "model.pth",
        "config.json",
        "vocab.json",
        "speakers_xtts.pth",
    ),
    size=1_876_000_000,
    license="Coqui Public Model License (non-commercial)",
    license_url="https://coqui.ai/cpml",
    must_agree=True,
    agreement_setting="coqui_tos_agreed",
)
