"""What changes in grants is an entry of the record, in the transaction of the change itself."""

import os
from datetime import datetime

import msgspec
from sqlalchemy import Connection

from auth.record_keys import RecordKeys
from domain.record import SALT_BYTES, Commitments, RecordKind
from storage.grants import GrantRecord, HolderKind
from storage.record import RecordDraft, append


def record_grant(  # noqa: PLR0913 -- what an entry says
    connection: Connection,
    keys: RecordKeys,
    held: GrantRecord,
    *,
    decision: str,
    by: str,
    at: datetime,
    remark: str = "",
) -> None:
    """Put behind the tip that *by* gave, confirmed, rotated or ended what *held* says.

    A client is named: it is nobody. A person, and who did it, stand there as commitments.
    """
    salt = os.urandom(SALT_BYTES)
    commitments = Commitments(salt)
    is_client = held.holder_kind is HolderKind.CLIENT
    grant = held.grant
    body = msgspec.json.encode(
        {
            "v": 1,
            "kind": RecordKind.GRANT.value,
            "decision": decision,
            "unit": grant.organisation,
            "who": commitments.of(by),
            "holder": held.holder if is_client else commitments.of(held.holder),
            "holderKind": held.holder_kind.value,
            "grant": held.id,
            "role": grant.role,
            "scopes": sorted(grant.scopes),
            "purposes": sorted(purpose.value for purpose in grant.purposes),
            "agreement": grant.agreement,
            "assessment": grant.assessment,
            "until": grant.expires_at.isoformat(),
        }
    )
    personal: dict[str, object] = {
        "salt": salt.hex(),
        "who": by,
        "holder": None if is_client else held.holder,
        "remark": remark,
        "cases": [],
        "subjects": [],
    }
    draft = RecordDraft(
        kind=RecordKind.GRANT.value,
        unit=grant.organisation,
        decision=decision,
        at=at,
        body=body,
        sealed=keys.seal(msgspec.json.encode(personal), body),
    )
    append(connection, None, [draft])
