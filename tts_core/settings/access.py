"""The settings that say who may call: keys, logins, rates, origins and host names."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, SecretStr
from pydantic_settings import BaseSettings

MOST_REQUESTS = 1_000_000_000
MOST_DAYS = 100 * 365.0


def _checked_rate(value: str) -> str:
    if value.strip():
        from limits import parse_many

        try:
            limits = parse_many(value)
        except ValueError:  # its message quotes the value
            limits = []
        if not limits or not all(1 <= limit.amount <= MOST_REQUESTS for limit in limits):
            raise ValueError(
                f"must look like 30/minute;500/day, with amounts from 1 to {MOST_REQUESTS:,}"
            )
        if any(limit.get_expiry() > MOST_DAYS * 86_400 for limit in limits):
            raise ValueError(f"may not span more than {MOST_DAYS:,.0f} days")
    return value.strip()


def _checked_keys(value: SecretStr | None) -> SecretStr | None:
    if value is not None and not _parts(value):  # the server would be open by mistake
        raise ValueError("holds no key; list at least one, or unset it to require none")
    return value


def _checked_logins(value: SecretStr | None) -> SecretStr | None:
    pairs = _parts(value)
    if any(":" not in pair.strip(":") for pair in pairs) or (value is not None and not pairs):
        raise ValueError("must be user:password, several separated by commas")
    return value


def _parts(secret: SecretStr | None) -> tuple[str, ...]:
    whole = secret.get_secret_value() if secret else ""
    return tuple(part.strip() for part in whole.split(",") if part.strip())


class AccessSettings(BaseSettings):
    """Who may call, and how often."""

    api_keys: Annotated[SecretStr | None, AfterValidator(_checked_keys)] = None
    """API keys, separated by commas. When set, every API except `/health` and `/health/ready`
    requires one of them or a login. Default: none; no key is required."""
    auth: Annotated[SecretStr | None, AfterValidator(_checked_logins)] = None
    """Who may log in on the page: `user:password`, separated by commas. When set, every API needs a
    login or a key. Default: none; no login is required."""
    rate_limit: Annotated[str, AfterValidator(_checked_rate)] = ""
    """Maximum rate of requests for speech or a new voice from one key, login or address, such as
    `30/minute;500/day`. Default: no limit."""
    cors_origins: str = "http://localhost:9002,http://127.0.0.1:9002"
    """Origins of other web pages that may call Aloud, separated by commas; `*` allows all."""
    allowed_hosts: str = ""
    """Host names by which Aloud may be called, besides addresses, localhost and `TTS_HOST`,
    separated by commas; `*` allows any. Default: none while Aloud listens on this machine only and
    requires neither key nor login; otherwise any."""

    @property
    def known_keys(self) -> tuple[str, ...]:
        """Return the API keys in plain text."""
        return _parts(self.api_keys)

    @property
    def logins(self) -> dict[str, str]:
        """Return the passwords in plain text, by user."""
        return dict(pair.split(":", 1) for pair in _parts(self.auth))

    @property
    def closed(self) -> bool:
        """Return whether callers need a key or a login."""
        return bool(self.known_keys or self.logins)

    @property
    def allowed_origins(self) -> tuple[str, ...]:
        """Return the other origins whose pages may call Aloud."""
        origins = (origin.strip() for origin in self.cors_origins.split(","))
        return tuple(o if o == "file://" else o.rstrip("/") for o in origins if o)
