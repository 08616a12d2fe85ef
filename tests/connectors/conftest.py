"""What connector tests share: subjects that do not exist, an authority, departments on sockets."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack

import pytest

from connectors.question import Authority
from tests.connectors.servers import Department, Handler


@pytest.fixture
def authority() -> Authority:
    return Authority(
        case_number="（2026）示9903执1号",
        officer="示9903001",
        organisation="示9903",
        purpose="PROPERTY_INQUIRY",
        request_id="request-1",
    )


Listen = Callable[[Handler], Awaitable[Department]]


@pytest.fixture
async def listen(anyio_backend: str) -> AsyncIterator[Listen]:
    assert anyio_backend == "asyncio"
    async with AsyncExitStack() as stack:

        async def start(answer: Handler) -> Department:
            return await stack.enter_async_context(Department(answer).listening())

        yield start
