"""Authlib's authorization server on Starlette: the request in, the response out.

Authlib is synchronous and framework-free. A view reads the parameters (that is `await`ed), makes
an `OAuthRequest`, and calls the server in a worker thread.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final

from authlib.common.urls import (  # type: ignore[import-untyped]  # Authlib ships no types
    add_params_to_uri,
)
from authlib.oauth2.rfc6749 import (  # type: ignore[import-untyped]  # Authlib ships no types
    AuthorizationServer,
    InvalidScopeError,
    OAuth2Error,
    OAuth2Request,
    UnsupportedGrantTypeError,
    UnsupportedResponseTypeError,
)
from authlib.oauth2.rfc6749.requests import (  # type: ignore[import-untyped]  # Authlib ships no types
    BasicOAuth2Payload,
)
from starlette.responses import JSONResponse, RedirectResponse, Response

from auth.accounts import Accounts, Client, User
from auth.client_authentication import ClientRefused, Presented, proven
from auth.passwords import Passwords
from auth.registered import RegisteredClient, requested_scopes
from auth.scopes import Entitlements, format_scope
from auth.tokens import Bearer, Mint, officer_number

NO_STORE: Final = {"cache-control": "no-store", "pragma": "no-cache"}


class OAuthRequest(OAuth2Request):  # type: ignore[misc]  # Authlib ships no types
    """One request's parameters: the form at the token endpoint, the query at the other."""

    def __init__(
        self, method: str, parameters: Mapping[str, str], claim: Presented | None = None
    ) -> None:
        # Authlib demands https here. TLS may end at a proxy, so the issuer's own URL is checked
        # once, when the issuer is made; this one is used for nothing.
        super().__init__(method, "https://issuer.invalid/")
        self.payload = BasicOAuth2Payload(dict(parameters))
        self.claim = claim

    @property
    def form(self) -> dict[str, str]:
        return dict(self.payload.data)


class UnknownGrantType(UnsupportedGrantTypeError):  # type: ignore[misc]  # Authlib ships no types
    """Authlib's error without the request's own words in it."""

    def get_error_description(self) -> str:
        return "The grant type is not supported."


class TokenAnswer(dict[str, Any]):
    """A token response that does not show itself: Authlib logs it at DEBUG."""

    def __repr__(self) -> str:
        return "<token answer>"


class Server(AuthorizationServer):  # type: ignore[misc]  # Authlib ships no types
    """What Authlib leaves to the framework. Tokens are self-contained, so none is saved."""

    def __init__(
        self,
        *,
        mint: Mint,
        accounts: Accounts,
        passwords: Passwords,
        entitlements: Entitlements,
        clock: Callable[[], float],
    ) -> None:
        super().__init__()
        self.accounts = accounts
        self.entitlements = entitlements
        self.clock = clock
        self._mint = mint
        self._passwords = passwords

    def granted(self, client: Client, user: User | None, wanted: frozenset[str]) -> frozenset[str]:
        granted = self.entitlements.grantable(
            role=user.role if user else client.role,
            requested=wanted,
            allowed=client.allowed_scopes,
        )
        # A person's own grant narrows what the application may have of the role.
        own = user.allowed_scopes if user else None
        return granted if own is None else granted & own

    def generate_token(  # noqa: PLR0913, PLR0917 -- Authlib's signature
        self,
        grant_type: str,  # noqa: ARG002 -- Authlib's signature
        client: RegisteredClient,
        user: User | None = None,
        scope: str | None = None,
        expires_in: int | None = None,  # noqa: ARG002 -- Authlib's signature
        include_refresh_token: bool = True,  # noqa: ARG002, FBT001, FBT002 -- Authlib's signature
    ) -> TokenAnswer:
        registered = client.client
        scopes = self.granted(registered, user, requested_scopes(scope))
        role = user.role if user else registered.role
        if not scopes or role is None:
            raise InvalidScopeError
        subject = user.id if user else registered.client_id
        organisation = user.organisation if user else registered.organisation
        credential = user.credential if user else None
        bearer = Bearer(
            subject=subject,
            organisation=organisation,
            role=role,
            client_id=registered.client_id,
            scopes=scopes,
            officer=officer_number(
                subject=subject, organisation=organisation, credential=credential
            ),
            proof=user.proof if user else None,
            purposes=user.purposes if user else registered.purposes,
        )
        return TokenAnswer(
            token_type="Bearer",  # noqa: S106 -- a scheme, not a secret
            access_token=self._mint.token(bearer, now=self.clock()),
            expires_in=self._mint.lifetime,
            scope=format_scope(scopes),
        )

    def query_client(self, client_id: str) -> RegisteredClient | None:
        client = self.accounts.find_client(client_id)
        return RegisteredClient(client) if client is not None else None

    def authenticate_client(
        self,
        request: OAuthRequest,
        methods: tuple[str, ...],
        endpoint: str = "token",  # noqa: ARG002 -- Authlib's signature
    ) -> RegisteredClient:
        claim = request.claim
        if claim is None or claim.method not in methods:
            raise ClientRefused
        client = proven(claim, self.accounts.find_client(claim.client_id), self._passwords)
        request.auth_method = claim.method
        return RegisteredClient(client)

    def get_token_grant(self, request: OAuthRequest) -> Any:
        try:
            return super().get_token_grant(request)
        except UnsupportedGrantTypeError as error:
            raise UnknownGrantType(error.grant_type) from None

    def get_authorization_grant(self, request: OAuthRequest) -> Any:
        try:
            return super().get_authorization_grant(request)
        except UnsupportedResponseTypeError as error:
            raise OAuth2Error(
                "The response type must be code.",
                error=error.error if request.payload.response_type else "invalid_request",
                redirect_uri=error.redirect_uri,
            ) from None

    def create_oauth2_request(self, request: OAuthRequest) -> OAuthRequest:
        return request

    def save_token(self, token: TokenAnswer, request: OAuthRequest) -> None:
        pass

    def send_signal(self, name: str, *args: object, **kwargs: object) -> None:
        pass

    def handle_response(
        self, status: int, body: Mapping[str, Any] | str, headers: list[tuple[str, str]]
    ) -> Response:
        fields = {name.lower(): value for name, value in headers} | NO_STORE
        location = fields.pop("location", None)
        if location is not None:
            # RFC 9207: success and error alike name the issuer. RFC 9700: 303 drops the form.
            url = add_params_to_uri(location, {"iss": self._mint.issuer})
            return RedirectResponse(url, status_code=303, headers=fields)
        return JSONResponse(body, status_code=status, headers=fields)
