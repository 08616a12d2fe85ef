"""ID tokens: who signed in, how and when, told to the application that asked with `openid`.

They are for the application alone (`aud` is its id) and open nothing here: their `typ` is no access
token's. Who that is in the court (organisation, role, credential), userinfo says.
"""

import base64
import hashlib
import json
from typing import Any, Final

from authlib.oauth2.rfc6749 import (  # type: ignore[import-untyped]  # Authlib ships no types
    InvalidRequestError,
    OAuth2Error,
)

from auth.accounts import User
from auth.compact import write_compact
from auth.tokens import Mint

OPENID: Final = "openid"
_LONGEST_NONCE: Final = 255
# OIDC Core, section 3.1.3.6: the hash of the signature's algorithm; Ed25519 hashes with SHA-512.
_HASHES: Final = {"EdDSA": "sha512", "Ed25519": "sha512"}


class OpenIdRequest:
    """What an authorization request may say to OpenID Connect, besides: an extension of the grant."""

    def __call__(self, grant: Any) -> None:
        grant.register_hook("after_validate_authorization_request_payload", self.validate)

    def validate(self, grant: Any, redirect_uri: str) -> None:  # noqa: ARG002 -- Authlib's signature
        """Refuse what cannot be had.

        Raises:
            InvalidRequestError: another response mode, or a nonce that is too long.
            OAuth2Error: ``login_required``: everybody signs in, each time.
        """
        parameters = grant.request.payload.data
        if parameters.get("response_mode", "query") != "query":
            raise InvalidRequestError("The response_mode must be query.")
        if len(parameters.get("nonce", "")) > _LONGEST_NONCE:
            raise InvalidRequestError("The nonce is too long.")
        if "none" in parameters.get("prompt", "").split(" "):
            raise OAuth2Error("Everybody signs in, each time.", error="login_required")


def id_token(  # noqa: PLR0913 -- what it says
    mint: Mint, *, client_id: str, user: User, nonce: str | None, access_token: str, now: float
) -> str:
    """Return the signed ID token of *user* for *client_id*, valid as long as the access token.

    Source:
        OpenID Connect Core 1.0, sections 2 and 3.1.3.6.
    """
    key, issued = mint.keys.signing, int(now)
    claims: dict[str, Any] = {
        "iss": mint.issuer,
        "sub": user.id,
        "aud": client_id,
        "iat": issued,
        "exp": issued + mint.lifetime,
        "at_hash": _half_hash(access_token, str(key.alg)),
    }
    if user.proof is not None:
        claims |= {"acr": user.proof.acr, "auth_time": user.proof.auth_time}
    if nonce is not None:
        claims["nonce"] = nonce
    return write_compact({"typ": "JWT"}, json.dumps(claims).encode(), key)


def _half_hash(token: str, algorithm: str) -> str:
    digest = hashlib.new(_HASHES.get(algorithm, "sha256"), token.encode("ascii")).digest()
    return base64.urlsafe_b64encode(digest[: len(digest) // 2]).rstrip(b"=").decode()
