"""Which client is at an endpoint: a signed assertion, a certificate, a secret, or none (public).

Authlib's own functions answer non-UTF-8 Basic credentials with a 500, know no ES256 beyond its own
JOSE, accept several methods at once and tell an unknown client from a wrong secret; these do not.
"""

import base64
import binascii
import hmac
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from urllib.parse import unquote_plus

from authlib.oauth2.rfc6749 import (  # type: ignore[import-untyped]  # Authlib ships no types
    InvalidClientError,
    InvalidRequestError,
)
from starlette.datastructures import Headers

from auth.accounts import Client
from auth.assertions import ASSERTION_TYPE, AssertionRefused, check_assertion, subject_of
from auth.certificates import ClientCertificate, Terminators
from auth.client_methods import BASIC, CERTIFIED, JWT, NONE, POST, SELF_SIGNED
from auth.errors import REALM
from auth.passwords import Passwords
from auth.tokens import is_name


class ClientRefused(InvalidClientError):  # type: ignore[misc]  # Authlib ships no types
    """No such client, wrong proof, or a method this client may not use: one answer for all."""

    status_code = 401
    description = "Client authentication failed."

    def get_headers(self) -> list[tuple[str, str]]:
        kept = [pair for pair in super().get_headers() if pair[0] != "WWW-Authenticate"]
        return [*kept, ("WWW-Authenticate", f'Basic realm="{REALM}", charset="UTF-8"')]


@dataclass(frozen=True, slots=True, kw_only=True)
class Presented:
    """What the client claims to be, and what it has to show for it."""

    client_id: str
    basic: bool = False
    secret: str | None = field(default=None, repr=False)
    assertion: str | None = field(default=None, repr=False)
    certificate: ClientCertificate | None = field(default=None, repr=False)


def presented(
    headers: Headers, form: Mapping[str, str], certificate: ClientCertificate | None = None
) -> Presented:
    """Return the client's claim.

    Raises:
        InvalidRequestError: two methods at once (RFC 6749, section 2.3).
        ClientRefused: nothing usable was presented.
    """
    authorizations = headers.getlist("authorization")
    client_id, secret = form.get("client_id"), form.get("client_secret")
    assertion = form.get("client_assertion")
    ways = len(authorizations) + (secret is not None) + (assertion is not None)
    if ways > 1:
        raise InvalidRequestError("Use exactly one client authentication method.")
    if (assertion is None) != ("client_assertion_type" not in form):
        raise InvalidRequestError("An assertion and its type come together.")
    if authorizations:
        claim = _basic(authorizations[0])
    elif assertion is not None:
        if form["client_assertion_type"] != ASSERTION_TYPE:
            raise ClientRefused
        claim = Presented(client_id=subject_of(assertion) or "", assertion=assertion)
    else:
        claim = Presented(client_id=client_id or "", secret=secret, certificate=certificate)
    if not is_name(claim.client_id):
        raise ClientRefused
    if client_id not in {None, claim.client_id}:
        raise InvalidRequestError("Use exactly one client_id.")
    return claim


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientProofs:
    """What claims of clients are held against; `clock` in epoch seconds."""

    issuer: str
    passwords: Passwords
    terminators: Terminators
    clock: Callable[[], float]
    first_time: Callable[[str, int], bool]

    def method(self, claim: Presented, client: Client | None) -> str:
        """Return the method by which *claim* proves *client*.

        A secret of a client that nobody has costs the same work as a wrong one.

        Raises:
            ClientRefused: it does not.
        """
        if claim.secret is not None:
            known = client.secret_hash if client is not None else None
            if not self.passwords.verify(claim.secret, known):
                raise ClientRefused
            return BASIC if claim.basic else POST
        if client is None:
            raise ClientRefused
        if claim.assertion is not None:
            self._check_assertion(claim.assertion, client)
            return JWT
        if client.is_public:
            return NONE
        if claim.certificate is None:
            raise ClientRefused
        return self._by_certificate(claim.certificate, client)

    def _check_assertion(self, assertion: str, client: Client) -> None:
        if client.jwks is None:
            raise ClientRefused
        try:
            check_assertion(
                assertion,
                client_id=client.client_id,
                jwks=client.jwks,
                issuer=self.issuer,
                now=self.clock(),
                first_time=self.first_time,
            )
        except AssertionRefused:
            raise ClientRefused from None

    def _by_certificate(self, certificate: ClientCertificate, client: Client) -> str:
        presented_one = certificate.thumbprint
        if any(hmac.compare_digest(presented_one, one) for one in client.certificate_thumbprints):
            return SELF_SIGNED
        subject = client.certificate_subject
        if subject is not None and certificate.names(
            subject, self.terminators.authorities, self.clock()
        ):
            return CERTIFIED
        raise ClientRefused


def _basic(value: str) -> Presented:
    scheme, _, encoded = value.partition(" ")
    if scheme.lower() != "basic":
        raise ClientRefused
    try:
        name, colon, secret = base64.b64decode(encoded, validate=True).decode().partition(":")
        # RFC 6749, section 2.3.1: both are form-encoded before they are joined.
        client_id, secret = (
            unquote_plus(name, errors="strict"),
            unquote_plus(secret, errors="strict"),
        )
    except (binascii.Error, ValueError):
        raise ClientRefused from None
    if not colon or not client_id.isprintable() or not client_id or not secret:
        raise ClientRefused
    return Presented(client_id=client_id, basic=True, secret=secret)
