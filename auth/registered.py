"""A client and a code in the shapes in which Authlib asks about them."""

from authlib.oauth2.rfc6749 import (  # type: ignore[import-untyped]  # Authlib ships no types
    AuthorizationCodeMixin,
    ClientMixin,
    InvalidScopeError,
)

from auth.accounts import AUTHORIZATION_CODE, Client, Code
from auth.scopes import parse_scope


def requested_scopes(text: str | None) -> frozenset[str]:
    """Return the scopes asked for; none asked for is the empty set.

    Raises:
        InvalidScopeError: malformed.
    """
    try:
        return parse_scope(text) if text else frozenset()
    except ValueError:
        raise InvalidScopeError from None


class RegisteredClient(ClientMixin):  # type: ignore[misc]  # Authlib ships no types
    def __init__(self, client: Client) -> None:
        self.client = client

    def get_client_id(self) -> str:
        return self.client.client_id

    def get_default_redirect_uri(self) -> None:
        """There is none: every authorization request names its redirect URI."""

    def get_allowed_scope(self, scope: str | None) -> str:
        """Return *scope* if well-formed; what is granted depends on the role, decided later."""
        requested_scopes(scope)
        return scope or ""

    def check_redirect_uri(self, redirect_uri: str) -> bool:
        return redirect_uri in self.client.redirect_uris

    def check_response_type(self, response_type: str) -> bool:
        return response_type == "code" and AUTHORIZATION_CODE in self.client.grants

    def check_grant_type(self, grant_type: str) -> bool:
        return grant_type in self.client.grants


class IssuedCode(AuthorizationCodeMixin):  # type: ignore[misc]  # Authlib ships no types
    def __init__(self, code: Code) -> None:
        self.code = code
        self.code_challenge = code.code_challenge

    def get_redirect_uri(self) -> str:
        return self.code.redirect_uri

    def get_scope(self) -> str:
        return self.code.scope
