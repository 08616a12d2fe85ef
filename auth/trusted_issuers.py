"""The other issuers whose tokens are good here: each with its own keys, algorithms and words."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from auth.caller import Caller
from auth.claims import Expectation
from auth.compact import Compact, NotCompact
from auth.errors import InvalidToken
from auth.issuer_key_set import VerifyingKey
from auth.issuer_keys import IssuerKeys, Trouble
from auth.tokens import HEADER_MEMBERS, TOKEN_TYPES, is_name

NEVER_ALLOWED: Final = frozenset(
    {"crit", "b64", "jwk", "jku", "x5u", "zip", "enc", "apu", "apv", "epk"}
)
"""Header members that would change what a token means or bring a key along (RFC 8725, section 3.10)."""


class UnknownKey(InvalidToken):
    """The token names a key that its issuer did not publish, as far as we know."""

    def __init__(self, keys: IssuerKeys) -> None:
        super().__init__("key")
        self._keys = keys

    async def looked_again(self) -> bool:
        """Return whether keys were fetched because of this, or meanwhile."""
        return await self._keys.look_again()


@dataclass(frozen=True, slots=True, kw_only=True)
class TrustedIssuer:
    """One issuer.

    Attributes:
        header_members: members besides alg, typ and kid that its tokens may have; they mean nothing.
        expectation: what a token must say, once it says it in our words.
        in_our_words: claims as the issuer makes them to claims as `expectation` reads them.
        qualifier: what its names carry there behind an @; empty: they are ours.
    """

    keys: IssuerKeys
    algorithms: frozenset[str]
    header_members: frozenset[str]
    expectation: Expectation
    in_our_words: Callable[[Mapping[str, Any]], Mapping[str, Any]]
    qualifier: str = ""

    def caller(self, token: Compact, *, now: float) -> Caller:
        """Return whom this issuer's *token* speaks for.

        Raises:
            UnknownKey: the key may have been published since we looked.
            InvalidToken: the token is refused.
        """
        return self.expectation.caller(self.claims(token), now=now)

    def claims(self, token: Compact) -> Mapping[str, Any]:
        """Return what *token* says, after checking header and signature.

        Raises:
            UnknownKey: as `caller`.
            InvalidToken: header or signature are not as they must be.

        Source:
            RFC 9068, section 4; RFC 8725, sections 3.1, 3.5, 3.10 and 3.11.
        """
        header = token.header
        if not HEADER_MEMBERS <= header.keys() <= HEADER_MEMBERS | self.header_members:
            raise InvalidToken("header")
        algorithm, kid = header["alg"], header["kid"]
        if header["typ"] not in TOKEN_TYPES or algorithm not in self._names:
            raise InvalidToken("header")
        if not is_name(kid):
            raise InvalidToken("key")
        key = self.keys.find(kid)
        if key is None:
            raise UnknownKey(self.keys)
        return self.in_our_words(_signed_by(key, token, algorithm))

    @property
    def _names(self) -> tuple[str, ...]:
        """Return the algorithms as headers name them; a tuple, for any JSON value may be looked up."""
        more = ("Ed25519",) if "EdDSA" in self.algorithms else ()
        return (*self.algorithms, *more)


class TrustedIssuers:
    """`start` it in a running loop, and `stop` it."""

    def __init__(self, issuers: Iterable[TrustedIssuer]) -> None:
        """
        Raises:
            ValueError: an issuer twice, or two whose names could not be told apart.
        """
        issuers = tuple(issuers)
        qualifiers = [one.qualifier for one in issuers if one.qualifier]
        self._qualifiers = frozenset(qualifiers)
        if len(self._qualifiers) != len(qualifiers):
            raise ValueError("Two trusted issuers have one qualifier.")
        self._by_url = {issuer.expectation.issuer: issuer for issuer in issuers}
        if len(self._by_url) != len(issuers):
            raise ValueError("An issuer is trusted twice.")

    def __contains__(self, url: str) -> bool:
        return url in self._by_url

    def of(self, token: Compact) -> TrustedIssuer | None:
        """Return the trusted issuer that *token* says it is from, character by character.

        The word is the token's own and proves nothing yet; it decides whose keys will.
        """
        if not self._by_url:
            return None
        try:
            said = token.payload().get("iss")
        except NotCompact:
            return None
        return self._by_url.get(said) if isinstance(said, str) else None

    def are_named(self, *names: str) -> bool:
        """Return whether one of *names* looks like a name that a trusted issuer gave."""
        return any("@" in name and name.rpartition("@")[2] in self._qualifiers for name in names)

    def on_withdrawal(self, withdrawn: Callable[[], None]) -> None:
        """Have *withdrawn* called whenever a key that was good is so no longer."""
        for issuer in self._by_url.values():
            issuer.keys.on_withdrawal(withdrawn)

    def troubles(self) -> list[Trouble]:
        """Return what is wrong with the issuers, for whoever watches over the gateway."""
        found = (issuer.keys.trouble for issuer in self._by_url.values())
        return [trouble for trouble in found if trouble is not None]

    def start(self) -> None:
        for issuer in self._by_url.values():
            issuer.keys.start()

    async def stop(self) -> None:
        for issuer in self._by_url.values():
            await issuer.keys.stop()


def _signed_by(key: VerifyingKey, token: Compact, algorithm: str) -> dict[str, Any]:
    if algorithm not in key.algorithms:
        raise InvalidToken("header")
    if not key.verifies(token.signed, token.signature, algorithm):
        raise InvalidToken("signature")
    try:
        return token.payload()
    except NotCompact as error:
        raise InvalidToken(error.where) from None
