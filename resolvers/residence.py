"""`Debtor.residence`."""

from connectors.identity import IdentityConnector
from resolvers.debtor import DebtorPart
from resolvers.declare import RecordGroup, asked_of, scopes_of, shows
from resolvers.scalars import Mobile, RegionCode

_RESIDENCE = RecordGroup(
    catalogue_groups=("residence",),
    scopes=scopes_of("residence:read"),
    raw=frozenset({"identity:read:raw"}),
)


@_RESIDENCE.type
class Residence:
    """Where a person is registered, lives and is reached. 户籍与居住信息"""

    household_number: str | None = shows("Number of the household")
    household_region_code: RegionCode | None = shows("Region of registration")
    household_address: str | None = shows("Registered address")
    current_address: str | None = shows("Where the person lives")
    delivery_address: str | None = shows("Where documents are served")
    phone_numbers: list[Mobile] | None = shows("Telephone numbers")


class ResidencePart(DebtorPart):
    residence: Residence | None = asked_of(
        IdentityConnector.residence_of,
        "residence:read",
        group="residence",
        natural_persons_only=True,
        description="Registered and present address and telephone numbers of a natural person; null "
        "if public security is silent. 户籍与居住信息",
    )
