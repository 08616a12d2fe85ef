"""The steps of a grant: given, confirmed, taken back; each with its entry in the record."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection

from auth.record_keys import RecordKeys
from domain.grant import Grant, GrantRefused
from gateway.grant_record import record_grant
from gateway.token_endings import TokenEndings
from storage.grants import GrantRecord, HolderKind, end_grant, give_grant, grant_in_force
from storage.sessions import end_sessions_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Granting:
    """Changes grants on behalf of *by*, at *at*; every method runs in one transaction."""

    keys: RecordKeys
    by: str
    at: datetime
    endings: TokenEndings

    def give(
        self, connection: Connection, kind: HolderKind, holder: str, grant: Grant
    ) -> GrantRecord:
        """Give *grant*; what the holder had before ends, with its tokens and sessions.

        Raises:
            GrantRefused: it may not be given.
        """
        had = grant_in_force(connection, kind, holder, self.at)
        given = give_grant(connection, kind, holder, grant, by=self.by)
        if had is not None:
            self._end_what_runs(connection, kind, holder)
        record_grant(connection, self.keys, given, decision="GIVEN", by=self.by, at=self.at)
        return given

    def confirm(  # noqa: PLR0913, PLR0917 -- whose, until when, on which papers
        self,
        connection: Connection,
        kind: HolderKind,
        holder: str,
        until: datetime,
        agreement: str | None,
        assessment: str | None,
    ) -> GrantRecord:
        """Give for another while what the holder has, after somebody looked at the papers again.

        Raises:
            GrantRefused: nothing is in force: what lapsed is given anew, not confirmed.
        """
        had = self._in_force(connection, kind, holder)
        again = replace(
            had.grant,
            granted_at=self.at,
            expires_at=until,
            agreement=agreement or had.grant.agreement,
            assessment=assessment or had.grant.assessment,
        )
        given = give_grant(connection, kind, holder, again, by=self.by)
        record_grant(connection, self.keys, given, decision="CONFIRMED", by=self.by, at=self.at)
        return given

    def end(self, connection: Connection, kind: HolderKind, holder: str, why: str) -> GrantRecord:
        """Take back what the holder has; no token is issued any more, and what runs ends.

        Raises:
            GrantRefused: nothing is in force.
        """
        had = self._in_force(connection, kind, holder)
        end_grant(connection, kind, holder, at=self.at, by=self.by, why=why)
        self._end_what_runs(connection, kind, holder)
        record_grant(
            connection, self.keys, had, decision="ENDED", by=self.by, at=self.at, remark=why
        )
        return had

    def rotated(self, connection: Connection, kind: HolderKind, holder: str) -> GrantRecord:
        """Note that the holder proves itself with another credential from now on.

        Raises:
            GrantRefused: nothing is in force.
        """
        had = self._in_force(connection, kind, holder)
        self._end_what_runs(connection, kind, holder)
        record_grant(connection, self.keys, had, decision="ROTATED", by=self.by, at=self.at)
        return had

    def _in_force(self, connection: Connection, kind: HolderKind, holder: str) -> GrantRecord:
        had = grant_in_force(connection, kind, holder, self.at)
        if had is None:
            raise GrantRefused(f"Nothing is granted to {holder} now.")
        return had

    def _end_what_runs(self, connection: Connection, kind: HolderKind, holder: str) -> None:
        self.endings(connection, kind, holder, at=self.at)
        if kind is HolderKind.PERSON:
            end_sessions_of(connection, holder)


def abilities(held: Sequence[GrantRecord]) -> dict[str, list[str]]:
    """Return by holder what the grants allow: the role, its scopes, the purposes."""
    return {
        f"{one.holder_kind.value} {one.holder}": [
            f"role {one.grant.role}",
            *sorted(one.grant.scopes),
            *(f"purpose {purpose.value}" for purpose in sorted(one.grant.purposes, key=str)),
        ]
        for one in held
    }
