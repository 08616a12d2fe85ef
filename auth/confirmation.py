"""Which key a token is bound to (`cnf`, RFC 7800): it is good for nobody else."""

import re
from dataclasses import dataclass
from typing import Any, Final, Self

from auth.errors import InvalidToken

_JKT: Final = "jkt"
_X5T: Final = "x5t#S256"
_SHA256 = re.compile(r"[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]")  # 32 bytes in canonical base64url


@dataclass(frozen=True, slots=True, kw_only=True)
class Confirmation:
    """`jkt`: thumbprint of the DPoP key (RFC 9449); `x5t`: of the client certificate (RFC 8705)."""

    jkt: str | None = None
    x5t: str | None = None

    @property
    def is_bound(self) -> bool:
        return self.jkt is not None or self.x5t is not None

    @classmethod
    def of(cls, cnf: object) -> Self:
        """Return what a token's `cnf` demands.

        Raises:
            InvalidToken: empty, malformed, or a kind of proof nobody here can check.
        """
        if not isinstance(cnf, dict) or not cnf or not cnf.keys() <= {_JKT, _X5T}:
            raise InvalidToken("cnf")
        if not all(isinstance(one, str) and _SHA256.fullmatch(one) for one in cnf.values()):
            raise InvalidToken("cnf")
        return cls(jkt=cnf.get(_JKT), x5t=cnf.get(_X5T))

    def claim(self) -> dict[str, Any]:
        """Return the claim's value, to be put into a token."""
        named = {_JKT: self.jkt, _X5T: self.x5t}
        return {name: value for name, value in named.items() if value is not None}


UNBOUND: Final = Confirmation()


def is_thumbprint(text: str) -> bool:
    """Return whether *text* is a SHA-256 in base64url."""
    return _SHA256.fullmatch(text) is not None
