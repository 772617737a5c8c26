"""The keys and logins there are, and the brake on those who guess them."""

from __future__ import annotations

import hashlib
import hmac
import logging
import time
from collections import Counter, defaultdict
from collections.abc import Iterable

from tts_core.errors import RateLimited
from tts_core.settings import Settings

log = logging.getLogger(__name__)

MAX_GUESSES = 20
"""Wrong passwords in a minute, from one address for one user; different wrong keys likewise."""
LONG_KEY = 20
"""Characters, from which on a key is not guessed at any speed that a server answers."""
_BRAKE_SECONDS = 60.0


class Credentials:
    """Knows whose a key or a password is.

    Clients are named as limits count them: `key:` and a fingerprint, or `login:` and a user. Who
    signs in with a key is that key, whatever the user name.
    """

    def __init__(self, settings: Settings, own_key: str) -> None:
        """`own_key`: another key, for what the app asks of itself."""
        self._keys = [key.encode() for key in settings.known_keys]
        self._own_key = own_key.encode()
        self._logins = settings.logins
        self.wanted = settings.closed
        """Whether callers have to be known at all."""
        self._until = 0.0  # the end of the minute whose wrong guesses these are
        self._wrong_passwords: Counter[tuple[str, str]] = Counter()  # by address and user
        self._wrong_keys: defaultdict[str, set[str]] = defaultdict(set)  # by address

    def is_own(self, key: str) -> bool:
        """Whether it is the key of the app itself."""
        return hmac.compare_digest(_bytes(key), self._own_key)

    def by_key(self, keys: Iterable[str], address: str) -> str:
        """The client whose key one of them is, or "".

        After too many different wrong ones from an address, no key is taken from there until the
        minute is over: raises RateLimited. A program that goes on sending the same wrong key learns
        nothing, and does not shut out its neighbors. Long keys are taken all the same: nobody can
        guess them, and all visitors may have one address, behind a proxy that does not tell.
        """
        given = [key for key in keys if key]
        if not given:
            return ""
        now = self._now()
        for key in given:
            if len(key) >= LONG_KEY and self._knows_key(key):
                return f"key:{_fingerprint(key)}"
        if len(self._wrong_keys.get(address, ())) >= MAX_GUESSES:
            raise RateLimited(
                "Too many wrong keys came from this address: none is taken for a minute.",
                self._until - now,
            )
        for key in given:
            if self._knows_key(key):
                return f"key:{_fingerprint(key)}"
        self._wrong_keys[address].update(_fingerprint(key) for key in given)
        if len(self._wrong_keys[address]) >= MAX_GUESSES:
            log.warning("too many wrong keys from %s: none is taken for a minute", address)
        return ""

    def by_password(self, user: str, password: str, address: str) -> str:
        """The client who may sign in so, or "". A key is a password for any user.

        After too many wrong ones for a user from an address, no password is right there until the
        minute is over.
        """
        self._now()
        if len(password) >= LONG_KEY and self._knows_key(password):
            return f"key:{_fingerprint(password)}"
        guess = address, user if user in self._logins else ""
        if self._wrong_passwords[guess] >= MAX_GUESSES:
            return ""
        known = self._logins.get(user, "")
        same = hmac.compare_digest(_bytes(password), known.encode())
        if self._knows_key(password):
            return f"key:{_fingerprint(password)}"
        if same and user in self._logins:
            return f"login:{user}"
        self._wrong_passwords[guess] += 1
        if self._wrong_passwords[guess] == MAX_GUESSES:
            log.warning("too many wrong passwords from %s: none is taken for a minute", address)
        return ""

    def _knows_key(self, key: str) -> bool:
        """Takes as long whatever the key is."""
        given = _bytes(key)
        return bool(given) and sum([hmac.compare_digest(given, k) for k in self._keys]) > 0

    def _now(self) -> float:
        now = time.monotonic()
        if now > self._until:
            self._until = now + _BRAKE_SECONDS
            self._wrong_passwords.clear()
            self._wrong_keys.clear()
        return now


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "replace")


def _fingerprint(key: str) -> str:
    return hashlib.sha256(_bytes(key)).hexdigest()[:12]
