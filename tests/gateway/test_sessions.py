"""People at a browser: two factors, a cookie that alone proves nothing, and sessions that end."""

import asyncio
import time
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
from sqlalchemy import select, update

from gateway.cli import session_desk, user_desk
from gateway.cli.access_desk import end_access
from storage.cases import keep_cases
from storage.tables.access import second_factors, sessions, users
from storage.tables.record import record_entries
from tests.auth.world import A_TOKEN
from tests.gateway.access_office import (
    BY,
    HEADER,
    PASSWORD,
    Office,
    ask,
    enrol,
    open_office,
    post_form,
    sign_in,
    wanted_of,
)
from tests.resolvers.order_world import blank_case

pytestmark = pytest.mark.anyio
LISTEN = 'subscription { orderChanged(caseNumber: "%s") { id } }'
WHO = "{ viewer { role organisation } }"
APPROVE = 'mutation { approveOrder(id: "x", documentHash: "x", idempotencyKey: "k") { __typename ... on OrderRefused { code } } }'


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    async with open_office(tmp_path) as office:
        yield office


async def test_an_officer_begins_signs_in_and_asks_without_ever_holding_a_token(
    office: Office,
) -> None:
    person = await office.enrolled()
    async with office.browser() as browser:
        page = await sign_in(browser, person)
        answer = await ask(browser, WHO)
        who = (await browser.get("/session", headers=HEADER)).json()["session"]

    assert (page.status_code, page.headers["location"]) == (303, "/graphiql")
    cookie = page.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=strict" in cookie
    assert answer.json()["data"] == {"viewer": {"role": "court-executor", "organisation": "court"}}
    assert (who["user"], who["acr"]) == ("executor-1", "urn:chakong:acr:two-factors")
    assert not A_TOKEN.search(page.text + str(page.headers) + str(who))  # no JWT anywhere


async def test_over_https_the_cookie_belongs_to_this_host_alone(tmp_path: Path) -> None:
    async with open_office(tmp_path, public_url="https://chakong.example") as office:
        person = await office.enrolled_at("https://chakong.example")
        async with office.browser("https://chakong.example") as browser:
            page = await sign_in(browser, person)

    [cookie] = [c for c in page.headers.get_list("set-cookie") if "session" in c]
    assert cookie.startswith("__Host-chakong-session=")
    assert "Secure" in cookie
    assert "Domain" not in cookie
    assert "Path=/" in cookie


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        pytest.param({}, 200, id="as the page sends it"),
        pytest.param({"sec-fetch-site": ""}, 401, id="an empty word about the site"),
        pytest.param({"x-chakong-session": ""}, 401, id="the cookie alone"),
        pytest.param({"x-chakong-session": "2"}, 401, id="another header"),
        pytest.param({"sec-fetch-site": "cross-site"}, 401, id="a page of another site"),
        pytest.param({"sec-fetch-site": "same-site"}, 401, id="a page of a sibling host"),
        pytest.param({"sec-fetch-site": "none"}, 401, id="typed in"),
        pytest.param(
            {"sec-fetch-site": None, "origin": "https://evil.example"}, 401, id="another origin"
        ),
        pytest.param({"sec-fetch-site": None, "origin": "null"}, 401, id="an origin that hides"),
        pytest.param(
            {"sec-fetch-site": None, "origin": "http://["}, 401, id="an origin that is none"
        ),
        pytest.param({"sec-fetch-site": None}, 200, id="an old browser, by its origin"),
    ],
)
async def test_a_cookie_counts_only_beside_what_another_page_cannot_send(
    office: Office, headers: dict[str, str | None], status: int
) -> None:
    person = await office.enrolled()
    async with office.browser() as browser:
        await sign_in(browser, person)

        sent = {name: value for name, value in {**HEADER, **headers}.items() if value is not None}
        answer = await browser.post("/graphql", json={"query": WHO}, headers=sent)

    assert answer.status_code == status


async def test_a_bearer_token_beside_the_cookie_is_judged_alone(office: Office) -> None:
    person = await office.enrolled()
    async with office.browser() as browser:
        await sign_in(browser, person)

        answer = await ask(browser, WHO, authorization="Bearer nonsense")

    assert answer.status_code == 401


async def test_papers_are_read_on_the_session_and_by_no_cookie_alone(office: Office) -> None:
    person = await office.enrolled()
    paper = "/orders/unknown/forms/assistance-notice"
    async with office.browser() as browser:
        await sign_in(browser, person)

        on_the_session = await browser.get(paper, headers=HEADER)
        by_link = await browser.get(paper, headers={"sec-fetch-site": "same-origin"})
        elsewhere = await browser.get(paper, headers={**HEADER, "sec-fetch-site": "cross-site"})

    assert on_the_session.status_code == 404  # there is no such order
    assert (by_link.status_code, elsewhere.status_code) == (401, 401)


async def test_who_guesses_at_the_door_keeps_nobody_inside_from_proving_it_again(
    office: Office,
) -> None:
    person = await office.enrolled()
    async with office.browser() as inside, office.browser() as outside:
        await sign_in(inside, person)
        for _ in range(11):
            shut = await sign_in(outside, person, code="000000")

        page = await post_form(inside, "/session/step-up", code=person.recovery[0])

    assert shut.status_code == 429
    assert page.status_code == 303


@pytest.mark.parametrize("purpose", ["again", "sign-in again", "activate"])
async def test_a_name_that_reads_like_another_purpose_keeps_nobody_from_it(
    office: Office, purpose: str
) -> None:
    person = await office.enrolled()
    other = await office.user("executor-2")
    async with office.browser() as inside, office.browser() as outside:
        await sign_in(inside, person)
        for _ in range(11):
            for name in (person.user_id, "executor-2"):
                guess = replace(person, user_id=f"{purpose} {name}")
                await sign_in(outside, guess, code="000000")

        page = await post_form(inside, "/session/step-up", code=person.recovery[0])
        begun = await enrol(outside, "executor-2", other["activation"])

    assert page.status_code == 303
    assert begun.user_id == "executor-2"


async def test_a_session_is_revoked_by_the_id_that_the_record_shows(office: Office) -> None:
    person = await office.enrolled()
    async with office.browser() as browser:
        await sign_in(browser, person)
        here = (await browser.get("/session", headers=HEADER)).json()["session"]["id"]
        before = await ask(browser, WHO)

        await office.at_the_desk(end_access, by=BY, token=f"session-{here}")
        after = await ask(browser, WHO)

    assert (before.status_code, after.status_code) == (200, 401)


async def test_a_code_is_good_once(office: Office) -> None:
    person = await office.enrolled()
    code = person.code()
    async with office.browser() as first, office.browser() as second:
        done = await sign_in(first, person, code=code)
        again = await sign_in(second, person, code=code)

    assert (done.status_code, again.status_code) == (303, 400)


@pytest.mark.parametrize(
    "code",
    [
        pytest.param("", id="none"),
        pytest.param("000000", id="guessed"),
        pytest.param("ABCD-EFGH-IJKL-MNOP-QRST-UVWX", id="no recovery code of theirs"),
        pytest.param("１２３４５６", id="digits of another script"),
    ],
)
async def test_the_password_alone_lets_nobody_in(office: Office, code: str) -> None:
    person = await office.enrolled()
    async with office.browser() as browser:
        page = await sign_in(browser, person, code=code)
        answer = await ask(browser, WHO)

    assert page.status_code == 400
    assert "用户名、密码或动态验证码不正确" in page.text
    assert answer.status_code == 401


async def test_a_code_of_ten_minutes_ago_is_refused(office: Office) -> None:
    person = await office.enrolled()
    async with office.browser() as browser:
        page = await sign_in(browser, person, code=person.code(steps=-20))

    assert page.status_code == 400


async def test_a_recovery_code_stands_in_for_the_authenticator_once(office: Office) -> None:
    person = await office.enrolled()
    async with office.browser() as first, office.browser() as second:
        done = await sign_in(first, person, code=person.recovery[0])
        again = await sign_in(second, person, code=person.recovery[0])

    assert (done.status_code, again.status_code) == (303, 400)


async def test_who_guesses_has_to_wait_even_with_the_right_answers(office: Office) -> None:
    person = await office.enrolled()
    async with office.browser() as browser:
        statuses = [(await sign_in(browser, person, code="000000")).status_code for _ in range(10)]
        page = await sign_in(browser, person)

    assert statuses == [400] * 10
    assert page.status_code == 429
    assert int(page.headers["retry-after"]) > 0


async def test_an_activation_is_used_up_and_weak_passwords_are_not_taken(office: Office) -> None:
    made = await office.user()
    async with office.browser() as browser:

        async def begin(password: str) -> httpx.Response:
            return await post_form(
                browser,
                "/session/activate",
                username="executor-1",
                activation=made["activation"],
                password=password,
            )

        weak = await begin("executor-1 2026")
        short = await begin("kurz+Xy9")
        await enrol(browser, "executor-1", made["activation"])
        again = await begin(PASSWORD)

    assert [one.status_code for one in (weak, short, again)] == [400, 400, 400]
    assert "密码过于简单" in weak.text
    assert "启用码不正确" in again.text


async def test_who_lost_the_authenticator_begins_anew_and_the_old_one_is_void(
    office: Office,
) -> None:
    person = await office.enrolled()
    async with office.browser() as browser:
        await sign_in(browser, person)

        made = await office.at_the_desk(user_desk.activate, BY, "executor-1")
        out = await ask(browser, WHO)
        refused = await sign_in(browser, person, code=person.recovery[0])
        renewed = await enrol(browser, "executor-1", made["activation"])
        back = await sign_in(browser, renewed)

    assert out.status_code == 401
    assert refused.status_code == 400
    assert back.status_code == 303


async def test_secrets_are_sealed_and_cookies_are_kept_as_digests(office: Office) -> None:
    person = await office.enrolled()
    async with office.browser() as browser:
        await sign_in(browser, person)
        cookie = browser.cookies["chakong-session"]

    rows = await office.gateway.database.read(
        lambda c: [
            str(list(c.execute(select(table)))) for table in (second_factors, sessions, users)
        ]
    )
    assert not any(person.secret in row or cookie in row or PASSWORD in row for row in rows)


async def test_who_proved_it_long_ago_approves_nothing_until_they_prove_it_again(
    office: Office,
) -> None:
    person = await office.enrolled("approver-1", role="court-approver")
    async with office.browser() as browser:
        await sign_in(browser, person)
        await _proved(office, seconds_ago=301)
        stale = browser.cookies["chakong-session"]

        refused = await ask(browser, APPROVE)
        page = await post_form(browser, "/session/step-up", code=person.recovery[0])
        done = await ask(browser, APPROVE)
        old = await browser.post(
            "/graphql",
            json={"query": WHO},
            headers={**HEADER, "cookie": f"chakong-session={stale}"},
        )

    assert refused.status_code == 401
    [error] = refused.json()["errors"]
    assert error["extensions"] == {
        "code": "INSUFFICIENT_USER_AUTHENTICATION",
        "acrValues": "urn:chakong:acr:two-factors",
        "maxAge": 300,
        "coordinates": ["Mutation.approveOrder"],
    }
    challenge = refused.headers["www-authenticate"]
    assert 'error="insufficient_user_authentication"' in challenge
    assert 'acr_values="urn:chakong:acr:two-factors", max_age="300"' in challenge
    assert page.status_code == 303
    assert done.json()["data"]["approveOrder"] == {
        "__typename": "OrderRefused",
        "code": "ORDER_NOT_FOUND",
    }
    assert old.status_code == 401  # the cookie changed with what it is good for


async def test_proving_it_again_takes_a_fresh_code(office: Office) -> None:
    person = await office.enrolled()
    async with office.browser() as browser:
        await sign_in(browser, person)

        page = await post_form(browser, "/session/step-up", code=person.code())

    assert page.status_code == 400
    assert "动态验证码不正确" in page.text


async def test_signing_out_ends_the_session_at_the_gateway(office: Office) -> None:
    person = await office.enrolled()
    async with office.browser() as browser:
        await sign_in(browser, person)
        kept = dict(browser.cookies)

        done = await browser.post("/session/end", json={}, headers=HEADER)
        browser.cookies.update(kept)
        answer = await ask(browser, WHO)

    assert done.status_code == 204
    assert answer.status_code == 401


async def test_one_sees_where_one_is_signed_in_and_ends_it_there(office: Office) -> None:
    person = await office.enrolled()
    async with office.browser() as here, office.browser() as there:
        await sign_in(here, person)
        await sign_in(there, person, code=person.recovery[0])

        listed = (await here.get("/session/list", headers=HEADER)).json()["sessions"]
        [other] = [one["id"] for one in listed if not one["here"]]
        ended = await here.post("/session/end", json={"session": other}, headers=HEADER)
        answers = [(await ask(browser, WHO)).status_code for browser in (here, there)]

    assert len(listed) == 2
    assert ended.status_code == 204
    assert answers == [200, 401]


async def test_a_session_of_long_ago_does_not_end_others(office: Office) -> None:
    person = await office.enrolled()
    async with office.browser() as here, office.browser() as there:
        await sign_in(here, person)
        await sign_in(there, person, code=person.recovery[0])
        listed = (await here.get("/session/list", headers=HEADER)).json()["sessions"]
        [other] = [one["id"] for one in listed if not one["here"]]
        await _proved(office, seconds_ago=301)

        refused = await here.post("/session/end", json={"session": other}, headers=HEADER)
        answer = await ask(there, WHO)

    assert refused.status_code == 401
    assert "insufficient_user_authentication" in refused.headers["www-authenticate"]
    assert answer.status_code == 200


async def test_a_password_is_changed_by_who_knows_it_and_every_session_ends(
    office: Office,
) -> None:
    person, new = await office.enrolled(), "另一个口令 of synthetic people"
    async with office.browser() as browser, office.browser() as elsewhere:
        await sign_in(browser, person)
        await sign_in(elsewhere, person, code=person.recovery[0])

        async def change(password: str, to: str, code: str) -> httpx.Response:
            return await post_form(
                browser, "/session/password", password=password, new=to, code=code
            )

        wrong = await change("wrong", new, person.recovery[1])
        unproven = await change(PASSWORD, new, "")
        weak = await change(PASSWORD, "password1234", person.recovery[1])
        done = await change(PASSWORD, new, person.recovery[2])
        after = [(await ask(one, WHO)).status_code for one in (browser, elsewhere)]
        old = await sign_in(browser, person, code=person.recovery[3])
        fresh = await post_form(
            browser,
            "/session/sign-in",
            username=person.user_id,
            password=new,
            code=person.recovery[3],
        )

    assert [one.status_code for one in (wrong, unproven, weak)] == [400, 400, 400]
    assert "密码过于简单" in weak.text
    assert done.status_code == 303
    assert after == [401, 401]
    assert (old.status_code, fresh.status_code) == (400, 303)


async def test_nobody_ends_a_session_of_somebody_else(office: Office) -> None:
    mine, theirs = await office.enrolled(), await office.enrolled("executor-2")
    async with office.browser() as me, office.browser() as them:
        await sign_in(me, mine)
        await sign_in(them, theirs)
        session = (await them.get("/session", headers=HEADER)).json()["session"]["id"]

        tried = await me.post("/session/end", json={"session": session}, headers=HEADER)
        answer = await ask(them, WHO)

    assert tried.status_code == 404
    assert answer.status_code == 200


@pytest.mark.parametrize(
    ("column", "seconds_ago"),
    [
        pytest.param("seen_at", 1_801, id="left alone for half an hour"),
        pytest.param("ends_at", 1, id="as long as a day's work"),
    ],
)
async def test_sessions_end_by_themselves(office: Office, column: str, seconds_ago: int) -> None:
    person = await office.enrolled()
    async with office.browser() as browser:
        await sign_in(browser, person)
        then = int(time.time()) - seconds_ago
        await office.gateway.database.write(
            lambda c: c.execute(update(sessions).values({column: then}))
        )

        answer = await ask(browser, WHO)

    assert answer.status_code == 401


async def test_who_is_disabled_is_out_with_the_next_request(office: Office) -> None:
    person = await office.enrolled()
    async with office.browser() as browser:
        await sign_in(browser, person)

        await office.at_the_desk(user_desk.disable, BY, "executor-1", "left the court")
        answer = await ask(browser, WHO)
        again = await sign_in(browser, person, code=person.recovery[0])

    assert answer.status_code == 401
    assert again.status_code == 400


async def test_an_administrator_sees_sessions_and_ends_them(office: Office) -> None:
    person = await office.enrolled()
    async with office.browser() as browser:
        await sign_in(browser, person)

        [listed] = await office.at_the_desk(session_desk.listed, None)
        ended = await office.at_the_desk(session_desk.ended, BY, listed["session"], None)
        answer = await ask(browser, WHO)

    assert listed["user"] == "executor-1"
    assert ended == {"ended": 1}
    assert answer.status_code == 401


async def test_a_stream_ends_within_a_second_or_so_of_its_session(office: Office) -> None:
    case = blank_case((), ())
    await office.gateway.database.write(lambda c: keep_cases(c, [case]))
    person = await office.enrolled("supervisor-1", role="court-supervisor")
    async with office.browser() as browser:
        await sign_in(browser, person)
        listening = asyncio.create_task(
            ask(browser, LISTEN % case.number, accept="text/event-stream")
        )
        await asyncio.sleep(1.5)
        went_on = not listening.done()

        started = time.monotonic()
        await office.at_the_desk(session_desk.ended, BY, None, "supervisor-1")
        stream = await asyncio.wait_for(listening, 10)

    assert went_on
    assert time.monotonic() - started < 5  # a second, and a command's own start
    assert stream.headers["content-type"].startswith("text/event-stream")
    assert "UNAUTHENTICATED" in stream.text


async def test_a_session_on_a_grant_that_became_narrower_is_narrower_at_once(
    office: Office,
) -> None:
    person = await office.enrolled()
    async with office.browser() as browser:
        await sign_in(browser, person)
        await office.at_the_desk(user_desk.assign, BY, "executor-1", wanted_of(role="list-officer"))
        out = await ask(browser, WHO)  # what ran under the old grant ended with it
        await sign_in(browser, person, code=person.recovery[0])
        answer = await ask(browser, WHO)

    assert out.status_code == 401
    assert answer.json()["data"]["viewer"]["role"] == "list-officer"


async def test_log_ins_refusals_and_proofs_are_in_the_record(office: Office) -> None:
    person = await office.enrolled()
    async with office.browser() as browser:
        await sign_in(browser, person, code="000000")
        await sign_in(browser, person)
        await post_form(browser, "/session/step-up", code=person.recovery[0])
        await browser.post("/session/end", json={}, headers=HEADER)

    decisions = await office.gateway.database.read(
        lambda c: list(
            c.scalars(
                select(record_entries.c.decision)
                .where(record_entries.c.kind == "LOGIN")
                .order_by(record_entries.c.n)
            )
        )
    )
    assert decisions == ["ENROLLED", "REFUSED", "ACCEPTED", "PROVEN", "ENDED"]


async def test_tokens_are_not_handed_in_for_sessions_outside_the_demo(office: Office) -> None:
    async with office.browser() as browser:
        answer = await browser.post("/session/token", json={"token": "x"}, headers=HEADER)

    assert answer.status_code == 404


async def _proved(office: Office, *, seconds_ago: int) -> None:
    then = int(time.time()) - seconds_ago
    await office.gateway.database.write(
        lambda c: c.execute(update(sessions).values(auth_time=then))
    )
