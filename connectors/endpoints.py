"""Endpoints of units that want to be called: how a webhook leaves the house."""

import asyncio
from typing import Final

import httpx

from connectors.endpoint_addresses import EndpointAddresses
from connectors.http import Trust, client_settings

_LONGEST: Final = 10.0  # seconds, as Standard Webhooks recommends at most 15 to 30
_TAKEN: Final = range(200, 300)


class EndpointCalls:
    """Posts to endpoints; follows no redirect and reads next to nothing of the answer.

    A name is looked up for each call, and the connection goes to the very address that was checked: a
    name that leads elsewhere a moment later (DNS rebinding) gains nothing. Hence a client for each call,
    seven milliseconds of it; the lists of a court change some hundred times a day.
    """

    def __init__(self, addresses: EndpointAddresses, trust: Trust | None = None) -> None:
        self._addresses = addresses
        self._trust = trust

    async def __call__(self, url: str, body: bytes, headers: dict[str, str]) -> bool:
        """Return whether the endpoint took the message: any 2xx.

        Raises:
            AddressRefused: it is not, or no longer, where this gateway calls anybody.
            httpx.HTTPError: it could not be reached, or took too long.
        """
        place = await self._addresses.of(url)
        pinned = None if place is None else (place.host, str(place.address))
        made = await asyncio.to_thread(
            client_settings, "", timeout=_LONGEST, trust=self._trust, pinned=pinned
        )
        async with httpx.AsyncClient(**made) as client:
            response = await client.post(url, content=body, headers=headers)
        return response.status_code in _TAKEN
