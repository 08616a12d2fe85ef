"""
The bell between gateways on one PostgreSQL: "something was committed", and nothing else.

A bell that is not heard costs a second, not an order: whoever waits for it also looks by himself.
It rings on a connection of its own and after the commit, gathered: a NOTIFY inside a transaction
would make all commits of the database wait for each other.
"""

import asyncio
import contextlib
import secrets
from collections.abc import Callable
from typing import Final

import asyncpg
import structlog
from sqlalchemy.engine import make_url

_LOG = structlog.get_logger()
_CHANNEL: Final = "chakong"
_GATHERING: Final = 0.01  # seconds: what happens within them is one ring
_STILL_THERE: Final = 15.0  # seconds of silence, then we ask whether the server still hears us
_LONGEST_ANSWER: Final = 5.0
_BEFORE_COMING_BACK: Final = 1.0


def open_bell(url: str) -> "Bell | None":
    """Return the bell of the database at *url*; None where no other machine can be (SQLite)."""
    return Bell(url) if make_url(url).get_backend_name() == "postgresql" else None


class Bell:
    """LISTEN and NOTIFY of one gateway; `start` it, and `stop` it."""

    def __init__(self, url: str) -> None:
        address = make_url(url).set(drivername="postgresql")
        self._address = address.render_as_string(hide_password=False)
        self._name = secrets.token_hex(8)
        self._pulled = asyncio.Event()
        self._hearers: list[Callable[[], None]] = []
        self._task: asyncio.Task[None] | None = None

    def wakes(self, hearer: Callable[[], None]) -> None:
        """Call *hearer* whenever another gateway rings, and after every time we could not hear."""
        self._hearers.append(hearer)

    def ring(self) -> None:
        """Tell the others that something was committed."""
        self._pulled.set()

    def start(self) -> None:
        self._task = asyncio.get_running_loop().create_task(self._run())

    async def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _run(self) -> None:
        while True:
            try:
                await self._listen()
            except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
                _LOG.warning("bell.not_heard", error=type(error).__name__)
            await asyncio.sleep(_BEFORE_COMING_BACK)

    async def _listen(self) -> None:
        connection = await asyncpg.connect(
            self._address, timeout=_LONGEST_ANSWER, command_timeout=_LONGEST_ANSWER
        )
        try:
            connection.add_termination_listener(lambda _: self._pulled.set())
            await connection.add_listener(_CHANNEL, self._heard)
            self._wake()  # whatever happened before we listened
            while not connection.is_closed():
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(_STILL_THERE):
                        await self._pulled.wait()
                self._pulled.clear()
                await connection.execute("SELECT pg_notify($1, $2)", _CHANNEL, self._name)
                await asyncio.sleep(_GATHERING)
        finally:
            connection.terminate()

    def _heard(self, _: object, __: int, ___: str, name: object) -> None:
        if name != self._name:
            self._wake()

    def _wake(self) -> None:
        for hearer in self._hearers:
            hearer()
