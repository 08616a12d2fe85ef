"""`Debtor.vessels`."""

from connectors.vessels import VesselsConnector
from resolvers.as_asset import AsAsset
from resolvers.assets import Asset
from resolvers.debtor import DebtorPart
from resolvers.declare import RecordGroup, asked_of, scopes_of, shows
from resolvers.scalars import Decimal

_VESSEL = RecordGroup(
    catalogue_groups=("vessel",),
    scopes=scopes_of("vessels:read"),
    raw=frozenset({"assets:read:raw", "vessels:ack"}),
)


@_VESSEL.type
class Vessel(Asset):
    """A registered vessel. 船舶"""

    vessel_name: str | None = shows("Name of the vessel")
    registration_number: str | None = shows("Number in the register of vessels")
    imo_number: str | None = shows("IMO number")
    tonnage: Decimal | None = shows("Gross tonnage")
    home_port: str | None = shows("Port of registry")


class VesselsPart(DebtorPart):
    vessels: list[Vessel] | None = asked_of(
        VesselsConnector.vessels_of,
        "vessels:read",
        group="vessel",
        asset=AsAsset("vessel_name", "registration_number"),
        description="Vessels registered to the debtor; null if the department is silent. 船舶",
    )
