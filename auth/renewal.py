"""Refresh tokens: each renews once, in one statement; who shows one twice ends its grant.

Authlib's grant saves the new token before it revokes the old, and of many at once several succeed.
"""

import secrets
from dataclasses import replace

import structlog
from authlib.oauth2.rfc6749 import (  # type: ignore[import-untyped]  # Authlib ships no types
    InvalidGrantError,
    InvalidRequestError,
    InvalidScopeError,
    UnauthorizedClientError,
)
from authlib.oauth2.rfc6749.grants import (  # type: ignore[import-untyped]  # Authlib ships no types
    BaseGrant,
    TokenEndpointMixin,
)

from auth.accounts import REFRESH_TOKEN
from auth.client_methods import ALL
from auth.grants import hashed
from auth.ledger import Grant, Reused
from auth.registered import requested_scopes
from auth.starlette_adapter import TokenAnswer

_LOG = structlog.get_logger()


class RenewalGrant(BaseGrant, TokenEndpointMixin):  # type: ignore[misc]  # Authlib ships no types
    """A refresh token for a new access token, and for its own successor."""

    GRANT_TYPE = REFRESH_TOKEN
    TOKEN_ENDPOINT_AUTH_METHODS = ALL

    def validate_token_request(self) -> None:
        client = self.authenticate_token_endpoint_client()
        if not client.check_grant_type(REFRESH_TOKEN):
            raise UnauthorizedClientError("The client may not refresh tokens.")
        token = self.request.form.get("refresh_token")
        if token is None:
            raise InvalidRequestError("The refresh_token is missing.")
        grant = self.server.ledger.find_grant(hashed(token))
        if grant is None or grant.client_id != client.get_client_id():
            raise InvalidGrantError
        if grant.jkt not in {None, self.request.bound.jkt}:
            raise InvalidGrantError
        wanted = requested_scopes(self.request.payload.scope)
        if not wanted <= requested_scopes(grant.scope):
            raise InvalidScopeError
        self.request.client = client
        self.request.grant = grant

    def create_token_response(self) -> tuple[int, TokenAnswer, list[tuple[str, str]]]:
        server, request, grant = self.server, self.request, self.request.grant
        user = server.accounts.find_user(grant.user_id)
        if user is None:
            raise InvalidGrantError
        rotates = server.policy.rotates_refresh_tokens
        successor = secrets.token_urlsafe(32) if rotates else None
        answer = server.issue(
            request,
            # A new token says no more than was proved at the sign-in, and no later.
            user=replace(user, proof=grant.proof),
            scope=request.payload.scope or grant.scope,
            grant=grant.id,
            refresh_token=successor,
        )
        renewed = server.ledger.renew(
            hashed(request.form["refresh_token"]),
            None if successor is None else hashed(successor),
            int(server.clock()),
        )
        if isinstance(renewed, Reused):
            _LOG.warning("refresh_token.reused", client=grant.client_id)
        if not isinstance(renewed, Grant):
            raise InvalidGrantError
        return 200, answer, self.TOKEN_RESPONSE_HEADER
