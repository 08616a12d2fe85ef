"""How the application is put on the network: one set of limits, however it was started."""

import asyncio
import gc
from collections.abc import Callable, Coroutine
from typing import Any, Final, cast

import uvicorn
from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from auth.certificates import PEER

MOST_MESSAGE_BYTES: Final = 64 * 1024  # as of a request body
_COLLECT_AFTER: Final = 50_000  # objects that a cycle may run through


def server_config(app: ASGIApp, *, host: str = "127.0.0.1", port: int = 0) -> uvicorn.Config:
    """Return the server's configuration; WebSocket messages are bounded before anyone reads them."""
    config = uvicorn.Config(
        app,
        host=host,
        port=port,
        log_config=None,
        access_log=False,
        loop="auto",
        lifespan="on",
        ws_max_size=MOST_MESSAGE_BYTES,
        ws_per_message_deflate=False,  # a small frame must not become a large one
        timeout_graceful_shutdown=5,
        proxy_headers=False,  # ours, below
    )
    config.app = _KnowsItsPeer(ProxyHeadersMiddleware(cast("Any", app), config.forwarded_allow_ips))
    return config


class _KnowsItsPeer:
    """Keeps who holds the connection, before ``X-Forwarded-For`` says who is behind it.

    A proxy's word about certificates counts because of the address it connects from; that address
    must not be one that somebody wrote into a header.
    """

    def __init__(self, app: Any) -> None:  # uvicorn types ASGI in its own way
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        scope[PEER] = scope.get("client")
        await self._app(scope, receive, send)


def run(work: Coroutine[Any, Any, None]) -> None:
    """Run *work* on the loop that the server would choose itself: uvloop, where there is one.

    Answers are large trees without cycles: reference counts free them, and a collector that walks
    them every 700 objects takes a tenth of the time for nothing.
    """
    gc.collect()
    gc.freeze()  # what was imported stays
    gc.set_threshold(_COLLECT_AFTER, 20, 50)
    # Without `log_config` uvicorn would print tracebacks, past our own rule for libraries.
    config = uvicorn.Config("", loop="auto", log_config=None)
    factory: Callable[[], asyncio.AbstractEventLoop] | None = config.get_loop_factory()
    with asyncio.Runner(loop_factory=factory) as runner:
        runner.run(work)
