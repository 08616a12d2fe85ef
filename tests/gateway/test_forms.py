"""The printable forms: what they say, to whom, and that nothing written into them becomes a page."""

import base64
import hashlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Final

import pytest
import segno
from hypothesis import given
from hypothesis import strategies as st
from lxml import html
from sqlalchemy import update

from domain.money import Fen
from domain.order import OrderAction
from gateway.forms.assistance_notice import _ITEMS
from gateway.forms.markup import Html, fill
from gateway.forms.seal import Seal
from gateway.forms.wording import REASONS, RESULTS, VERBS, day_in_words, money, shares
from resolvers import order_answers
from resolvers.answering import ReportReason, ReportResult
from resolvers.order_drafts import OnHold, Papers
from storage.orders import OrderRecord
from storage.receipts import PriorHoldRecord, ReceiptRecord, keep_receipt, receipts_of
from storage.tables.orders import orders
from tests.gateway.paper_office import Office, open_office
from tests.resolvers.order_world import FUND, full, papers

pytestmark = pytest.mark.anyio

FORMS: Final = ("assistance-notice", "service-receipt", "control-receipt")
NASTY: Final = "<script>alert('1')</script>&\"<img src=x onerror=y>"


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    async with open_office(tmp_path) as opened:
        yield opened


async def page(
    office: Office, order: OrderRecord, form: str, by: str = "executor-1"
) -> html.HtmlElement:
    answer = await office.get(f"/orders/{order.id}/forms/{form}", by)
    assert answer.status_code == 200, answer.text
    return html.document_fromstring(answer.text)


def words(shown: html.HtmlElement) -> str:
    return "".join(str(shown.find("body").text_content()).split())


async def executed(office: Office, amount: int = 123_456_78) -> OrderRecord:
    world = office.world
    order = await world.sent(world.freeze(amount))
    await world.take(f"dept:{FUND}", order_answers.acknowledge, order.id)
    return await world.reported(await world.order(order.id), full(order, world.today))


async def test_the_notice_says_who_is_to_do_what_for_whom_and_why(office: Office) -> None:
    order = await office.world.sent(office.world.freeze(123_456_78))
    debtor = office.world.case.obligors[0]

    said = words(await page(office, order, "assistance-notice"))

    for part in (
        "示例区人民法院协助执行通知书（2026）示9903执1号之二住房公积金管理中心：",
        "依法作出（2026）示9903执1号之一裁定",
        "《中华人民共和国民事诉讼法》第二百五十三条",
        f"冻结被执行人{debtor.name}（公民身份号码：{debtor.id_number}）的住房公积金（登记编号：HF1）",
        "限额为人民币壹拾贰万叁仟肆佰伍拾陆元柒角捌分（¥123,456.78）",
        "冻结期限为十二个月",
        "执行员甲（公务证号示9903-0001）、执行员乙（公务证号示9903-0002）",
        "二〇二六年十一月二十三日",
        "（印章）",
        f"指令编号：{order.id}",
        str(order.document_hash),
    ):
        assert "".join(part.split()) in said, part
    assert "未经审批" not in said


@pytest.mark.parametrize("form", FORMS[:2])
async def test_what_nobody_approved_says_that_it_may_not_be_served(
    office: Office, form: str
) -> None:
    draft = await office.world.drafted(office.world.freeze())
    submitted = await office.world.submitted(office.world.freeze(record="HF2"))

    for order in (draft, submitted):
        assert words(await page(office, order, form)).startswith("未经审批不得送达")


async def test_the_service_receipt_names_the_papers_and_when_they_were_received(
    office: Office,
) -> None:
    order = await executed(office)

    said = words(await page(office, order, "service-receipt"))

    assert "（2026）示9903执1号之一裁定书一份" in said
    assert "（2026）示9903执1号之二协助执行通知书一份" in said
    assert "已于2026年11月23日09时00分在系统签收" in said
    assert "《中华人民共和国民事诉讼法》第八十七条" in said


async def test_the_control_receipt_says_what_the_department_answered(office: Office) -> None:
    order = await executed(office)

    said = words(await page(office, order, "control-receipt", f"dept:{FUND}"))

    assert said.startswith("住房公积金管理中心协助执行控制回执")
    assert "实际控制人民币壹拾贰万叁仟肆佰伍拾陆元柒角捌分（¥123,456.78）" in said
    assert "期限2026年11月23日至2027年11月22日" in said
    assert "办理结果已全部办理" in said


async def test_the_code_on_the_receipt_names_order_receipt_and_hash_and_no_person(
    office: Office,
) -> None:
    order = await executed(office)
    answer = await office.get(f"/orders/{order.id}/forms/control-receipt", "executor-1")
    [receipt] = await office.world.database.read(lambda c: receipts_of(c, order.id))

    code = f"chakong:receipt:{order.id}:{receipt.number}:{order.document_hash}"

    drawn = segno.make(code, error="m", micro=False).svg_inline(border=2, omitsize=True)
    assert drawn in answer.text


async def test_a_draft_without_its_papers_leaves_blanks_and_shares_are_counted(
    office: Office,
) -> None:
    blank = Papers(ruling_number=None, notice_number=None, officers=(), reason="未履行")
    freeze = office.world.freeze(asset_kind="securities", record="S1", papers=blank)
    draft = await office.world.drafted(replace(freeze, amount=None, quantity=1_050))

    notice = words(await page(office, draft, "assistance-notice"))
    receipt = words(await page(office, draft, "service-receipt"))

    assert "限额为壹仟零伍拾股（1,050股）" in notice
    assert "（文号待填）" in notice
    assert "（裁定书文号待填）" in notice
    assert "提交审批后生成" in notice
    assert "None" not in notice + receipt


async def test_a_notice_asks_to_mark_what_is_pledged_where_that_was_approved(
    office: Office,
) -> None:
    shares = replace(
        office.world.freeze(asset_kind="securities", record="S1"), amount=None, quantity=1_050
    )
    draft = await office.world.drafted(shares)
    marked = await office.world.drafted(replace(shares, gates=("PLEDGE_MARKED",)))

    plain = words(await page(office, draft, "assistance-notice"))
    said = words(await page(office, marked, "assistance-notice"))

    assert "质押标记" not in plain
    assert "二、前项证券中已质押的部分不作冻结，依照法发〔2021〕9号的规定办理质押标记" in said


@pytest.mark.parametrize(
    ("on", "parts"),
    [
        pytest.param(
            {"action": OrderAction.RENEW, "months": 6},
            ["续行依（2026）示9903执1号之二协助执行通知书", "期限为六个月，自原期限届满之次日"],
            id="renew",
        ),
        pytest.param(
            {"action": OrderAction.LIFT, "amount": Fen(30_00)},
            ["解除依（2026）示9903执1号之二", "采取的冻结，解除的限额为人民币叁拾元整（¥30.00）"],
            id="lift",
        ),
        pytest.param(
            {
                "action": OrderAction.DEDUCT,
                "amount": Fen(20_00),
                "floor": Fen(5_00),
                "gates": ("BASIC_LIVING_SECURED", "HOUSING_SECURED", "WITHDRAWAL_CONDITION"),
            },
            ["扣划人民币贰拾元整（¥20.00）至本院执行款专户", "保留必需的生活费用人民币伍元整"],
            id="deduct",
        ),
    ],
)
async def test_what_acts_on_a_hold_names_the_notice_that_placed_it(
    office: Office, on: dict[str, Any], parts: list[str]
) -> None:
    placed = await executed(office, 100_00)
    order = await office.world.drafted(OnHold(order_id=placed.id, papers=papers(2), **on))

    said = words(await page(office, order, "assistance-notice"))

    for part in parts:
        assert part in said


async def test_who_may_not_have_the_number_reads_it_masked(office: Office) -> None:
    order = await executed(office)
    debtor = office.world.case.obligors[0]

    for by in ("approver-1", "supervisor-1"):
        for form in ("assistance-notice", "control-receipt"):
            said = words(await page(office, order, form, by))
            assert debtor.name not in said
            assert debtor.id_number not in said
            assert f"{debtor.id_number[:6]}********{debtor.id_number[-4:]}" in said
    for by in ("executor-1", f"dept:{FUND}"):
        assert debtor.id_number in words(await page(office, order, "assistance-notice", by))


async def test_what_people_wrote_stays_text(office: Office) -> None:
    order = await executed(office)
    rename = (
        update(orders)
        .where(orders.c.id == order.id)
        .values(subject_name=NASTY, record=NASTY, ruling_number=NASTY, notice_number=NASTY)
        .values(officers=[NASTY, "示9903-0002"])
    )
    receipt = ReceiptRecord(
        order_id=order.id,
        number=f"r9 {NASTY}",
        result=NASTY,
        asked=100,
        controlled=50,
        reason=NASTY,
        rank=2,
        starts_on=None,
        ends_on=None,
        prior_holds=(PriorHoldRecord(authority=NASTY, amount=1, expires_on=date(2027, 1, 1)),),
        handler=NASTY,
        at=office.world.now,
        received_at=office.world.now.replace(year=2027),
    )
    await office.world.database.write(lambda c: (c.execute(rename), keep_receipt(c, receipt))[1])

    for form in FORMS:
        shown = await page(office, order, form)

        assert shown.xpath("//script | //img | //@onerror") == []
        assert "".join(NASTY.split()) in words(shown)


@given(st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"])))
def test_whatever_is_filled_in_is_read_back_as_it_was(text: str) -> None:
    filled = fill('<p title="{text}">{text}</p>', text=text)

    [shown] = html.fragments_fromstring(filled)
    assert isinstance(shown, html.HtmlElement)
    assert len(shown) == 0
    assert (shown.text or "", shown.get("title")) == (text, text)


def test_what_is_html_already_is_filled_in_as_it_is() -> None:
    inner = fill("<b>{text}</b>", text="<&>")

    assert fill("<p>{inner}</p>", inner=inner) == Html("<p><b>&lt;&amp;&gt;</b></p>")


@pytest.mark.parametrize(
    ("state", "by", "form", "status"),
    [
        pytest.param("draft", "executor-1", "assistance-notice", 200, id="drafter"),
        pytest.param("draft", "approver-1", "assistance-notice", 200, id="approver"),
        pytest.param("draft", "supervisor-1", "assistance-notice", 200, id="supervisor"),
        pytest.param("draft", "executor-9", "assistance-notice", 404, id="other cases"),
        pytest.param("draft", f"dept:{FUND}", "assistance-notice", 404, id="addressee of a draft"),
        pytest.param("draft", "executor-1", "control-receipt", 404, id="no receipt yet"),
        pytest.param("draft", "executor-1", "ruling", 404, id="no such form"),
        pytest.param("draft", "auditor-1", "assistance-notice", 403, id="without the scope"),
        pytest.param("executed", f"dept:{FUND}", "control-receipt", 200, id="addressee"),
        pytest.param("executed", "dept:traffic-police", "control-receipt", 404, id="not theirs"),
    ],
)
async def test_who_sees_the_order_sees_its_forms(
    office: Office, state: str, by: str, form: str, status: int
) -> None:
    world = office.world
    order = await (world.drafted(world.freeze()) if state == "draft" else executed(office))

    answer = await office.get(f"/orders/{order.id}/forms/{form}", by)

    assert answer.status_code == status


async def test_a_form_may_load_and_run_nothing_but_its_own_style(office: Office) -> None:
    order = await executed(office)

    for form in FORMS:
        answer = await office.get(f"/orders/{order.id}/forms/{form}", "executor-1")
        shown = html.document_fromstring(answer.text)
        style = str(shown.findtext("head/style"))
        digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()

        policy = answer.headers["content-security-policy"]
        assert policy.startswith(f"default-src 'none'; style-src 'sha256-{digest}'; sandbox;")
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert shown.xpath("//@style | //@src | //@href | //script") == []
        assert shown.get("lang") == "zh-CN"
        assert '第 " counter(page) " 页' in style
        assert office.world.case.obligors[0].name not in str(shown.findtext("head/title"))


@dataclass
class Sealing:
    asked: list[str] = field(default_factory=list)

    def seal(self, document_hash: str) -> Seal | None:
        self.asked.append(document_hash)
        return Seal(
            holder="示例区人民法院", number="S-1", at=datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
        )


async def test_a_court_with_a_seal_service_seals_what_was_approved_and_nothing_before(
    tmp_path: Path,
) -> None:
    sealing = Sealing()
    async with open_office(tmp_path, sealing) as office:
        submitted = await office.world.submitted(office.world.freeze(record="HF2"))
        assert "（印章）" in words(await page(office, submitted, "assistance-notice"))
        assert sealing.asked == []
        order = await office.world.approved(office.world.freeze())

        said = words(await page(office, order, "assistance-notice"))

    assert sealing.asked == [order.document_hash]
    assert "示例区人民法院电子签章S-12026-11-2310:00" in said


def test_every_word_of_the_graph_has_its_chinese() -> None:
    assert set(VERBS) == set(_ITEMS) == {action.value for action in OrderAction}
    assert set(RESULTS) == {str(result.value) for result in ReportResult}
    assert set(REASONS) == {str(reason.value) for reason in ReportReason}


@pytest.mark.parametrize(
    ("shown", "expected"),
    [
        pytest.param(money(5), "人民币伍分（¥0.05）", id="fen"),
        pytest.param(money(1_000_000_00), "人民币壹佰万元整（¥1,000,000.00）", id="million"),
        pytest.param(shares(1_050), "壹仟零伍拾股（1,050股）", id="shares"),
        pytest.param(day_in_words(date(2030, 10, 20)), "二〇三〇年十月二十日", id="day"),
    ],
)
def test_amounts_and_days_are_written_out(shown: str, expected: str) -> None:
    assert shown == expected
