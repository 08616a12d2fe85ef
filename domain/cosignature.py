"""
What a witness says of a checkpoint, and what it is told (C2SP tlog-cosignature, tlog-witness).

A witness remembers the newest checkpoint of each record. It signs a newer one only if a proof shows
that the record only grew: whoever sees its line knows that nobody else was shown another record.
"""

from base64 import b64encode
from collections.abc import Sequence
from typing import Final

from domain.checkpoint import NoteBroken

_TIME_BYTES: Final = 8
_LATEST: Final = 2**63


def cosigned_text(body: str, seconds: int) -> str:
    """Return what is signed: the checkpoint's text, and when (seconds since 1970) it was the newest."""
    return f"cosignature/v1\ntime {seconds}\n{body}"


def split_cosignature(signature: bytes) -> tuple[int, bytes]:
    """Return when it was made, in seconds since 1970, and the signature itself.

    Raises:
        NoteBroken: it is too short, or names no time.
    """
    seconds = int.from_bytes(signature[:_TIME_BYTES], "big")
    if len(signature) <= _TIME_BYTES or seconds >= _LATEST:
        raise NoteBroken("a cosignature begins with eight bytes of time")
    return seconds, signature[_TIME_BYTES:]


def add_checkpoint(old: int, path: Sequence[bytes], note: str) -> str:
    """Return the request that lets a witness that saw *old* entries see *note*.

    Args:
        path: proves that the record of *old* entries is the beginning; empty for 0.
    """
    steps = "".join(f"{b64encode(step).decode()}\n" for step in path)
    return f"old {old}\n{steps}\n{note}"
