"""Small departments on real sockets: they answer as told, and misbehave as told."""

import asyncio
import contextlib
import inspect
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, Self

import msgspec


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    method: str
    path: str
    headers: dict[str, str]
    body: bytes

    def json(self) -> dict[str, object]:
        found: dict[str, object] = msgspec.json.decode(self.body)
        return found


class Hang:
    """Never answer."""


class Drop:
    """Read the request, then close the connection."""


@dataclass(frozen=True, slots=True)
class Raw:
    """These bytes, then close the connection, unless told to *stay*."""

    content: bytes
    stay: bool = False


@dataclass(frozen=True, slots=True)
class Reply:
    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)


def json_reply(value: object, status: int = 200) -> Reply:
    return Reply(status, msgspec.json.encode(value), {"content-type": "application/json"})


Behaviour = Reply | Hang | Drop | Raw
Handler = Callable[[Request], Behaviour | Awaitable[Behaviour]]


class Department:
    """What a department heard, and how it answers."""

    def __init__(self, answer: Handler) -> None:
        self.answer = answer
        self.heard: list[Request] = []
        self.url = ""
        self._closing = asyncio.Event()
        self._serving: set[asyncio.Task[Any]] = set()
        self._transports: list[asyncio.Transport] = []

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._serving.add(task)
        with contextlib.suppress(asyncio.CancelledError):
            await self._converse(reader, writer)
        with contextlib.suppress(ConnectionError):
            await writer.wait_closed()

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while not self._closing.is_set():
                request = await _read(reader)
                self.heard.append(request)
                found = self.answer(request)
                behaviour = await found if inspect.isawaitable(found) else found
                if not await self._behave(behaviour, writer):
                    break
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    async def _behave(self, behaviour: Behaviour, writer: asyncio.StreamWriter) -> bool:
        match behaviour:
            case Reply(status=status, body=body, headers=headers):
                lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
                head = f"HTTP/1.1 {status} X\r\n{lines}content-length: {len(body)}\r\n\r\n"
                writer.write(head.encode() + body)
            case Raw(content=content, stay=stay):
                writer.write(content)
                if stay:
                    await self._closing.wait()
            case Hang():
                await self._closing.wait()
        await writer.drain()
        return isinstance(behaviour, Reply)

    @contextlib.asynccontextmanager
    async def listening(self, tls: ssl.SSLContext | None = None) -> AsyncIterator[Self]:
        """Serve until left; then hang up on everybody, and wait until that is done."""
        server = await asyncio.get_running_loop().create_server(
            lambda: _Noted(self.serve, self._transports), "127.0.0.1", 0, ssl=tls
        )
        host, port = server.sockets[0].getsockname()[:2]
        self.url = f"http{'' if tls is None else 's'}://{host}:{port}"
        try:
            yield self
        finally:
            self._closing.set()
            server.close()
            await self._hang_up()

    async def _hang_up(self) -> None:
        for _ in range(10):  # whoever was just let in is still on the way to `serve`
            await asyncio.sleep(0)
        for task in self._serving:
            task.cancel()
        await asyncio.gather(*self._serving, return_exceptions=True)
        for transport in self._transports:  # who was cancelled before he served closes nothing
            transport.abort()
        for _ in range(5):
            await asyncio.sleep(0)


class _Noted(asyncio.StreamReaderProtocol):
    """A connection whose transport is noted before anybody serves it."""

    def __init__(self, serve: Any, noted: list[asyncio.Transport]) -> None:
        super().__init__(asyncio.StreamReader(), serve)
        self._noted = noted

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._noted.append(transport)
        super().connection_made(transport)


async def _read(reader: asyncio.StreamReader) -> Request:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    method, path, _ = head[0].split(" ")
    headers = {
        name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:])
    }
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    return Request(method=method, path=path, headers=headers, body=body)
