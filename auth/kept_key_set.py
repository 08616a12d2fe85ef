"""The last good key set of an issuer in a file: a gateway that is restarted in an outage still has it."""

import contextlib
import hashlib
import json
import math
import os
import secrets
import time
from collections.abc import Callable
from pathlib import Path

import structlog

from auth.strict_json import json_object

_LOG = structlog.get_logger(__name__)


class KeptKeySet:
    """One issuer's set. The file is as trustworthy as its folder, which holds the signing keys too."""

    def __init__(
        self, folder: Path, issuer: str, *, clock: Callable[[], float] = time.time
    ) -> None:
        """*clock*: epoch seconds; they go on while the gateway is down."""
        name = hashlib.sha256(issuer.encode()).hexdigest()[:32]
        self._path = folder / f"{name}.json"
        self._issuer = issuer
        self._clock = clock

    def keep(self, document: bytes) -> None:
        """Put *document* in the place of the last one; what cannot be written is not kept."""
        kept = {
            "issuer": self._issuer,
            "fetchedAt": int(self._clock()),
            "document": document.decode("utf-8"),
        }
        draft = self._path.with_name(f".{self._path.name}.{secrets.token_hex(8)}")
        try:
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "w", encoding="utf-8") as file:
                json.dump(kept, file)
            draft.replace(self._path)
        except OSError as error:
            _LOG.warning("issuer.keys_not_kept", issuer=self._issuer, error=type(error).__name__)
            with contextlib.suppress(OSError):
                draft.unlink()

    def last(self) -> tuple[bytes, float] | None:
        """Return the last document and its age in seconds; None if there is none to rely on."""
        try:
            kept = json_object(self._path.read_bytes())
            age = self._clock() - kept["fetchedAt"]
            document = kept["document"].encode("utf-8")
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            return None
        if kept.get("issuer") != self._issuer or not 0 <= age < math.inf:
            return None
        return document, age
