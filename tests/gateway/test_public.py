"""The public face: masked, uniform, limited, without script, in two languages."""

import json
import re
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
from lxml import etree
from starlette.applications import Starlette

from gateway.public.routes import public_routes
from storage.cases import Party, keep_cases
from tests.domain.people import FIRM, MAN, WOMAN
from tests.resolvers.list_world import ListWorld
from tests.resolvers.order_world import CASE, open_world

pytestmark = pytest.mark.anyio
HOME = "https://court.invalid"


@pytest.fixture
async def court(tmp_path: Path) -> AsyncIterator[ListWorld]:
    world = await open_world(tmp_path)
    made = ListWorld(world)
    await made.watched.open()
    yield made
    await world.database.close()


def browser(
    court: ListWorld, per_minute: int = 1000, address: str = "192.0.2.1"
) -> httpx.AsyncClient:
    routes = public_routes(
        court.world.database, lambda: court.world.now, home=HOME, per_minute=per_minute
    )
    transport = httpx.ASGITransport(app=Starlette(routes=routes), client=(address, 1))
    return httpx.AsyncClient(transport=transport, base_url="http://other.invalid")


async def test_who_is_named_well_is_found_and_masked(court: ListWorld) -> None:
    entry = await court.listed()
    number, name = court.debtor
    async with browser(court) as one:
        by_name = await one.post("/public", data={"name": name, "partial": number[-4:]})
        by_case = await one.post("/public", data={"case": str(CASE)})

    for page in (by_name, by_case):
        assert page.status_code == 200
        assert entry in page.text
        assert number not in page.text
        assert f"{number[:10]}****{number[-4:]}" in page.text
        assert "<script" not in page.text
        assert page.headers["cache-control"] == "no-store"


async def test_nobody_and_not_listed_look_the_same(court: ListWorld) -> None:
    await court.decided()
    number, name = court.debtor
    async with browser(court) as one:
        known = await one.post("/public", data={"name": name, "partial": number[-4:]})
        unknown = await one.post("/public", data={"name": "查无此人", "partial": "0000"})

    assert known.text == unknown.text


async def test_a_removal_is_a_notice_and_nothing_else(court: ListWorld) -> None:
    """I-32."""
    entry = await court.listed()
    number, name = court.debtor
    await court.removed(entry)
    async with browser(court) as one:
        found = await one.post("/public", data={"name": name, "partial": number[-4:]})
        notice = await one.get("/public/removals")
        feed = await one.get("/public/feed.json")

    assert entry not in found.text
    assert entry in notice.text
    assert name not in notice.text
    assert feed.json()["items"] == []


async def test_who_is_told_to_the_employer_is_not_published(court: ListWorld) -> None:
    entry = await court.listed(mode="NOTIFY_EMPLOYER", employer="某单位")
    number, name = court.debtor
    async with browser(court) as one:
        found = await one.post("/public", data={"name": name, "partial": number[-4:]})
        feed = await one.get("/public/feed.atom")

    assert entry not in found.text + feed.text


@pytest.mark.parametrize(
    "fields",
    [
        {"name": "陈"},
        {"name": "陈一", "partial": "1"},
        {"name": "陈", "partial": "0017"},
        {"name": "%", "partial": "____"},
        {"name": "陈一", "partial": "' OR"},
        {"case": "示9903"},
        {"case": "%"},
        {},
    ],
)
async def test_a_search_that_names_nobody_well_is_refused(
    court: ListWorld, fields: dict[str, str]
) -> None:
    await court.listed()
    async with browser(court) as one:
        page = await one.post("/public", data=fields)

    assert page.status_code == 400
    assert "<article" not in page.text


async def test_searches_are_limited(court: ListWorld) -> None:
    async with browser(court, per_minute=2) as one:
        codes = [
            (await one.post("/public", data={"name": "查无此人", "partial": "0000"})).status_code
            for _ in range(3)
        ]

    assert codes == [200, 200, 429]


async def test_pages_and_feeds_are_limited_as_well(court: ListWorld) -> None:
    async with browser(court, per_minute=1) as one:
        pages = ["/public/removals", "/public/measures", "/public/feed.json"] * 4
        codes = [(await one.get(page)).status_code for page in pages]

    assert codes == [200] * 10 + [429] * 2


async def test_an_ipv6_subscriber_has_one_budget(court: ListWorld) -> None:
    routes = public_routes(court.world.database, lambda: court.world.now, home=HOME, per_minute=1)
    app = Starlette(routes=routes)
    codes = []
    for address in ("2001:db8::1", "2001:db8::2:1", "2001:db8:0:1::1", "::ffff:192.0.2.1"):
        transport = httpx.ASGITransport(app=app, client=(address, 1))
        async with httpx.AsyncClient(transport=transport, base_url=HOME) as one:
            answer = await one.post("/public", data={"name": "查无此人", "partial": "0000"})
            codes.append(answer.status_code)

    assert codes == [200, 429, 200, 200]


async def test_what_the_law_publishes_is_there_and_no_birthday(court: ListWorld) -> None:
    """法释〔2017〕7号 art. 6; I-42: an age by the year says nothing that the number does not."""
    await court.listed()
    number, name = court.debtor
    async with browser(court) as one:
        page = await one.post("/public", data={"name": name, "partial": number[-4:]})

    case = court.world.case
    for said in (case.basis_unit, case.obligation, "男" if int(number[16]) % 2 else "女"):
        assert said in page.text
    assert f"<dd>{2026 - int(number[6:10])}</dd>" in page.text


async def test_of_an_organization_its_legal_representative_is_published(court: ListWorld) -> None:
    case = court.world.case
    firm = Party(id_number=FIRM, name="示例有限公司", kind="LEGAL_PERSON")
    with_it = replace(case, obligors=(*case.obligors, firm))
    await court.world.database.write(lambda connection: keep_cases(connection, [with_it]))
    steering = [
        {"subjectType": "ACTUAL_CONTROLLER", "idNumber": WOMAN, "name": "王二"},
        {"subjectType": "LEGAL_REPRESENTATIVE", "idNumber": MAN, "name": "陈一"},
    ]
    await court.listed(idNumber=FIRM, associates=steering)
    async with browser(court) as one:
        page = await one.post("/public", data={"name": "示例有限公司", "partial": FIRM[-4:]})

    assert "陈一" in page.text
    assert "王二" not in page.text, "who is not published by law is not published"


async def test_a_removal_is_fed_to_media_masked_under_the_same_id(court: ListWorld) -> None:
    """CAP-116."""
    entry = await court.listed()
    _, name = court.debtor
    await court.removed(entry)
    async with browser(court) as one:
        feed = (await one.get("/public/removals.json")).json()
        atom = etree.fromstring((await one.get("/public/removals.atom")).content)

    assert [item["id"] for item in feed["items"]] == [entry]
    assert feed["feed_url"] == f"{HOME}/public/removals.json", "whatever Host was asked"
    assert name not in json.dumps(feed, ensure_ascii=False)
    assert len(atom.findall("{*}entry")) == 1


async def test_the_pages_speak_two_languages(court: ListWorld) -> None:
    async with browser(court) as one:
        chinese = await one.get("/public", headers={"accept-language": "zh-CN"})
        english = await one.get("/public", headers={"accept-language": "en-GB,en"})
        chosen = await one.get("/public?lang=en", headers={"accept-language": "zh-CN"})
        measures = await one.get("/public/measures?lang=en")

    assert '<html lang="zh-CN">' in chinese.text
    assert english.text == chosen.text
    assert '<html lang="en">' in english.text
    assert len(re.findall(r"<td>M-\d", measures.text)) == 63


async def test_a_body_that_was_renamed_is_named_as_it_is_called_now(court: ListWorld) -> None:
    async with browser(court) as one:
        chinese = await one.get("/public/measures?lang=zh")
        english = await one.get("/public/measures?lang=en")

    assert "旅游局（现为文化和旅游局）" in chinese.text
    assert "Tourism Bureau (now 文化和旅游局)" in english.text


async def test_the_feeds_are_well_formed(court: ListWorld) -> None:
    entry = await court.listed()
    async with browser(court) as one:
        feed = json.loads((await one.get("/public/feed.json")).text)
        atom = etree.fromstring((await one.get("/public/feed.atom")).content)

    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    assert [item["id"] for item in feed["items"]] == [entry]
    assert atom.tag == "{http://www.w3.org/2005/Atom}feed"
    assert len(atom.findall("{*}entry")) == 1


async def test_a_name_with_markup_stays_a_name(court: ListWorld) -> None:
    async with browser(court) as one:
        page = await one.post("/public", data={"name": "<script>x</script>", "partial": "0000"})

    assert "<script" not in page.text
