"""
Banks (各金融机构): deposits (银行存款) and wealth products (投资理财资金), frozen and deducted.

Source:
    docs/departments/banks.md
"""

from datetime import date
from typing import Annotated, Any, Final, Literal

import msgspec

from connectors.asset_columns import owner_columns, record_number
from connectors.batch_words import ENCUMBRANCES, HOLDS
from connectors.columns import Column
from connectors.forms import Amount, DecimalText, Yuan, fen
from connectors.register import Register
from connectors.xml_department import XmlDepartment, xml_question


def _digits(count: int) -> Any:
    return Annotated[str, msgspec.Meta(pattern=rf"^[0-9]{{{count}}}\Z")]


_CURRENCY: Final = Annotated[str, msgspec.Meta(pattern=r"^[A-Z]{3}\Z")]


def _is_true(text: str) -> bool:
    return text == "true"


_YES_OR_NO: Final = (Literal["true", "false"], _is_true)

_PRODUCT_KIND: Final = Literal[
    "BANK_WEALTH",
    "TRUST",
    "PUBLIC_FUND",
    "PRIVATE_FUND",
    "ASSET_MANAGEMENT_PLAN",
    "STRUCTURED_DEPOSIT",
    "PENSION",
]

DEPOSITS: Final = Register(
    "BankDepositRecord",
    [
        *owner_columns(),
        Column("institution_name", "institutionName"),
        Column("institution_code", "institutionCode", _digits(12)),
        Column("account_number", "accountNumber"),
        Column("card_number", "cardNumber"),
        Column(
            "account_kind",
            "accountKind",
            Literal["CLASS_I", "CLASS_II", "CLASS_III", "BASIC", "GENERAL", "SPECIAL_PURPOSE"],
            open_codes=True,
        ),
        Column("currency", "currency", _CURRENCY),
        Column("account_status", "accountStatus"),
        Column("balance", "balance", Yuan, fen),  # may be overdrawn
        Column("available_balance", "availableBalance", Amount, fen),
        Column(
            "special_purpose_flag",
            "specialPurpose",
            Literal["WAGE_GUARANTEE", "RELIEF", "DEPOSIT_RESERVE", "PENSION", "MARGIN"],
        ),
        ENCUMBRANCES,
        HOLDS,
        record_number("BD"),
    ],
)
WEALTH: Final = Register(
    "WealthProductRecord",
    [
        *owner_columns(),
        Column("issuer_institution", "issuerInstitution"),
        Column("sales_institution", "salesInstitution"),
        Column("product_code", "productCode"),
        Column("product_name", "productName"),
        Column("product_kind", "productKind", _PRODUCT_KIND, open_codes=True),
        Column("units", "units", DecimalText),
        Column("principal", "principal", Amount, fen),
        Column("current_value", "currentValue", Amount, fen),
        Column("maturity_on", "maturityOn", date),
        Column("redeemable", "redeemable", *_YES_OR_NO),
        Column("pledged", "pledged", *_YES_OR_NO),
        ENCUMBRANCES,
        HOLDS,
        record_number("BW"),
    ],
)


class BanksConnector(XmlDepartment):
    department = "financial-institutions"
    stem = "banks"
    carries = frozenset({"QUERY", "FREEZE", "DEDUCT", "RENEW", "LIFT"})

    deposits_of = xml_question(DEPOSITS, "deposits")
    wealth_of = xml_question(WEALTH, "wealth")
