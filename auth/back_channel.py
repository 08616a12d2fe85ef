"""Where clients themselves call: tokens, pushed requests, introspection, revocation.

Bad input is a 400 or 401 here, never a 500.
"""

from collections.abc import Callable
from typing import TypeVar

import anyio.to_thread
from authlib.oauth2.rfc6749 import (  # type: ignore[import-untyped]  # Authlib ships no types
    InvalidRequestError,
    OAuth2Error,
)
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from auth import parameters
from auth.client_authentication import ClientRefused, presented
from auth.client_methods import NONE
from auth.errors import InvalidProof
from auth.heard import Heard, unrecorded
from auth.issuer import Issuer
from auth.oauth_errors import NonceNeeded, ProofRefused
from auth.proofs import Proof, read_proof
from auth.pushed import LIVES
from auth.starlette_adapter import NO_STORE, OAuthRequest
from auth.subscribers import subscriber

_Answer = TypeVar("_Answer")
_OK = 200


class BackChannel:
    def __init__(self, issuer: Issuer, heard: Heard) -> None:
        self._issuer = issuer
        self._heard = heard
        self._server = issuer.server

    async def token(self, request: Request) -> Response:
        try:
            asked = await self._asked(request, "grant_type")
        except OAuth2Error as error:
            return self._answer(error)
        answer = await self._in_thread(lambda: self._server.create_token_response(asked))
        outcome = "ISSUED" if answer.status_code == _OK else "REFUSED"
        return answer if await self._heard("TOKEN", outcome, _who(asked)) else unrecorded()

    async def push(self, request: Request) -> Response:
        try:
            asked = await self._asked(request)
            host = "" if request.client is None else request.client.host
            uri = await self._in_thread(lambda: self._push(asked, host))
        except OAuth2Error as error:
            error.redirect_uri = None  # nobody's browser is here
            return self._answer(error)
        told = {"request_uri": uri, "expires_in": LIVES}
        return JSONResponse(told, status_code=201, headers=NO_STORE)

    async def introspect(self, request: Request) -> Response:
        """RFC 7662; a client is told of its own tokens and of no others."""
        try:
            asked = await self._asked(request, "token")
            told = await self._in_thread(lambda: self._introspected(asked))
        except OAuth2Error as error:
            return self._answer(error)
        return JSONResponse(told, headers=NO_STORE)

    async def revoke(self, request: Request) -> Response:
        """RFC 7009; what is nobody's, or another client's, is answered as if it were revoked."""
        try:
            asked = await self._asked(request, "token")
            revoked = await self._in_thread(lambda: self._revoked(asked))
        except OAuth2Error as error:
            return self._answer(error)
        if revoked and not await self._heard("TOKEN", "REVOKED", _who(asked)):
            return unrecorded()
        return Response(headers=NO_STORE)

    async def _asked(self, request: Request, *required: str) -> OAuthRequest:
        form = parameters.oauth(await parameters.form(request), *required)
        certificate = self._issuer.terminators.certificate(request.scope)
        claim = presented(request.headers, form, certificate)
        proof = self._proof(request)
        return OAuthRequest(request.method, form, claim, proof, certificate)

    def _proof(self, request: Request) -> Proof | None:
        """Return the DPoP proof that came along; it binds what will be issued."""
        given = request.headers.getlist("dpop")
        if not given:
            return None
        if len(given) > 1:
            raise ProofRefused
        try:
            proof = read_proof(
                given[0].encode("latin-1"),
                method=request.method,
                urls=(self._issuer.url + request.scope["path"],),
                token=None,
                now=self._issuer.clock(),
            )
        except InvalidProof:
            raise ProofRefused from None
        nonces = self._issuer.nonces
        if self._issuer.policy.dpop_nonces and not nonces.accepts(proof.nonce):
            raise NonceNeeded(nonces.new())
        return proof

    def _push(self, asked: OAuthRequest, host: str) -> str:
        server = self._server
        client = server.authenticate_client(asked, self._issuer.policy.client_methods, "par")
        client_id, form = client.get_client_id(), asked.form
        if "request_uri" in form:
            raise InvalidRequestError("A pushed request does not name another one.")
        if form.get("client_id", client_id) != client_id:
            raise InvalidRequestError("Use exactly one client_id.")
        form["client_id"] = client_id
        if asked.proof is not None:
            if form.setdefault("dpop_jkt", asked.proof.jkt) != asked.proof.jkt:
                raise InvalidRequestError("The dpop_jkt is of another key than the proof.")
            if not server.ledger.first_time(asked.proof.once, asked.proof.until):
                raise ProofRefused
        server.get_consent_grant(OAuthRequest("GET", form))
        sender = subscriber(host) if asked.auth_method == NONE else None
        return self._issuer.pushed.push(client_id, form, sender=sender)

    def _introspected(self, asked: OAuthRequest) -> dict[str, object]:
        methods = self._issuer.policy.client_methods
        client = self._server.authenticate_client(asked, methods, "introspection")
        if asked.auth_method == NONE:
            raise ClientRefused
        return self._issuer.tokens.told(asked.form["token"], client.get_client_id())

    def _revoked(self, asked: OAuthRequest) -> bool:
        methods = self._issuer.policy.client_methods
        client = self._server.authenticate_client(asked, methods, "revocation")
        return self._issuer.tokens.revoke(asked.form["token"], client.get_client_id())

    def _answer(self, error: OAuth2Error) -> Response:
        response: Response = self._server.handle_response(*error())
        return response

    async def _in_thread(self, call: Callable[[], _Answer]) -> _Answer:
        return await anyio.to_thread.run_sync(call, limiter=self._issuer.workers)


def _who(asked: OAuthRequest) -> str:
    return "-" if asked.claim is None else asked.claim.client_id
