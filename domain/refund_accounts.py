"""At which account a tax refund is reached: the obligor's own, by the number it is paid into."""

from collections import defaultdict
from collections.abc import Iterable, Mapping

from domain.asset_gates import TAX_REFUNDS
from domain.identity import IdNumber
from domain.plan_line import Candidate

_Named = tuple[IdNumber, str]
Reached = tuple[tuple[str, str, str], IdNumber]


def reached_at(found: Iterable[Candidate]) -> Mapping[Reached, Candidate]:
    """Return the account at the bank of each refund among *found*, by the refund's key and owner.

    It is missing where no account of the same owner has the number, or more than one has.

    Source:
        法复〔1996〕11号; domain.md 5.3; docs/decisions/0054-money-departments.md
    """
    candidates = list(found)
    accounts: dict[_Named, dict[tuple[str, str, str], Candidate]] = defaultdict(dict)
    for one in candidates:
        if one.asset.kind == "bankDeposit" and one.asset.account and one.asset.record:
            accounts[one.id_number, one.asset.account].setdefault(one.key, one)
    reached = {}
    for one in candidates:
        if one.asset.kind in TAX_REFUNDS and one.asset.account:
            of_owner = accounts.get((one.id_number, one.asset.account), {})
            if len(of_owner) == 1:
                [reached[one.key, one.id_number]] = of_owner.values()
    return reached
