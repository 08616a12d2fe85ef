"""`Debtor.realEstate` and `Debtor.landUseRights`."""

from connectors.real_estate import RealEstateConnector
from resolvers.as_asset import AsAsset
from resolvers.assets import Asset
from resolvers.debtor import DebtorPart
from resolvers.declare import RecordGroup, asked_of, scopes_of, shows, shows_band_of
from resolvers.money import Money
from resolvers.scalars import AmountBand, Date, Decimal, RealEstateUnitNumber, RegionCode

_RAW = frozenset({"assets:read:raw", "real-estate:ack"})
_HOUSE = RecordGroup(
    catalogue_groups=("realEstate",), scopes=scopes_of("real-estate:read"), raw=_RAW
)
_LAND = RecordGroup(
    catalogue_groups=("landUseRight",), scopes=scopes_of("real-estate:read"), raw=_RAW
)


@_HOUSE.type
class RealEstate(Asset):
    """A house or flat in the register of immovables. 房产"""

    real_estate_unit_number: RealEstateUnitNumber | None = shows("Number of the unit")
    certificate_number: str | None = shows("Number of the certificate")
    address: str | None = shows("Address")
    region_code: RegionCode | None = shows("Administrative region")
    area: Decimal | None = shows("Floor area in square metres")
    usage: str | None = shows("Planned use")
    co_ownership: str | None = shows("How it is owned: alone, jointly, in shares")
    co_owner_share: Decimal | None = shows("The debtor's share, percent")
    mortgage_amount: Money | None = shows("Amount secured by mortgages")
    mortgage_amount_band: AmountBand | None = shows_band_of("mortgage_amount")
    sole_dwelling: bool | None = shows(
        "Whether the family has no other dwelling: it may be sealed, never disposed of"
    )
    leased: bool | None = shows("Whether it is let")
    contract_filing_number: str | None = shows("Number of the filed sale contract")


@_LAND.type
class LandUseRight(Asset):
    """A right to use land. 土地使用权"""

    parcel_code: str | None = shows("Code of the parcel")
    certificate_number: str | None = shows("Number of the certificate")
    address: str | None = shows("Where the land lies")
    area: Decimal | None = shows("Area in square metres")
    right_nature: str | None = shows("Granted or allocated")
    usage: str | None = shows("Use of the land")
    term_ends_on: Date | None = shows("Last day of the right")


class RealEstatePart(DebtorPart):
    real_estate: list[RealEstate] | None = asked_of(
        RealEstateConnector.houses_of,
        "real-estate:read",
        group="realEstate",
        asset=AsAsset("address", "usage"),
        description="Houses and flats of the debtor; null if the register is silent. 房产",
    )
    land_use_rights: list[LandUseRight] | None = asked_of(
        RealEstateConnector.land_of,
        "real-estate:read",
        group="landUseRight",
        asset=AsAsset("address", "usage"),
        description="Rights of the debtor to use land; null if the register is silent. 土地使用权",
    )
