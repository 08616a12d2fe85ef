"""`Debtor.vehicles`."""

from connectors.vehicles import VehiclesConnector
from resolvers.as_asset import AsAsset
from resolvers.assets import Asset
from resolvers.debtor import SubjectPart
from resolvers.declare import RecordGroup, asked_of, scopes_of, shows
from resolvers.scalars import (
    BodyColourCode,
    Date,
    PlateColour,
    PlateNumber,
    PlateTypeCode,
    UsageNatureCode,
    VehicleStatusCode,
    VehicleTypeCode,
    Vin,
)

_VEHICLE = RecordGroup(
    catalogue_groups=("vehicle",),
    scopes=scopes_of("vehicles:read"),
    raw=frozenset({"assets:read:raw", "vehicles:ack"}),
)


@_VEHICLE.type
class Vehicle(Asset):
    """A registered motor vehicle. 机动车"""

    plate_number: PlateNumber | None = shows("Number plate")
    plate_type_code: PlateTypeCode | None = shows("Kind of number plate")
    plate_colour: PlateColour | None = shows("Colour of the number plate")
    vin: Vin | None = shows("Vehicle identification number")
    engine_number: str | None = shows("Engine number")
    vehicle_type_code: VehicleTypeCode | None = shows("Type of vehicle")
    brand_model: str | None = shows("Make and model")
    body_colour_code: BodyColourCode | None = shows("Colour of the body")
    usage_nature: UsageNatureCode | None = shows("What the vehicle is used for")
    registration_status: VehicleStatusCode | None = shows("Status letters")
    first_registered_on: Date | None = shows("Day of first registration")
    inspection_valid_until: Date | None = shows("Inspection valid until")
    compulsory_scrap_on: Date | None = shows("Day by which the vehicle must be scrapped")
    mortgaged: bool | None = shows("Whether a mortgage is registered")
    insurance_valid_until: Date | None = shows("Compulsory insurance valid until")
    actual_location: str | None = shows("Where the vehicle is, if known")


class VehiclesPart(SubjectPart):
    vehicles: list[Vehicle] | None = asked_of(
        VehiclesConnector.owned_by,
        "vehicles:read",
        group="vehicle",
        asset=AsAsset("plate_number", "brand_model"),
        description="Vehicles registered to this person, newest registration first; null if the "
        "department is silent. 机动车",
    )
