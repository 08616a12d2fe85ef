"""Why a request has no caller.

    Unauthenticated
    ├── MissingToken             401  no bearer token was presented at all
    └── InvalidToken             401  a token was presented and is refused
        └── MalformedRequest     400  the Authorization header itself is unusable

`challenge` is the WWW-Authenticate value (RFC 6750, section 3). Messages are constants, so that
no part of a token reaches a log; `reason` is one short word for metrics and never sent.
"""

from typing import ClassVar

REALM = "chakong"


class Unauthenticated(Exception):
    """The request proves nobody."""

    status: ClassVar[int] = 401
    code: ClassVar[str | None] = None
    description: ClassVar[str] = "Authentication is required."

    def __init__(self, reason: str) -> None:
        super().__init__(self.description)
        self.reason = reason

    @property
    def challenge(self) -> str:
        if self.code is None:
            return f'Bearer realm="{REALM}"'
        return (
            f'Bearer realm="{REALM}", error="{self.code}", error_description="{self.description}"'
        )


class MissingToken(Unauthenticated):
    """No bearer token: the challenge carries no error code (RFC 6750, section 3.1)."""


class InvalidToken(Unauthenticated):
    """The token is malformed, expired, forged or not for this server."""

    code = "invalid_token"
    description = "The access token is invalid or has expired."


class MalformedRequest(InvalidToken):
    """More than one Authorization header, or `Bearer` without a token."""

    status = 400
    code = "invalid_request"
    description = "Send exactly one Authorization header with one bearer token."
