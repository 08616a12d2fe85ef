"""Two ways to a token: client credentials, and authorization code with PKCE S256.

Authlib's defaults are wider: PKCE `plain`, PKCE optional for confidential clients, redirect URI
optional. Here every code needs an S256 challenge and a redirect URI that matches exactly.
"""

import hashlib
import hmac
import re
import secrets
from dataclasses import replace
from typing import Any, ClassVar, Final

import structlog
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
    create_s256_code_challenge,
)

from auth.accounts import Code, User
from auth.client_methods import ALL, NONE
from auth.confirmation import is_thumbprint
from auth.id_tokens import OPENID
from auth.ledger import Grant
from auth.registered import IssuedCode, RegisteredClient, requested_scopes
from auth.scopes import format_scope
from auth.starlette_adapter import OAuthRequest, TokenAnswer

CODE_SECONDS: Final = 60
_REMEMBERED: Final = 3600  # seconds that a used code is known as such
_CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}")  # base64url of a SHA-256
_LOG = structlog.get_logger()


class SystemGrant(ClientCredentialsGrant):  # type: ignore[misc]  # Authlib ships no types
    """A department's system acts for itself, in a role that the catalogue gives to systems."""

    TOKEN_ENDPOINT_AUTH_METHODS = tuple(method for method in ALL if method != NONE)

    def validate_token_request(self) -> None:
        super().validate_token_request()
        if not self.server.entitlements.is_for_systems(self.request.client.client.role):
            raise UnauthorizedClientError("The client's role is not meant for systems.")

    def generate_token(self, scope: str | None = None, **_more: object) -> TokenAnswer:
        answer: TokenAnswer = self.server.issue(self.request, user=None, scope=scope)
        return answer


class PersonGrant(AuthorizationCodeGrant):  # type: ignore[misc]  # Authlib ships no types
    """A person logged in; the code is kept only as its hash and redeemed once."""

    TOKEN_ENDPOINT_AUTH_METHODS = ALL

    @staticmethod
    def validate_authorization_redirect_uri(request: OAuthRequest, client: RegisteredClient) -> str:
        uri: str | None = request.payload.redirect_uri
        if uri is None or not client.check_redirect_uri(uri):
            raise InvalidRequestError("The redirect_uri is not registered for this client.")
        return uri

    def create_authorization_response(self, redirect_uri: str, grant_user: User) -> Any:
        # Only now is the role known, and with it whether anything of the request is left.
        client = self.request.client.client
        wanted = requested_scopes(self.request.scope)
        granted = self.server.granted(client, grant_user, wanted)
        if not granted:
            raise InvalidScopeError(redirect_uri=redirect_uri)
        self.request.scope = format_scope(granted | (wanted & {OPENID}))
        return super().create_authorization_response(redirect_uri, grant_user)

    def save_authorization_code(self, code: str, request: OAuthRequest) -> None:
        parameters = request.payload.data
        self.server.accounts.save_code(
            Code(
                code_hash=hashed(code),
                client_id=request.client.get_client_id(),
                user_id=request.user.id,
                redirect_uri=parameters["redirect_uri"],
                scope=request.scope,
                code_challenge=parameters["code_challenge"],
                expires_at=int(self.server.clock()) + CODE_SECONDS,
                dpop_jkt=parameters.get("dpop_jkt"),
                proof=request.user.proof,
                nonce=parameters.get("nonce"),
            )
        )

    def query_authorization_code(self, code: str, client: RegisteredClient) -> IssuedCode | None:
        """Take the code: whatever is wrong with the rest of the request, it is used up.

        A code that comes a second time was stolen or its first answer was: what was issued for it
        ends (RFC 6749, section 4.1.2).
        """
        server, now = self.server, int(self.server.clock())
        taken = server.accounts.take_code(hashed(code))
        if taken is None:
            if server.ledger.has_come(_used(code)):
                _LOG.warning("code.reused", client=client.get_client_id())
                server.ledger.revoke_grant(_grant_id(code), now)
            return None
        server.ledger.first_time(_used(code), now + _REMEMBERED)
        bound_elsewhere = taken.dpop_jkt not in {None, self.request.bound.jkt}
        if taken.client_id != client.get_client_id() or taken.expires_at <= now or bound_elsewhere:
            return None
        return IssuedCode(taken)

    def generate_token(
        self,
        user: User,
        scope: str,
        include_refresh_token: bool,  # noqa: FBT001 -- Authlib's signature
        **_more: object,
    ) -> TokenAnswer:
        request, grant_id = self.request, _grant_id(self.request.form["code"])
        refresh_token = secrets.token_urlsafe(32) if include_refresh_token else None
        answer: TokenAnswer = self.server.issue(
            request, user=user, scope=scope, grant=grant_id, refresh_token=refresh_token
        )
        if OPENID in requested_scopes(scope):
            answer["scope"] = format_scope(requested_scopes(answer["scope"]) | {OPENID})
            answer["id_token"] = self.server.identified(
                request, user, request.authorization_code.code.nonce, answer["access_token"]
            )
        if refresh_token is not None:
            now = int(self.server.clock())
            grant = Grant(
                id=grant_id,
                client_id=request.client.get_client_id(),
                user_id=user.id,
                scope=scope,
                proof=user.proof,
                # A confidential client proves itself; a public one only by its key.
                jkt=request.bound.jkt if request.client.client.is_public else None,
                opened_at=now,
                expires_at=now + self.server.policy.refresh_token_seconds,
            )
            self.server.ledger.open_grant(grant, hashed(refresh_token))
        return answer

    def delete_authorization_code(self, authorization_code: IssuedCode) -> None:
        pass  # taken already

    def authenticate_user(self, authorization_code: IssuedCode) -> User | None:
        user: User | None = self.server.accounts.find_user(authorization_code.code.user_id)
        return None if user is None else replace(user, proof=authorization_code.code.proof)


def _is_verifier(verifier: str, challenge: str) -> bool:
    return hmac.compare_digest(create_s256_code_challenge(verifier), challenge)


class S256(CodeChallenge):  # type: ignore[misc]  # Authlib ships no types
    """PKCE with S256 for every client; `plain`, or no challenge, is refused at once."""

    CODE_CHALLENGE_METHODS: ClassVar = {"S256": _is_verifier}

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
        if not is_thumbprint(parameters.get("dpop_jkt", "A" * 43)):
            raise InvalidRequestError("The dpop_jkt is not a base64url SHA-256.")
        grant.server.check_resource(grant.request)

    def get_authorization_code_challenge_method(
        self,
        authorization_code: IssuedCode,  # noqa: ARG002 -- Authlib's signature
    ) -> str:
        return "S256"


def hashed(secret: str) -> str:
    """Return what is kept of a code or token."""
    return hashlib.sha256(secret.encode()).hexdigest()


def _grant_id(code: str) -> str:
    """Return the id of the grant that *code* opens: known to who has the code, guessed by nobody."""
    return hashlib.sha256(b"grant:" + code.encode()).hexdigest()[:32]


def _used(code: str) -> str:
    return hashlib.sha256(b"used:" + code.encode()).hexdigest()
