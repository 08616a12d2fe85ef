"""
The one way HTTP leaves the house: httpx in front, reqwest's connection pool (pyreqwest) behind.

httpx's own pool rescans every connection for every queued request and collapses under load. No
redirects, no proxies from the environment, no content coding, HTTP/1.1 kept alive, and no answer
larger than `LARGEST_ANSWER`.
"""

from asyncio import CancelledError
from collections.abc import AsyncIterator, Mapping
from datetime import timedelta
from typing import Any, Final

import httpx
from anyio.lowlevel import checkpoint_if_cancelled
from pyreqwest.client import ClientBuilder
from pyreqwest.compatibility.httpx import HttpxTransport

LARGEST_ANSWER: Final = 8 * 1024 * 1024
"""Bytes."""


class AnswerUnreadable(httpx.RequestError):
    """The body grew past the limit or has a content coding; it was not read to its end."""


def open_client(
    base_url: str, *, timeout: float, headers: Mapping[str, str] | None = None
) -> httpx.AsyncClient:
    """Return a client for one department; *timeout* in seconds bounds a call from end to end."""
    return httpx.AsyncClient(**client_settings(base_url, timeout=timeout, headers=headers))


def client_settings(
    base_url: str, *, timeout: float, headers: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """Return what `httpx.AsyncClient` and its subclasses need to be built as `open_client` does."""
    return {
        "base_url": base_url,
        "headers": {"Accept-Encoding": "identity", "User-Agent": "chakong", **(headers or {})},
        # pyreqwest takes the sum of httpx's four timeouts as the deadline of the whole call.
        "timeout": httpx.Timeout(None, read=timeout),
        "transport": BoundedTransport(_pool(timeout), LARGEST_ANSWER),
        "follow_redirects": False,
        "trust_env": False,
    }


def _pool(timeout: float) -> HttpxTransport:
    """Return a pool; connecting ends well before *timeout*: to tell these two apart."""
    return HttpxTransport(
        ClientBuilder()
        .http1_only()
        .no_proxy()
        .follow_redirects(enable=False)
        .referer(enable=False)
        .gzip(enable=False)
        .brotli(enable=False)
        .zstd(enable=False)
        .deflate(enable=False)
        .connect_timeout(timedelta(seconds=timeout / 2))
        .build()
    )


class BoundedTransport(httpx.AsyncBaseTransport):
    """Reads at most *limit* bytes of any answer through *inner*.

    pyreqwest answers a cancellation with a ``CancelledError`` of its own, by which an anyio scope
    does not know its own deadline: the task would die instead of timing out. A checkpoint lets
    the scope cancel again, in its own words.
    """

    def __init__(self, inner: httpx.AsyncBaseTransport, limit: int) -> None:
        self._inner = inner
        self._limit = limit

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        try:
            response = await self._inner.handle_async_request(request)
        except CancelledError:
            await checkpoint_if_cancelled()
            raise
        if response.headers.get("Content-Encoding", "identity") != "identity":
            await response.aclose()
            raise AnswerUnreadable("content coding was not accepted", request=request)
        if isinstance(response.stream, httpx.AsyncByteStream):
            response.stream = _Bounded(response.stream, self._limit, request)
        return response

    async def aclose(self) -> None:
        await self._inner.aclose()


class _Bounded(httpx.AsyncByteStream):
    def __init__(self, inner: httpx.AsyncByteStream, limit: int, request: httpx.Request) -> None:
        self._inner = inner
        self._left = limit
        self._request = request

    async def __aiter__(self) -> AsyncIterator[bytes]:
        try:
            async for chunk in self._inner:
                self._left -= len(chunk)
                if self._left < 0:
                    raise AnswerUnreadable("too large", request=self._request)
                yield chunk
        except CancelledError:
            await checkpoint_if_cancelled()
            raise

    async def aclose(self) -> None:
        await self._inner.aclose()
