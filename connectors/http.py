"""
The one way HTTP leaves the house: reqwest's connection pool (pyreqwest), with two faces.

`DepartmentClient` puts questions and orders straight on the pool. Where a library wants httpx (Authlib,
for tokens), `client_settings` gives it an httpx client over the same kind of pool: httpx's own rescans
every connection for every queued request and collapses under load. No redirects, no proxies from the
environment, no content coding, HTTP/1.1 kept alive, and no answer larger than `LARGEST_ANSWER`.
"""

from asyncio import CancelledError
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import httpx
from anyio.lowlevel import checkpoint_if_cancelled
from pyreqwest.client import ClientBuilder
from pyreqwest.compatibility.httpx import HttpxTransport
from pyreqwest.response import ResponseBodyReader

from connectors.tracing import outward_headers

LARGEST_ANSWER: Final = 8 * 1024 * 1024
"""Bytes."""


_KEPT_CONNECTIONS: Final = 32  # idle, to one department


class AnswerUnreadable(httpx.RequestError):
    """The body grew past the limit or has a content coding; it was not read to its end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trust:
    """Whom a client believes, and as whom it comes.

    Attributes:
        ca: PEM file of a private authority, trusted besides the public ones.
        identity: PEM file with our client certificate and its key.
    """

    ca: Path | None = None
    identity: Path | None = None


@dataclass(frozen=True, slots=True)
class Answered:
    """A whole HTTP answer; header names in lower case."""

    status: int
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)


class DepartmentClient:
    """Calls one department."""

    def __init__(
        self,
        base_url: str,
        *,
        timeout: float,
        headers: Mapping[str, str],
        trust: Trust,
        largest: int = LARGEST_ANSWER,
    ) -> None:
        self._base = base_url.rstrip("/")
        self._largest = largest
        self._headers = {"Accept-Encoding": "identity", "User-Agent": "chakong", **headers}
        self._pool = _builder(timeout, trust).timeout(timedelta(seconds=timeout)).build()

    async def request(
        self,
        method: str,
        path: str,
        *,
        content: bytes | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answered:
        """Return the whole answer, whatever its status.

        Raises:
            PyreqwestError: no whole answer; see `connectors.calls.failure`.
            AnswerUnreadable: too large, or encoded.
        """
        request = self._pool.request(method, self._base + path).headers(
            {**self._headers, **outward_headers(), **(headers or {})}
        )
        if content is not None:
            request = request.body_bytes(content)
        try:
            async with request.build_streamed() as response:
                if response.get_header("content-encoding") not in (None, "identity"):
                    raise AnswerUnreadable("content coding was not accepted")
                body = await _whole(response.body_reader, self._largest)
                retry_after = response.get_header("retry-after")
        except CancelledError:
            await checkpoint_if_cancelled()
            raise
        shown = {} if retry_after is None else {"retry-after": retry_after}
        return Answered(response.status, body, shown)

    async def aclose(self) -> None:
        await self._pool.close()


async def _whole(reader: ResponseBodyReader, largest: int) -> bytes:
    first = await reader.read_chunk()
    if first is None:
        return b""
    chunks, size = [bytes(first)], len(first)
    while (chunk := await reader.read_chunk()) is not None:
        size += len(chunk)
        if size > largest:
            break
        chunks.append(bytes(chunk))
    if size > largest:
        raise AnswerUnreadable("too large")
    return chunks[0] if len(chunks) == 1 else b"".join(chunks)


def open_client(
    base_url: str,
    *,
    timeout: float,
    headers: Mapping[str, str] | None = None,
    trust: Trust | None = None,
    largest: int = LARGEST_ANSWER,
) -> DepartmentClient:
    """Return a client for one department; *timeout* in seconds bounds a call from end to end.

    Args:
        largest: how many bytes an answer may have.
    """
    return DepartmentClient(
        base_url,
        timeout=timeout,
        headers=headers or {},
        trust=trust or Trust(),
        largest=largest,
    )


def client_settings(
    base_url: str,
    *,
    timeout: float,
    headers: Mapping[str, str] | None = None,
    trust: Trust | None = None,
    pinned: tuple[str, str] | None = None,
) -> dict[str, Any]:
    """Return what `httpx.AsyncClient` and its subclasses need to be built on such a pool.

    Args:
        pinned: a host and the address it has, whatever a resolver says.
    """
    builder = _builder(timeout, trust or Trust())
    if pinned is not None:
        builder = builder.resolve(*pinned, 0)  # 0: the port of the URL
    pool = HttpxTransport(builder.build())
    return {
        "base_url": base_url,
        "headers": {"Accept-Encoding": "identity", "User-Agent": "chakong", **(headers or {})},
        # pyreqwest takes the sum of httpx's four timeouts as the deadline of the whole call.
        "timeout": httpx.Timeout(None, read=timeout),
        "transport": BoundedTransport(pool, LARGEST_ANSWER),
        "follow_redirects": False,
        "trust_env": False,
    }


def _builder(timeout: float, trust: Trust) -> ClientBuilder:
    """Return a pool's settings; connecting ends well before *timeout*: to tell these two apart."""
    builder = (
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
        .pool_max_idle_per_host(_KEPT_CONNECTIONS)
        .tcp_nodelay(enabled=True)
    )
    if trust.ca is not None:
        builder = builder.add_root_certificate_pem(trust.ca.read_bytes())
    if trust.identity is not None:
        builder = builder.identity_pem(trust.identity.read_bytes())
    return builder


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
