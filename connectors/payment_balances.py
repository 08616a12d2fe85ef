"""
Internet companies (互联网企业): balances of payment accounts (第三方支付账户余额), frozen and deducted.

Source:
    docs/departments/payment_balances.md
"""

from typing import Final

from connectors.asset_columns import ENCUMBRANCES, HOLDS, owner_columns, record_number
from connectors.columns import Column
from connectors.forms import Amount, fen
from connectors.register import Register
from connectors.rest_department import RestDepartment, rest_question

PAYMENT_ACCOUNTS: Final = Register(
    "PaymentAccountRecord",
    [
        *owner_columns(),
        Column("platform_name", "platformName"),
        Column("payment_account_number", "paymentAccountNumber"),
        Column("balance", "balance", Amount, fen),
        Column("available_balance", "availableBalance", Amount, fen),
        Column("linked_mobile", "linkedMobile"),
        ENCUMBRANCES,
        HOLDS,
        record_number("PB"),
    ],
)


class PaymentBalancesConnector(RestDepartment):
    department = "internet-companies"
    stem = "payment_balances"
    carries = frozenset({"QUERY", "FREEZE", "DEDUCT", "RENEW", "LIFT"})

    accounts_of = rest_question(PAYMENT_ACCOUNTS, "/v1/payment-accounts:batch")
