"""
What departments' answers become: one record for each kind, in our words.

None means that the field was not asked for, or that the department has no value for it; a record
never tells these apart, whoever asked knows. Money is integer fen, quantities are shares, days are
Asia/Shanghai civil dates, ``as_of`` is an aware UTC instant. Codes stay as the department spells
them; the standards are named in docs/departments.
"""

from datetime import date, datetime

import msgspec

from domain.identity import IdNumber
from domain.money import Fen


class EncumbranceRecord(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A right of someone else in the asset: mortgage, pledge (权利负担)."""

    kind: str | None = None
    amount: Fen | None = None
    beneficiary: str | None = None
    registered_on: date | None = None


class HoldRecord(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A hold (查封、扣押、冻结) that stands or waits at the department.

    Of another court's hold only authority, rank, amount or quantity, ends_on and state are known.
    A waiting hold has no dates. *quantity* is shares, for securities.
    """

    authority: str | None = None
    case_number: str | None = None
    rank: int | None = None
    amount: Fen | None = None
    quantity: int | None = None
    starts_on: date | None = None
    ends_on: date | None = None
    state: str | None = None


class IdentityRecord(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A natural person as the public security register knows them (身份信息)."""

    name: str | None = None
    former_names: tuple[str, ...] | None = None
    id_type: str | None = None
    id_number: IdNumber | None = None
    sex_code: str | None = None
    birth_date: date | None = None
    age: int | None = None
    issuing_authority: str | None = None
    valid_from: date | None = None
    valid_until: date | None = None
    life_status: str | None = None
    is_minor: bool | None = None


class TravelDocumentRecord(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A passport or permit (出入境证件)."""

    document_kind: str | None = None
    document_number: str | None = None
    issued_on: date | None = None
    valid_until: date | None = None
    document_status: str | None = None


class VehicleRecord(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A registered motor vehicle (机动车)."""

    owner_name: str | None = None
    owner_id_type: str | None = None
    owner_id_number: IdNumber | None = None
    plate_number: str | None = None
    plate_type_code: str | None = None
    plate_colour: str | None = None
    vin: str | None = None
    engine_number: str | None = None
    vehicle_type_code: str | None = None
    brand_model: str | None = None
    body_colour_code: str | None = None
    usage_nature: str | None = None
    registration_status: str | None = None
    first_registered_on: date | None = None
    inspection_valid_until: date | None = None
    compulsory_scrap_on: date | None = None
    mortgaged: bool | None = None
    insurance_valid_until: date | None = None
    actual_location: str | None = None
    encumbrances: tuple[EncumbranceRecord, ...] | None = None
    holds: tuple[HoldRecord, ...] | None = None
    as_of: datetime | None = None
    source_record_id: str | None = None


class SecurityHoldingRecord(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One security in one account (证券). Quantities are shares."""

    owner_name: str | None = None
    owner_id_type: str | None = None
    owner_id_number: IdNumber | None = None
    unified_account_number: str | None = None
    securities_account_number: str | None = None
    market: str | None = None
    security_code: str | None = None
    security_name: str | None = None
    share_nature: str | None = None
    quantity: int | None = None
    available_quantity: int | None = None
    pledged_quantity: int | None = None
    frozen_quantity: int | None = None
    custodian_broker: str | None = None
    market_value: Fen | None = None
    price_as_of: date | None = None
    encumbrances: tuple[EncumbranceRecord, ...] | None = None
    holds: tuple[HoldRecord, ...] | None = None
    as_of: datetime | None = None
    source_record_id: str | None = None


class RelatedPersonRecord(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A relative, or a position or control in a company (关联关系).

    *kind* is ``PERSONAL`` or ``CORPORATE``; *share_ratio* is percent as text, up to 4 decimals.
    """

    kind: str | None = None
    relation_code: str | None = None
    role: str | None = None
    related_name: str | None = None
    related_id_number: IdNumber | None = None
    marital_status_code: str | None = None
    marriage_registered_on: date | None = None
    company_name: str | None = None
    company_uscc: IdNumber | None = None
    share_ratio: str | None = None
    valid_from: date | None = None
    valid_until: date | None = None
    evidence: str | None = None
    source: str | None = None

    @property
    def relation(self) -> str | None:
        """The role, or the family relation: whichever this relation has."""
        return self.role or self.relation_code
