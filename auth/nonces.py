"""Nonces for DPoP proofs: a time and an HMAC of it, so that every process knows all of them."""

import base64
import hashlib
import hmac
from collections.abc import Callable

_TIME_BYTES = 6
_MAC_BYTES = 16


class Nonces:
    def __init__(self, key: bytes, *, clock: Callable[[], float], lifetime: int = 300) -> None:
        """Sign with *key*; a nonce is good for *lifetime* seconds of *clock*."""
        self._key = key
        self._clock = clock
        self._lifetime = lifetime

    def new(self) -> str:
        made = int(self._clock()).to_bytes(_TIME_BYTES, "big")
        return base64.urlsafe_b64encode(made + self._mac(made)).rstrip(b"=").decode()

    def accepts(self, nonce: str | None) -> bool:
        if nonce is None or len(nonce) > 2 * (_TIME_BYTES + _MAC_BYTES) or not nonce.isascii():
            return False
        try:
            raw = base64.urlsafe_b64decode(nonce + "=" * (-len(nonce) % 4))
        except ValueError:
            return False
        made, mac = raw[:_TIME_BYTES], raw[_TIME_BYTES:]
        genuine = hmac.compare_digest(mac, self._mac(made))
        return genuine and 0 <= self._clock() - int.from_bytes(made, "big") < self._lifetime

    def _mac(self, made: bytes) -> bytes:
        return hmac.digest(self._key, made, hashlib.sha256)[:_MAC_BYTES]
