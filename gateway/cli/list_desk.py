"""The desk behind ``chakong list``: a snapshot held against the court's keys."""

import asyncio
from pathlib import Path

from auth.detached import KeysUnreadable, read_keys
from connectors.key_sets import KeysUnreachable, fetched_key_set
from gateway.list_snapshot_check import Checked, check_snapshot


def verified(file: Path, signature: Path, jwks: str) -> Checked:
    """Return what the snapshot in *file* says, proven by a key at *jwks*: a file, or an address.

    Raises:
        SnapshotWrong: take nothing over from it.
        ValueError, OSError: a file is not there, or the keys are none.
    """
    try:
        if jwks.startswith(("https://", "http://")):
            keys = read_keys(asyncio.run(fetched_key_set(jwks)))
        else:
            keys = read_keys(Path(jwks).read_bytes())
    except KeysUnreachable as error:
        raise ValueError(str(error)) from error
    except KeysUnreadable as error:
        raise ValueError(f"{jwks} is no JWK Set") from error
    return check_snapshot(file, signature.read_text("ascii"), keys)
