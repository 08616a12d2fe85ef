"""Who can sign in to the demo, and as which system a department comes."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from auth.accounts import AUTHORIZATION_CODE, CLIENT_CREDENTIALS
from auth.passwords import Passwords
from domain import catalogue
from domain.grant import Grant
from domain.purpose import Purpose
from storage.accounts import ClientRecord, UserRecord
from storage.cases import Officer

PASSWORD: Final = "demo-9903"  # noqa: S105 -- printed on purpose: synthetic people only
EXECUTOR: Final = "executor-1"
SCREENING_ONLY: Final = "dept:screening-only"

_UNITS: Final = {"dept:subdistrict": "subdistricts"}

# Roles that people outside the case files have.
_OTHERS: Final = {
    "auditor-1": ("auditor", "court"),
    "developer-1": ("developer", "court"),
    "debtor-1": ("data-subject", "public"),
}
DEBTOR: Final = "debtor-1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Login:
    user: str
    role: str
    organisation: str
    credential: str | None
    name: str


def logins(officers: list[Officer]) -> list[Login]:
    """Return one login for each officer of the court's register, and for auditor, developer and a debtor."""
    court = [
        Login(
            user=officer.id,
            role=officer.role,
            organisation="higher-court" if officer.role == "higher-court-judge" else "court",
            credential=officer.credential,
            name=officer.name,
        )
        for officer in officers
    ]
    others = [
        Login(user=user, role=role, organisation=organisation, credential=None, name=user)
        for user, (role, organisation) in _OTHERS.items()
    ]
    return [*court, *others]


def login_of_role(known: list[Login], role: str) -> Login | None:
    """Return the login that the demo shows for *role*: the first one."""
    return next((login for login in known if login.role == role), None)


def users(known: list[Login], passwords: Passwords) -> list[UserRecord]:
    """Return the users behind *known*; they share one hash as they share one password."""
    password_hash = passwords.hash(PASSWORD)
    return [
        UserRecord(
            id=login.user,
            name=login.name,
            password_hash=password_hash,
            role=login.role,
            organisation=login.organisation,
            credential=login.credential,
        )
        for login in known
    ]


def clients(passwords: Passwords, redirect_uri: str) -> list[ClientRecord]:
    """Return GraphiQL and one system client for each role that systems have."""
    secret_hash = passwords.hash(PASSWORD)
    systems = [
        ClientRecord(
            id=role.id.replace(":", "-"),
            secret_hash=secret_hash,
            role=role.id,
            organisation=organisation_of(role.id),
            grants=(CLIENT_CREDENTIALS,),
            redirect_uris=(),
        )
        for role in catalogue.roles()
        if role.grant.startswith(CLIENT_CREDENTIALS)
    ]
    page = ClientRecord(
        id="graphiql",
        secret_hash=None,
        role=None,
        organisation="court",
        grants=(AUTHORIZATION_CODE,),
        redirect_uris=(redirect_uri,),
    )
    return [page, *systems]


def demo_grant(role: str | None, organisation: str, *, now: datetime) -> Grant:
    """Return all that *role* may hold, for a year."""
    return Grant(
        role=role,
        organisation=organisation,
        owner="demo",
        scopes=frozenset() if role is None else catalogue.role(role).scopes,
        purposes=frozenset(Purpose),
        agreement="demo",
        assessment="demo",
        granted_at=now,
        expires_at=now + timedelta(days=365),
    )


def organisation_of(role: str) -> str:
    """Return the department that a system role is for."""
    return _UNITS.get(role, role.removeprefix("dept:"))


def role_of_system(role: str) -> str:
    """Return the role of a department's system: its own, or that of units that only screen.

    Raises:
        ValueError: neither a role nor a department.
    """
    if role in {known.id for known in catalogue.roles()}:
        return role
    unit = organisation_of(role)
    if unit == role or unit not in catalogue.departments():
        raise ValueError(f"there is no role {role}, and no department of that name")
    return SCREENING_ONLY
