"""A token that is bound to a key is let through with the proof of that key, and with nothing else."""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from auth.caller import Caller
from auth.certificates import Terminators
from auth.confirmation import Confirmation
from auth.denials import DenyList
from auth.errors import (
    BEARER,
    DPOP,
    InvalidProof,
    InvalidToken,
    NonceWanted,
    Unauthenticated,
    Undecided,
)
from auth.nonces import Nonces
from auth.proofs import read_proof

Headers = Iterable[tuple[bytes, bytes]]
FirstTime = Callable[[str, int], Awaitable[bool]]
"""``first_time(what, until)``: whether *what* comes for the first time, anywhere (epoch seconds)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What a guard needs to know besides the token: what was revoked, used before, and who vouches.

    Attributes:
        url: the address under which clients know this server; a proof is made for one of its paths.
        nonces: None asks for none.
    """

    url: str
    denials: DenyList
    first_time: FirstTime
    terminators: Terminators
    nonces: Nonces | None = None


@dataclass(slots=True)
class Verified:
    """What a token says that is in order: whom it is for, and which key has to be proven with it.

    Attributes:
        passed: the deny list's version that last let it pass.
    """

    caller: Caller
    bound: Confirmation
    scheme: str
    token: bytes = field(repr=False)
    is_plain: bool = field(init=False)
    passed: object = None

    def __post_init__(self) -> None:
        self.is_plain = self.scheme == BEARER and not self.bound.is_bound


async def check_binding(
    known: Verified,
    scope: Mapping[str, Any],
    headers: Headers,
    around: Surroundings,
    now: float,
) -> None:
    """Let through who proves the token's key.

    A token that is bound to no DPoP key is no token for the DPoP scheme, and the other way round
    (RFC 9449, sections 7.1 and 7.2).
    """
    bound, scheme = known.bound, known.scheme
    if (scheme == DPOP) != (bound.jkt is not None):
        raise InvalidToken("unproven", scheme)
    if bound.x5t is not None:
        certificate = around.terminators.certificate(scope)
        if certificate is None or certificate.thumbprint != bound.x5t:
            raise InvalidToken("certificate", scheme)
    if bound.jkt is None:
        return
    proofs = [value for name, value in headers if name.lower() == b"dpop"]
    if len(proofs) != 1:
        raise InvalidProof("none" if not proofs else "several")
    proof = read_proof(
        proofs[0],
        method=scope.get("method", "GET"),
        urls=(around.url + scope["path"],),
        token=known.token,
        now=now,
    )
    if proof.jkt != bound.jkt:
        raise InvalidToken("unproven", scheme)
    if around.nonces is not None and not around.nonces.accepts(proof.nonce):
        raise NonceWanted(around.nonces.new())
    try:
        first = await around.first_time(proof.once, proof.until)
    except Unauthenticated:
        raise
    except Exception as error:
        raise Undecided("proofs") from error
    if not first:
        raise InvalidProof("used")
