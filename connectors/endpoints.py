"""Endpoints of units that want to be called: how a webhook leaves the house."""

from types import TracebackType
from typing import Final, Self

import httpx

from connectors.http import Trust, client_settings

_LONGEST: Final = 10.0  # seconds, as Standard Webhooks recommends at most 15 to 30
_TAKEN: Final = range(200, 300)


class EndpointCalls:
    """Posts to endpoints; follows no redirect and reads next to nothing of the answer."""

    def __init__(self, trust: Trust | None = None) -> None:
        self._client = httpx.AsyncClient(**client_settings("", timeout=_LONGEST, trust=trust))

    async def __call__(self, url: str, body: bytes, headers: dict[str, str]) -> bool:
        """Return whether the endpoint took the message: any 2xx.

        Raises:
            httpx.HTTPError: it could not be reached, or took too long.
        """
        response = await self._client.post(url, content=body, headers=headers)
        return response.status_code in _TAKEN

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        await self._client.aclose()
