"""The desk behind ``chakong sessions``: browsers that are signed in."""

import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from auth.record_keys import RecordKeys
from gateway.cli.desk import with_settings
from gateway.plain_record import access_draft
from gateway.settings import Settings
from storage.database import Database
from storage.record import append
from storage.sessions import end_session, end_sessions_of, sessions_of


def listed(config: Path | None, user: str | None) -> list[dict[str, Any]]:
    """Return the sessions of *user*, or of everybody, the newest first."""

    async def work(settings: Settings, database: Database) -> list[dict[str, Any]]:
        idle = settings.session_idle_seconds
        found = await database.read(lambda c: sessions_of(c, user, now=int(time.time()), idle=idle))
        return [
            {
                "session": one.id,
                "user": one.user_id,
                "acr": one.acr,
                "since": _instant(one.began_at),
                "seen": _instant(one.seen_at),
                "until": _instant(one.ends_at),
            }
            for one in found
        ]

    return with_settings(config, work)


def ended(config: Path | None, by: str, session: str | None, user: str | None) -> dict[str, Any]:
    """End one session, or all of *user*, and record that *by* did; return how many those were."""

    async def work(settings: Settings, database: Database) -> dict[str, Any]:
        keys = RecordKeys.load_or_create(settings.data_dir, settings.record_name)
        entry = access_draft(keys, "LOGIN", "SESSIONS_ENDED", by, datetime.now(UTC))

        def end(connection: Connection) -> int:
            append(connection, None, [entry])
            if session is not None:
                return int(end_session(connection, session))
            return end_sessions_of(connection, user or "")

        return {"ended": await database.write(end)}

    return with_settings(config, work)


def _instant(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat()
