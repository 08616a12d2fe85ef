"""What is kept for a ticket is found by its digest while it lasts, and read with the ticket alone."""

import asyncio
from functools import partial

import pytest

from auth.answer_tickets import digest_of, new_ticket, opened, sealed
from storage.database import Database
from storage.pending_answers import find_pending, keep_pending

pytestmark = pytest.mark.anyio

NOW = 1_790_000_000


async def test_what_is_kept_is_found_while_it_lasts_and_dropped_behind_it(
    database: Database,
) -> None:
    ticket, next_ticket = new_ticket(), new_ticket()
    content = sealed(ticket, b"whom it is about")
    keep = partial(keep_pending, digest=digest_of(ticket), sealed=content, until=NOW + 10, now=NOW)
    await database.write(keep)

    found = [
        await database.read(partial(find_pending, digest=digest_of(ticket), now=now))
        for now in (NOW, NOW + 9, NOW + 10)
    ]
    later = partial(
        keep_pending, digest=digest_of(next_ticket), sealed=b"", until=NOW + 99, now=NOW + 10
    )
    await database.write(later)
    dropped = await database.read(partial(find_pending, digest=digest_of(ticket), now=NOW))

    assert found == [content, content, None]
    assert dropped is None


async def test_tickets_are_kept_side_by_side(database: Database) -> None:
    tickets = [new_ticket() for _ in range(20)]

    await asyncio.gather(
        *(
            database.write(
                partial(keep_pending, digest=digest_of(one), sealed=b"x", until=NOW + 9, now=NOW)
            )
            for one in tickets
        )
    )

    for one in tickets:
        assert await database.read(partial(find_pending, digest=digest_of(one), now=NOW)) == b"x"


@pytest.mark.parametrize("damaged", [b"", b"short", b"\x00" * 60])
def test_what_was_not_sealed_for_a_ticket_does_not_open(damaged: bytes) -> None:
    ticket = new_ticket()
    content = sealed(ticket, b"whom it is about")

    assert opened(ticket, content) == b"whom it is about"
    assert b"whom" not in content
    for stranger, kept in ((new_ticket(), content), (ticket, damaged)):
        with pytest.raises(ValueError, match=r"."):
            opened(stranger, kept)
