"""The desk behind ``chakong access``: denials that every gateway reads."""

from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Connection

from auth.record_keys import RecordKeys
from gateway.cli.desk import with_settings
from gateway.plain_record import access_draft
from gateway.settings import Settings
from gateway.token_endings import A_DAY
from storage.database import Database
from storage.denials import DenialRecord, deny
from storage.record import append
from storage.sessions import end_sessions_of
from storage.token_grants import revoke_grants_of


def end_access(
    config: Path | None,
    *,
    by: str,
    subject: str | None = None,
    client: str | None = None,
    token: str | None = None,
) -> dict[str, object]:
    """Deny what the one that is not None has, and record that *by* did; return what was done.

    Raises:
        ValueError, FileNotFoundError: the configuration does not fit, or is not there.
    """

    async def work(settings: Settings, database: Database) -> dict[str, object]:
        moment = datetime.now(UTC)
        now = int(moment.timestamp())
        keys = RecordKeys.load_or_create(settings.data_dir, settings.record_name)

        def end(connection: Connection) -> int:
            named = {"SUBJECT": subject, "CLIENT": client, "TOKEN": token}
            [(kind, value)] = [(kind, value) for kind, value in named.items() if value is not None]
            until = now + max(settings.access_token_seconds, A_DAY)
            deny(connection, DenialRecord(kind=kind, value=value, at=now, until=until), now=now)
            entry = access_draft(keys, "TOKEN", "REVOKED", by, moment, whose=f"{kind}:{value}")
            append(connection, None, [entry])
            if kind == "TOKEN":
                return 0
            if subject is not None:
                end_sessions_of(connection, subject)
            return revoke_grants_of(connection, now=now, user_id=subject, client_id=client)

        grants = await database.write(end)
        return {"revoked": subject or client or token, "grantsEnded": grants}

    return with_settings(config, work)
