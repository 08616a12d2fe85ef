"""The packaged rule data hold together, and say what domain.md counts."""

import re

import pytest

from domain import catalogue
from domain.masks import MASKS
from domain.order import OrderAction
from domain.rule_data import AssetKind, Exemption, FieldGroup

LEVELS = {"public", "internal", "personal", "sensitive"}


def test_the_data_are_as_many_as_the_domain_says() -> None:
    assets, groups = catalogue.asset_kinds().values(), catalogue.field_groups().values()

    assert len(catalogue.scopes()) == 95
    assert len(catalogue.roles()) == 35
    assert len(assets) == 15
    assert sum(len(kind.fields) for kind in assets) == 242
    assert len(groups) == 26
    assert sum(len(group.fields) for group in groups) == 210
    assert len(catalogue.departments()) == 63


def test_no_id_stands_twice() -> None:
    assert len({scope.id for scope in catalogue.scopes()}) == len(catalogue.scopes())
    assert len({role.id for role in catalogue.roles()}) == len(catalogue.roles())
    assert not catalogue.asset_kinds().keys() & catalogue.field_groups().keys()


def test_every_scope_names_groups_that_exist() -> None:
    known = {*catalogue.asset_kinds(), *catalogue.field_groups()}
    named = {group.split(".")[0] for scope in catalogue.scopes() for group in scope.groups}

    assert named <= known


def test_every_role_has_scopes_that_exist() -> None:
    known = {scope.id for scope in catalogue.scopes()}

    assert {scope for role in catalogue.roles() for scope in role.scopes} <= known


def test_four_eyes_stand_in_the_roles() -> None:
    executor, approver = catalogue.role("court-executor"), catalogue.role("court-approver")

    assert "orders:approve" not in executor.scopes
    assert not any(scope.endswith(":control") for scope in approver.scopes)


def test_every_kind_of_asset_can_be_read_and_ordered_by_scope() -> None:
    for kind in catalogue.asset_kinds().values():
        for verb in ("read", "control", "ack"):
            assert kind.id in catalogue.scope(f"{kind.scope_prefix}:{verb}").groups


def test_every_holder_and_owner_is_a_department() -> None:
    known = catalogue.departments().keys()

    assert {holder for kind in catalogue.asset_kinds().values() for holder in kind.holders} <= known
    assert {owner for group in catalogue.field_groups().values() for owner in group.owners} <= known


def test_departments_carry_out_only_what_a_kind_permits() -> None:
    for department in catalogue.departments().values():
        for kind, actions in department.executes.items():
            if kind != "person":
                assert actions <= catalogue.asset_kind(kind).controls.keys()


def test_every_field_can_be_shown_to_somebody() -> None:
    kinds: dict[str, AssetKind | FieldGroup] = {
        **catalogue.asset_kinds(),
        **catalogue.field_groups(),
    }
    for group, kind in kinds.items():
        for name, entry in kind.fields.items():
            assert (entry.group, entry.name) == (group, name)
            assert re.fullmatch("[a-z][A-Za-z0-9]*", name)
            assert entry.sensitivity in LEVELS
            assert entry.mask is None or entry.mask in MASKS
            assert entry.mask or not (entry.identifying and entry.sensitivity == "sensitive")


def test_a_term_has_a_default_within_its_cap() -> None:
    for kind in catalogue.asset_kinds().values():
        for control in kind.controls.values():
            caps = (control.max_months, control.default_months, control.renew_max_months)
            assert (None in caps) == (caps == (None, None, None))
            assert 0 < (control.default_months or 1) <= (control.max_months or 1) <= 36
            assert control.basis
            assert control.confidence in set("ABC")
            assert control.required_documents


@pytest.mark.parametrize(
    ("kind", "action", "longest", "default"),
    [
        ("vehicle", OrderAction.SEAL, 24, 24),
        ("vehicle", OrderAction.SEIZE, 24, 24),
        ("housingFund", OrderAction.FREEZE, 36, 12),
        ("securities", OrderAction.FREEZE, 36, 36),
        ("bankDeposit", OrderAction.FREEZE, 12, 12),
        ("realEstate", OrderAction.PRE_SEAL, 36, 36),
        ("realEstate", OrderAction.RESTRICT_TRANSFER, 36, 36),
        ("vatRefund", OrderAction.FREEZE, 36, 12),
        ("vehicle", OrderAction.LIFT, None, None),
    ],
)
def test_terms_are_those_of_the_law(
    kind: str, action: OrderAction, longest: int | None, default: int | None
) -> None:
    control = catalogue.control(kind, action.control)

    assert (control.max_months, control.default_months) == (longest, default)


@pytest.mark.parametrize(
    ("group", "name", "mask", "type_"),
    [
        pytest.param("vehicle", "plateNumber", "plate", "PlateNumber", id="an asset's own"),
        pytest.param("securities", "ownerName", "name", "String", id="common to assets"),
        pytest.param("identity", "idNumber", "idNumber", "IdNumber", id="another group's"),
        pytest.param("housingFund", "balance", "amountBand", "Money", id="money"),
        pytest.param("identity", "personId", None, "ID", id="never masked"),
    ],
)
def test_a_field_is_found_in_assets_and_groups_alike(
    group: str, name: str, mask: str | None, type_: str
) -> None:
    entry = catalogue.field(group, name)

    assert (entry.group, entry.name, entry.mask, entry.type) == (group, name, mask, type_)
    assert entry.zh


def test_units_and_standards_come_along() -> None:
    assert catalogue.field("housingFund", "balance").unit == "fen"
    assert "GB 16735" in (catalogue.field("vehicle", "vin").standard or "")
    assert "keyed hash" in (catalogue.field("identity", "personId").note or "")


@pytest.mark.parametrize(
    ("ask", "message"),
    [
        (lambda: catalogue.field("vehicle", "colour"), "field of vehicle 'colour'"),
        (lambda: catalogue.field("boats", "name"), "field group 'boats'"),
        (lambda: catalogue.asset_kind("boat"), "asset kind 'boat'"),
        (lambda: catalogue.control("vehicle", "freeze"), "control of vehicle 'freeze'"),
        (lambda: catalogue.scope("all"), "scope 'all'"),
        (lambda: catalogue.role("king"), "role 'king'"),
        (lambda: catalogue.department("navy"), "department 'navy'"),
    ],
)
def test_an_unknown_id_is_named(ask: object, message: str) -> None:
    assert callable(ask)
    with pytest.raises(KeyError, match=message):
        ask()


def test_every_exemption_holds_back_in_a_known_way() -> None:
    found = {
        (kind.id, effect)
        for kind in catalogue.asset_kinds().values()
        for effect in kind.exemptions.values()
    }

    assert found == {
        ("housingFund", Exemption.FLOOR),
        ("securities", Exemption.ABSOLUTE),
        ("securitiesSettlementFunds", Exemption.ABSOLUTE),
        ("bankDeposit", Exemption.FLOOR),
        ("bankDeposit", Exemption.ABSOLUTE),
        ("realEstate", Exemption.DISPOSAL_ONLY),
        ("employmentIncome", Exemption.FLOOR),
    }


def test_nobody_can_change_the_rules() -> None:
    for table in (
        catalogue.asset_kinds(),
        catalogue.field_groups(),
        catalogue.departments(),
        catalogue.asset_kind("vehicle").controls,
        catalogue.asset_kind("vehicle").fields,
    ):
        with pytest.raises(TypeError):
            table["more"] = None  # type: ignore[index]  # that is the point
