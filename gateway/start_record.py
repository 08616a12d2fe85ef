"""A gateway's start is an entry: its version, and which of its settings changed."""

from collections.abc import Mapping
from datetime import datetime

import msgspec

from auth.record_keys import RecordKeys
from domain.record import RecordKind, term
from storage.record import RecordDraft


def started(
    keys: RecordKeys, version: str, settings: Mapping[str, object], at: datetime
) -> RecordDraft:
    """Return the entry about a gateway that starts with *settings*, which must hold no secret in clear.

    Each stands in it as a keyed digest: what was changed since the last start shows, and not to what.
    """
    body = {
        "v": 1,
        "kind": RecordKind.CONFIGURATION.value,
        "version": version,
        "settings": {
            name: term(keys.terms, f"setting {name}", msgspec.json.encode(value).decode()).hex()
            for name, value in sorted(settings.items())
        },
    }
    return RecordDraft(
        kind=RecordKind.CONFIGURATION.value,
        unit="gateway",
        decision="STARTED",
        at=at,
        body=msgspec.json.encode(body),
    )
