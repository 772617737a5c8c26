"""API keys and logins, and the limit on guessing them."""

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
"""Wrong passwords per minute from one address for one user, and different wrong keys per minute
from one address, after which no more are accepted."""
LONG_KEY = 20
"""Characters of a key that cannot be guessed at the speed at which a server answers."""
_BRAKE_SECONDS = 60.0


class Credentials:
    """Finds the client that a key or a password belongs to.

    Clients are named as limits count them: `key:` and a fingerprint, or `login:` and a user. A user
    who logs in with a key counts as that key, whatever the user name.
    """

    def __init__(self, settings: Settings, own_key: str) -> None:
        """`own_key`: another key, with which the app calls itself."""
        self._keys = [key.encode() for key in settings.known_keys]
        self._own_key = own_key.encode()
        self._logins = settings.logins
        self.required = settings.closed
        """Whether callers need a key or a login at all."""
        self._until = 0.0  # end of the minute in which the wrong guesses are counted
        self._wrong_passwords: Counter[tuple[str, str]] = Counter()  # by address and user
        self._wrong_keys: defaultdict[str, set[str]] = defaultdict(set)  # by address

    def is_own(self, key: str) -> bool:
        """Return whether it is the key with which the app calls itself."""
        return hmac.compare_digest(_bytes(key), self._own_key)

    def by_key(self, keys: Iterable[str], address: str) -> str:
        """Return the client that one of the keys belongs to, or "".

        Raises RateLimited after too many different wrong keys from an address, until the minute is
        over. A program that repeats one wrong key learns nothing, so it does not lock out its
        neighbors. Long keys are always accepted: they cannot be guessed, and all visitors have one
        address behind a proxy that does not pass on theirs.
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
                "Too many wrong API keys from this address; try again in a minute.",
                self._until - now,
            )
        for key in given:
            if self._knows_key(key):
                return f"key:{_fingerprint(key)}"
        self._wrong_keys[address].update(_fingerprint(key) for key in given)
        if len(self._wrong_keys[address]) >= MAX_GUESSES:
            log.warning(
                "too many wrong API keys from %s; short keys are refused for a minute", address
            )
        return ""

    def by_password(self, user: str, password: str, address: str) -> str:
        """Return the client that a user name and password belong to, or "".

        A key is a password for any user. After too many wrong passwords for a user from an address,
        all are refused from there until the minute is over.
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
            log.warning("too many wrong passwords from %s: none is accepted for a minute", address)
        return ""

    def _knows_key(self, key: str) -> bool:
        """Return whether a key is known, in a time that does not depend on it."""
        given = _bytes(key)
        return bool(given) and sum([hmac.compare_digest(given, k) for k in self._keys]) > 0

    def _now(self) -> float:
        """Return the time, and forget the wrong guesses of a minute that is over."""
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
