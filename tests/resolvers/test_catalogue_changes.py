"""The catalogue changed by two people, followed by every gateway; old decisions stay explained (CAP-016)."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette

from gateway.public.routes import public_routes
from resolvers import catalogue_versions
from resolvers.catalogue_versions import CatalogueVersions
from storage.catalogue_changes import approved_changes
from tests.resolvers.list_world import PEOPLE, ListWorld
from tests.resolvers.order_world import open_world

pytestmark = pytest.mark.anyio
SHAPE = (
    "__typename ... on CatalogueChangeItem { id state version } ... on ListRefused { code guard }"
)
REPEAL = {
    "kind": "LEGAL_STATUS",
    "measureId": "M-6-1a",
    "legalStatus": "REPEALED",
    "basis": "国办发〔2020〕49号",
    "reason": "不在清单内",
}
TWO = {
    "kind": "SECOND_PERSON",
    "measureId": "M-6-1a",
    "twoPeople": True,
    "basis": "本院规定",
    "reason": "重要事项",
}


@pytest.fixture
async def court(tmp_path: Path) -> AsyncIterator[ListWorld]:
    world = await open_world(tmp_path)
    made = ListWorld(world)
    await made.watched.open()
    yield made
    await world.database.close()


async def proposed(court: ListWorld, change: dict[str, Any], who: str = "keeper") -> Any:
    court.keys += 1
    return await court.ask(
        who,
        "mutation ($i: CatalogueChangeInput!, $k: String!) "
        f"{{ done: proposeCatalogueChange(input: $i, idempotencyKey: $k) {{ {SHAPE} }} }}",
        i=change,
        k=f"key-{court.keys}",
    )


async def decided(court: ListWorld, who: str, name: str, id_: str, **more: str) -> Any:
    court.keys += 1
    declared = "".join(f", ${one}: String!" for one in more)
    given = "".join(f", {one}: ${one}" for one in more)
    return await court.ask(
        who,
        f"mutation ($id: ID!, $k: String!{declared}) "
        f"{{ done: {name}(id: $id, idempotencyKey: $k{given}) {{ {SHAPE} }} }}",
        id=id_,
        k=f"key-{court.keys}",
        **more,
    )


async def changed(court: ListWorld, change: dict[str, Any]) -> Any:
    made = await proposed(court, change)
    done = await decided(court, "second keeper", "approveCatalogueChange", made["id"])
    assert done["state"] == "APPROVED", done
    await court.watched.follow()
    return done


async def verdict(court: ListWorld) -> Any:
    answer = await court.screen("tourism", "consumption.lodging", court.debtor)
    return answer["results"][0] if "results" in answer else answer


async def test_a_change_counts_once_another_person_approved_it(court: ListWorld) -> None:
    await court.listed()
    before = await verdict(court)
    made = await proposed(court, REPEAL)
    waiting = await verdict(court)
    own = await decided(court, "keeper", "approveCatalogueChange", made["id"])

    done = await decided(court, "second keeper", "approveCatalogueChange", made["id"])
    await court.watched.follow()
    after = await verdict(court)

    assert before["verdict"] == waiting["verdict"] == "HIT"
    assert (own["code"], own["guard"]) == ("GUARD_REFUSED", "K4")
    assert (done["state"], done["version"]) == ("APPROVED", "2017-1.1")
    told = {one["id"] for one in after.get("measures", [])}
    assert "M-6-1a" not in told


async def test_a_decision_stays_explained_by_the_version_it_used(court: ListWorld) -> None:
    await court.listed()
    hit = (await verdict(court))["hitId"]
    await changed(court, REPEAL)

    shown = await court.ask(
        "tourism",
        "query { done: hits(first: 5) { nodes { id catalogueVersion "
        "measures { id legalStatus } } } }",
    )
    old = await court.ask(
        "tourism", 'query { done: measures(version: "2017-1") { id legalStatus } }'
    )
    new = await court.ask("tourism", "query { done: measures { id legalStatus } }")
    none = await court.ask("tourism", 'query { done: measures(version: "1999") { id } }')

    [one] = [node for node in shown["nodes"] if node["id"] == hit]
    assert one["catalogueVersion"] == "2017-1"
    status = {measure["id"]: measure["legalStatus"] for measure in one["measures"]}
    assert status["M-6-1a"] == "inForce"
    assert {one["id"]: one["legalStatus"] for one in old}["M-6-1a"] == "inForce"
    assert {one["id"]: one["legalStatus"] for one in new}["M-6-1a"] == "repealed"
    assert none["code"] == "BAD_USER_INPUT"


async def test_another_gateway_follows(court: ListWorld) -> None:
    other = ListWorld(court.world)
    await other.watched.open()

    await changed(court, REPEAL)
    await other.watched.follow()

    assert other.watched.versions.newest.version == court.watched.versions.newest.version
    assert other.watched.versions.newest.measures == court.watched.versions.newest.measures


async def test_running_gateways_agree_within_a_second(court: ListWorld) -> None:
    others = [ListWorld(court.world) for _ in range(2)]
    for one in others:
        await one.watched.open()
        one.watched.start()
    made = await proposed(court, REPEAL)
    await decided(court, "second keeper", "approveCatalogueChange", made["id"])

    await asyncio.sleep(0.9)
    seen = {one.watched.catalogue().version for one in others}
    for one in others:
        await one.watched.stop()

    assert seen == {"2017-1.1"}


async def test_who_follows_while_another_does_takes_nothing_over_twice(
    court: ListWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On PostgreSQL a read is a place where others run: suspended and put in force again, twice, would be
    two versions that never were."""
    for status in ("SUSPENDED", "IN_FORCE"):
        await changed(court, {**REPEAL, "legalStatus": status})
    versions = CatalogueVersions()
    read = approved_changes

    def read_with_another_inside(connection: Any, *, behind: int) -> Any:
        found = read(connection, behind=behind)
        monkeypatch.setattr(catalogue_versions, "approved_changes", read)
        versions.follow(connection)
        return found

    monkeypatch.setattr(catalogue_versions, "approved_changes", read_with_another_inside)
    await court.world.database.read(versions.follow)

    assert versions.newest.version == "2017-1.2"


async def test_a_gateway_that_cannot_read_says_nothing_of_measures(
    court: ListWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not even that there is no such trigger: it may have come meanwhile."""
    monkeypatch.setattr(court.watched, "_looked_at", float("-inf"))

    answer = await court.screen("tourism", "no.such.trigger", court.debtor)

    assert answer["code"] == "LIST_NOT_CURRENT"


async def test_a_gateway_that_is_behind_lets_no_person_decide_alone(court: ListWorld) -> None:
    await court.listed()
    hit = (await verdict(court))["hitId"]
    made = await proposed(court, TWO)
    await decided(court, "second keeper", "approveCatalogueChange", made["id"])

    done = await court.step("tourism", "confirmHit", hit, effect="不予办理", reason="身份一致")

    assert done["state"] == "INTERCEPTED"


async def test_who_keeps_the_catalogue_reads_it(court: ListWorld) -> None:
    shown = await court.ask("second keeper", "{ done: measures { id legalStatus } }")

    assert len(shown) == 63


async def test_a_figure_is_a_line_of_text(court: ListWorld) -> None:
    figure = {"kind": "FIGURE", "measureId": "M-6-2c", "basis": "某文件第1条", "reason": "设定"}

    for wrong in ("\0", "1" * 129, "一\n二"):
        refused = await proposed(court, {**figure, "figure": wrong})
        assert refused["code"] == "BAD_USER_INPUT"
    await changed(court, {**figure, "figure": "每日 2000 元"})


async def test_changes_build_on_each_other_and_what_is_decided_is_decided(court: ListWorld) -> None:
    await changed(court, REPEAL)
    again = await proposed(court, REPEAL)
    back = await changed(court, {**REPEAL, "legalStatus": "IN_FORCE"})
    late = await decided(court, "keeper", "rejectCatalogueChange", back["id"], reason="不同意")

    assert (again["code"], again["guard"]) == ("GUARD_REFUSED", "K2")
    assert back["version"] == "2017-1.2"
    assert late["code"] == "CATALOGUE_CHANGE_NOT_FOUND"


async def test_a_rejected_change_does_nothing(court: ListWorld) -> None:
    made = await proposed(court, REPEAL)

    done = await decided(
        court, "second keeper", "rejectCatalogueChange", made["id"], reason="有依据"
    )
    await court.watched.follow()

    assert (done["state"], done["version"]) == ("REJECTED", None)
    assert court.watched.versions.newest.version == "2017-1"
    listed = await court.ask(
        "keeper",
        "{ done: catalogueChanges(first: 5) { nodes { kind measureId becomes state proposedBy } } }",
    )
    assert listed["nodes"][0]["state"] == "REJECTED"


async def test_who_does_not_keep_the_catalogue_changes_nothing(court: ListWorld) -> None:
    for who in ("officer", "executor", "tourism"):
        done = await proposed(court, REPEAL, who)
        # A department does not even see that there is such a mutation.
        assert done["code"] in {"UNAUTHORIZED_FIELD_OR_TYPE", "GRAPHQL_VALIDATION_FAILED"}
    listed = await court.ask("keeper", "{ done: catalogueChanges(first: 5) { nodes { id } } }")
    assert listed["nodes"] == []


async def test_two_people_confirm_a_hit_where_the_catalogue_wants_it(
    court: ListWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    """H3."""
    await changed(court, TWO)
    await court.listed()
    hit = (await verdict(court))["hitId"]
    waits = "{ done: hits(first: 5) { nodes { state awaitsSecondPerson confirmedBy effect } } }"

    first = await court.step("tourism", "confirmHit", hit, effect="不予办理", reason="身份一致")
    waiting = (await court.ask("tourism", waits))["nodes"]
    same = await court.step("tourism", "confirmHit", hit, effect="不予办理", reason="再次确认")
    another_person(monkeypatch)
    second = await court.step("tourism", "confirmHit", hit, effect="不予办理", reason="复核一致")

    assert first["state"] == "INTERCEPTED"
    assert waiting == [
        {
            "state": "INTERCEPTED",
            "awaitsSecondPerson": True,
            "confirmedBy": "clerk-tourism",
            "effect": "不予办理",
        }
    ]
    assert (same["code"], same["guard"]) == ("GUARD_REFUSED", "H3")
    assert second["state"] == "APPLIED"


def another_person(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let somebody else sit at the department's desk from now on."""
    monkeypatch.setitem(PEOPLE, "tourism", ("clerk-2", "dept:screening-only"))
    monkeypatch.setattr("tests.resolvers.list_world._ORGANISATIONS", {"tourism": "tourism"})


async def test_two_people_agree_on_one_effect_and_one_last_day(
    court: ListWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two who confirm different things have not decided together; the last one waits for another."""
    await changed(court, TWO)
    await court.listed()
    hit = (await verdict(court))["hitId"]
    state = "{ done: hits(first: 5, states: [INTERCEPTED, APPLIED]) { nodes { state confirmedBy effect decidedBy } } }"

    await court.step("tourism", "confirmHit", hit, effect="不予办理", reason="身份一致")
    another_person(monkeypatch)
    for effect, last in (("暂缓办理", None), ("暂缓办理", "2027-01-01")):
        other = await court.step(
            "tourism", "confirmHit", hit, effect=effect, endsOn=last, reason="应当暂缓"
        )
        assert other["state"] == "INTERCEPTED"
    own = await court.step(
        "tourism", "confirmHit", hit, effect="暂缓办理", endsOn="2027-01-01", reason="再次"
    )
    monkeypatch.setitem(PEOPLE, "tourism", ("clerk-tourism", "dept:screening-only"))
    agreed = await court.step(
        "tourism", "confirmHit", hit, effect="暂缓办理", endsOn="2027-01-01", reason="同意"
    )

    assert own["guard"] == "H3"
    assert agreed["state"] == "APPLIED"
    assert (await court.ask("tourism", state))["nodes"] == [
        {
            "state": "APPLIED",
            "confirmedBy": "clerk-2",
            "effect": "暂缓办理",
            "decidedBy": "clerk-tourism",
        }
    ]


async def test_one_person_dismisses_what_waits_for_a_second(court: ListWorld) -> None:
    await changed(court, TWO)
    await court.listed()
    hit = (await verdict(court))["hitId"]
    await court.step("tourism", "confirmHit", hit, effect="不予办理", reason="身份一致")

    done = await court.step("tourism", "dismissHit", hit, reason="并非本人经营")
    shown = await court.ask(
        "tourism", "{ done: hits(first: 5) { nodes { effect awaitsSecondPerson } } }"
    )

    assert done["state"] == "NOT_APPLIED"
    assert shown["nodes"] == [{"effect": None, "awaitsSecondPerson": False}]


async def test_a_removal_lets_go_what_waits_for_a_second_person(court: ListWorld) -> None:
    await changed(court, TWO)
    entry = await court.listed()
    hit = (await verdict(court))["hitId"]
    await court.step("tourism", "confirmHit", hit, effect="不予办理", reason="身份一致")

    await court.removed(entry)

    closed = "{ done: hits(first: 5, states: [CLOSED]) { nodes { id effect awaitsSecondPerson } } }"
    assert (await court.ask("tourism", closed))["nodes"] == [
        {"id": hit, "effect": None, "awaitsSecondPerson": False}
    ]


MERGER = {
    "kind": "SUCCESSOR",
    "department": "tourism",
    "successor": "publicity",
    "basis": "机构改革方案第1条",
    "reason": "机构合并",
}


async def test_a_merged_body_is_not_asked_and_its_successor_asks_instead(court: ListWorld) -> None:
    await court.listed()
    await changed(court, MERGER)

    old = await verdict(court)
    new = await court.screen("publicity", "consumption.lodging", court.debtor)

    assert (old["code"], old["successor"]) == ("NO_SUCH_TRIGGER", "publicity")
    [result] = new["results"]
    assert (result["verdict"], [one["id"] for one in result["measures"]]) == ("HIT", ["M-6-1a"])


async def test_a_successor_ends_what_the_merged_body_began(court: ListWorld) -> None:
    """Or no entry with such a hit would ever be closed (I-33)."""
    entry = await court.listed()
    hit = (await verdict(court))["hitId"]
    before = await court.step("publicity", "dismissHit", hit, reason="x")
    await changed(court, MERGER)

    own = await court.ask("publicity", "{ done: hits(first: 5) { nodes { id unit } } }")
    other = await court.step("commerce", "dismissHit", hit, reason="x")
    done = await court.step("publicity", "confirmHit", hit, effect="不予入住", reason="身份一致")
    await court.removed(entry)
    released = await court.step("publicity", "releaseHit", hit, remark="已解除")

    assert before["code"] == other["code"] == "HIT_NOT_FOUND"
    assert own["nodes"] == [{"id": hit, "unit": "tourism"}]
    assert (done["state"], released["state"]) == ("APPLIED", "RELEASED")


async def test_a_merger_is_told_with_each_measure_and_on_the_public_page(court: ListWorld) -> None:
    await changed(court, MERGER)
    told = "{ done: measures { id departments merged { id successor } } }"

    shown = await court.ask("publicity", told)
    routes = public_routes(
        court.world.database, lambda: court.world.now, home="https://court.invalid", per_minute=9
    )
    transport = httpx.ASGITransport(app=Starlette(routes=routes))
    async with httpx.AsyncClient(transport=transport, base_url="http://court.invalid") as browser:
        chinese = await browser.get("/public/measures?lang=zh")
        english = await browser.get("/public/measures?lang=en")

    [one] = [one for one in shown if one["id"] == "M-6-1a"]
    assert "publicity" in one["departments"]
    assert "tourism" not in one["departments"]
    assert one["merged"] == [{"id": "tourism", "successor": "publicity"}]
    assert "旅游局（职责已并入宣传部）" in chinese.text
    assert "(duties went to: " in english.text
