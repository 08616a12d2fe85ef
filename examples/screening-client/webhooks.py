"""A webhook of the court: is it genuine, and new? Standard Webhooks 1.0. Standard library only."""

import base64
import hashlib
import hmac
from collections.abc import Mapping

TOLERANCE = 300  # seconds


class NotGenuine(Exception):
    """Refuse it with 401; do nothing that it says."""


def genuine(secret: str, headers: Mapping[str, str], body: bytes, now: float) -> tuple[str, int]:
    """Return id and timestamp of a message that whoever has *secret* (`whsec_…`) sent just now.

    Raises:
        NotGenuine: see there.
    """
    message_id = headers.get("webhook-id", "")
    timestamp = headers.get("webhook-timestamp", "")
    if not message_id or not (timestamp.isascii() and timestamp.isdigit()):
        raise NotGenuine
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signed = f"{message_id}.{timestamp}.".encode() + body
    wanted = b"v1," + base64.b64encode(hmac.digest(key, signed, hashlib.sha256))
    # Several, while the court changes its key: one of them has to be right.
    given = headers.get("webhook-signature", "").encode().split()
    if not any(hmac.compare_digest(one, wanted) for one in given):
        raise NotGenuine
    if abs(now - int(timestamp)) > TOLERANCE:
        raise NotGenuine
    return message_id, int(timestamp)
