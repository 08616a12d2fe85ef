"""Authlib's authorization server on Starlette: the request in, the response out.

Authlib is synchronous and framework-free. A view reads the parameters (that is `await`ed), makes
an `OAuthRequest`, and calls the server in a worker thread.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from authlib.common.urls import (  # type: ignore[import-untyped]  # Authlib ships no types
    add_params_to_uri,
)
from authlib.oauth2.rfc6749 import (  # type: ignore[import-untyped]  # Authlib ships no types
    AuthorizationServer,
    InvalidRequestError,
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

from auth.accounts import DPOP_BOUND, MTLS_BOUND, Accounts, Client, User
from auth.certificates import ClientCertificate
from auth.client_authentication import ClientProofs, ClientRefused, Presented
from auth.confirmation import UNBOUND, Confirmation
from auth.id_tokens import id_token
from auth.ledger import Ledger
from auth.oauth_errors import InvalidTarget, ProofRefused, UnknownGrantType
from auth.policy import Policy
from auth.proofs import Proof
from auth.registered import RegisteredClient, requested_scopes
from auth.scopes import Entitlements, format_scope
from auth.tokens import Bearer, Mint, officer_number

NO_STORE: Final = {"cache-control": "no-store", "pragma": "no-cache"}
_GRANT_REFUSED: Final = "The code or token is invalid, over, used before, or another client's."


class OAuthRequest(OAuth2Request):  # type: ignore[misc]  # Authlib ships no types
    """One request's parameters: the form at the token endpoint, the query at the other.

    `claim`, `proof` and `certificate` are what came with it; `bound` is what its tokens will be
    bound to, known once the client is.
    """

    def __init__(
        self,
        method: str,
        parameters: Mapping[str, str],
        claim: Presented | None = None,
        proof: Proof | None = None,
        certificate: ClientCertificate | None = None,
    ) -> None:
        # Authlib demands https here. TLS may end at a proxy, so the issuer's own URL is checked
        # once, when the issuer is made; this one is used for nothing.
        super().__init__(method, "https://issuer.invalid/")
        self.payload = BasicOAuth2Payload(dict(parameters))
        self.claim = claim
        self.proof = proof
        self.certificate = certificate
        self.bound = UNBOUND

    @property
    def form(self) -> dict[str, str]:
        return dict(self.payload.data)


class TokenAnswer(dict[str, Any]):
    """A token response that does not show itself: Authlib logs it at DEBUG."""

    def __repr__(self) -> str:
        return "<token answer>"


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """What a server is made of; `clock` in epoch seconds."""

    mint: Mint
    accounts: Accounts
    ledger: Ledger
    proofs: ClientProofs
    entitlements: Entitlements
    policy: Policy
    clock: Callable[[], float]


class Server(AuthorizationServer):  # type: ignore[misc]  # Authlib ships no types
    """What Authlib leaves to the framework. Tokens are self-contained, so none is saved."""

    def __init__(self, parts: Parts) -> None:
        super().__init__()
        self.accounts = parts.accounts
        self.ledger = parts.ledger
        self.entitlements = parts.entitlements
        self.policy = parts.policy
        self.clock = parts.clock
        self._mint = parts.mint
        self._proofs = parts.proofs

    def granted(self, client: Client, user: User | None, wanted: frozenset[str]) -> frozenset[str]:
        granted = self.entitlements.grantable(
            role=user.role if user else client.role,
            requested=wanted,
            allowed=client.allowed_scopes,
        )
        # A person's own grant narrows what the application may have of the role.
        own = user.allowed_scopes if user else None
        return granted if own is None else granted & own

    def issue(
        self,
        request: OAuthRequest,
        *,
        user: User | None,
        scope: str | None,
        grant: str | None = None,
        refresh_token: str | None = None,
    ) -> TokenAnswer:
        """Return the answer with a token for *user*, or for the client itself.

        Raises:
            InvalidScopeError: nothing of *scope* is left.
            InvalidTarget: the token is wanted for another server.
        """
        registered: Client = request.client.client
        self.check_resource(request)
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
            bound=request.bound,
            grant=grant,
            proof=user.proof if user else None,
            purposes=user.purposes if user else registered.purposes,
        )
        answer = TokenAnswer(
            token_type="Bearer" if request.bound.jkt is None else "DPoP",
            access_token=self._mint.token(bearer, now=self.clock()),
            expires_in=self._mint.lifetime,
            scope=format_scope(scopes),
        )
        if refresh_token is not None:
            answer["refresh_token"] = refresh_token
        return answer

    def identified(
        self, request: OAuthRequest, user: User, nonce: str | None, access_token: str
    ) -> str:
        """Return the ID token that goes with *access_token*."""
        return id_token(
            self._mint,
            client_id=request.client.get_client_id(),
            user=user,
            nonce=nonce,
            access_token=access_token,
            now=self.clock(),
        )

    def check_resource(self, request: OAuthRequest) -> None:
        """Raises InvalidTarget: the request names another server than this one."""
        resource = request.payload.data.get("resource")
        if resource is not None and resource not in self.policy.resources:
            raise InvalidTarget

    def query_client(self, client_id: str) -> RegisteredClient | None:
        client = self.accounts.find_client(client_id)
        return RegisteredClient(client) if client is not None else None

    def authenticate_client(
        self,
        request: OAuthRequest,
        methods: tuple[str, ...],
        endpoint: str = "token",
    ) -> RegisteredClient:
        """Return the client that the request proves, and note what its tokens are bound to.

        Raises:
            ClientRefused: it proves none, or not as the policy asks.
            ProofRefused, InvalidRequestError: no key is proven that the tokens have to be bound to.
        """
        claim = request.claim
        if claim is None:
            raise ClientRefused
        client = self.accounts.find_client(claim.client_id)
        method = self._proofs.method(claim, client)
        if client is None or method not in methods or method not in self.policy.client_methods:
            raise ClientRefused
        request.auth_method = method
        if endpoint == "token":
            request.bound = self._bound(request, client)
        return RegisteredClient(client)

    def _bound(self, request: OAuthRequest, client: Client) -> Confirmation:
        proof, certificate = request.proof, request.certificate
        if client.bound_to == DPOP_BOUND and proof is None:
            raise ProofRefused
        by_certificate = client.bound_to == MTLS_BOUND or (
            self.policy.needs_bound_tokens and proof is None
        )
        if by_certificate and certificate is None:
            raise InvalidRequestError("The token must be bound to a key; prove one.")
        if proof is not None and not self.ledger.first_time(proof.once, proof.until):
            raise ProofRefused
        return Confirmation(
            jkt=None if proof is None else proof.jkt,
            x5t=certificate.thumbprint if by_certificate and certificate is not None else None,
        )

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

    def handle_error_response(self, request: OAuthRequest, error: OAuth2Error) -> Response:
        if error.error == "invalid_grant":
            error.description = _GRANT_REFUSED  # which of them it was is nobody's business
        response: Response = super().handle_error_response(request, error)
        return response

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
