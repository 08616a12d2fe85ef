"""The rule data as values: asset kinds and their controls, field groups, scopes, departments.

Read once from `domain/data`, which is versioned with the code; nothing here can be changed.
"""

import json
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any, Final, TypeVar

from domain.rule_data import (
    AssetKind,
    Control,
    Department,
    Exemption,
    Field,
    FieldGroup,
    Role,
    Scope,
)

__all__ = [
    "AssetKind",
    "Control",
    "Department",
    "Exemption",
    "Field",
    "FieldGroup",
    "Role",
    "Scope",
    "asset_kind",
    "asset_kinds",
    "control",
    "department",
    "departments",
    "field",
    "field_group",
    "field_groups",
    "off_by_default",
    "role",
    "roles",
    "scope",
    "scopes",
]

T = TypeVar("T")

# The data say in words what is exempt; how it holds an order back is domain.md 5.5. Words that are
# not named here are ABSOLUTE.
_EXEMPTIONS: Final[Mapping[str, Exemption]] = MappingProxyType(
    {
        "only housing security of the debtor and dependants (configurable floor)": Exemption.FLOOR,
        "necessary living costs of debtor and dependants": Exemption.FLOOR,
        "necessary dwelling: may be sealed, may not be auctioned, sold or given in payment": (
            Exemption.DISPOSAL_ONLY
        ),
    }
)


def field(group: str, name: str) -> Field:
    """Return field *name* of *group*, an asset kind or another field group.

    Raises:
        KeyError: no such group, or no such field in it.
    """
    kind = asset_kinds().get(group)
    fields = field_group(group).fields if kind is None else kind.fields
    return _known(fields, name, f"field of {group}")


def asset_kind(kind: str) -> AssetKind:
    """Return the kind; KeyError if the data have none of that id."""
    return _known(asset_kinds(), kind, "asset kind")


def control(kind: str, action: str) -> Control:
    """Return what *action* means on *kind*; KeyError if the kind does not permit it."""
    return _known(asset_kind(kind).controls, action, f"control of {kind}")


def field_group(group: str) -> FieldGroup:
    """Return the group; KeyError if the data have none of that id."""
    return _known(field_groups(), group, "field group")


def scope(scope_id: str) -> Scope:
    """Return the scope; KeyError if the data have none of that id."""
    return _known({entry.id: entry for entry in scopes()}, scope_id, "scope")


def role(role_id: str) -> Role:
    """Return the role; KeyError if the data have none of that id."""
    return _known({entry.id: entry for entry in roles()}, role_id, "role")


def department(department_id: str) -> Department:
    """Return the department; KeyError if the data have none of that id."""
    return _known(departments(), department_id, "department")


@cache
def asset_kinds() -> Mapping[str, AssetKind]:
    data = _read("assets")["assets"]
    prefixes = _read("scopes")["assetScopePrefix"]
    return MappingProxyType(
        {
            entry["id"]: AssetKind(
                id=entry["id"],
                zh=entry["zh"],
                en=entry["en"],
                holders=tuple(entry["holderDepartments"]),
                fungible=entry["fungible"],
                divisible=entry["divisible"],
                rank=entry["preferenceRank"],
                scope_prefix=prefixes[entry["id"]],
                controls=MappingProxyType({c["action"]: _control(c) for c in entry["controls"]}),
                exemptions=MappingProxyType(
                    {
                        words: _EXEMPTIONS.get(words, Exemption.ABSOLUTE)
                        for words in entry["exemptions"]
                    }
                ),
                fields=_fields(entry["id"], entry["fields"]),
            )
            for entry in data
        }
    )


@cache
def off_by_default() -> frozenset[str]:
    """Return the ids of asset kinds and field groups that a deployment has to switch on."""
    kinds = _read("assets")["assets"]
    return frozenset(
        {
            *(one["id"] for one in kinds if "Off by default" in (one["notes"] or "")),
            *(one.id for one in field_groups().values() if one.default == "off"),
        }
    )


@cache
def field_groups() -> Mapping[str, FieldGroup]:
    return MappingProxyType(
        {
            entry["id"]: FieldGroup(
                id=entry["id"],
                zh=entry["zh"],
                en=entry["en"],
                owners=tuple(entry["ownerDepartments"]),
                default=entry["default"],
                note=entry["notes"],
                fields=_fields(entry["id"], entry["fields"]),
            )
            for entry in _read("field-groups")["fieldGroups"]
        }
    )


@cache
def scopes() -> tuple[Scope, ...]:
    return tuple(
        Scope(
            id=entry["id"],
            zh=entry["zh"],
            en=entry["en"],
            groups=tuple(entry["fieldGroups"]),
            action=entry["action"],
            note=entry["notes"],
        )
        for entry in _read("scopes")["scopes"]
    )


@cache
def roles() -> tuple[Role, ...]:
    return tuple(
        Role(
            id=entry["id"],
            zh=entry["zh"],
            en=entry["en"],
            grant=entry["oauthGrant"],
            scopes=frozenset(entry["scopes"]),
            constraints=tuple(entry["constraints"]),
        )
        for entry in _read("scopes")["roles"]
    )


@cache
def departments() -> Mapping[str, Department]:
    return MappingProxyType(
        {
            entry["id"]: Department(
                id=entry["id"],
                zh=entry["zh"],
                en=entry["en"],
                category=entry["category"],
                aliases=tuple(entry["aliases"]),
                successor_zh=entry["successorZh"],
                owns=tuple(entry["roles"]["dataOwnerOf"]),
                executes=MappingProxyType(
                    {
                        one["assetKind"]: frozenset(one["actions"])
                        for one in entry["roles"]["executesControls"]
                    }
                ),
            )
            for entry in _read("departments")["departments"]
        }
    )


def _fields(group: str, entries: Iterable[Mapping[str, Any]]) -> Mapping[str, Field]:
    return MappingProxyType(
        {
            entry["name"]: Field(
                group=group,
                name=entry["name"],
                zh=entry["zh"],
                type=entry["type"],
                sensitivity=entry["sensitivity"],
                mask=entry["mask"],
                identifying=entry["identifying"],
                standard=entry.get("standard"),
                note=entry.get("note"),
                unit=entry.get("unit"),
            )
            for entry in entries
        }
    )


def _control(entry: Mapping[str, Any]) -> Control:
    return Control(
        action=entry["action"],
        zh=entry["zh"],
        max_months=entry["maxMonths"],
        default_months=entry["defaultMonths"],
        renew_max_months=entry["renewMaxMonths"],
        required_documents=tuple(entry["requiredDocuments"]),
        conditions=tuple(entry["conditions"]),
        effect=entry["effect"],
        basis=entry["basis"],
        confidence=entry["confidence"],
    )


def _known(values: Mapping[str, T], key: str, what: str) -> T:
    try:
        return values[key]
    except KeyError:
        raise KeyError(f"the rule data have no {what} {key!r}") from None


def _read(name: str) -> Mapping[str, Any]:
    text = files("domain.data").joinpath(f"{name}.json").read_text(encoding="utf-8")
    data: Mapping[str, Any] = json.loads(text)
    return data
