"""
Asynchronous ticket: the department takes the question now and has the answer later.

A ticket is asked again after as many milliseconds as the department says, within reason and the
longer the longer it takes, until it is ready or the caller's deadline ends the waiting.
"""

from collections.abc import Mapping
from typing import Annotated, Final, Literal

import anyio
import msgspec

from connectors.calls import ask, refusal
from connectors.errors import DepartmentContractBroken, DepartmentRefused
from connectors.forms import Instant, utc
from connectors.http import DepartmentClient
from connectors.json_shape import decoded

_OK: Final = 200
_NOT_FOUND: Final = 404
_SHORTEST_PAUSE: Final = 0.001
_LONGEST_PAUSE: Final = 2.0
_OF_THE_WAITING: Final = 0.1  # as much as that is paused at least, whatever the department says
_Pause = Annotated[int, msgspec.Meta(ge=0, le=2**31 - 1)]


class Ticket(msgspec.Struct, rename="camel", frozen=True):
    """What the department gave for a question; *ready_at* is when it expects to have the answer."""

    ticket: Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9_-]{1,128}\Z")]
    poll_after_ms: _Pause = 0
    ready_at: Instant | None = None


class Ready(msgspec.Struct, rename="camel", frozen=True):
    """What a ticket turned into: a question's result, an order's receipt, what holds are worth."""

    state: Literal["WORKING", "READY", "FAILED"]
    poll_after_ms: _Pause = 0
    as_of: Instant | None = None
    result: msgspec.Raw = msgspec.Raw(b"null")
    receipt: msgspec.Raw = msgspec.Raw(b"null")
    standing: msgspec.Raw = msgspec.Raw(b"null")
    standings: msgspec.Raw = msgspec.Raw(b"null")


_TICKET: Final = msgspec.json.Decoder(Ticket)
_READY: Final = msgspec.json.Decoder(Ready)


def ticket_of(department: str, body: bytes) -> Ticket:
    """Return the ticket in *body*; DepartmentContractBroken if it is none, or for no day there is."""
    ticket = decoded(department, _TICKET, body)
    try:
        return msgspec.structs.replace(
            ticket, ready_at=None if ticket.ready_at is None else utc(ticket.ready_at)
        )
    except ValueError:
        raise DepartmentContractBroken(department, "a ticket for no day that there is") from None


async def wait_for(
    client: DepartmentClient, department: str, ticket: Ticket, *, headers: Mapping[str, str]
) -> Ready:
    """Return what *ticket* turned into; waits until it is cancelled.

    Raises:
        DepartmentRefused: the department failed the ticket.
        DepartmentContractBroken: the department does not know its own ticket.
        DepartmentError: it could not be asked.
    """
    pause, began = ticket.poll_after_ms / 1000, anyio.current_time()
    while True:
        # Waited for is also for minutes: a department that names no pause is not asked without one.
        least = max(_SHORTEST_PAUSE, _OF_THE_WAITING * (anyio.current_time() - began))
        await anyio.sleep(min(max(pause, least), _LONGEST_PAUSE))
        path = f"/v2/tickets/{ticket.ticket}"
        reply = await ask(client, department, "GET", path, headers=headers)
        if reply.status == _NOT_FOUND:
            raise DepartmentContractBroken(department, "it lost its own ticket")
        if reply.status != _OK:
            raise refusal(department, reply)
        ready = decoded(department, _READY, reply.body)
        if ready.state == "READY":
            return ready
        if ready.state == "FAILED":
            raise DepartmentRefused(department, "the ticket failed")
        pause = ready.poll_after_ms / 1000
