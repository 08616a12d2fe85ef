"""GraphiQL in a real browser against the demo: signing in, asking, and how the page looks."""

import base64
import json
from pathlib import Path
from typing import Any

import pytest

from tests.auth.world import A_TOKEN
from tests.web.visiting import PASSWORD, Visit


def test_an_officer_signs_in_queries_and_explores(visit: Visit, tmp_path: Path) -> None:
    visit.open()

    visit.sign_in("executor-1")
    visit.signed_in("executor-1")
    visit.run()

    visit.sees("debtors")
    assert visit.page.locator(".unicode-highlight").count() == 0  # no boxes around （ and ）
    visit.page.screenshot(path=str(tmp_path / "query.png"))
    visit.page.click("button[aria-label*='GraphiQL Explorer']")
    visit.page.wait_for_selector("text=AssetGraph")
    visit.page.screenshot(path=str(tmp_path / "explorer.png"))


def test_the_page_holds_no_token_and_its_cookie_is_out_of_reach_of_scripts(visit: Visit) -> None:
    visit.open()
    visit.sign_in("executor-1")
    visit.signed_in("executor-1")
    visit.run()
    visit.sees("debtors")

    kept = visit.page.evaluate(
        "JSON.stringify([document.cookie, {...localStorage}, {...sessionStorage}])"
    )

    assert "session" not in kept.split(",")[0]
    assert not A_TOKEN.search(kept)
    [cookie] = [
        one for one in visit.page.context.cookies() if one["name"].endswith("chakong-session")
    ]
    assert (cookie["httpOnly"], cookie["sameSite"]) == (True, "Strict")


def test_signing_out_leaves_nobody_signed_in(visit: Visit) -> None:
    visit.open()
    visit.sign_in("executor-1")
    visit.signed_in("executor-1")

    visit.page.click("[data-testid=sign-out]")

    visit.page.wait_for_selector("[data-testid=sign-in]")
    visit.page.reload()
    visit.page.wait_for_selector("[data-testid=sign-in]")


def test_a_password_alone_shows_masks_until_the_second_factor_is_shown(
    visit: Visit, tmp_path: Path
) -> None:
    visit.foreseen = {401}
    visit.open()
    visit.sign_in("executor-1", code="")
    visit.signed_in("executor-1")

    visit.run()
    said = visit.page.wait_for_selector(".notice").inner_text()
    visit.page.screenshot(path=str(tmp_path / "step-up.png"))
    visit.page.check("[data-testid=partial]")
    visit.run()
    visit.sees("**")
    visit.page.screenshot(path=str(tmp_path / "masked.png"))
    visit.page.click("[data-testid=step-up]")
    visit.page.wait_for_selector("[name=code]")
    visit.page.screenshot(path=str(tmp_path / "proof.png"))
    visit.page.press("[name=code]", "Enter")
    visit.signed_in("executor-1")
    visit.run()
    visit.sees("debtors")

    assert "须再次验证" in said
    assert visit.page.locator(".notice").count() == 0


def test_the_plan_is_shown_beside_the_answer_on_request(visit: Visit, tmp_path: Path) -> None:
    visit.open()
    visit.sign_in("executor-1")
    visit.signed_in("executor-1")

    visit.page.check("[data-testid=plan]")
    visit.run()

    visit.sees("debtors")
    visit.reads_up_to("traffic-police")
    visit.page.screenshot(path=str(tmp_path / "plan.png"))


def test_a_wrong_password_is_said_and_the_next_one_may_be_right(
    visit: Visit, tmp_path: Path
) -> None:
    visit.foreseen = {400}
    visit.open()

    visit.sign_in("executor-1", "wrong")

    said = visit.page.wait_for_selector("[role=alert]").inner_text()
    assert "用户名、密码或动态验证码不正确。" in said
    assert "The user name, the password or the code is not correct." in said
    assert visit.page.input_value("[name=password]") == ""
    visit.page.screenshot(path=str(tmp_path / "wrong.png"))
    visit.page.fill("[name=username]", "executor-1")
    visit.page.fill("[name=password]", PASSWORD)
    visit.page.press("[name=password]", "Enter")
    visit.signed_in("executor-1")


def test_what_is_no_token_is_not_taken_for_one(visit: Visit) -> None:
    visit.open()

    visit.paste("两行字 are no token")

    said = visit.page.inner_text("[role=alert]")
    assert "这不是令牌" in said
    assert "This is not a token" in said
    assert visit.page.locator("[data-testid=signed-in]").count() == 0


@pytest.mark.parametrize("forgery", ["expired", "signature"])
def test_a_token_that_the_gateway_refuses_leads_to_a_sign_in(
    visit: Visit, demo: dict[str, Any], tmp_path: Path, forgery: str
) -> None:
    visit.foreseen = {401}
    good = demo["tokens"]["court-executor"]
    visit.open()

    visit.paste(_expired(good) if forgery == "expired" else good[:-8] + "AAAAAAAA")

    visit.page.wait_for_selector("[role=alert]")
    said = visit.page.inner_text("[role=alert]")
    assert "会话或令牌缺失、无效或已过期" in said
    assert "the session or token is missing, invalid or expired" in said
    assert visit.page.locator("[data-testid=signed-in]").count() == 0
    visit.page.screenshot(path=str(tmp_path / f"{forgery}.png"))
    visit.page.click("[role=alert] [data-testid=sign-in]")
    visit.page.wait_for_selector("[name=username]")


def _expired(token: str) -> str:
    """Return *token* with an `exp` that is past."""
    header, payload, signature = token.split(".")
    claims = json.loads(base64.urlsafe_b64decode(payload + "=="))
    past = json.dumps(claims | {"exp": claims["iat"] - 60}).encode()
    return f"{header}.{base64.urlsafe_b64encode(past).decode().rstrip('=')}.{signature}"


@pytest.mark.parametrize(
    "look",
    [
        pytest.param({"viewport": {"width": 390, "height": 844}, "locale": "en"}, id="en"),
        pytest.param({"viewport": {"width": 390, "height": 844}, "locale": "zh-CN"}, id="zh-CN"),
    ],
)
def test_the_page_fits_a_telephone_and_speaks_both_languages(
    visit: Visit, demo: dict[str, Any], tmp_path: Path
) -> None:
    visit.open()

    for words in ("登录 Sign in", "订阅 Subscriptions", "部分结果 Partial", "演示账号 Demo logins"):
        assert _within(visit, f".bar .both:has-text('{words}')")
    visit.paste(demo["tokens"]["court-executor"])
    visit.signed_in("executor-1")
    visit.run()
    visit.sees("debtors")
    visit.page.screenshot(path=str(tmp_path / "answer.png"))
    assert _within(visit, "button.graphiql-execute-button")
    assert _within(visit, ".result-window", at_least=300)
    visit.page.click("button[aria-label*='Documentation Explorer']")
    visit.page.wait_for_selector("text=Root Types")
    visit.page.screenshot(path=str(tmp_path / "docs.png"))
    assert _within(visit, ".graphiql-plugin", at_least=300)


def _within(visit: Visit, selector: str, at_least: float = 1) -> bool:
    """Return whether all of the element is in the window, *at_least* so many pixels wide."""
    box, window = visit.page.locator(selector).first.bounding_box(), visit.page.viewport_size
    return bool(
        box["x"] >= 0
        and box["width"] >= at_least
        and box["x"] + box["width"] <= window["width"]
        and box["y"] + box["height"] <= window["height"]
    )


def test_a_department_explores_its_own_graph_only(
    visit: Visit, demo: dict[str, Any], tmp_path: Path
) -> None:
    visit.open("{ viewer { organisation } }")
    visit.paste(demo["tokens"]["dept:traffic-police"])
    visit.signed_in("dept-traffic-police")
    visit.run()

    visit.sees("traffic-police")
    visit.page.screenshot(path=str(tmp_path / "department.png"))
