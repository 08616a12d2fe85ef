"""The desk behind ``chakong keys``: what stands in the key file, and its next version."""

import time
from datetime import UTC, datetime
from pathlib import Path

from auth.key_rotation import rotate
from auth.keys import KeyFile, SigningKeys
from gateway.access import SIGNING_KEYS
from gateway.settings import Settings, load_settings


def known_keys(config: Path | None) -> list[dict[str, str]]:
    """Return each key by its name, with its times and what it does now.

    Raises:
        ValueError, FileNotFoundError: the configuration does not fit, or there is no key file.
        KeyFileUnusable: it cannot be read.
    """
    file = KeyFile.read(_key_file(load_settings(config)))
    signing = SigningKeys(file).signing.kid
    now = time.time()
    rows = []
    for kept in file.keys:
        if kept.verifies_until is not None and kept.verifies_until <= now:
            does = "over"
        elif kept.key.kid == signing:
            does = "signs"
        else:
            does = "waits" if kept.signs_from > now else "verifies"
        rows.append(
            {
                "key": str(kept.key.kid),
                "algorithm": str(kept.key.alg),
                "does": does,
                "signsFrom": _moment(kept.signs_from) if kept.signs_from else "",
                "verifiesUntil": ""
                if kept.verifies_until is None
                else _moment(kept.verifies_until),
            }
        )
    return rows


def new_key(config: Path | None, after: int) -> dict[str, str]:
    """Put a new key into the file, to sign after *after* seconds; return what was done.

    Raises:
        RotationUnderWay: see there; and as `known_keys`.
    """
    settings = load_settings(config)
    done = rotate(
        _key_file(settings),
        algorithm=settings.signing_algorithm,
        now=int(time.time()),
        longest=settings.access_token_seconds,
        after=after,
    )
    return {
        "new": done.new,
        "signsFrom": _moment(done.signs_from),
        "old": done.old,
        "verifiesUntil": _moment(done.verifies_until),
        "dropped": " ".join(done.dropped),
    }


def _key_file(settings: Settings) -> Path:
    path = settings.data_dir / SIGNING_KEYS
    if not path.exists():
        raise FileNotFoundError(f"no keys at {path}; a gateway makes them when it starts")
    return path


def _moment(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat().replace("+00:00", "Z")
