"""The two ways to a token: client credentials, and authorization code with PKCE S256.

Authlib's defaults are wider: PKCE `plain`, PKCE optional for confidential clients, redirect URI
optional. Here every code needs an S256 challenge and a redirect URI that matches exactly.
"""

import hashlib
import re
from dataclasses import replace
from typing import Any

from authlib.oauth2.rfc6749 import (  # type: ignore[import-untyped]  # Authlib ships no types
    InvalidRequestError,
    InvalidScopeError,
    UnauthorizedClientError,
)
from authlib.oauth2.rfc6749.grants import (  # type: ignore[import-untyped]  # Authlib ships no types
    AuthorizationCodeGrant,
    ClientCredentialsGrant,
)
from authlib.oauth2.rfc7636 import (  # type: ignore[import-untyped]  # Authlib ships no types
    CodeChallenge,
)

from auth.accounts import Code, User
from auth.client_authentication import BASIC, NONE, POST
from auth.registered import IssuedCode, RegisteredClient, requested_scopes
from auth.scopes import format_scope
from auth.starlette_adapter import OAuthRequest

CODE_SECONDS = 60
_CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}")  # base64url of a SHA-256


class SystemGrant(ClientCredentialsGrant):  # type: ignore[misc]  # Authlib ships no types
    """A department's system acts for itself, in a role that the catalogue gives to systems."""

    TOKEN_ENDPOINT_AUTH_METHODS = (BASIC, POST)

    def validate_token_request(self) -> None:
        super().validate_token_request()
        if not self.server.entitlements.is_for_systems(self.request.client.client.role):
            raise UnauthorizedClientError("The client's role is not meant for systems.")


class PersonGrant(AuthorizationCodeGrant):  # type: ignore[misc]  # Authlib ships no types
    """A person logged in; the code is kept only as its hash and redeemed once."""

    TOKEN_ENDPOINT_AUTH_METHODS = (NONE, BASIC, POST)

    @staticmethod
    def validate_authorization_redirect_uri(request: OAuthRequest, client: RegisteredClient) -> str:
        uri: str | None = request.payload.redirect_uri
        if uri is None or not client.check_redirect_uri(uri):
            raise InvalidRequestError("The redirect_uri is not registered for this client.")
        return uri

    def create_authorization_response(self, redirect_uri: str, grant_user: User) -> Any:
        # Only now is the role known, and with it whether anything of the request is left.
        client = self.request.client.client
        granted = self.server.granted(client, grant_user, requested_scopes(self.request.scope))
        if not granted:
            raise InvalidScopeError(redirect_uri=redirect_uri)
        self.request.scope = format_scope(granted)
        return super().create_authorization_response(redirect_uri, grant_user)

    def save_authorization_code(self, code: str, request: OAuthRequest) -> None:
        parameters = request.payload.data
        self.server.accounts.save_code(
            Code(
                code_hash=_hashed(code),
                client_id=request.client.get_client_id(),
                user_id=request.user.id,
                redirect_uri=parameters["redirect_uri"],
                scope=request.scope,
                code_challenge=parameters["code_challenge"],
                expires_at=int(self.server.clock()) + CODE_SECONDS,
                proof=request.user.proof,
            )
        )

    def query_authorization_code(self, code: str, client: RegisteredClient) -> IssuedCode | None:
        """Take the code: whatever is wrong with the rest of the request, it is used up."""
        taken = self.server.accounts.take_code(_hashed(code))
        if (
            taken is None
            or taken.client_id != client.get_client_id()
            or taken.expires_at <= self.server.clock()
        ):
            return None
        return IssuedCode(taken)

    def delete_authorization_code(self, authorization_code: IssuedCode) -> None:
        pass  # taken already

    def authenticate_user(self, authorization_code: IssuedCode) -> User | None:
        user: User | None = self.server.accounts.find_user(authorization_code.code.user_id)
        return None if user is None else replace(user, proof=authorization_code.code.proof)


class S256(CodeChallenge):  # type: ignore[misc]  # Authlib ships no types
    """PKCE with S256 for every client; `plain`, or no challenge, is refused at once."""

    def validate_code_challenge(
        self,
        grant: PersonGrant,
        redirect_uri: str,  # noqa: ARG002 -- Authlib's signature
    ) -> None:
        parameters = grant.request.payload.data
        if parameters.get("code_challenge_method") != "S256":
            raise InvalidRequestError("The code_challenge_method must be S256.")
        if not _CHALLENGE.fullmatch(parameters.get("code_challenge", "")):
            raise InvalidRequestError("The code_challenge is not a base64url SHA-256.")

    def get_authorization_code_challenge_method(
        self,
        authorization_code: IssuedCode,  # noqa: ARG002 -- Authlib's signature
    ) -> str:
        return "S256"


def _hashed(code: str) -> str:
    return hashlib.sha256(code.encode()).hexdigest()
