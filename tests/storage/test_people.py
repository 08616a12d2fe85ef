"""Grants, sessions, second factors and openings on SQLite and on PostgreSQL."""

import asyncio
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest

from domain.grant import Grant
from domain.purpose import Purpose
from storage.break_glass import (
    OpeningRecord,
    add_opening,
    last_opening,
    openings,
    openings_after,
    openings_since,
    review_opening,
    standing_openings,
)
from storage.database import Database
from storage.grants import HolderKind, end_grant, give_grant, grant_in_force, grants_in_force
from storage.migration import migrate
from storage.second_factors import (
    activation_stands,
    confirm_second_factor,
    end_activation,
    find_second_factor,
    keep_activation,
    propose_password,
    propose_second_factor,
    take_recovery_code,
    use_step,
)
from storage.sessions import (
    SessionRecord,
    begin_session,
    end_session,
    end_sessions_of,
    find_session,
    prove_session,
    see_session,
    sessions_of,
)

pytestmark = pytest.mark.anyio
NOW = datetime(2026, 11, 30, 1, tzinfo=UTC)
GRANT = Grant(
    role="dept:traffic-police",
    organisation="traffic-police",
    owner="owner-1",
    scopes=frozenset({"vehicles:read"}),
    purposes=frozenset({Purpose.CONTROL}),
    agreement="AGR-1",
    assessment="PIA-1",
    granted_at=NOW,
    expires_at=NOW + timedelta(days=365),
)
CLIENT = HolderKind.CLIENT


async def test_what_was_in_force_on_a_day_is_what_the_rows_say(database: Database) -> None:
    await migrate(database)
    give = partial(give_grant, kind=CLIENT, holder="police-1", grant=GRANT, by="admin-1")
    given = await database.write(give)
    later = NOW + timedelta(days=10)
    end = partial(end_grant, kind=CLIENT, holder="police-1", at=later, by="admin-1", why="over")

    ended = [await database.write(end), await database.write(end)]

    async def at(moment: datetime) -> bool:
        found = await database.read(
            partial(grant_in_force, kind=CLIENT, holder="police-1", at=moment)
        )
        return found is not None

    assert given.grant == GRANT
    assert ended == [True, False]
    assert [
        await at(NOW - timedelta(seconds=1)),
        await at(NOW),
        await at(later - timedelta(seconds=1)),
        await at(later),
    ] == [False, True, True, False]
    assert [one.grant for one in await database.read(partial(grants_in_force, at=NOW))] == [GRANT]


async def test_of_many_who_use_one_step_or_code_one_does(database: Database) -> None:
    await migrate(database)
    await database.write(partial(propose_second_factor, user_id="a", sealed=b"s"))
    await database.write(partial(confirm_second_factor, user_id="a", hashes=["h1", "h2"], at=NOW))

    steps = await asyncio.gather(
        *(database.write(partial(use_step, user_id="a", step=7)) for _ in range(8))
    )
    codes = await asyncio.gather(
        *(
            database.write(partial(take_recovery_code, user_id="a", code_hash="h1"))
            for _ in range(8)
        )
    )

    assert sorted(steps) == sorted(codes) == [False] * 7 + [True]
    assert not await database.write(partial(use_step, user_id="a", step=6))
    assert not await database.write(partial(take_recovery_code, user_id="b", code_hash="h2"))


async def test_an_activation_is_used_up_once_and_voids_what_was(database: Database) -> None:
    await migrate(database)
    await database.write(partial(propose_second_factor, user_id="a", sealed=b"old"))
    keep = partial(keep_activation, user_id="a", code_hash="h", expires_at=100)
    await database.write(keep)
    stands = partial(activation_stands, user_id="a", code_hash="h")
    await database.write(partial(propose_password, user_id="a", password_hash="p"))

    good, late = (
        await database.read(partial(stands, now=99)),
        await database.read(partial(stands, now=100)),
    )
    ended = await asyncio.gather(
        *(database.write(partial(end_activation, user_id="a")) for _ in range(4))
    )

    assert (good, late) == (True, False)
    assert sorted(ended, key=str) == [None, None, None, "p"]
    assert await database.read(partial(find_second_factor, user_id="a")) is None


async def test_a_session_goes_on_under_another_cookie_until_it_is_ended(
    database: Database,
) -> None:
    await migrate(database)
    session = SessionRecord(
        hash="h1", id="s1", user_id="a", acr="x", auth_time=0, began_at=0, seen_at=0, ends_at=100
    )
    find = partial(find_session, idle=50)
    await database.write(partial(begin_session, session=session, idle=50))
    await database.write(partial(see_session, session_hash="h1", now=40))

    proved = await database.write(partial(prove_session, old="h1", new="h2", acr="y", auth_time=45))
    old = await database.read(partial(find, session_hash="h1", now=46))
    new = await database.read(partial(find, session_hash="h2", now=46))
    idle = await database.read(partial(find, session_hash="h2", now=95))
    listed = await database.read(partial(sessions_of, user_id="a", now=46, idle=50))
    theirs = await database.write(partial(end_session, session_id="s1", user_id="b"))
    ended = await database.write(partial(end_sessions_of, user_id="a"))

    assert proved
    assert old is None
    assert new is not None
    assert (new.acr, new.auth_time, new.bearer) == ("y", 45, None)
    assert idle is None
    assert [one.id for one in listed] == ["s1"]
    assert (theirs, ended) == (False, 1)


async def test_openings_are_told_once_each_and_reviewed_once(database: Database) -> None:
    await migrate(database)
    first = await database.read(last_opening)
    for name in ("o1", "o2"):
        opening = OpeningRecord(
            id=name,
            case_number=f"case {name}",
            officer="a",
            credential="c",
            purpose="LOCATE",
            reason="r",
            opened_at=NOW,
            ends_at=NOW + timedelta(minutes=15),
            review_due=NOW + timedelta(hours=24),
        )
        await database.write(partial(add_opening, opening=opening))
    review = partial(
        review_opening, opening_id="o1", reviewer="b", verdict="JUSTIFIED", remark="m", at=NOW
    )

    told = await database.read(partial(openings_after, sequence=first))
    reviewed = [await database.write(review), await database.write(review)]
    left = await database.read(partial(openings, unreviewed=True, most=10))
    stands = await database.read(partial(standing_openings, officer="a", at=NOW))
    since = await database.read(
        partial(openings_since, officer="a", since=NOW - timedelta(seconds=1))
    )

    assert [one.id for one in told] == ["o1", "o2"]
    assert reviewed == [True, False]
    assert [one.id for one in left] == ["o2"]
    assert sorted(stands) == ["case o1", "case o2"]
    assert since == 2
