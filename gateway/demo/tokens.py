"""``chakong token ROLE``: a fresh token of the demo, without a server."""

from pathlib import Path

from auth.keys import SigningKeys
from auth.operator_tokens import OperatorTokens
from auth.scopes import Entitlements
from auth.tokens import Mint
from domain import catalogue
from gateway.demo.logins import role_of_system
from gateway.demo.run import TOKEN_SECONDS, token_of_role
from gateway.demo.state import read_state
from gateway.settings import Settings


class NoDemo(RuntimeError):
    """No demo ran with this data directory."""


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
    mint = Mint(
        keys=SigningKeys.load_or_create(data / "signing-keys.json"),
        issuer=state.issuer,
        audience=Settings.model_fields["audience"].default,
        lifetime=TOKEN_SECONDS,
    )
    tokens = OperatorTokens(mint, Entitlements.from_catalogue())
    return token_of_role(tokens.token_for, state.logins, role)
