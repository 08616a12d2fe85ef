"""
``/metrics`` on a port of its own: whoever can reach it may read it, and nobody else.

On the gateway's own port a proxy in front of it would show it to the city. So it is not there: it is
off unless `metrics_port` is set, and listens on loopback unless `metrics_host` says otherwise.
"""

import asyncio
import contextlib
import socket
from collections.abc import Callable, Iterator
from datetime import datetime

import structlog
import uvicorn
from prometheus_client import CollectorRegistry
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from gateway.metrics import DatabaseMetrics

_LOG = structlog.get_logger()


class _Quiet(uvicorn.Server):
    """A server beside the one that has the process's signals."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


class MetricsPort:
    """Listens from the moment it is made, and answers once it is started."""

    def __init__(
        self,
        host: str,
        port: int,
        registry: CollectorRegistry,
        stored: DatabaseMetrics,
        now: Callable[[], datetime],
    ) -> None:
        """Bind the port.

        Args:
            port: 0 takes a free one.

        Raises:
            OSError: the address cannot be had.
        """
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self._listener = socket.create_server((host, port), family=family)
        self._registry = registry
        self._stored = stored
        self._now = now
        app = Starlette(routes=[Route("/metrics", self._show)])
        config = uvicorn.Config(
            app, log_config=None, access_log=False, lifespan="off", timeout_graceful_shutdown=1
        )
        self._server = _Quiet(config)
        self._task: asyncio.Task[None] | None = None

    @property
    def port(self) -> int:
        return int(self._listener.getsockname()[1])

    def start(self) -> None:
        serving = self._server.serve(sockets=[self._listener])
        self._task = asyncio.get_running_loop().create_task(serving)
        _LOG.info("metrics.listening", port=self.port)

    async def stop(self) -> None:
        self._server.should_exit = True
        if self._task is not None:
            await asyncio.gather(self._task, return_exceptions=True)
        self._listener.close()

    async def _show(self, _: Request) -> Response:
        await self._stored.look(self._now())
        return Response(generate_latest(self._registry), media_type=CONTENT_TYPE_LATEST)
