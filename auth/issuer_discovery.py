"""Finding an issuer and fetching its key set, one attempt at a time."""

from collections.abc import Awaitable, Callable
from enum import Enum

from auth.issuer_key_set import KeySetUnusable, VerifyingKey, read_key_set
from auth.issuer_metadata import MetadataUnusable, key_set_address, metadata_addresses

Fetch = Callable[[str], Awaitable[bytes | None]]
"""``fetch(url)``: the document; None if there is none; OSError if nobody answers as HTTP asks."""


class TroubleReason(Enum):
    """Why the keys of an issuer could not be fetched."""

    UNREACHABLE = "UNREACHABLE"
    NO_METADATA = "NO_METADATA"
    METADATA_UNUSABLE = "METADATA_UNUSABLE"
    KEY_SET_UNUSABLE = "KEY_SET_UNUSABLE"
    NO_USABLE_KEY = "NO_USABLE_KEY"


class AttemptFailed(Exception):
    """There was an answer, and it gives no keys."""

    def __init__(self, reason: TroubleReason, said: str) -> None:
        super().__init__(said)
        self.reason = reason


class Discovery:
    """Looks for one issuer, first where it was found the last time."""

    def __init__(
        self, issuer: str, fetch: Fetch, algorithms: frozenset[str], *, plain_http: bool
    ) -> None:
        self._issuer = issuer
        self._fetch = fetch
        self._algorithms = algorithms
        self._plain_http = plain_http
        self._places = metadata_addresses(issuer)
        self._address: str | None = None

    async def keys(self, *, known: bool) -> tuple[bytes, dict[str, VerifyingKey]]:
        """Return the issuer's key set as it came, and the keys in it that may verify tokens.

        Args:
            known: take the address that was found before, if there is one.

        Raises:
            AttemptFailed: see there.
            OSError: nobody answered.
        """
        if self._address is None or not known:
            self._address = await self._found()
        document = await self._fetch(self._address)
        if document is None:
            raise AttemptFailed(TroubleReason.UNREACHABLE, "There is no key set at its address.")
        try:
            return document, read_key_set(document, self._algorithms)
        except KeySetUnusable as unusable:
            raise AttemptFailed(TroubleReason.KEY_SET_UNUSABLE, str(unusable)) from None

    async def _found(self) -> str:
        """Return the address of the keys from the first place that has this issuer's metadata."""
        failed = AttemptFailed(TroubleReason.NO_METADATA, "There are no metadata at its address.")
        for place in self._places:
            document = await self._fetch(place)
            if document is None:
                continue
            try:
                address = key_set_address(document, self._issuer, plain_http=self._plain_http)
            except MetadataUnusable as unusable:
                failed = AttemptFailed(TroubleReason.METADATA_UNUSABLE, str(unusable))
                continue
            self._places = (place, *(other for other in self._places if other != place))
            return address
        raise failed
