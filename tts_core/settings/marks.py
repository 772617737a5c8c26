"""The settings that say how generated speech is marked."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic_settings import BaseSettings


class MarkSettings(BaseSettings):
    """How generated speech says that it is generated."""

    mark: Literal["metadata,watermark", "metadata", "watermark", "off"] = "metadata,watermark"
    """How speech is marked as generated. `metadata`: WAV, MP3, FLAC and M4B files carry a signed
    C2PA manifest that names Aloud, the time, the request and, of a cloned voice, the consent.
    `watermark`: all sound, streams too, carries a mark within, with the day and a number of this
    installation, which every Aloud finds. `off`: neither."""
    c2pa_certificate: Path | None = None
    """File with the certificates that sign it, PEM, the signer's first. Default: an own one, made
    at first use and kept in the data folder."""
    c2pa_key: Path | None = None
    """File with the key of that certificate, PEM: P-256, P-384 or P-521, without a password.
    Default: that of the own one."""
