"""The graph's own scalars: bilingual, strict on the way in, exact on the way out."""

import re
from collections.abc import Callable
from datetime import date, datetime
from typing import Any, Final, NewType
from zoneinfo import ZoneInfo

import strawberry
from graphql import GraphQLError
from strawberry.types.scalar import ScalarDefinition

from domain.case_number import CaseNumber, parse_case_number
from domain.civil_time import instant, reckonable
from domain.identity import IdNumber, parse_id_number

BigInt = NewType("BigInt", int)
Long = NewType("Long", int)
Date = NewType("Date", date)
DateTime = NewType("DateTime", datetime)
YearMonth = NewType("YearMonth", str)
Uscc = NewType("Uscc", str)
PlateNumber = NewType("PlateNumber", str)
PlateColour = NewType("PlateColour", str)
PlateTypeCode = NewType("PlateTypeCode", str)
Vin = NewType("Vin", str)
VehicleTypeCode = NewType("VehicleTypeCode", str)
BodyColourCode = NewType("BodyColourCode", str)
UsageNatureCode = NewType("UsageNatureCode", str)
VehicleStatusCode = NewType("VehicleStatusCode", str)
AccountNumber = NewType("AccountNumber", str)
HousingFundAccountStatus = NewType("HousingFundAccountStatus", str)
SecurityCode = NewType("SecurityCode", str)
IdDocumentType = NewType("IdDocumentType", str)
SexCode = NewType("SexCode", str)
RelationCode = NewType("RelationCode", str)
MaritalStatusCode = NewType("MaritalStatusCode", str)
AmountBand = NewType("AmountBand", str)
Decimal = NewType("Decimal", str)
RealEstateUnitNumber = NewType("RealEstateUnitNumber", str)
RegionCode = NewType("RegionCode", str)
CurrencyCode = NewType("CurrencyCode", str)
Mobile = NewType("Mobile", str)

_SHANGHAI: Final = ZoneInfo("Asia/Shanghai")
_INT64: Final = 2**63


def _bad(message: str) -> GraphQLError:
    return GraphQLError(message, extensions={"code": "BAD_USER_INPUT"})


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise _bad("this value must be a string")
    return value


def _checked(parse: Callable[[str], Any]) -> Callable[[Any], Any]:
    def read(value: Any) -> Any:
        try:
            return parse(_text(value))
        except ValueError as error:
            raise _bad(str(error)) from error

    return read


def _integer(value: Any) -> int:
    """Accept a JSON integer or its decimal text; a float is never money."""
    if isinstance(value, str) and re.fullmatch(r"-?\d{1,19}", value, re.ASCII):
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int) or not -_INT64 <= value < _INT64:
        raise _bad("expected a 64-bit integer, as a number or as decimal text")
    return value


def _date(text: str) -> date:
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", text, re.ASCII):
        raise _bad("expected a date like 2026-11-23")
    return reckonable(date.fromisoformat(text))


def _moment(text: str) -> datetime:
    return instant(datetime.fromisoformat(text))


def _iso_moment(moment: datetime) -> str:
    return moment.astimezone(_SHANGHAI).isoformat()


def _scalar(
    name: str,
    description: str,
    *,
    serialize: Callable[[Any], Any] = str,
    parse: Callable[[Any], Any] = _text,
) -> ScalarDefinition:
    return strawberry.scalar(
        name=name, description=description, serialize=serialize, parse_value=parse
    )


SCALARS: Final[dict[object, ScalarDefinition]] = {
    BigInt: _scalar(
        "BigInt",
        "A 64-bit integer as decimal text, for money in fen. 大整数",
        parse=_integer,
    ),
    Long: _scalar("Long", "A 64-bit integer as decimal text. 长整数", parse=_integer),
    Date: _scalar(
        "Date",
        "A civil date in Asia/Shanghai, `YYYY-MM-DD` (GB/T 7408). 日期",
        serialize=date.isoformat,
        parse=_checked(_date),
    ),
    DateTime: _scalar(
        "DateTime",
        "An instant, ISO 8601 with the offset +08:00 (GB/T 7408). 时间",
        serialize=_iso_moment,
        parse=_checked(_moment),
    ),
    YearMonth: _scalar("YearMonth", "A month, `YYYY-MM`. 年月"),
    IdNumber: _scalar(
        "IdNumber",
        "A resident identity number (GB 11643) or a unified social credit code (GB 32100), 18 "
        "characters. Input is checked to the last digit; 15-digit numbers are upgraded. 证件号码",
        parse=_checked(parse_id_number),
    ),
    CaseNumber: _scalar(
        "CaseNumber",
        "An enforcement case number such as `（2026）示9903执12号` (法〔2015〕137号). Half-width "
        "brackets are accepted and normalised. 执行案号",
        parse=_checked(parse_case_number),
    ),
    Uscc: _scalar("Uscc", "A unified social credit code (GB 32100). 统一社会信用代码"),
    PlateNumber: _scalar("PlateNumber", "A vehicle's number plate (GA 36). 号牌号码"),
    PlateColour: _scalar("PlateColour", "Colour of a number plate (GA 36). 号牌颜色"),
    PlateTypeCode: _scalar("PlateTypeCode", "Kind of number plate (GA/T 16.7). 号牌种类"),
    Vin: _scalar("Vin", "A vehicle identification number (GB 16735). 车辆识别代号"),
    VehicleTypeCode: _scalar("VehicleTypeCode", "Type of vehicle (GA/T 16.4). 车辆类型"),
    BodyColourCode: _scalar("BodyColourCode", "Colour of a vehicle (GA/T 16.8). 车身颜色"),
    UsageNatureCode: _scalar("UsageNatureCode", "Use of a vehicle (GA/T 16.3). 使用性质"),
    VehicleStatusCode: _scalar(
        "VehicleStatusCode",
        "Status letters of a vehicle (GA/T 16.17); several may stand. 机动车状态",
    ),
    AccountNumber: _scalar("AccountNumber", "An account number. 账号"),
    HousingFundAccountStatus: _scalar(
        "HousingFundAccountStatus", "Status of a housing fund account (JGJ/T 320). 个人账户状态"
    ),
    SecurityCode: _scalar("SecurityCode", "A security's code, six digits. 证券代码"),
    IdDocumentType: _scalar("IdDocumentType", "Kind of identity document (GA/T 517). 证件种类"),
    SexCode: _scalar("SexCode", "Sex (GB/T 2261.1). 性别"),
    RelationCode: _scalar("RelationCode", "Family relation (GB/T 4761). 家庭关系"),
    MaritalStatusCode: _scalar("MaritalStatusCode", "Marital status (GB/T 2261.2). 婚姻状况"),
    AmountBand: _scalar(
        "AmountBand",
        "An amount as a band: `0`, `<1万`, `1-10万`, `10-50万`, `50-100万`, `100-500万`, `>=500万`. "
        "金额区间",
    ),
    Decimal: _scalar("Decimal", "A decimal number as text. 小数"),
    RealEstateUnitNumber: _scalar(
        "RealEstateUnitNumber", "Number of a real estate unit (GB/T 37346). 不动产单元号"
    ),
    RegionCode: _scalar("RegionCode", "An administrative region (GB/T 2260). 行政区划代码"),
    CurrencyCode: _scalar("CurrencyCode", "A currency (ISO 4217). 币种"),
    Mobile: _scalar("Mobile", "A mobile telephone number. 手机号码"),
}
