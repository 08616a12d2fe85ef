"""Keys that the gateway keeps in its data directory: given, or made once."""

import secrets

from auth.keys import keep_secret
from gateway.settings import SHORTEST_KEY, Settings


def pseudonym_key(settings: Settings) -> bytes:
    """Return the key of personId hashes, made once when none is configured.

    Raises:
        ValueError: the key file is there and too short to be one.
    """
    given = settings.pseudonym_key.get_secret_value()
    if given:
        return given.encode()
    path = settings.data_dir / "pseudonym-key"
    if not path.exists():
        keep_secret(path, secrets.token_hex(32))
    key = path.read_text(encoding="ascii").encode()
    if len(key) < SHORTEST_KEY:
        raise ValueError(f"{path} is no key; remove it, and ids of people start anew")
    return key


def range_secret(settings: Settings) -> bytes:
    """Return the secret of the ranges, made once; departments get what is derived from it."""
    path = settings.data_dir / "range-secret"
    if not path.exists():
        keep_secret(path, secrets.token_hex(32))
    return bytes.fromhex(path.read_text(encoding="ascii").strip())
