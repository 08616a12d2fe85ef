"""``chakong token ROLE``: a fresh token of the demo, without a server."""

from pathlib import Path

from auth.accounts import Accounts, Client, Code, User
from auth.issuer import Issuer
from auth.keys import SigningKeys
from auth.passwords import Passwords
from auth.scopes import Entitlements
from domain import catalogue
from gateway.demo.logins import role_of_system
from gateway.demo.run import TOKEN_SECONDS, token_of_role
from gateway.demo.state import read_state
from gateway.settings import Settings


class NoDemo(RuntimeError):
    """No demo ran with this data directory."""


class _NoAccounts(Accounts):
    """Nobody signs in here."""

    def find_client(self, client_id: str) -> Client | None:
        del client_id
        return None

    def find_user(self, user_id: str) -> User | None:
        del user_id
        return None

    def save_code(self, code: Code) -> None:
        del code

    def take_code(self, code_hash: str) -> Code | None:
        del code_hash
        return None


def fresh_token(data: Path, role: str) -> str:
    """Return a token for *role* signed with the key of the demo in *data*.

    Raises:
        NoDemo: start ``./demo`` first.
        ValueError: no such role.
    """
    state = read_state(data)
    if state is None:
        raise NoDemo(
            f"no demo has run with {data}; start ./demo first, or name its place with --data"
        )
    try:
        role_of_system(role)
    except ValueError as error:
        names = ", ".join(sorted(known.id for known in catalogue.roles()))
        raise ValueError(f"{error}; roles are: {names}; departments: dept:tourism, …") from None
    issuer = Issuer(
        url=state.issuer,
        audience=Settings.model_fields["audience"].default,
        keys=SigningKeys.load_or_create(data / "signing-keys.json"),
        accounts=_NoAccounts(),
        entitlements=Entitlements.from_catalogue(),
        passwords=Passwords(),
        access_token_seconds=TOKEN_SECONDS,
        demo=True,
    )
    return token_of_role(issuer, state.logins, role)
