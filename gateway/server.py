"""How the application is put on the network: one set of limits, however it was started."""

from typing import Final

import uvicorn
from starlette.types import ASGIApp

MOST_MESSAGE_BYTES: Final = 64 * 1024  # as of a request body


def server_config(app: ASGIApp, *, host: str = "127.0.0.1", port: int = 0) -> uvicorn.Config:
    """Return the server's configuration; WebSocket messages are bounded before anyone reads them."""
    return uvicorn.Config(
        app,
        host=host,
        port=port,
        log_config=None,
        access_log=False,
        loop="uvloop",
        lifespan="on",
        ws_max_size=MOST_MESSAGE_BYTES,
        ws_per_message_deflate=False,  # a small frame must not become a large one
        timeout_graceful_shutdown=5,
    )
