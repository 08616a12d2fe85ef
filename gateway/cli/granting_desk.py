"""What ``clients``, ``users`` and ``grants`` share: the work at the database, and a grant from options."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Any, Final, TypeVar
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from auth.claims import LONGEST_SUBJECT
from auth.record_keys import RecordKeys
from auth.tokens import is_name
from domain import catalogue
from domain.grant import Grant, GrantRefused
from domain.purpose import Purpose
from gateway.cli.desk import with_settings
from gateway.granting import Granting
from gateway.settings import Settings
from gateway.token_endings import deny_tokens
from storage.database import Database
from storage.grants import GrantRecord

T = TypeVar("T")
_SHANGHAI: Final = ZoneInfo("Asia/Shanghai")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A grant as the options say it; scopes that are left out are all that the role has.

    Attributes:
        until: the last day, in Asia/Shanghai.
    """

    role: str | None
    organisation: str
    owner: str
    until: datetime
    agreement: str
    assessment: str
    scopes: list[str] = field(default_factory=list)
    purposes: list[str] = field(default_factory=list)

    def grant(self, now: datetime) -> Grant:
        """Return the grant, from *now* on.

        Raises:
            GrantRefused: a role or purpose that there is not.
        """
        try:
            held = frozenset() if self.role is None else catalogue.role(self.role).scopes
            purposes = frozenset(map(Purpose, self.purposes))
        except (KeyError, ValueError) as error:
            raise GrantRefused(str(error).strip("'\"")) from None
        return Grant(
            role=self.role,
            organisation=self.organisation,
            owner=self.owner,
            scopes=frozenset(self.scopes) or held,
            purposes=purposes,
            agreement=self.agreement,
            assessment=self.assessment,
            granted_at=now,
            expires_at=end_of(self.until),
        )


def end_of(day: datetime) -> datetime:
    """Return the instant at which *day* is over in Asia/Shanghai; an aware one is of that zone's day."""
    return start_of(_civil(day) + timedelta(days=1))


def start_of(day: datetime) -> datetime:
    return datetime.combine(_civil(day).date(), time(), _SHANGHAI).astimezone(UTC)


def _civil(day: datetime) -> datetime:
    return day if day.tzinfo is None else day.astimezone(_SHANGHAI)


def granting(config: Path | None, by: str, work: Callable[[Granting, Connection], T]) -> T:
    """Do *work* in one transaction, on behalf of *by*.

    Raises:
        ValueError, FileNotFoundError: what was wanted, or the configuration, does not fit.
    """

    async def at_work(settings: Settings, database: Database) -> T:
        keys = RecordKeys.load_or_create(settings.data_dir, settings.record_name)
        steps = Granting(keys=keys, by=by, at=datetime.now(UTC), endings=deny_tokens)
        return await database.write(lambda connection: work(steps, connection))

    return with_settings(config, at_work, is_first=True)


def require_our_name(name: str) -> None:
    """Refuse what could be taken for a name of another issuer, or for none.

    Raises:
        GrantRefused: see there.
    """
    if not is_name(name) or len(name) > LONGEST_SUBJECT or "@" in name:
        raise GrantRefused("An id is 1 to 64 visible characters without spaces and without @.")


def told(held: GrantRecord) -> dict[str, Any]:
    """Return a grant as commands print it."""
    grant = held.grant
    return {
        "holder": held.holder,
        "kind": held.holder_kind.value,
        "department": grant.organisation,
        "role": grant.role,
        "owner": grant.owner,
        "scopes": " ".join(sorted(grant.scopes)),
        "purposes": " ".join(sorted(purpose.value for purpose in grant.purposes)),
        "agreement": grant.agreement,
        "assessment": grant.assessment,
        "since": _day(grant.granted_at),
        "until": _day(grant.expires_at - timedelta(seconds=1)),
    }


def brief(held: GrantRecord) -> dict[str, Any]:
    """Return a grant as a list shows it."""
    shown = told(held)
    scopes = len(held.grant.scopes)
    return {
        **{k: shown[k] for k in ("holder", "kind", "department", "role", "owner")},
        "scopes": scopes,
        "until": shown["until"],
    }


def read_keys(path: Path) -> dict[str, Any]:
    """Return a JWK Set of public keys.

    Raises:
        ValueError: it is none, or holds a private or a shared key.
    """
    from joserfc.errors import JoseError  # noqa: PLC0415 -- `--help` answers at once
    from joserfc.jwk import KeySet, OctKey  # noqa: PLC0415

    try:
        keys = KeySet.import_key_set(json.loads(path.read_text(encoding="utf-8"))).keys
    except (ValueError, TypeError, KeyError, JoseError) as error:
        raise ValueError(f"{path} is no JWK Set") from error
    if not keys or any(isinstance(key, OctKey) or key.is_private for key in keys):
        raise ValueError(
            f"{path} must hold public keys alone: the private ones stay where they are"
        )
    return {"keys": [key.as_dict(private=False) for key in keys]}


def read_thumbprint(path: Path) -> str:
    """Return ``x5t#S256`` of a PEM certificate.

    Raises:
        ValueError: it is none.
    """
    from base64 import urlsafe_b64encode  # noqa: PLC0415 -- `--help` answers at once

    from cryptography.hazmat.primitives.hashes import SHA256  # noqa: PLC0415
    from cryptography.x509 import load_pem_x509_certificate  # noqa: PLC0415

    digest = load_pem_x509_certificate(path.read_bytes()).fingerprint(SHA256())
    return urlsafe_b64encode(digest).rstrip(b"=").decode()


def _day(moment: datetime) -> str:
    return moment.astimezone(_SHANGHAI).date().isoformat()
