"""
Securities companies (证券公司): customers' settlement funds (证券交易结算资金), frozen and deducted.

Source:
    docs/departments/settlement_funds.md
"""

from typing import Annotated, Final, Literal

import msgspec

from connectors.asset_columns import ENCUMBRANCES, HOLDS, owner_columns, record_number
from connectors.columns import Column
from connectors.forms import Amount, fen
from connectors.register import Register
from connectors.ticket_department import TicketDepartment, ticket_question

_CURRENCY: Final = Annotated[str, msgspec.Meta(pattern=r"^[A-Z]{3}\Z")]

FUND_ACCOUNTS: Final = Register(
    "SettlementFundRecord",
    [
        *owner_columns(),
        Column("fund_account_number", "fundAccountNumber"),
        Column("broker_name", "brokerName"),
        Column("custody_bank_name", "custodyBankName"),
        Column("currency", "currency", _CURRENCY),
        Column("balance", "balance", Amount, fen),
        Column("available_balance", "availableBalance", Amount, fen),
        Column("in_transit_amount", "inTransitAmount", Amount, fen),
        Column(
            "special_purpose_flag",
            "specialPurpose",
            Literal["POOLED_CUSTOMER_ACCOUNT", "SETTLEMENT_RESERVE"],
        ),
        ENCUMBRANCES,
        HOLDS,
        record_number("SC"),
    ],
)


class SettlementFundsConnector(TicketDepartment):
    department = "securities-companies"
    stem = "settlement_funds"
    carries = frozenset({"QUERY", "FREEZE", "DEDUCT", "RENEW", "LIFT"})

    accounts_of = ticket_question(FUND_ACCOUNTS, "/v2/fund-accounts", rows="accounts")
