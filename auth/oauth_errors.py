"""Refusals that Authlib has no words for; each endpoint says the same of every failure of a kind."""

from authlib.oauth2.rfc6749 import (  # type: ignore[import-untyped]  # Authlib ships no types
    OAuth2Error,
    UnsupportedGrantTypeError,
)


class UnknownGrantType(UnsupportedGrantTypeError):  # type: ignore[misc]  # Authlib ships no types
    """Authlib's error without the request's own words in it."""

    def get_error_description(self) -> str:
        return "The grant type is not supported."


class InvalidTarget(OAuth2Error):  # type: ignore[misc]  # Authlib ships no types
    """`resource` names another server (RFC 8707, section 2)."""

    error = "invalid_target"
    description = "The resource is not served here."


class ProofRefused(OAuth2Error):  # type: ignore[misc]  # Authlib ships no types
    """The DPoP proof is missing, malformed, used before, or not for this request (RFC 9449)."""

    error = "invalid_dpop_proof"
    description = "The DPoP proof is missing or does not fit this request."


class NonceNeeded(OAuth2Error):  # type: ignore[misc]  # Authlib ships no types
    """The DPoP proof must contain a nonce of ours (RFC 9449, section 8)."""

    error = "use_dpop_nonce"
    description = "The DPoP proof must contain the nonce of DPoP-Nonce."

    def __init__(self, nonce: str) -> None:
        super().__init__()
        self._nonce = nonce

    def get_headers(self) -> list[tuple[str, str]]:
        return [*super().get_headers(), ("DPoP-Nonce", self._nonce)]


class RequestObjectRefused(OAuth2Error):  # type: ignore[misc]  # Authlib ships no types
    """Signed authorization requests are not read; push them instead (RFC 9126)."""

    error = "request_not_supported"
    description = "Request objects are not supported; use pushed authorization requests."


class TooManyPushed(OAuth2Error):  # type: ignore[misc]  # Authlib ships no types
    """More pushed requests wait than may (RFC 9126, section 2.3)."""

    error = "temporarily_unavailable"
    description = "Too many pushed requests wait to be used; try again later."
    status_code = 429

    def __init__(self, seconds: int) -> None:
        super().__init__()
        self._seconds = seconds

    def get_headers(self) -> list[tuple[str, str]]:
        return [*super().get_headers(), ("Retry-After", str(self._seconds))]
