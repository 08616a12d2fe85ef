"""A masked value is its rule's and nothing more (I-42)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain import catalogue
from domain.identity import IdNumber
from domain.masks import (
    MASKS,
    TEXT_MASKS,
    amount_band,
    mask_address,
    mask_id_number,
    mask_id_number_public,
    mask_last4,
    mask_mobile,
    mask_name,
    mask_plate,
    mask_vin,
    quantity_band,
    redact,
)
from tests.domain.people import ENDS_IN_X, FIRM, FIRM_OF_DIGITS, MAN, organizations, residents

WAN = 10_000


@pytest.mark.parametrize(
    ("mask", "value", "shown"),
    [
        pytest.param("name", "陈示例", "陈**", id="name"),
        pytest.param("name", "甲", "*", id="name of one character"),
        pytest.param("name", "", "", id="no name"),
        pytest.param("idNumber", MAN, "990203********0017", id="id number"),
        pytest.param("idNumber", ENDS_IN_X, "990203********005X", id="id number with X"),
        pytest.param("idNumber", FIRM, FIRM, id="USCC is public"),
        pytest.param("idNumber", FIRM_OF_DIGITS, FIRM_OF_DIGITS, id="USCC of digits"),
        pytest.param("idNumber", "990203199001010018", "990203********0018", id="mistyped"),
        pytest.param("idNumber", "99020319900101", "*" * 14, id="short id number"),
        pytest.param("idNumberPublic", MAN, "9902031990****0017", id="public id number"),
        pytest.param("idNumberPublic", FIRM, FIRM, id="public USCC"),
        pytest.param("idNumberPublic", "990203199001018", "*" * 15, id="old id number"),
        pytest.param("mobile", "12900000001", "129****0001", id="mobile"),
        pytest.param("mobile", "12900001", "********", id="short mobile"),
        pytest.param("plate", "示A12367", "示A***67", id="plate"),
        pytest.param("plate", "示AD12367", "示A***67", id="new-energy plate"),
        pytest.param("plate", "示A1236", "******", id="short plate"),
        pytest.param("vin", "XX9AA000000001234", "***********001234", id="vin"),
        pytest.param("vin", "0001234", "*******", id="short vin"),
        pytest.param("last4", "622200000013", "****0013", id="account"),
        pytest.param("last4", "10013", "****", id="short account"),
        pytest.param(
            "addressDistrict", "示例省示例市示例区示例路1号", "示例省示例市示例区***", id="address"
        ),
        pytest.param("amountBand", "12345600", "10-50万", id="amount"),
        pytest.param("amountBand", "a lot", None, id="no amount"),
        pytest.param("redact", "anything", None, id="redact"),
    ],
)
def test_each_mask_shows_what_its_rule_says(mask: str, value: str, shown: str | None) -> None:
    assert MASKS[mask](value) == shown


def test_every_rule_of_the_data_has_its_mask() -> None:
    fields = [
        *(kind.fields for kind in catalogue.asset_kinds().values()),
        *(group.fields for group in catalogue.field_groups().values()),
    ]
    used = {entry.mask for group in fields for entry in group.values()} - {None}

    assert used <= set(MASKS)
    assert set(MASKS) - set(TEXT_MASKS) == {"name", "amountBand"}


def test_an_organizations_name_is_never_masked() -> None:
    assert mask_name("示例有限公司", organization=True) == "示例有限公司"
    assert mask_name("示例有限公司", organization=False) == "示*****"


def test_a_redacted_value_is_gone() -> None:
    assert TEXT_MASKS["redact"]("anything") is None
    assert TEXT_MASKS["redact"] is redact


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("示例省示例市市北区延吉路1号", "示例省示例市市北区***"),
        ("北京市海淀区中关村大街1号", "北京市海淀区***"),
        ("上海市浦东新区世纪大道1号", "上海市浦东新区***"),
        ("浙江省金华市义乌市江东街道", "浙江省金华市义乌市***"),
        ("黑龙江省哈尔滨市道里区某街", "黑龙江省哈尔滨市道里区***"),
        ("湖南省永州市道县某路", "湖南省永州市道县***"),
        ("示例省示例县示例镇1号", "示例省示例县***"),
        ("海南省陵水黎族自治县某镇", "海南省陵水黎族自治县***"),
        ("内蒙古自治区呼和浩特市新城区某路", "内蒙古自治区呼和浩特市新城区***"),
        ("四川省凉山彝族自治州西昌市某路", "四川省凉山彝族自治州西昌市***"),
        pytest.param("示例省示例市人民路8号小区", "示例省示例市***", id="housing after a street"),
        pytest.param("示例省示例市东城小区8号", "示例省示例市***", id="housing"),
        pytest.param("示例省示例市某街道某区8号", "示例省示例市***", id="below a subdistrict"),
        pytest.param("示例省示例市某镇东区3号", "示例省示例市***", id="below a town"),
        pytest.param("示例省示例市某村东区3号", "示例省示例市***", id="below a village"),
        pytest.param("示例省示例市中心市场3号", "示例省示例市***", id="a market"),
        pytest.param("示例省示例市工业园区1号", "示例省示例市***", id="an industrial park"),
        pytest.param("幸福小区3号", "***", id="no city"),
        pytest.param("幸福路市场东区", "***", id="a street and a market"),
        pytest.param("12号", "***", id="a number"),
        pytest.param("", "***", id="nothing"),
    ],
)
def test_an_address_ends_at_its_district(address: str, shown: str) -> None:
    assert mask_address(address) == shown


@pytest.mark.parametrize(
    ("yuan", "band"),
    [
        (-1, "0"),
        (0, "0"),
        (1, "<1万"),
        (1 * WAN - 1, "<1万"),
        (1 * WAN, "1-10万"),
        (10 * WAN - 1, "1-10万"),
        (10 * WAN, "10-50万"),
        (50 * WAN - 1, "10-50万"),
        (50 * WAN, "50-100万"),
        (100 * WAN, "100-500万"),
        (500 * WAN - 1, "100-500万"),
        (500 * WAN, ">=500万"),
        (10**15, ">=500万"),
    ],
)
def test_money_and_shares_fall_into_the_same_bands(yuan: int, band: str) -> None:
    assert amount_band(yuan * 100) == band
    assert quantity_band(yuan) == band


def test_a_single_fen_is_not_nothing() -> None:
    assert amount_band(1) == "<1万"
    assert amount_band(1 * WAN * 100 - 1) == "<1万"


@given(number=residents)
def test_a_masked_id_number_hides_the_day_of_birth(number: IdNumber) -> None:
    shown, public = mask_id_number(number), mask_id_number_public(number)

    assert (shown[6:14], public[10:14]) == ("*" * 8, "*" * 4)
    assert (shown[:6], shown[14:]) == (number[:6], number[14:])
    assert (public[:10], public[14:]) == (number[:10], number[14:])


@given(number=organizations)
def test_a_credit_code_is_shown_whole(number: IdNumber) -> None:
    assert mask_id_number(number) == mask_id_number_public(number) == number


@pytest.mark.parametrize(
    ("mask", "kept"),
    [
        pytest.param(mask_id_number, 10, id="idNumber"),
        pytest.param(mask_id_number_public, 14, id="idNumberPublic"),
        pytest.param(mask_mobile, 7, id="mobile"),
        pytest.param(mask_plate, 4, id="plate"),
        pytest.param(mask_vin, 6, id="vin"),
        pytest.param(mask_last4, 4, id="last4"),
        pytest.param(MASKS["name"], 1, id="name"),
    ],
)
@given(text=st.text(st.characters(exclude_characters="*"), max_size=40))
def test_no_mask_keeps_more_than_its_rule(mask: object, kept: int, text: str) -> None:
    assert callable(mask)

    shown = mask(text)

    assert len(shown.replace("*", "")) <= kept
    assert text == "" or "*" in shown


@pytest.mark.parametrize("name", [mask for mask in MASKS if mask not in {"name", "amountBand"}])
@given(text=st.text(max_size=3))
def test_a_short_value_is_hidden_whole(name: str, text: str) -> None:
    shown = MASKS[name](text)

    assert shown is None or set(shown) <= {"*"}


@given(
    known=st.sampled_from(
        ["示例省示例市示例区", "示例省示例市示例县", "示例市示例区", "示例省示例市"]
    ),
    below=st.text(st.sampled_from("示例路街道镇村号小区园栋单元室市场县旗0123456789"), max_size=12),
)
def test_nothing_below_a_street_is_ever_shown(known: str, below: str) -> None:
    shown = mask_address(f"{known}示例路{below}")

    assert shown.removesuffix("***") in known
