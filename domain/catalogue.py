"""The rule data as values: asset kinds and their controls, field groups, scopes, roles."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One field of a group (domain.md 8.4, 8.5).

    Attributes:
        mask: rule id of `domain.masks`; None is never masked.
    """

    group: str
    name: str
    zh: str
    type: str
    sensitivity: str
    mask: str | None
    standard: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Control:
    """What may be ordered on a kind of asset; terms in months, None where none applies."""

    action: str
    max_months: int | None
    default_months: int | None
    required_documents: tuple[str, ...]
    basis: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AssetKind:
    id: str
    zh: str
    en: str
    holders: tuple[str, ...]
    fungible: bool
    controls: Mapping[str, Control]
    exemptions: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    id: str
    zh: str
    en: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Role:
    id: str
    zh: str
    en: str
    grant: str
    scopes: frozenset[str]
    constraints: tuple[str, ...]


@cache
def scopes() -> tuple[Scope, ...]:
    return tuple(
        Scope(id=entry["id"], zh=entry["zh"], en=entry["en"]) for entry in _read("scopes")["scopes"]
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


def role(role_id: str) -> Role:
    """Return the role.

    Raises:
        KeyError: no such role in the rule data.
    """
    return {role.id: role for role in roles()}[role_id]


@cache
def asset_kinds() -> Mapping[str, AssetKind]:
    return {
        entry["id"]: AssetKind(
            id=entry["id"],
            zh=entry["zh"],
            en=entry["en"],
            holders=tuple(entry["holderDepartments"]),
            fungible=entry["fungible"],
            controls={c["action"]: _control(c) for c in entry["controls"]},
            exemptions=tuple(e.get("kind", "") for e in entry["exemptions"]),
        )
        for entry in _read("assets")["assets"]
    }


def field(group: str, name: str) -> Field:
    """Return field *name* of *group*, an asset kind or another field group.

    Raises:
        KeyError: no such field in the rule data.
    """
    return _fields()[group, name]


@cache
def _fields() -> Mapping[tuple[str, str], Field]:
    groups = [*_read("assets")["assets"], *_read("field-groups")["fieldGroups"]]
    return {
        (group["id"], entry["name"]): Field(
            group=group["id"],
            name=entry["name"],
            zh=entry["zh"],
            type=entry["type"],
            sensitivity=entry["sensitivity"],
            mask=entry["mask"],
            standard=entry.get("standard"),
        )
        for group in groups
        for entry in group["fields"]
    }


def _control(entry: Mapping[str, Any]) -> Control:
    return Control(
        action=entry["action"],
        max_months=entry["maxMonths"],
        default_months=entry["defaultMonths"],
        required_documents=tuple(entry["requiredDocuments"]),
        basis=entry["basis"],
    )


@cache
def _read(name: str) -> Mapping[str, Any]:
    text = files("domain.data").joinpath(f"{name}.json").read_text(encoding="utf-8")
    data: Mapping[str, Any] = json.loads(text)
    return data
