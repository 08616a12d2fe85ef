"""`Debtor.lawyerRegistration`."""

from connectors.lawyers import LawyersConnector
from resolvers.debtor import DebtorPart
from resolvers.declare import RecordGroup, asked_of, scopes_of, shows

_LAWYER = RecordGroup(catalogue_groups=("lawyerRegistration",), scopes=scopes_of("registry:read"))


@_LAWYER.type
class LawyerRegistration:
    """A lawyer, or a law firm, in the register of justice. 律师及律所登记"""

    licence_number: str | None = shows("Number of the licence to practise")
    lawyer_name: str | None = shows("Name of the lawyer")
    firm_name: str | None = shows("The law firm")
    practice_status: str | None = shows("Whether the licence is in use")


class LawyersPart(DebtorPart):
    lawyer_registration: LawyerRegistration | None = asked_of(
        LawyersConnector.lawyers_of,
        "registry:read",
        group="lawyerRegistration",
        description="The debtor in the register of lawyers; null for who is none, and if the bureau "
        "is silent. 律师及律所登记",
    )
