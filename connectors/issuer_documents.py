"""Fetching what another issuer publishes: its metadata and its keys."""

from typing import Final

from pyreqwest.exceptions import PyreqwestError

from connectors.http import AnswerUnreadable, Trust, open_client

LARGEST_DOCUMENT: Final = 256 * 1024
"""Bytes; a hundred keys with their certificates take a third of it."""

_LONGEST: Final = 5.0  # seconds for one document, to its last byte
_FOUND: Final = 200


class IssuerDocuments:
    """Asks one issuer. No redirects, no proxies, no content coding; bounded size and time."""

    def __init__(self, trust: Trust | None = None) -> None:
        self._client = open_client("", timeout=_LONGEST, trust=trust, largest=LARGEST_DOCUMENT)

    async def fetch(self, url: str) -> bytes | None:
        """Return the document at *url*; None if the answer is anything but a document.

        Raises:
            ConnectionError: no whole answer came.
        """
        try:
            answer = await self._client.request("GET", url, headers={"Accept": "application/json"})
        except (PyreqwestError, AnswerUnreadable) as error:
            raise ConnectionError(type(error).__name__) from error
        return answer.body if answer.status == _FOUND else None

    async def aclose(self) -> None:
        await self._client.aclose()
