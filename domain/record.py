"""
The record (查询留痕): what is kept of every disclosure, step and event, so that it can be proved.

An entry has two sides. The public one is a leaf of a Merkle tree and names nobody: people, cases and
documents stand in it as commitments. The personal one holds what the commitments are of; it can be
erased when its time is over, and the tree still verifies.
"""

import hashlib
import hmac
from base64 import urlsafe_b64encode
from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum
from typing import Final

SALT_BYTES: Final = 16


class RecordKind(Enum):
    """What happened."""

    DISCLOSURE = "DISCLOSURE"
    """A query was answered with something of somebody's, or refused."""
    STEP = "STEP"
    """A mutation was answered."""
    SCREENING = "SCREENING"
    ORDER_EVENT = "ORDER_EVENT"
    WATCH_EVENT = "WATCH_EVENT"
    """A refund was ordered to be watched, its bureau was told, or something came of it."""
    LIST_EVENT = "LIST_EVENT"
    HIT_EVENT = "HIT_EVENT"
    CORRECTION_EVENT = "CORRECTION_EVENT"
    LOGIN = "LOGIN"
    TOKEN = "TOKEN"  # noqa: S105 -- a kind of event
    GRANT = "GRANT"
    """Who may see or do what was changed: an account was bound, a case assigned, a delegation given or
    revoked; a client or a person was given, confirmed or lost what they may do."""
    CONFIGURATION = "CONFIGURATION"
    BREAK_GLASS = "BREAK_GLASS"
    """A case was opened by who does not handle it, or such an opening was reviewed."""
    OUTAGE = "OUTAGE"
    """The record could not be written for a while; what was asked then was refused."""
    ERASURE = "ERASURE"
    EXPORT = "EXPORT"
    AUDIT = "AUDIT"
    """The record itself was read."""


class RetentionClass(Enum):
    """How long the personal side is kept at least; the public side stays (domain.md 5.2, 5.15)."""

    NETWORK = "network"
    """Network logs: six months (网络安全法 art. 21; DL-36)."""
    PROVIDING = "providing"
    """Records of providing personal data: three years (网络数据安全管理条例 art. 12; DL-37)."""
    ORDER = "order"
    """What belongs to the file of a case: ten years."""


RETENTION: Final = {
    RecordKind.DISCLOSURE: RetentionClass.PROVIDING,
    RecordKind.STEP: RetentionClass.ORDER,
    RecordKind.SCREENING: RetentionClass.PROVIDING,
    RecordKind.ORDER_EVENT: RetentionClass.ORDER,
    RecordKind.WATCH_EVENT: RetentionClass.ORDER,
    RecordKind.LIST_EVENT: RetentionClass.ORDER,
    RecordKind.HIT_EVENT: RetentionClass.ORDER,
    RecordKind.CORRECTION_EVENT: RetentionClass.ORDER,
    RecordKind.LOGIN: RetentionClass.NETWORK,
    RecordKind.TOKEN: RetentionClass.NETWORK,
    RecordKind.GRANT: RetentionClass.ORDER,
    RecordKind.CONFIGURATION: RetentionClass.PROVIDING,
    RecordKind.BREAK_GLASS: RetentionClass.ORDER,
    RecordKind.OUTAGE: RetentionClass.PROVIDING,
    RecordKind.ERASURE: RetentionClass.PROVIDING,
    RecordKind.EXPORT: RetentionClass.PROVIDING,
    RecordKind.AUDIT: RetentionClass.PROVIDING,
}


@dataclass(frozen=True, slots=True)
class Commitments:
    """Commitments under one entry's salt: each binds its value and tells nothing of it.

    The salt of a value is derived, so that one can be opened without the others.
    """

    salt: bytes

    def of(self, value: str) -> str:
        """Return the commitment to *value*: 43 characters, base64url of 32 bytes."""
        return commitment(self.opening(value), value)

    def all_of(self, values: Iterable[str]) -> list[str]:
        return [self.of(value) for value in values]

    def opening(self, value: str) -> bytes:
        """Return what opens the commitment to *value*, and no other one."""
        return hmac.digest(self.salt, value.encode(), hashlib.sha256)[:SALT_BYTES]


def commitment(opening: bytes, value: str) -> str:
    """Return SHA-256(opening || value) as a leaf shows it; who has both can check it."""
    digest = hashlib.sha256(opening + value.encode()).digest()
    return urlsafe_b64encode(digest).rstrip(b"=").decode()


def term(key: bytes, kind: str, value: str) -> bytes:
    """Return what an entry is found by: a keyed digest of a person, a case or an officer."""
    return hmac.digest(key, f"{kind}\n{value}".encode(), hashlib.sha256)[:SALT_BYTES]
