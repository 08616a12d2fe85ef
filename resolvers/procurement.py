"""`Debtor.procurement`."""

from connectors.procurement import ProcurementConnector
from resolvers.debtor import DebtorPart
from resolvers.declare import RecordGroup, asked_of, scopes_of, shows
from resolvers.money import Money
from resolvers.scalars import Uscc

_CONTRACT = RecordGroup(catalogue_groups=("procurement",), scopes=scopes_of("registry:read"))


@_CONTRACT.type
class ProcurementContract:
    """A contract of government procurement, or for a government project. 政府采购与政府投资项目"""

    project_code: str | None = shows("Code of the project")
    project_name: str | None = shows("The project")
    supplier_name: str | None = shows("The supplier")
    supplier_uscc: Uscc | None = shows("The supplier's unified social credit code")
    contract_amount: Money | None = shows("Amount of the contract")
    paid_amount: Money | None = shows("Paid so far; the rest is a claim of the supplier")
    status: str | None = shows("Status of the contract")


class ProcurementPart(DebtorPart):
    procurement: list[ProcurementContract] | None = asked_of(
        ProcurementConnector.contracts_of,
        "registry:read",
        group="procurement",
        description="Government contracts of the debtor as supplier; null if the bureau is silent. "
        "政府采购与政府投资项目",
    )
